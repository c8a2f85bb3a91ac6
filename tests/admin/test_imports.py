"""The pages of an import: upload, columns, preview, report; and who may use them."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from fleet.importing.batches import applying, comparing, undoing
from fleet.importing.sheets.columns import ALIASES
from fleet.models import Asset, AssetType, ColumnMapping, ImportBatch, PricingPlan
from tests.fleet.importing import NOW, again, apply, archive, compared
from tests.fleet.samples import feed_2_3
from tests.fleet_factories import AssetTypeFactory, ColumnMappingFactory, ImportBatchFactory, SystemFactory

pytestmark = pytest.mark.django_db

STEPS = ("compare", "apply", "undo", "abandon")
PAGES = "/admin/fleet/importbatch/"
LIST = "number,type,notes\nS-1,glider,=1+1\nS-2,boat,\n"


@pytest.fixture(autouse=True)
def types():
    SystemFactory()
    AssetTypeFactory(type_id="glider")


def upload(client, content=LIST, name="fleet.csv", **more):
    content = content.encode() if isinstance(content, str) else content
    return client.post(f"{PAGES}upload/", {"file": SimpleUploadedFile(name, content), **more})


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_a_list_goes_all_the_way_and_back(staff):
    response = upload(staff)
    batch = ImportBatch.objects.get()
    assert response.url == f"{PAGES}{batch.pk}/mapping/"
    assert (batch.imported_by.username, batch.state) == ("rita", "UPLOADED")

    columns = {"column-0": "vehicle_number", "column-1": "vehicle_type", "column-2": "notes"}
    assert staff.post(response.url, columns).url == f"{PAGES}{batch.pk}/change/"
    comparing.compare(batch_id=batch.pk, now=NOW)
    page = staff.get(f"{PAGES}{batch.pk}/change/?rows=all")
    assert [(line.number, line.vehicle, line.remarks[0]) for line in page.context["page"].object_list] == [
        (2, "S-1", "notes =1+1 looks like a formula: taken as text"),
        (3, "S-2", "vehicle type 'boat' is unknown; known: glider"),
    ]

    staff.post(f"{PAGES}{batch.pk}/step/apply/")
    applying.apply(batch_id=batch.pk, now=NOW)
    assert Asset.objects.get().notes == "=1+1"

    staff.post(f"{PAGES}{batch.pk}/step/undo/")
    undoing.undo(batch_id=batch.pk, now=NOW)
    assert Asset.objects.count() == 0
    assert b"undone" in staff.get(f"{PAGES}{batch.pk}/change/").content


def test_the_columns_are_guessed_and_explained(staff):
    batch = ImportBatch.objects.get(pk=upload(staff).url.split("/")[-3])

    page = staff.get(f"{PAGES}{batch.pk}/mapping/")

    assert [column["field"].value() for column in page.context["form"].columns()] == [
        "vehicle_number", "vehicle_type", "notes",
    ]  # fmt: skip
    assert set(page.context["explanations"]) == set(ALIASES)


def test_one_column_is_not_two(staff):
    batch = ImportBatch.objects.get(pk=upload(staff).url.split("/")[-3])

    page = staff.post(f"{PAGES}{batch.pk}/mapping/", {"column-0": "vehicle_number", "column-1": "vehicle_number"})

    assert page.context["form"].errors == {"column-1": ["“number” is vehicle number already."]}
    assert again(batch).state == "UPLOADED"


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "photo.png", "photo.png is neither CSV nor XLSX."),
        (b"PK\x03\x04 and no more", "fleet.xlsx", "fleet.xlsx is no spreadsheet that can be read"),
        (b"number,type\n", "fleet.csv", "fleet.csv has a header and no rows."),
        (",".join(f"c{n}" for n in range(1_000_000)).encode() + b"\nx\n", "wide.csv", "wide.csv has 1,000,000 columns"),
    ],
    ids=["photo", "half a ZIP", "no rows", "a million columns"],
)  # fmt: skip
def test_an_unusable_file_is_refused_in_one_line(staff, content, name, says):
    response = upload(staff, content, name)

    [error] = response.context["form"].non_field_errors()
    assert says in error
    assert response.status_code == 200
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_not_even_read(staff, settings):
    settings.TOMP_IMPORT_MAX_MB = 0

    response = upload(staff, b"number\n" + b"S-1\n" * 300_000)

    assert response.status_code == 413
    assert b"The file is larger than 0 MB: split it." in response.content
    assert not ImportBatch.objects.exists()


def test_neither_file_nor_address_is_asked_for(staff):
    response = staff.post(f"{PAGES}upload/", {})

    assert response.context["form"].non_field_errors() == ["Choose a file, or type an address: one of them."]


def test_an_address_that_is_none_is_refused(staff):
    response = staff.post(f"{PAGES}upload/", {"address": "file:///etc/passwd"})

    assert response.context["form"].non_field_errors() == ["file:///etc/passwd is no http(s) address."]
    assert not ImportBatch.objects.exists()


def test_the_rows_come_a_hundred_at_a_time_by_kind(staff):
    lines = "".join(f"S-{number:03},{'glider' if number % 2 else 'boat'}\n" for number in range(300))
    batch = compared(f"number,type\n{lines}")

    first = staff.get(f"{PAGES}{batch.pk}/change/?rows=new")
    second = staff.get(f"{PAGES}{batch.pk}/change/?rows=new&p=2")

    assert '<a href="?rows=new" aria-current="true">New 150</a>' in first.content.decode()
    assert '<a href="?rows=wrong">Wrong 150</a>' in first.content.decode()
    assert [tab["title"] for tab in first.context["tabs_list"]] == [
        "All 300", "New 150", "Changed 0", "Unchanged 0", "With warnings 150", "Wrong 150",
    ]  # fmt: skip
    assert [line.number for line in first.context["page"].object_list] == list(range(3, 203, 2))
    assert [line.number for line in second.context["page"].object_list] == list(range(203, 303, 2))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Apply to 4,950 vehicles"), ("nl", "4.950 voertuigen"), ("nb", "4\xa0950 kjøretøy")]
)
def test_numbers_are_written_as_the_reader_writes_them(staff, language, said):
    batch = ImportBatchFactory(state="COMPARED", counts={"all": 4950, "new": 4950})

    page = staff.get(f"{PAGES}{batch.pk}/change/", headers={"Accept-Language": language}).content.decode()

    assert said in page
    assert "4950" not in page


def test_the_page_needs_the_same_queries_for_any_number_of_rows(staff, django_assert_max_num_queries):
    batch = compared("number,type\n" + "".join(f"S-{number},glider\n" for number in range(100)))
    batch = apply(batch)

    with django_assert_max_num_queries(9):
        staff.get(f"{PAGES}{batch.pk}/change/?rows=all")


def test_the_wrong_rows_can_be_mended_and_imported(staff):
    batch = apply(compared("number,type,notes,lon\nS-1,glider,fine,\nS-2,boat,=1+1,-5.1\n"))

    rows = rows_of(staff.get(f"{PAGES}{batch.pk}/failed/"))

    assert rows == [
        ["number", "type", "notes", "lon", "reason"],
        [
            "S-2", "boat", "'=1+1", "-5.1",
            "vehicle type 'boat' is unknown; known: glider; only one of lat and lon is given: both or none",
        ],
    ]  # fmt: skip


def test_the_template_explains_every_column_and_imports_nothing(staff):
    rows = rows_of(staff.get(f"{PAGES}template/"))

    assert rows[0] == list(ALIASES)
    assert all(rows[1])
    text = "\n".join(";".join(row) for row in rows) + "\nS-1;glider" + ";" * 17 + "\n"
    assert compared(text).counts["new"] == 1


def test_the_progress_is_told(staff):
    batch = ImportBatchFactory(state="APPLYING", done=50, total=200, asked_at=NOW)

    told = staff.get(f"{PAGES}{batch.pk}/progress/").json()

    assert told == {
        "state": "APPLYING",
        "is_at_work": True,
        "percent": 25,
        "text": "Nobody works on it: no worker is running. Start one with “manage.py worker”; nothing is lost.",
    }


def test_a_step_out_of_turn_is_refused_on_the_page(staff):
    batch = ImportBatchFactory(state="ABANDONED")

    response = staff.post(f"{PAGES}{batch.pk}/step/apply/", follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "The import is abandoned: it cannot be asked to apply now."
    ]
    assert again(batch).state == "ABANDONED"


def test_a_step_is_asked_for_by_post_only(staff):
    batch = ImportBatchFactory()

    assert staff.get(f"{PAGES}{batch.pk}/step/apply/").status_code == 405
    assert staff.post(f"{PAGES}{batch.pk}/step/delete/").status_code == 404
    assert again(batch).state == "COMPARED"


def test_the_token_of_the_form_is_asked_for(superuser):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(superuser)

    assert upload(browser).status_code == 403
    assert not ImportBatch.objects.exists()


def test_who_may_only_look_at_vehicles_reads_imports_and_starts_none(signed_in):
    batch, client = ImportBatchFactory(), signed_in("view_asset")

    page = client.get(f"{PAGES}{batch.pk}/change/")

    assert page.status_code == 200
    assert not any(page.context["can"].values())
    assert client.get(f"{PAGES}{batch.pk}/failed/").status_code == 200
    assert [
        upload(client).status_code,
        client.get(f"{PAGES}{batch.pk}/mapping/").status_code,
        *(
            client.post(f"{PAGES}{batch.pk}/step/{step}/").status_code
            for step in ("apply", "undo", "abandon", "compare")
        ),
    ] == [403] * 6
    assert again(batch).state == "COMPARED"


def test_who_may_change_vehicles_may_import_them(signed_in):
    client = signed_in("change_asset", "view_asset")

    assert upload(client).status_code == 302
    assert b"/admin/fleet/asset/import/" in client.get("/admin/fleet/asset/").content
    assert client.get("/admin/fleet/asset/import/").url == f"{PAGES}upload/"


def test_others_see_nothing_of_imports(signed_in):
    batch, client = ImportBatchFactory(), signed_in("view_station")

    for page in ("", "upload/", "template/", f"{batch.pk}/change/", f"{batch.pk}/failed/", f"{batch.pk}/progress/"):
        assert client.get(f"{PAGES}{page}").status_code == 403


def test_what_staff_asked_for_is_in_their_activity(staff):
    batch = ImportBatchFactory()

    staff.post(f"{PAGES}{batch.pk}/step/abandon/")

    [entry] = User.objects.get().logentry_set.all()
    assert entry.get_change_message() == "Asked to abandon."


def test_a_filter_without_rows_still_shows_the_filters(staff):
    batch = compared(LIST)

    html = staff.get(f"{PAGES}{batch.pk}/change/?rows=changed").content.decode()

    assert "There are no such rows." in html
    assert "?rows=wrong" in html


def test_the_template_is_there_as_a_spreadsheet_too(staff):
    content = b"".join(staff.get(f"{PAGES}template/xlsx/").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    assert (rows[0], len(rows), rows[2][3]) == (list(ALIASES), 3, "868440060183257")
    response = upload(staff, content, "fleet-list.xlsx")
    assert "fleet-list.xlsx has a header and no rows." in response.content.decode()


def test_the_places_of_a_feed_are_told_field_by_field(staff):
    square = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.0]]
    station = {"name": [None, {"en": "Quay"}], "is_renting": [None, False], "region": [None, None],
               "area": [None, {"type": "MultiPolygon", "coordinates": [[square], [square]]}]}  # fmt: skip
    plan = {"is_taxable": [True, False], "starts_at": ["2026-05-04T12:00:00Z", None]}
    batch = ImportBatchFactory(kind="FEED", state="APPLIED", counts={"all": 2, "places": 2, "places_applied": 2})
    batch.rows.create(number=1, thing="stations", vehicle="quay", kind="NEW", changes=station, outcome="APPLIED")
    batch.rows.create(number=2, thing="pricing plans", vehicle="basic", kind="CHANGED", changes=plan, outcome="APPLIED")

    page = staff.get(f"{PAGES}{batch.pk}/change/?rows=places")

    lines = [strip_tags(line.differences) for line in page.context["page"].object_list]
    assert lines == ["area 8 points · name en: Quay", "is taxable yes → nostarts at 2026-05-04 14:00:00 → –"]
    assert [tab["title"] for tab in page.context["tabs_list"]] == ["All 2", "Places, types and prices 2"]
    assert "Undo the import" in page.content.decode()


def test_kept_columns_are_named_renamed_and_deleted(staff):
    kept = ColumnMappingFactory(name="Our supplier")
    address = upload(staff, "Bike;Kind\nS-1;glider\n").url
    pages = f"/admin/fleet/columnmapping/{kept.pk}"
    assert "The columns are read as in “Our supplier”." in staff.get(address).content.decode()

    staff.post(f"{pages}/change/", {"name": "The other supplier"})
    assert "The columns are read as in “The other supplier”." in staff.get(address).content.decode()

    staff.post(f"{pages}/delete/", {"post": "yes"})
    assert "read as in" not in staff.get(address).content.decode()
    assert not ColumnMapping.objects.exists()


def test_who_may_only_see_vehicles_may_not_rename_kept_columns(signed_in):
    kept, client = ColumnMappingFactory(name="Our supplier"), signed_in("view_asset")

    assert client.post(f"/admin/fleet/columnmapping/{kept.pk}/change/", {"name": "Mine"}).status_code == 403
    assert client.post(f"/admin/fleet/columnmapping/{kept.pk}/delete/", {"post": "yes"}).status_code == 403

    assert ColumnMapping.objects.get().name == "Our supplier"


def a_compared_feed(staff):
    with_types = feed_2_3.documents()
    response = upload(staff, archive(with_types), "lindorp.zip")
    batch = ImportBatch.objects.get()
    assert response.url == f"{PAGES}{batch.pk}/change/"
    comparing.compare(batch_id=batch.pk, now=NOW)
    return batch


def test_a_feed_without_prices_asks_for_them(staff):
    batch = a_compared_feed(staff)

    form = staff.get(f"{PAGES}{batch.pk}/change/").context["plans"]
    here = PricingPlan.objects.get().plan_id
    assert {field.label: [value for value, _text in field.field.choices] for field in form} == {
        "city": ["", "odd", here, "standard"],
        "raft": ["", "odd", here, "standard"],
    }
    staff.post(f"{PAGES}{batch.pk}/plans/", {"plan-0": "odd"})
    comparing.compare(batch_id=batch.pk, now=NOW)
    form = staff.get(f"{PAGES}{batch.pk}/change/").context["plans"]
    assert [field.value() for field in form] == ["odd", ""]
    apply(again(batch))

    assert AssetType.objects.get(type_id="city").default_plan.plan_id == "odd"


def test_a_plan_that_nobody_knows_is_not_taken(staff):
    batch = a_compared_feed(staff)

    page = staff.post(f"{PAGES}{batch.pk}/plans/", {"plan-0": "free"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == ["Choose one of the pricing plans that there are."]
    assert (again(batch).state, again(batch).options) == ("COMPARED", {"replace_system": False})


def test_only_who_may_import_chooses_plans(staff):
    batch = a_compared_feed(staff)

    assert staff.get(f"{PAGES}{batch.pk}/plans/").status_code == 405
    assert Client().post(f"{PAGES}{batch.pk}/plans/", {"plan-0": "odd"}).status_code == 302
    assert again(batch).state == "COMPARED"
