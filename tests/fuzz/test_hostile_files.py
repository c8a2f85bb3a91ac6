"""Fleet lists and feeds that were damaged or made to do damage: read as far as possible or refused, never an error.

A file is taken in, compared and applied as the back office and its jobs do it.
"""

import io
import json
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.importing.errors import UnusableInput
from fleet.models import ImportBatch
from tests.fleet.importing import applied
from tests.fleet.samples import feed_2_3, feed_3_0, xlsx
from tests.fleet_factories import AssetTypeFactory, SystemFactory
from tests.fuzz.hostile import NASTY_TEXTS, often, spoiled

pytestmark = pytest.mark.django_db

MB = 1024 * 1024
HEADER = ["number", "type", "lat", "lon", "battery", "plate", "imei", "state", "tags", "odometer"]
ROW = ["S-1", "glider", "52.09", "5.12", "80", "AB-1", "", "available", "a, b", "12.5"]
WAYS_TO_PACK = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.fixture(autouse=True)
def fleet():
    SystemFactory()
    AssetTypeFactory(type_id="glider")


def take_in(content, name):
    """What became of it: the state of its batch, or "refused"."""
    try:
        return applied(content, name).state
    except UnusableInput:
        return "refused"


@st.composite
def damaged(draw, content):
    """The bytes with some of them changed, missing or more."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        length = draw(st.sampled_from((0, 1, 1, 1, 2, 4, 20)))
        content[place : place + length] = draw(st.binary(min_size=0, max_size=length + 1))
    return bytes(content[: draw(st.sampled_from((len(content), len(content), len(content) // 2)))])


def packed(files, way):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", way) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return content.getvalue()


def repacked(content, way):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()}, way)


cells = st.sampled_from(NASTY_TEXTS) | st.text(max_size=20) | st.sampled_from(ROW)


@given(st.lists(st.lists(cells, max_size=12), max_size=5), st.sampled_from((",", ";", "\t", "|")))
@often(60)
def test_lists_of_anything(rows, delimiter):
    lines = [delimiter.join(cells) for cells in (HEADER, ROW, *rows)]

    take_in("\n".join(lines).encode("utf-8", "surrogatepass"), "fleet.csv")


@given(damaged(f"{','.join(HEADER)}\n{','.join(ROW)}\n".encode()))
@often(60)
def test_damaged_lists(content):
    take_in(content, "fleet.csv")


@pytest.mark.parametrize("way", WAYS_TO_PACK)
def test_damaged_workbooks(tmp_path, way):
    workbook = repacked(xlsx.write(tmp_path / "fleet.xlsx", [HEADER, ROW]).read_bytes(), way)

    @given(damaged(workbook))
    @often(60)
    def upload(content):
        take_in(content, "fleet.xlsx")

    upload()


@pytest.fixture(params=[feed_2_3, feed_3_0], ids=["2.3", "3.0"])
def files(request, tmp_path):
    folder = feed_2_3.write(tmp_path / "feed", request.param.documents())
    return {path.name: path.read_bytes() for path in folder.rglob("*.json")}


@pytest.mark.parametrize("way", WAYS_TO_PACK)
def test_damaged_feeds(files, way):
    @given(damaged(packed(files, way)))
    @often(20)
    def upload(content):
        take_in(content, "feed.zip")

    upload()


def test_feeds_that_say_what_they_should_not(files):
    documents = {name: json.loads(body) for name, body in files.items()}

    @given(st.data())
    @often(60)
    def upload(data):
        name = data.draw(st.sampled_from(sorted(documents)))
        wrong = json.dumps(data.draw(spoiled(documents[name]))).encode()
        take_in(packed({**files, name: wrong}, zipfile.ZIP_DEFLATED), "feed.zip")

    upload()


@pytest.mark.parametrize("way", WAYS_TO_PACK[1:])
@pytest.mark.parametrize("name", ["feed.zip", "fleet.xlsx"])
def test_bombs_take_no_memory(name, way):
    inside = "station_status.json" if name == "feed.zip" else "xl/workbook.xml"
    bomb = packed({inside: b" " * (300 * MB)}, way)

    tracemalloc.start()
    try:
        result = take_in(bomb, name)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (result, ImportBatch.objects.count()) == ("refused", 0)
    assert most < 200 * MB
