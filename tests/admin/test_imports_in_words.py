"""An import speaks the language of whoever reads it …"""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from fleet.importing.batches import applying, comparing
from fleet.models import Asset, ImportBatch
from tests.fleet.importing import NOW, again, archive, compared
from tests.fleet.samples import feed_2_3
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ImportBatchFactory, SystemFactory

pytestmark = pytest.mark.django_db

PAGES = "/admin/fleet/importbatch/"
GERMAN, ENGLISH = {"Accept-Language": "de"}, {"Accept-Language": "en"}
LIST = """number;type;soc;lat;lon;state;notes
S-1;glider;80;;;maintenance;=1+1
S-2;glidr;120;52.1;;wheel;
S-2;glider;;;;;
"""


@pytest.fixture(autouse=True)
def fleet():
    SystemFactory()
    glider = AssetTypeFactory(type_id="glider")
    return AssetFactory(vehicle_number="S-1", asset_type=glider, state_of_charge=50)


def uploaded(client, content, name="flotte.csv", headers=GERMAN):
    content = content.encode() if isinstance(content, str) else content
    return client.post(f"{PAGES}upload/", {"file": SimpleUploadedFile(name, content)}, headers=headers)


def remarks(client, batch, headers, tab="all"):
    page = client.get(f"{PAGES}{batch.pk}/change/?rows={tab}", headers=headers)
    return {line.number: line.remarks for line in page.context["page"].object_list}


def test_a_german_fleet_manager_is_told_in_german_what_is_wrong(staff):
    batch = compared(LIST, "flotte.csv")

    assert remarks(staff, batch, GERMAN) == {
        2: ["Notizen =1+1 sieht aus wie eine Formel: als Text übernommen"],
        3: [
            "Fahrzeugtyp „glidr“ ist unbekannt; meinten Sie „glider“?",
            "Zustand „wheel“ ist unbekannt; verwenden Sie available, maintenance, storage, missing oder retired",
            "Ladestand (%) 120 liegt nicht zwischen 0 und 100",
            "nur eines von Breiten- und Längengrad ist angegeben: beide oder keines",
        ],
        4: ["ohne Position wird es nicht angeboten"],
    }
    assert remarks(staff, batch, ENGLISH)[3] == [
        "vehicle type 'glidr' is unknown; did you mean 'glider'?",
        "state 'wheel' is unknown; use available, maintenance, storage, missing or retired",
        "battery (%) 120 is not between 0 and 100",
        "only one of lat and lon is given: both or none",
    ]
    assert batch.rows.get(number=3).errors[0] == "vehicle_type 'glidr' is unknown; did you mean 'glider'?"


def test_a_german_fleet_manager_is_told_in_german_what_changes(staff):
    batch = compared(LIST, "flotte.csv")

    page = staff.get(f"{PAGES}{batch.pk}/change/?rows=changed", headers=GERMAN)

    [line] = page.context["page"].object_list
    assert strip_tags(line.differences.replace("</div>", "\n")).splitlines() == [
        "Notizen – → =1+1",
        "Zustand verfügbar → außer Betrieb",
        "Ladestand 50 → 80",
        "Grund des Zustands – → fleet list flotte.csv",
    ]
    assert (
        "Spalten gelesen als: type = Fahrzeugtyp, number = Fahrzeugnummer, soc = Ladestand (%)" in page.content.decode()
    )


def test_a_german_fleet_manager_chooses_among_german_columns(staff):
    mapping = uploaded(staff, LIST).url

    page = staff.get(mapping, headers=GERMAN)

    choices = dict(page.context["form"].fields["column-0"].choices)
    assert (choices["vehicle_number"], choices["is_disabled"]) == ("Fahrzeugnummer", "außer Funktion")
    assert page.context["explanations"]["lat"] == "Breitengrad; beide oder keiner"
    twice = staff.post(mapping, {"column-0": "vehicle_number", "column-1": "vehicle_number"}, headers=GERMAN)
    assert twice.context["form"].errors == {"column-1": ["„number“ ist schon Fahrzeugnummer."]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("number;type\n", "flotte.csv hat eine Kopfzeile und keine Zeilen."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "flotte.csv ist weder CSV noch XLSX."),
        (";".join(f"c{n}" for n in range(1000)) + "\nx\n",
         "flotte.csv hat 1.000 Spalten, höchstens 200 können gelesen werden."),
    ],
    ids=["no rows", "photo", "a thousand columns"],
)  # fmt: skip
def test_a_refusal_is_in_the_language_of_who_is_refused(staff, content, says):
    page = uploaded(staff, content)

    assert page.context["form"].non_field_errors() == [says]
    assert not ImportBatch.objects.exists()


def test_a_step_that_does_not_follow_is_refused_in_her_language(staff):
    batch = ImportBatchFactory(state="APPLIED", compared_at=NOW)

    staff.post(f"{PAGES}{batch.pk}/step/abandon/", headers=GERMAN)

    page = staff.get(f"{PAGES}{batch.pk}/change/", headers=GERMAN)
    assert [str(message) for message in page.context["messages"]] == [
        "Der Import hat den Zustand „übernommen“: er kann jetzt nicht verworfen werden."
    ]
    assert again(batch).state == "APPLIED"


def test_why_the_worker_gave_up_is_told_to_each_reader(staff):
    batch = ImportBatchFactory(state="MAPPED", source="flotte.csv", header=["number"], mapping={"number": 0})

    comparing.compare(batch_id=batch.pk, now=NOW)

    assert (again(batch).state, again(batch).error) == ("FAILED", "The file was removed meanwhile: upload it again.")
    page = staff.get(f"{PAGES}{batch.pk}/change/", headers=GERMAN).content.decode()
    assert "Die Datei wurde inzwischen entfernt: laden Sie sie erneut hoch." in page


def test_what_was_left_as_it_was_is_told_to_each_reader(staff, fleet):
    batch = compared("number,soc\nS-1,80\n")
    Asset.objects.filter(pk=fleet.pk).update(state_of_charge=70)
    staff.post(f"{PAGES}{batch.pk}/step/apply/")

    applying.apply(batch_id=batch.pk, now=NOW)

    assert remarks(staff, batch, GERMAN) == {2: ["Ladestand ist inzwischen 70: so gelassen"]}
    assert remarks(staff, batch, ENGLISH) == {2: ["state of charge is 70 by now: left as it is"]}


def test_the_remarks_on_a_feed_are_told_to_each_reader(staff):
    batch = compared(archive(feed_2_3.documents()), "lindorp.zip")

    german, english = (
        staff.get(f"{PAGES}{batch.pk}/change/", headers=headers).content.decode() for headers in (GERMAN, ENGLISH)
    )

    assert "Hinweise zur Datei" in german
    assert "Warnung vehicle_types: 2 × hat keinen Standardtarif: " in german
    assert "wählen Sie ihn oben (city, raft)" in german
    assert "warning vehicle_types: 2 × has no default pricing plan: " in english
    assert ["Fahrzeugtypen" in german, "Vehicle types" in english] == [True, True]


def test_the_wrong_rows_are_explained_in_the_language_of_who_fetches_them(staff):
    batch = compared("number,type\nS-9,glidr\n")

    answer = staff.get(f"{PAGES}{batch.pk}/failed/", headers=GERMAN)

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [
        ["number", "type", "Grund"],
        ["S-9", "glidr", "Fahrzeugtyp „glidr“ ist unbekannt; meinten Sie „glider“?"],
    ]


def test_the_template_explains_itself_in_her_language(staff):
    answer = staff.get(f"{PAGES}template/", headers=GERMAN)

    _header, explained, _examples = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert explained.startswith('"# Ihre eigene Nummer des Fahrzeugs; nötig, wird nie veröffentlicht";')


def test_what_was_kept_as_a_text_is_shown_as_it_is(staff):
    batch = ImportBatchFactory(
        state="FAILED",
        counts={"all": 1, "wrong": 1},
        error="fleet.csv has 5 % of it.",
        notes=["columns not imported: name"],
    )
    batch.rows.create(number=2, vehicle="S-1", kind="WRONG", errors=["boat is 100 % unknown", "is not there any more"])

    page = staff.get(f"{PAGES}{batch.pk}/change/?rows=wrong", headers=GERMAN)

    assert remarks(staff, batch, GERMAN, "wrong") == {2: ["boat is 100 % unknown", "ist nicht mehr da"]}
    for text in ("fleet.csv has 5 % of it.", "columns not imported: name", "boat is 100 % unknown"):
        assert text in page.content.decode()
