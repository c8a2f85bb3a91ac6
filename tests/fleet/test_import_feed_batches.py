"""An import of a GBFS feed in the back office: ZIP or address, looked at first, and the vehicles can be undone."""

import http.server
import io
import json
import threading
import zipfile

import pytest

from fleet.importing.batches import asking, comparing
from fleet.importing.errors import UnusableInput
from fleet.models import Asset, ImportBatch, ImportFile, Station
from tests.fleet.importing import NOW, again, applied, apply, compared, counts, fleet, undone
from tests.fleet.samples import feed_2_3

pytestmark = pytest.mark.django_db


def archive(documents, folder="feed/", **more):
    """The documents as a ZIP file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, document in documents.items():
            file.writestr(f"{folder}{name}.json", json.dumps(document))
        for name, body in more.items():
            file.writestr(name, body)
    return content.getvalue()


@pytest.fixture
def documents():
    return feed_2_3.documents()


def test_a_zip_is_compared_at_once_and_writes_nothing(documents):
    batch = compared(archive(documents), "lindorp.zip")

    assert (batch.state, batch.kind, batch.header) == ("COMPARED", "FEED", [])
    assert counts(batch)["new"] == batch.rows.count()
    assert dict(zip([t[0] for t in batch.things], [t[1] for t in batch.things], strict=True))["stations"] > 0
    assert batch.notes[0].startswith("Ids in a public feed are temporary")
    assert (Asset.objects.count(), Station.objects.count()) == (0, 0)


def test_is_applied_once_and_changes_nothing_the_second_time(documents):
    batch = applied(archive(documents), "lindorp.zip")
    before, places = fleet(), list(Station.objects.values())

    later = applied(archive(documents), "lindorp.zip")

    assert counts(batch)["applied"] == len(before) > 0
    assert (counts(later)["unchanged"], counts(later).get("new", 0)) == (len(before), 0)
    assert (fleet(), list(Station.objects.values())) == (before, places)
    assert {new + changed for _kind, new, changed, *_rest in later.things} == {0}


def test_an_undo_takes_back_the_vehicles_and_leaves_the_places(documents):
    batch = applied(archive(documents), "lindorp.zip")
    stations = Station.objects.count()

    batch = undone(batch)

    assert (batch.state, Asset.objects.count(), Station.objects.count()) == ("UNDONE", 0, stations)


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
