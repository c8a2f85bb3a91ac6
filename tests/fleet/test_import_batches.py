"""An import of a fleet list: what is seen before, what is there afterwards, and what an undo brings back."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet.importing.batches import applying, asking, comparing, undoing
from fleet.importing.errors import NotNow, UnusableInput
from fleet.models import Asset, ColumnMapping, ImportBatch, ImportFile, ImportRow, Station, VehicleAlert
from fleet.models.vehicles import AssetState
from fleet.tasks import forget_import_files
from tests.fleet.importing import (
    LATER,
    NOW,
    again,
    applied,
    apply,
    began,
    changes,
    compared,
    counts,
    fleet,
    told,
    undone,
)
from tests.fleet.samples import xlsx
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    RegionFactory,
    ReservationFactory,
    StationFactory,
    SystemFactory,
    VehicleAlertFactory,
)

pytestmark = pytest.mark.django_db

LIST = """number,type,qr_code,soc,state,notes
S-1,glider,q1,80,available,old
S-2,glider,q2,50,maintenance,
S-3,boat,q3,50,,
"""


@pytest.fixture(autouse=True)
def types():
    """One type, one station and an operating area; no vehicles."""
    SystemFactory()
    RegionFactory()
    StationFactory(station_id="market", lat=LAT + 0.01, lon=LON + 0.01)
    AssetTypeFactory(type_id="glider")


def states():
    return dict(Asset.objects.values_list("vehicle_number", "state"))


def notes():
    return dict(Asset.objects.values_list("vehicle_number", "notes"))


def given(number, **fields):
    return AssetFactory(vehicle_number=number, asset_type__type_id=f"type of {number}", **fields)


def test_guesses_the_columns_and_shows_the_first_rows():
    batch = began(LIST)

    assert (batch.state, batch.kind, batch.source, batch.size) == ("UPLOADED", "LIST", "fleet.csv", len(LIST))
    assert batch.mapping == {
        "vehicle_number": 0, "vehicle_type": 1, "vehicle_code": 2, "battery_percent": 3, "state": 4, "notes": 5,
    }  # fmt: skip
    assert batch.sample[0] == ["S-1", "glider", "q1", "80", "available", "old"]
    assert Asset.objects.count() == 0


def test_compares_and_writes_nothing():
    given("S-1", state_of_charge=80, vehicle_code="q1", notes="new")

    batch = compared(LIST)

    assert (batch.state, counts(batch)) == (
        "COMPARED",
        {"all": 3, "new": 1, "changed": 1, "wrong": 1, "warning": 1},
    )
    assert changes(batch, "S-1") == {"notes": ["new", "old"], "vehicle_type": ["type of S-1", "glider"]}
    assert changes(batch, "S-2")["state"] == [None, "OUT_OF_SERVICE"]
    wrong = batch.rows.get(vehicle="S-3")
    assert wrong.errors == ["vehicle_type 'boat' is unknown; known: glider, type of S-1"]
    assert wrong.cells == ["S-3", "boat", "q3", "50", "", ""]
    assert notes() == {"S-1": "new"}


def test_applies_what_was_seen_and_says_who_did():
    rita = User.objects.create(username="rita")
    batch = began(LIST, user=rita)
    asking.compare(batch_id=batch.pk, mapping=batch.mapping, now=NOW)
    comparing.compare(batch_id=batch.pk, now=NOW)

    batch = apply(batch)

    assert (batch.state, batch.applied_at, batch.done) == ("APPLIED", NOW, 2)
    assert counts(batch) == {"all": 3, "new": 2, "wrong": 1, "warning": 2, "applied": 2}
    assert states() == {"S-1": "AVAILABLE", "S-2": "OUT_OF_SERVICE"}
    record = Asset.history.get(vehicle_number="S-1")
    assert (record.history_user, record.history_change_reason) == (rita, f"import {batch.pk}: fleet.csv")


def test_changes_nothing_the_second_time():
    applied(LIST)
    before = fleet()

    batch = applied(LIST)

    assert counts(batch) == {"all": 3, "unchanged": 2, "wrong": 1}
    assert fleet() == before


def test_reads_a_spreadsheet_and_a_file_of_windows(tmp_path):
    sheet = xlsx.write(tmp_path / "fleet.xlsx", [["Bike number", "Model", "lat", "lon"], [17, "glider", 52.1, 5.13]])
    text = "Number;Type;Notes;Latitude;Longitude\nS-9;glider;Rückgabe für später;52,09;5,12\n".encode("cp1252")

    assert counts(applied(sheet.read_bytes(), "fleet.xlsx"))["applied"] == 1
    assert counts(applied(text))["applied"] == 1
    assert dict(Asset.objects.values_list("vehicle_number", "lat")) == {"17": 52.1, "S-9": 52.09}
    assert notes()["S-9"] == "Rückgabe für später"


def test_passes_over_the_comments_of_the_template():
    batch = compared("number;type\n# your own number;an id\nS-1;glider\n")

    assert counts(batch) == {"all": 1, "new": 1, "warning": 1}


def test_gives_new_vehicles_the_type_that_was_chosen():
    applied("number\nS-1\n", default_type="glider")

    assert Asset.objects.get().asset_type.type_id == "glider"


def test_keeps_a_mapping_under_a_name_and_uses_it_for_the_same_headers():
    batch = began("Bike;Kind;Sticker\nS-1;glider;q1\n")
    assert batch.mapping == {}

    mapping = {"vehicle_number": 0, "vehicle_type": 1, "vehicle_code": 2}
    asking.compare(batch_id=batch.pk, mapping=mapping, keep_as="Our supplier", now=NOW)

    assert ColumnMapping.objects.get().name == "Our supplier"
    assert began("bike ;KIND;Sticker\nS-2;glider;q2\n").mapping == mapping
    assert began("Bike;Kind\nS-2;glider\n").mapping == {}


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"vehicle_type": 1}, "Say which column has the number of the vehicle"),
        ({"vehicle_number": 0, "vehicle_code": 0}, "The column 'number' can mean one thing only."),
    ],
)
def test_refuses_columns_that_make_no_sense(mapping, says):
    batch = began(LIST)

    with pytest.raises(UnusableInput, match=says):
        asking.compare(batch_id=batch.pk, mapping=mapping, now=NOW)

    assert again(batch).state == "UPLOADED"
    assert not ProcrastinateJob.objects.exists()


def test_asks_the_worker_for_each_step_one_import_after_the_other():
    batch = compared(LIST)
    asking.apply(batch_id=batch.pk, now=NOW)

    jobs = ProcrastinateJob.objects.order_by("pk").values_list("task_name", "lock", "args")
    assert list(jobs) == [
        ("fleet.tasks.compare_import", "imports", {"batch_id": batch.pk}),
        ("fleet.tasks.apply_import", "imports", {"batch_id": batch.pk}),
    ]


def test_leaves_what_has_changed_since_the_preview_and_says_so():
    given("S-1", notes="first", vehicle_code="q1", state_of_charge=10)
    batch = compared("number,notes,soc\nS-1,third,80\n")
    Asset.objects.update(notes="second")

    batch = apply(batch)

    assert Asset.objects.values_list("notes", "state_of_charge").get() == ("second", 80)
    assert told(batch) == {"S-1": ["notes is second by now: left as it is"]}
    assert changes(batch, "S-1") == {"state_of_charge": [10, 80]}


def test_leaves_a_vehicle_that_somebody_made_since_the_preview():
    batch = compared("number,type,notes\nS-1,glider,from the list\n")
    given("S-1", notes="by hand")

    batch = apply(batch)

    assert counts(batch) == {"all": 1, "new": 1, "left": 1, "warning": 1}
    assert told(batch) == {"S-1": ["was made by somebody else meanwhile: left as it is"]}
    assert notes() == {"S-1": "by hand"}


def test_makes_no_vehicle_that_was_deleted_since_the_preview():
    given("S-1", notes="old")
    batch = compared("number,type,notes\nS-1,glider,new\n")
    Asset.objects.all().delete()

    batch = apply(batch)

    assert told(batch) == {"S-1": ["is not there any more"]}
    assert Asset.objects.count() == 0


def test_does_not_put_a_vehicle_at_a_station_that_is_gone():
    given("S-1", notes="old")
    batch = compared("number,station,notes\nS-1,market,new\n")
    Station.objects.all().delete()

    batch = apply(batch)

    assert told(batch) == {"S-1": ["station market is not there any more"]}
    assert notes() == {"S-1": "old"}


def test_leaves_a_place_that_has_changed_since_also_when_the_vehicle_comes_to_a_station():
    given("S-1", lat=LAT, lon=LON)
    batch = compared(f"number,station,lat,lon\nS-1,market,{LAT + 0.02},{LON + 0.02}\n")
    Asset.objects.update(lat=LAT + 0.03)

    batch = apply(batch)

    assert Asset.objects.values_list("lat", "lon", "station__station_id").get() == (LAT + 0.03, LON, "market")
    assert told(batch) == {"S-1": [f"lat is {LAT + 0.03} by now: left as it is"]}
    assert changes(batch, "S-1") == {"station": ["", "market"]}


def test_neither_moves_nor_retires_a_vehicle_that_was_booked_since_the_preview():
    asset = given("S-1", notes="old")
    batch = compared("number,lat,lon,state,notes\nS-1,52.1,5.13,retired,new\n")
    asset.reserve()
    asset.save()

    batch = apply(batch)

    assert Asset.objects.values_list("state", "lat", "notes").get() == (AssetState.RESERVED, LAT, "new")
    assert told(batch) == {"S-1": ["is reserved: not moved", "is reserved: state not changed"]}


def test_goes_on_where_a_killed_worker_stopped(monkeypatch):
    monkeypatch.setattr("fleet.importing.assets.CHUNK", 2)
    lines = "".join(f"S-{number},glider\n" for number in range(5))
    batch = compared(f"number,type\n{lines}")
    asking.apply(batch_id=batch.pk, now=NOW)
    settle, chunks = applying.storing.settle, []

    def killed_in_the_second_chunk(rows, retold):
        chunks.append(len(rows))
        if len(chunks) == 2:
            raise KeyboardInterrupt
        settle(rows, retold)

    monkeypatch.setattr(applying.storing, "settle", killed_in_the_second_chunk)
    with pytest.raises(KeyboardInterrupt):
        applying.apply(batch_id=batch.pk, now=NOW)
    assert (again(batch).state, again(batch).done, Asset.objects.count()) == ("APPLYING", 2, 2)

    applying.apply(batch_id=batch.pk, now=LATER)

    assert (again(batch).state, again(batch).done) == ("APPLIED", 5)
    assert Asset.objects.count() == 5
    assert Asset.history.count() == 5


@pytest.mark.django_db(transaction=True)
def test_waits_for_the_disk_when_all_is_done(monkeypatch):
    batch, seen = compared(LIST), []

    def watched(name, what):
        def with_a_look(*given):
            with connection.cursor() as cursor:
                cursor.execute("SHOW synchronous_commit")
                seen.append((name, *cursor.fetchone()))
            return what(*given)

        return with_a_look

    monkeypatch.setattr(applying.storing, "settle", watched("a chunk", applying.storing.settle))
    monkeypatch.setattr(applying, "count_rows", watched("the end", applying.count_rows))

    apply(batch)

    assert seen == [("a chunk", "off"), ("a chunk", "off"), ("the end", "on")]


def test_is_applied_once_however_often_the_job_runs():
    batch = applied(LIST)
    before, history = fleet(), Asset.history.count()

    applying.apply(batch_id=batch.pk, now=LATER)
    comparing.compare(batch_id=batch.pk, now=LATER)

    assert (fleet(), Asset.history.count()) == (before, history)
    assert again(batch).applied_at == NOW


def test_undo_brings_back_exactly_what_was_there():
    given("S-1", vehicle_code="q0", state_of_charge=10, notes="mine", range_m=None)
    given("S-2", lat=LAT, lon=LON, station_slot="3").store(reason="winter")
    stored = given("S-3")
    stored.store(reason="winter")
    stored.save()
    before = fleet()
    batch = applied(
        "number,type,qr_code,soc,range,station,state,last_reported\n"
        "S-1,glider,q1,80,31.4 km,,maintenance,2026-05-04 10:00\n"
        "S-2,,,,,market,,\n"
        "S-3,,,,,,available,\n"
    )
    assert counts(batch) == {"all": 3, "changed": 3, "applied": 3, "warning": 1}
    assert fleet() != before

    batch = undone(batch)

    assert fleet() == before
    assert (batch.state, batch.undone_at, counts(batch)["undone"]) == ("UNDONE", LATER, 3)
    assert [r.history_change_reason for r in stored.history.all()][:2] == [
        f"undo of import {batch.pk}: fleet.csv",
        f"import {batch.pk}: fleet.csv",
    ]


def test_undo_deletes_what_the_import_made_and_keeps_its_history():
    batch = undone(applied(LIST))

    assert counts(batch) == {"all": 3, "new": 2, "wrong": 1, "warning": 2, "undone": 2}
    assert Asset.objects.count() == 0
    history = Asset.history.filter(vehicle_number="S-1").order_by("history_id")
    assert list(history.values_list("history_type", flat=True)) == ["+", "-"]


def test_undo_leaves_what_has_changed_since_by_name_and_restores_the_rest():
    given("S-1", notes="first", state_of_charge=10)
    given("S-2", notes="first", state_of_charge=10)
    batch = applied("number,notes,soc\nS-1,second,80\nS-2,second,80\n")
    Asset.objects.filter(vehicle_number="S-1").update(notes="third")

    batch = undone(batch)

    assert list(Asset.objects.order_by("pk").values_list("notes", "state_of_charge")) == [("third", 10), ("first", 10)]
    assert told(batch) == {"S-1": ["notes is third by now: left as it is"]}
    assert counts(batch) == {"all": 2, "changed": 2, "undone": 1, "partly": 1}


def test_undo_restores_no_half_of_a_place():
    given("S-1")
    batch = applied("number,lat,lon\nS-1,52.1,5.13\n")
    Asset.objects.update(lat=52.11)

    batch = undone(batch)

    assert Asset.objects.values_list("lat", "lon").get() == (52.11, 5.13)
    assert told(batch) == {"S-1": ["lat is 52.11 by now: left as it is"]}
    assert counts(batch) == {"all": 1, "changed": 1, "kept": 1}


def test_undo_does_not_touch_a_vehicle_on_a_trip():
    asset = given("S-1", lat=LAT, lon=LON)
    batch = applied("number,type,lat,lon,notes\nS-1,glider,52.1,5.13,new\n")
    asset = Asset.objects.get()
    asset.reserve()
    asset.save()

    batch = undone(batch)

    assert Asset.objects.values_list("state", "lat", "asset_type__type_id", "notes").get() == (
        AssetState.RESERVED, 52.1, "glider", "",
    )  # fmt: skip
    assert told(batch) == {"S-1": ["is reserved: not moved"]}


def test_undo_keeps_a_new_vehicle_that_something_belongs_to():
    batch = applied("number,type,lat,lon\nS-1,glider,52.09,5.12\nS-2,glider,52.09,5.12\nS-3,glider,52.09,5.12\n")
    alerted, booked, _unused = Asset.objects.order_by("vehicle_number")
    VehicleAlertFactory(asset=alerted)
    ReservationFactory(asset=booked, asset_type=booked.asset_type, period=(NOW, LATER))

    batch = undone(batch)

    assert told(batch) == {"S-1": ["has vehicle alerts"], "S-2": ["has reservations"]}
    assert list(Asset.objects.values_list("vehicle_number", flat=True)) == ["S-1", "S-2"]
    assert counts(batch) == {"all": 3, "new": 3, "undone": 1, "kept": 2}


def test_undo_keeps_a_new_vehicle_that_has_changed():
    batch = applied("number,type,lat,lon\nS-1,glider,52.09,5.12\nS-2,glider,52.09,5.12\n")
    Asset.objects.filter(vehicle_number="S-1").update(name="Berta", state_of_charge=40)

    batch = undone(batch)

    assert told(batch) == {"S-1": ["has changed since: state_of_charge, name"]}
    assert list(Asset.objects.values_list("vehicle_number", flat=True)) == ["S-1"]


def test_undo_refuses_a_code_that_another_vehicle_has_by_now():
    given("S-1", vehicle_code="q1")
    batch = applied("number,qr_code\nS-1,q9\n")
    given("S-2", vehicle_code="q1")

    batch = undone(batch)

    assert told(batch) == {"S-1": ["vehicle_code q1 belongs to vehicle S-2: give that one another first"]}
    assert Asset.objects.get(vehicle_number="S-1").vehicle_code == "q9"


def test_undo_can_be_tried_again_after_a_refusal():
    batch = applied("number,type,lat,lon\nS-1,glider,52.09,5.12\n")
    VehicleAlertFactory(asset=Asset.objects.get())
    batch = undone(batch)
    VehicleAlert.objects.all().delete()

    batch = undone(batch)

    assert (counts(batch), Asset.objects.count()) == ({"all": 1, "new": 1, "undone": 1}, 0)


def test_undo_goes_on_where_a_killed_worker_stopped(monkeypatch):
    monkeypatch.setattr("fleet.importing.assets.CHUNK", 2)
    batch = applied("number,type\n" + "".join(f"S-{number},glider\n" for number in range(5)))
    asking.undo(batch_id=batch.pk, now=LATER)
    progress, chunks = undoing.progress, []

    def killed_in_the_second_chunk(*args):
        chunks.append(args)
        if len(chunks) == 2:
            raise KeyboardInterrupt
        progress(*args)

    monkeypatch.setattr(undoing, "progress", killed_in_the_second_chunk)
    with pytest.raises(KeyboardInterrupt):
        undoing.undo(batch_id=batch.pk, now=LATER)
    assert Asset.objects.count() == 3

    undoing.undo(batch_id=batch.pk, now=LATER)

    assert (again(batch).state, Asset.objects.count(), Asset.history.filter(history_type="-").count()) == (
        "UNDONE",
        0,
        5,
    )


def test_takes_no_step_out_of_turn():
    batch = compared(LIST)
    for step in (asking.undo,):
        with pytest.raises(NotNow):
            step(batch_id=batch.pk, now=NOW)
    batch = apply(batch)

    for step in (asking.apply, asking.compare):
        with pytest.raises(NotNow, match="The import is applied"):
            step(batch_id=batch.pk, now=NOW)
    with pytest.raises(NotNow, match="it cannot be asked to abandon now"):
        asking.abandon(batch_id=batch.pk)

    assert again(batch).state == "APPLIED"


def test_is_abandoned_without_a_trace_in_the_fleet():
    batch = compared(LIST)

    asking.abandon(batch_id=batch.pk)

    assert again(batch).state == "ABANDONED"
    assert (Asset.objects.count(), ImportRow.objects.count(), ImportFile.objects.count()) == (0, 0, 0)


def test_tells_why_it_cannot_be_read(settings):
    batch = began(LIST)
    asking.compare(batch_id=batch.pk, mapping=batch.mapping, options={"default_type": "boat"}, now=NOW)

    comparing.compare(batch_id=batch.pk, now=NOW)

    assert (again(batch).state, again(batch).error) == (
        "FAILED",
        "--type: vehicle_type 'boat' is unknown; known: glider",
    )


def test_forgets_the_file_and_keeps_the_report(settings):
    batch = applied(LIST)
    ImportBatch.objects.update(created_at=NOW.replace(year=2020))

    assert forget_import_files(timestamp=0) == 1

    assert not ImportFile.objects.exists()
    assert counts(again(batch))["applied"] == 2
    assert counts(undone(batch))["undone"] == 2
