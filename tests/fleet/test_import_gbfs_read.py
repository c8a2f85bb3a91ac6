"""Where a feed comes from: folders and addresses. The server of these tests listens on loopback."""

import gzip
import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs import fetch, schema, source
from tests.fleet.samples import feed_2_3, feed_3_0


class Server:
    """Answers paths with (status, headers, body)."""

    def __init__(self):
        self.answers, self.asked = {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                status, headers, body = server.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Not into the tests' output."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_port}"
        Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def serve(self, path, document, status=200, **headers):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answers[path] = (status, headers, body)

    def serve_feed(self, documents):
        index = documents["gbfs"]
        block = next(iter(index["data"].values())) if "feeds" not in index["data"] else index["data"]
        for feed in block["feeds"]:
            feed["url"] = f"{self.base}/{feed['name']}.json"
        for name, document in documents.items():
            self.serve(f"/{name}.json", document)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def read(where):
    findings = Findings()
    return source.read(str(where), findings), [(f.file, f.id, f.message) for f in findings.found]


def test_reads_an_address(server):
    server.serve_feed(feed_2_3.documents())

    feed, found = read(f"{server.base}/gbfs.json")

    assert (feed.version, feed.language, len(feed.documents)) == ("2.3", "en", 11)
    assert feed.data("system_information")["system_id"] == "lindorp"
    assert found == []


def test_reads_the_same_from_address_and_folder(server, tmp_path):
    server.serve_feed(feed_3_0.documents())

    by_address, _ = read(f"{server.base}/gbfs.json")
    from_folder, _ = read(feed_2_3.write(tmp_path, feed_3_0.documents()))

    assert by_address.documents == from_folder.documents


def test_finds_relative_and_compressed_documents(server):
    documents = feed_3_0.documents()
    server.serve_feed(documents)
    for feed in documents["gbfs"]["data"]["feeds"]:
        feed["url"] = f"{feed['name']}.json"
    server.serve("/gbfs.json", documents["gbfs"])
    packed = gzip.compress(json.dumps(documents["vehicle_types"]).encode())
    server.serve("/vehicle_types.json", packed, **{"Content-Encoding": "gzip"})

    feed, _found = read(f"{server.base}/gbfs.json")

    assert len(feed.data("vehicle_types")["vehicle_types"]) == 2


def test_joins_the_languages_of_2_x(server):
    documents = feed_2_3.documents()
    server.serve_feed(documents)
    dutch = feed_2_3.documents()
    dutch["system_information"]["data"]["name"] = "Lindorp Rijdt"
    dutch["station_information"]["data"]["stations"][0]["name"] = "Markt"
    names = ("system_information", "station_information")
    for name in names:
        server.serve(f"/nl/{name}.json", dutch[name])
    feeds = [{"name": name, "url": f"{server.base}/nl/{name}.json"} for name in names]
    documents["gbfs"]["data"]["nl"] = {"feeds": feeds}
    server.serve("/gbfs.json", documents["gbfs"])

    feed, _found = read(f"{server.base}/gbfs.json")

    both = [{"language": "en", "text": "Market"}, {"language": "nl", "text": "Markt"}]
    assert feed.data("station_information")["stations"][0]["name"] == both
    assert feed.data("station_information")["stations"][1]["name"] == "Swapped"
    assert feed.data("system_information")["name"][1] == {"language": "nl", "text": "Lindorp Rijdt"}


def test_fetches_one_address_once_though_all_languages_name_it(server):
    documents = feed_2_3.documents()
    server.serve_feed(documents)
    documents["gbfs"]["data"]["fr"] = documents["gbfs"]["data"]["en"]
    server.serve("/gbfs.json", documents["gbfs"])

    read(f"{server.base}/gbfs.json")

    assert sorted(server.asked) == sorted(f"/{name}.json" for name in documents)


def test_follows_a_redirect_and_tells_when_it_leaves_the_host(server):
    documents = feed_3_0.documents()
    server.serve_feed(documents)
    elsewhere = server.base.replace("127.0.0.1", "localhost")
    server.serve("/old", b"", 301, Location="/gbfs.json")
    server.serve("/away", b"", 302, Location=f"{elsewhere}/gbfs.json")

    _feed, found = read(f"{server.base}/old")
    assert found == []
    _feed, found = read(f"{server.base}/away")
    assert found == [("gbfs", elsewhere.removeprefix("http://"), "another host was asked, after a redirect")]


def test_tells_that_feeds_lie_on_another_host(server):
    documents = feed_3_0.documents()
    server.serve_feed(documents)
    elsewhere = server.base.replace("127.0.0.1", "localhost")
    documents["gbfs"]["data"]["feeds"][0]["url"] = f"{elsewhere}/system_information.json"
    server.serve("/gbfs.json", documents["gbfs"])

    _feed, found = read(f"{server.base}/gbfs.json")

    assert found == [("gbfs", elsewhere.removeprefix("http://"), "feeds come from another host than gbfs.json")]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((503, b""), "the server answered 503"),
        ((200, b"<html>"), "not JSON"),
        ((200, b"[]"), "not a JSON object"),
        ((200, b'{"a": ' * 100_000), "not JSON"),
        ((302, b""), "more than 5 redirects"),
        ((307, b""), "file:///etc/passwd is not an http(s) address"),
    ],
)
def test_refuses_an_index_that_cannot_be_read(server, answer, why):
    target = {302: {"Location": "/gbfs.json"}, 307: {"Location": "file:///etc/passwd"}}.get(answer[0], {})
    server.serve("/gbfs.json", answer[1], answer[0], **target)

    with pytest.raises(UnusableInput) as refusal:
        read(f"{server.base}/gbfs.json")

    assert why in str(refusal.value)


def test_refuses_what_is_too_large_and_reads_the_rest(server, monkeypatch):
    documents = feed_3_0.documents()
    server.serve_feed(documents)
    monkeypatch.setattr(fetch, "LARGEST_BYTES", 20_000)
    server.serve("/vehicle_status.json", gzip.compress(b" " * 30_000), **{"Content-Encoding": "gzip"})

    feed, found = read(f"{server.base}/gbfs.json")

    assert "vehicle_status" not in feed.documents
    assert found == [("vehicle_status", "", "listed in gbfs.json, but not read: larger than 0 MB")]


def test_gives_up_on_a_server_that_says_nothing(monkeypatch):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr(fetch, "TIMEOUT", 0.2)

        with pytest.raises(UnusableInput, match="the server did not answer in time"):
            read(f"http://127.0.0.1:{silent.getsockname()[1]}/gbfs.json")


def test_gives_up_on_a_server_that_is_not_there():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    with pytest.raises(UnusableInput, match=rf"Cannot read http://127\.0\.0\.1:{port}/: no connection to the server\."):
        read(f"http://127.0.0.1:{port}/")


def test_goes_by_the_file_names_without_an_index(tmp_path):
    documents = feed_2_3.documents()
    del documents["gbfs"]

    feed, found = read(feed_2_3.write(tmp_path, documents))

    assert (feed.version, len(feed.documents), found) == ("2.3", 11, [])


def test_reads_only_what_the_index_lists_and_tells_about_the_rest(tmp_path):
    documents = feed_2_3.documents()
    feeds = documents["gbfs"]["data"]["en"]["feeds"]
    feeds[:] = [feed for feed in feeds if feed["name"] != "system_alerts"]

    feed, found = read(feed_2_3.write(tmp_path, documents) / "gbfs.json")

    assert "system_alerts" not in feed.documents
    assert found == [("system_alerts", "", "is in the folder, but not listed in gbfs.json: not read")]


@pytest.mark.parametrize(
    ("stated", "checked"),
    [("2.3", "2.3"), ("3.0", "3.0"), ("2.9", "2.3"), ("3.1-RC3", "3.1-RC3"), ("3.1", "3.1-RC3"), ("2.0", "2.0")],
)
def test_checks_against_the_schemas_of_the_stated_version(stated, checked):
    assert schema.schema_version(stated) == checked


def test_counts_violations_by_place(tmp_path):
    feed, _found = read(feed_2_3.write(tmp_path))

    found = schema.violations(feed)

    assert str(found[0]) == 'free_bike_status: 9 × bikes[].is_disabled: 0 is not of type "boolean"'
    assert 'system_pricing_plans: plans[].price: "1.00" is not of type "number"' in map(str, found)


def test_finds_nothing_wrong_with_a_right_document(tmp_path):
    documents = feed_3_0.documents()
    documents = {"system_pricing_plans": documents["system_pricing_plans"]}

    feed, _found = read(feed_2_3.write(tmp_path, documents))

    assert schema.violations(feed) == []
