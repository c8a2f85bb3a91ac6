"""An import of a GBFS feed in the back office: ZIP or address, looked at first, and can be undone."""

import http.server
import io
import json
import threading
import zipfile

import pytest
from django.core.management import call_command

from fleet.importing.batches import asking, comparing
from fleet.importing.errors import UnusableInput
from fleet.models import (
    Alert,
    Asset,
    AssetType,
    FarePart,
    ImportBatch,
    ImportFile,
    OpeningHours,
    PricingPlan,
    Region,
    Station,
    System,
)
from tests.fleet.importing import NOW, again, applied, apply, archive, compared, counts, fleet, undone
from tests.fleet.samples import feed_2_3
from tests.fleet_factories import AssetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def documents():
    return feed_2_3.documents()


def test_a_zip_is_compared_at_once_and_writes_nothing(documents):
    batch = compared(archive(documents), "lindorp.zip")

    assert (batch.state, batch.kind, batch.header) == ("COMPARED", "FEED", [])
    assert counts(batch)["new"] == batch.rows.filter(thing="").count()
    assert dict(zip([t[0] for t in batch.things], [t[1] for t in batch.things], strict=True))["stations"] > 0
    assert batch.notes[0].startswith("Ids in a public feed are temporary")
    assert not [note for note in batch.notes if "import_vehicles" in note or "--" in note]
    assert (Asset.objects.count(), Station.objects.count()) == (0, 0)


def test_asks_for_the_plans_of_types_without_one_and_gives_them(documents):
    batch = compared(archive(documents), "lindorp.zip")
    assert batch.unpriced == ["city", "raft"]
    assert any("choose it above (city, raft)" in note for note in batch.notes)

    asking.compare(batch_id=batch.pk, options={"plans": {"city": "odd"}}, now=NOW)
    comparing.compare(batch_id=batch.pk, now=NOW)
    batch = again(batch)
    assert (batch.state, batch.unpriced) == ("COMPARED", ["city", "raft"])
    apply(batch)

    plans = dict(AssetType.objects.values_list("type_id", "default_plan__plan_id"))
    assert plans == {"city": "odd", "glider": "standard", "raft": None}
    assert compared(archive(documents), "lindorp.zip").unpriced == ["raft"]


def test_is_applied_once_and_changes_nothing_the_second_time(documents):
    batch = applied(archive(documents), "lindorp.zip")
    before, places = fleet(), list(Station.objects.values())

    later = applied(archive(documents), "lindorp.zip")

    assert counts(batch)["applied"] == len(before) > 0
    assert (counts(later)["unchanged"], counts(later).get("new", 0)) == (len(before), 0)
    assert (fleet(), list(Station.objects.values())) == (before, places)
    assert {new + changed for _kind, new, changed, *_rest in later.things} == {0}


PLACES = (System, OpeningHours, PricingPlan, FarePart, AssetType, Region, Station, Alert)


def everything():
    """All of the feed, with what is related to what."""
    rows = {model: list(model.objects.order_by("pk").values()) for model in (*PLACES, Asset)}
    for alert in rows[Alert]:
        alert.pop("updated_at")
    for part in rows[FarePart]:
        part.pop("id")  # an undo makes them anew
    rows[FarePart].sort(key=lambda part: (part["plan_id"], part["position"]))
    through = (AssetType.plans.through, Region.asset_types.through, Alert.stations.through, Alert.regions.through)
    return rows | {model: sorted(model.objects.values_list(*model_fields(model))) for model in through}


def model_fields(model):
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


def test_an_undo_takes_back_everything(documents):
    batch = applied(archive(documents), "lindorp.zip")
    assert all(model.objects.exists() for model in PLACES)

    batch = undone(batch)

    assert batch.state == "UNDONE"
    assert {model: model.objects.count() for model in (*PLACES, Asset) if model.objects.exists()} == {}
    assert (batch.counts["places_applied"], batch.counts["places_kept"]) == (0, 0)
    assert batch.counts["places_undone"] == batch.counts["places"] > 0
    assert Station.history.filter(history_type="-").count() == Station.history.filter(history_type="+").count()


def changed(documents):
    """The feed of another day: another name, another price, another zone rule."""
    documents["station_information"]["data"]["stations"][0]["name"] = "Renamed"
    documents["system_pricing_plans"]["data"]["plans"][0]["price"] = 9
    documents["vehicle_types"]["data"]["vehicle_types"][0]["max_range_meters"] = 99000
    documents["system_information"]["data"]["name"] = "Lindorp Rides Again"
    return archive(documents)


def test_what_a_later_feed_changed_is_exactly_as_before(documents):
    applied(archive(documents), "lindorp.zip")
    before = everything()
    batch = compared(changed(documents), "later.zip")
    asking.compare(batch_id=batch.pk, options={"replace_system": True}, now=NOW)
    comparing.compare(batch_id=batch.pk, now=NOW)
    foreseen = {row.thing: row.changes for row in batch.rows.exclude(thing="")}

    batch = apply(again(batch))
    assert {row.thing: row.changes for row in batch.rows.exclude(thing="")} == foreseen
    assert sorted(foreseen) == ["operator", "pricing plans", "stations", "vehicle types"]
    assert everything() != before
    undone(batch)

    assert everything() == before


def test_what_was_changed_or_used_since_stays_and_is_named(documents):
    batch = applied(archive(documents), "lindorp.zip")
    station, other = Station.objects.order_by("pk")[:2]
    Station.objects.filter(pk=station.pk).update(name={"en": "By hand"})
    AssetFactory(vehicle_number="ours", asset_type=AssetType.objects.get(type_id="glider"), station=other)

    batch = undone(batch)

    told = {row.vehicle: row.told for row in batch.rows.filter(outcome="KEPT")}
    assert told.pop(station.station_id) == ["has changed since: name"]
    assert told.pop(other.station_id) == ["has assets"]
    assert told.pop("glider") == ["has assets"]
    assert {one for told in told.values() for one in told} == {"has asset types", "has stations"}
    assert set(Station.objects.values_list("pk", flat=True)) == {station.pk, other.pk}
    assert batch.counts["places_kept"] == batch.rows.filter(outcome="KEPT").count()


def test_an_undo_is_finished_when_what_stood_in_its_way_is_gone(documents):
    batch = applied(archive(documents), "lindorp.zip")
    ours = AssetFactory(vehicle_number="ours", asset_type=AssetType.objects.get(type_id="glider"), station=None)
    batch = undone(batch)
    assert AssetType.objects.filter(type_id="glider").exists()

    ours.delete()
    batch = undone(batch)

    assert {model: model.objects.count() for model in (*PLACES, Asset) if model.objects.exists()} == {}


def test_a_command_keeps_the_places_too(documents, tmp_path):
    feed_2_3.write(tmp_path, documents)
    call_command("import_gbfs", str(tmp_path), stdout=io.StringIO())

    undone(ImportBatch.objects.get())

    assert {model: model.objects.count() for model in (*PLACES, Asset) if model.objects.exists()} == {}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (archive({"vehicle_types": {"version": "1.1", "data": {}}}), "states GBFS version 1.1"),
        (archive({"gbfs": {"version": "2.3", "data": {}}}), "There is no GBFS to read"),
        (
            archive({"vehicle_types": {"version": "2.3"}}, **{"other/vehicle_types.json": "{}"}),
            "holds vehicle_types.json twice: pack one feed only.",
        ),
    ],
    ids=["too old", "empty", "twice"],
)
def test_refuses_what_is_no_feed(content, says):
    with pytest.raises(UnusableInput, match=says):
        asking.begin_file(name="feed.zip", content=content, user=None, now=NOW)

    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_unpacks_nothing_that_cannot_be_unpacked_piece_by_piece(way):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", way) as packed:
        packed.writestr("gbfs.json", " " * 1000)

    with pytest.raises(UnusableInput, match=r"^feed.zip is packed in a way that is not read: pack it again"):
        asking.begin_file(name="feed.zip", content=content.getvalue(), user=None, now=NOW)


def test_no_path_in_a_zip_is_ever_used(documents, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    batch = compared(archive(documents, folder="../../../etc/"), "evil.zip")

    assert batch.state == "COMPARED"
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_not_unpacked():
    bomb = archive({}, **{"vehicle_types.json": b" " * (65 * 1024 * 1024)})
    assert len(bomb) < 100_000

    with pytest.raises(UnusableInput, match=r"bomb.zip is too large when it is unpacked \(vehicle_types.json\)."):
        asking.begin_file(name="bomb.zip", content=bomb, user=None, now=NOW)


@pytest.fixture
def site(documents):
    """A web server with the feed; `taken` are the paths that were asked."""
    taken = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            taken.append(self.path)
            name = self.path.strip("/").removesuffix(".json")
            if name == "elsewhere":
                self.send_response(302)
                self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
                self.end_headers()
                return
            body = json.dumps(self.server.documents.get(name, {})).encode()
            self.send_response(200 if name in self.server.documents else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    feeds = [{"name": name, "url": f"{address}/{name}.json"} for name in documents if name != "gbfs"]
    server.documents = {**documents, "gbfs": {"version": "2.3", "data": {"en": {"feeds": feeds}}}}
    server.taken, server.address = taken, address
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def fetched(address):
    batch = asking.begin_address(address=address, user=None, now=NOW)
    comparing.compare(batch_id=batch.pk, now=NOW)
    return again(batch)


def test_an_address_is_fetched_once_and_what_was_looked_at_is_applied(site):
    batch = fetched(f"{site.address}/gbfs.json")
    assert (batch.state, batch.error) == ("COMPARED", "")
    assert len(batch.sha256) == 64
    new = counts(batch)["new"]
    site.documents.clear()

    batch = apply(batch)

    assert (batch.state, counts(batch)["applied"], Asset.objects.count()) == ("APPLIED", new, new)
    assert len(site.taken) == len(set(site.taken))


def test_an_address_inside_the_network_is_not_asked(site, settings):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False

    batch = fetched(f"{site.address}/gbfs.json")

    assert (batch.state, site.taken, ImportFile.objects.count()) == ("FAILED", [], 0)
    assert batch.error == (
        f"Cannot read {site.address}/gbfs.json: it may not be called: Calls go to https addresses only.."
    )


def test_a_redirect_to_the_credentials_of_the_host_is_not_followed(site):
    batch = fetched(f"{site.address}/elsewhere.json")

    assert batch.state == "FAILED"
    assert "it may not be called: 169.254.169.254 is 169.254.169.254, an address inside a network." in batch.error


def test_an_address_that_answers_nothing_useful_fails_in_one_line(site):
    batch = fetched(f"{site.address}/nothing.json")

    assert (batch.state, batch.error) == (
        "FAILED",
        f"Cannot read {site.address}/nothing.json: the server answered 404.",
    )
