"""What staff bring in from files: afterwards rows, API, feeds, trips, journal, calls, story and audit agree …"""

from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet.importing.batches import applying, asking, comparing, undoing
from fleet.models import Asset, ImportBatch
from tests.admin.acting import having, page, removing, with_other
from tests.configuration import configuration
from tests.fleet.importing import archive
from tests.fleet.samples import feed_2_3
from tests.fleet_factories import ColumnMappingFactory
from tests.town import Act, ActsOfStaff, nothing

BATCH, MAPPING = "fleet/importbatch", "fleet/columnmapping"
LIST = b"number,type,latitude,longitude,notes\nFIRST,scooter,52.09,5.12,Scratched\nNEW,scooter,52.09,5.12,\n"
COLUMNS = {
    "column-0": "vehicle_number", "column-1": "vehicle_type", "column-2": "lat", "column-3": "lon",
    "column-4": "notes",
}  # fmt: skip


# How things are before

meaning_known = having(MAPPING, ColumnMappingFactory, name="theirs")


def uploaded(town, content=LIST, name="fleet.csv"):
    batch = asking.begin_file(name=name, content=content, user=None, now=timezone.now())
    town.kept[BATCH] = batch.pk


def compared(town):
    uploaded(town)
    asking.compare(batch_id=town.kept[BATCH], now=timezone.now())
    comparing.compare(batch_id=town.kept[BATCH], now=timezone.now())


def applied(town):
    compared(town)
    asking.apply(batch_id=town.kept[BATCH], now=timezone.now())
    applying.apply(batch_id=town.kept[BATCH], now=timezone.now())


def abandoned(town):
    compared(town)
    asking.abandon(batch_id=town.kept[BATCH])


def unpriced(town):
    """A feed whose types say no plan."""
    documents = feed_2_3.documents()
    documents.pop("system_pricing_plans", None)
    uploaded(town, archive(documents), "feed.zip")
    comparing.compare(batch_id=town.kept[BATCH], now=timezone.now())


# What a worker does about it

WORK = {"compare": comparing.compare, "apply": applying.apply, "undo": undoing.undo}


def worked(town):
    """The jobs that were asked for, the last one of each import."""
    for job in ProcrastinateJob.objects.filter(task_name__endswith="_import", status="todo").order_by("pk"):
        step = job.task_name.removesuffix("_import").rsplit(".", 1)[-1]
        batch = ImportBatch.objects.get(pk=job.args["batch_id"])
        if batch.is_at_work:
            WORK[step](batch_id=batch.pk, now=timezone.now())


# Who tells what of it


def imports(town):
    said = {("notes", asset.vehicle_number): asset.notes for asset in Asset.objects.all()}
    for batch in ImportBatch.objects.all():
        said["import", batch.source] = (batch.state, batch.counts.get("new", 0), batch.counts.get("changed", 0))
        said["plans", batch.source] = batch.options.get("plans", {})
    return said


def is_now(state, new=0, changed=0):
    return {("import", "fleet.csv"): (state, new, changed)}


WRITTEN = {
    ("state", "NEW"): ("AVAILABLE", "", ""), ("place", "NEW"): (52.09, 5.12), ("condition", "NEW"): (None, ()),
    ("offered", "NEW"): True, ("feed", "NEW"): "free", ("notes", "NEW"): "", ("notes", "FIRST"): "Scratched",
}  # fmt: skip
AS_BEFORE = dict.fromkeys(WRITTEN) | {("notes", "FIRST"): ""}


# Where staff do it


def table(model, text):
    """What the page sends once the preview of this table was looked at."""

    def form(town):
        file = SimpleUploadedFile("table.csv", text.encode())
        page = town.client.post(f"/admin/fleet/{model}/import/", {"import_file": file, "format": "0"})
        return page.context["confirm_form"].initial if page.status_code == 200 else {}

    return form


def step(name):
    return page(BATCH, f"step/{name}")


ACTS = {
    "send a file": Act(
        lambda town: f"/admin/{BATCH}/upload/",
        is_now("UPLOADED") | {("plans", "fleet.csv"): {}},
        [("Import", "added", "")],
        "change_asset",
        lambda town: {"file": SimpleUploadedFile("fleet.csv", LIST)},
        refused=nothing,
        refused_form=lambda town: {"file": SimpleUploadedFile("fleet.csv", b"number,type\n")},
        needs=("file",),
    ),
    "say what the columns mean": Act(
        page(BATCH, "mapping"),
        is_now("COMPARED", new=1, changed=1),
        [("Import", "changed", "Said what the columns mean.")],
        "change_asset",
        lambda town: COLUMNS,
        given=uploaded,
        refused=uploaded,
        refused_form=lambda town: {"column-1": "vehicle_number"},
        needs=("column-0",),
        then=worked,
    ),
    "compare": Act(
        step("compare"),
        is_now("COMPARED", new=1, changed=1),
        [("Import", "changed", "Asked to compare.")],
        "change_asset",
        given=uploaded,
        refused=abandoned,
        needs=(),
        then=worked,
    ),
    "apply": Act(
        step("apply"),
        is_now("APPLIED", new=1, changed=1) | WRITTEN,
        [("Import", "changed", "Asked to apply.")],
        "change_asset",
        given=compared,
        refused=abandoned,
        needs=(),
        then=worked,
    ),
    "undo": Act(
        step("undo"),
        is_now("UNDONE", new=1, changed=1) | AS_BEFORE,
        [("Import", "changed", "Asked to undo.")],
        "change_asset",
        given=applied,
        refused=compared,
        needs=(),
        then=worked,
    ),
    "abandon": Act(
        step("abandon"),
        is_now("ABANDONED", new=1, changed=1),
        [("Import", "changed", "Asked to abandon.")],
        "change_asset",
        given=compared,
        refused=applied,
        needs=(),
    ),
    "call a mapping otherwise": Act(
        page(MAPPING),
        {("columnmapping", "theirs"): None, ("columnmapping", "ours"): []},
        [("Column mapping", "changed", "")],
        "change_asset",
        with_other(MAPPING, name="ours"),
        given=meaning_known,
        refused=meaning_known,
        refused_form=lambda town: {"name": "x" * 81},
        needs=("name",),
    ),
    **{
        name: replace(act, permission="change_asset")
        for name, act in removing(
            MAPPING,
            {("columnmapping", "theirs"): None},
            [("Column mapping", "deleted", "")],
            meaning_known,
        ).items()
    },
    "stations from a table": Act(
        lambda town: "/admin/fleet/station/process_import/",
        {("station", "quay"): 0, ("feed of station", "quay"): (True, True, 0)},
        [("Station", "added", ""), ("Station", "added", "new through import_export")],
        "add_station",
        table("station", "station_id,name,lat,lon\nquay,Quay,52.2,5.2\n"),
        refused=nothing,
        refused_form=lambda town: {"import_file_name": "gone"},
        needs=(),
        may_also=("change_station",),
    ),
    "types from a table": Act(
        lambda town: "/admin/fleet/assettype/process_import/",
        {("assettype", "scooter"): ["STEP", 7]},
        [("Asset type", "changed", ""), ("Asset type", "changed", "update through import_export")],
        "add_assettype",
        table("assettype", "type_id,hold_minutes\nscooter,7\n"),
        refused=nothing,
        refused_form=lambda town: {"import_file_name": "gone"},
        needs=(),
        may_also=("change_assettype",),
    ),
    "prices from a table": Act(
        lambda town: "/admin/fleet/pricingplan/process_import/",
        {("plan", "usual"): ("Cheap", [1, 0.2, 0.05]), ("feed of plan", "usual"): ("Cheap", 1.0)},
        [("Pricing plan", "changed", ""), ("Pricing plan", "changed", "update through import_export")],
        "add_pricingplan",
        table("pricingplan", "plan_id,name\nusual,Cheap\n"),
        refused=nothing,
        refused_form=lambda town: {"import_file_name": "gone"},
        needs=(),
        may_also=("change_pricingplan",),
    ),
    "choose plans": Act(
        page(BATCH, "plans"),
        {("plans", "feed.zip"): {"glider": "usual"}},
        [("Import", "changed", "Chose pricing plans.")],
        "change_asset",
        lambda town: {"plan-0": "usual"},
        given=unpriced,
        refused=unpriced,
        refused_form=lambda town: {"plan-0": "none"},
        needs=(),
        then=worked,
    ),
}


class TestOfImports(ActsOfStaff):
    acts = ACTS
    tell = (configuration, imports)
    empty = ""
