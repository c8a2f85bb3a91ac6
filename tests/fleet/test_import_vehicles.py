"""manage.py import_vehicles …: what is in the fleet afterwards, and what stays as it was."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fleet.importing.batches import asking, undoing
from fleet.models import Asset, ImportBatch
from tests.fleet.samples import xlsx
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)

pytestmark = pytest.mark.django_db

LIST = """\ufeffVehicle Number;Type;QR Code;IMEI;MAC;Latitude;Longitude;Status;SOC;Range;Odometer km;X;Pricing plan;Hue
S-1;glider;q1;868440060183257;aa:bb:cc:dd:ee:01;52,09;5,12;available;80;31,4 km;12,5;AB-1;standard;red
S-2; glider ;q2;;;52,091;5,121;maintenance;;;;;;
S-3;Glider;;;;;;storage;7;;;;;

S-4;glidr;;;;52,09;5,12;;;;;;;
S-1;glider;q5;;;;;;;;;;;
;glider;;;;;;;;;;;;
S-6;glider;8,6844E+14;;;;;;;;;;;
S-7;glider;;;;5,12;52,09;;;;;;;
"""


@pytest.fixture(autouse=True)
def fleet():
    """One type, one plan, one station and an operating area; no vehicles."""
    SystemFactory()
    RegionFactory()
    StationFactory(station_id="market", lat=LAT + 0.01, lon=LON + 0.01)
    AssetTypeFactory(type_id="glider", name={"en": "Glider 3"}, default_plan=PricingPlanFactory(plan_id="standard"))


@pytest.fixture
def write(tmp_path):
    def written(text, name="fleet.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def import_vehicles(*arguments):
    """What it printed, and the message it ended with ("" = all rows were right)."""
    out, refusal = StringIO(), ""
    try:
        call_command("import_vehicles", *map(str, arguments), stdout=out)
    except CommandError as error:
        refusal = f"exit code {error.returncode}: {error}" if error.returncode != 1 else str(error)
    return out.getvalue(), refusal


def everything():
    return list(Asset.objects.order_by("pk").values()), Asset.history.count()


def test_imports_the_right_rows_and_tells_about_each_wrong_one(write):
    printed, refusal = import_vehicles(write(LIST))

    assert refusal == "5 of 8 rows are wrong; the others are imported."
    assert printed.splitlines()[:-1] == [
        "info      columns read as: Type = vehicle_type, QR Code = vehicle_code, Latitude = lat, Longitude = lon, "
        "Status = state, SOC = battery_percent, Range = range_m",
        "info      columns not imported: X, Hue",
        "new       row 2 S-1: warning: range_m 31,4 km: read as km",
        "new       row 4 S-3: warning: without a position it is not offered",
        "wrong     row 6 S-4: vehicle_type 'glidr' is unknown; did you mean 'glider'?",
        "wrong     row 7 S-1: vehicle_number S-1 is also in row 2",
        "wrong     row 8 without a number: vehicle_number is missing",
        "wrong     row 9 S-6: vehicle_code 8,6844E+14 was shortened by a spreadsheet: format the column as text",
        "wrong     row 10 S-7: lat 5.12 and lon 52.09 are outside the operating area, swapped they are inside",
        "3 new, 0 changed, 0 unchanged, 5 wrong",
    ]
    assert sorted(Asset.objects.values_list("vehicle_number", flat=True)) == ["S-1", "S-2", "S-3"]


def test_writes_all_that_the_row_says(write):
    import_vehicles(write(LIST))

    asset = Asset.objects.get(vehicle_number="S-1")
    assert (asset.asset_type.type_id, asset.vehicle_code, asset.imei) == ("glider", "q1", "868440060183257")
    assert (asset.mac, asset.lat, asset.lon) == ("AA:BB:CC:DD:EE:01", 52.09, 5.12)
    assert (asset.state, asset.state_of_charge, asset.range_m, asset.odometer_m) == ("AVAILABLE", 80, 31400, 12500)
    assert (asset.pricing_plan.plan_id, asset.license_plate, asset.source_id) == ("standard", None, "")
    stored, broken = Asset.objects.get(vehicle_number="S-3"), Asset.objects.get(vehicle_number="S-2")
    assert (stored.state, stored.state_reason, stored.lat) == ("STORED", "fleet list fleet.csv", None)
    assert (broken.state, broken.state_reason) == ("OUT_OF_SERVICE", "fleet list fleet.csv")
    assert len({asset.public_id for asset in Asset.objects.all()}) == 3


def test_keeps_a_history(write):
    import_vehicles(write(LIST))

    record = Asset.history.get(vehicle_number="S-1")
    assert (record.history_type, record.history_change_reason, record.vehicle_code) == (
        "+",
        "import_vehicles fleet.csv",
        "q1",
    )


def test_changes_nothing_the_second_time(write):
    import_vehicles(write(LIST))
    before = everything()

    printed, refusal = import_vehicles(write(LIST))

    assert everything() == before
    assert "0 new, 0 changed, 3 unchanged, 5 wrong\nNothing is new. (" in printed
    assert refusal == "5 of 8 rows are wrong; the others are imported."


def test_writes_nothing_in_a_dry_run_but_says_the_same(write):
    dry, refusal = import_vehicles(write(LIST), "--dry-run")

    assert everything() == ([], 0)
    assert refusal == "5 of 8 rows are wrong; the others would be imported."
    assert dry.splitlines()[:-1] == import_vehicles(write(LIST))[0].splitlines()[:-1]


def test_updates_only_the_cells_that_the_file_has(write):
    AssetFactory(
        vehicle_number="S-1", asset_type__type_id="other", vehicle_code="q1", state_of_charge=50, notes="scratched"
    )

    printed, refusal = import_vehicles(write("number,soc,qr_code,notes,state\nS-1,80,q2,,lost\n"))

    asset = Asset.objects.get()
    assert (asset.state_of_charge, asset.vehicle_code, asset.notes) == (80, "q2", "scratched")
    assert (asset.state, asset.asset_type.type_id) == ("MISSING", "other")
    assert (
        "changed   row 2 S-1: vehicle_code q1 → q2; state_of_charge 50 → 80; state AVAILABLE → MISSING\n"
        "0 new, 1 changed, 0 unchanged, 0 wrong\n"
    ) in printed
    assert refusal == ""
    assert Asset.history.latest().history_change_reason == "import_vehicles fleet.csv"


def test_leaves_a_vehicle_on_a_trip_where_and_as_it_is(write):
    asset = AssetFactory(vehicle_number="S-1", asset_type__type_id="other")
    asset.reserve()
    asset.take()
    asset.save()

    printed, _ = import_vehicles(
        write("number,type,lat,lon,station,state,soc\nS-1,glider,52.1,5.13,market,retired,10\n")
    )

    asset = Asset.objects.get()
    assert (asset.state, asset.lat, asset.station, asset.asset_type.type_id) == ("IN_USE", LAT, None, "other")
    assert asset.state_of_charge == 10
    assert (
        "changed   row 2 S-1: state_of_charge 80 → 10; warning: is in use: not moved; "
        "warning: is in use: state not changed" in printed
    )


def test_puts_a_vehicle_at_its_station(write):
    AssetFactory(vehicle_number="S-1", station_slot="3")

    import_vehicles(write("number,station\nS-1,market\n"))

    asset = Asset.objects.get()
    assert (asset.station.station_id, asset.station_slot) == ("market", "")
    assert (asset.lat, asset.lon) == (LAT + 0.01, LON + 0.01)


def test_a_defect_column_undoes_only_what_it_did(write):
    AssetFactory(vehicle_number="S-1")
    AssetFactory(vehicle_number="S-2").store(reason="winter")
    stored = AssetFactory(vehicle_number="S-3")
    stored.store(reason="winter")
    stored.save()

    import_vehicles(write("number,is_disabled\nS-1,VRAI\nS-3,no\n"))
    assert [a.state for a in Asset.objects.order_by("pk")] == ["OUT_OF_SERVICE", "AVAILABLE", "STORED"]

    import_vehicles(write("number,is_disabled\nS-1,no\nS-3,no\n"))
    assert [a.state for a in Asset.objects.order_by("pk")] == ["AVAILABLE", "AVAILABLE", "STORED"]


def test_refuses_a_code_that_another_vehicle_has(write):
    AssetFactory(vehicle_number="S-1", vehicle_code="q1")

    printed, refusal = import_vehicles(write("number,type,qr_code\nS-2,glider,q1\nS-1,,\n"))

    assert "wrong     row 2 S-2: vehicle_code q1 belongs to vehicle S-1: give that one another first\n" in printed
    assert "0 new, 0 changed, 1 unchanged, 1 wrong" in printed
    assert refusal == "1 of 2 rows are wrong; the others are imported."
    assert Asset.objects.count() == 1


def test_asks_for_the_type_of_a_new_vehicle(write):
    AssetFactory(vehicle_number="S-1")

    printed, _ = import_vehicles(write("number\nS-1\nS-2\n"))

    assert "wrong     row 3 S-2: vehicle_type is missing: a new vehicle needs one\n" in printed
    assert Asset.objects.count() == 1


def test_takes_the_type_from_the_command_for_new_vehicles_only(write):
    AssetFactory(vehicle_number="S-1", asset_type__type_id="other")

    _, refusal = import_vehicles(write("number\nS-1\nS-2\n"), "--type", "glider")

    assert refusal == ""
    types = dict(Asset.objects.values_list("vehicle_number", "asset_type__type_id"))
    assert types == {"S-1": "other", "S-2": "glider"}


def test_imports_a_spreadsheet(tmp_path):
    path = xlsx.write(
        tmp_path / "fleet.xlsx",
        [
            ["Bike number", "Model", "IMEI", "lat", "lon"],
            [17, "Glider 3", 868440060183257, 52.1, 5.13],
            [18, "Glider 3"],
        ],
    )

    _, refusal = import_vehicles(path)

    assert refusal == ""
    asset = Asset.objects.get(vehicle_number="17")
    assert (asset.imei, asset.lat, asset.asset_type.type_id) == ("868440060183257", 52.1, "glider")


def test_writes_the_wrong_rows_with_the_reason(write, tmp_path):
    failed = tmp_path / "failed.csv"

    import_vehicles(write("number,type,notes,lon\nS-1,glider,fine,\nS-2,boat,=1+1,-5.1\n"), "--failed", failed)

    rows = list(csv.reader(failed.read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [
        ["number", "type", "notes", "lon", "reason"],
        [
            "S-2",
            "boat",
            "'=1+1",
            "-5.1",
            "vehicle_type 'boat' is unknown; known: glider; only one of lat and lon is given: both or none",
        ],
    ]


def test_imports_the_wrong_rows_once_they_are_mended(write, tmp_path):
    failed = tmp_path / "failed.csv"
    import_vehicles(write("number,type,notes\nS-2,boat,=1+1\n"), "--failed", failed)
    failed.write_text(failed.read_text(encoding="utf-8-sig").replace("S-2,boat", "S-2,glider"), encoding="utf-8")

    _, refusal = import_vehicles(failed)

    assert refusal == ""
    assert Asset.objects.get().notes == "=1+1"


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ("name,colour\nx,red\n", (), "vehicle_id … would do too); found: name, colour."),
        ("", (), "is empty."),
        ("number\nS-1\n", ("--type", "glidr"), "--type: vehicle_type 'glidr' is unknown; did you mean 'glider'?"),
        ("number\nS-1\n", ("--failed", "/nowhere/failed.csv"), "There is no folder for /nowhere/failed.csv."),
    ],
    ids=["no number", "nothing", "unknown type", "no folder"],
)  # fmt: skip
def test_refuses_in_one_line_and_changes_nothing(write, text, arguments, says):
    printed, refusal = import_vehicles(write(text), *arguments)

    assert refusal.endswith(says)
    assert "\n" not in refusal
    assert (printed, everything()) == ("", ([], 0))


def test_refuses_a_file_that_is_not_there(tmp_path):
    assert import_vehicles(tmp_path / "none.csv") == (
        "",
        f"Cannot read {tmp_path / 'none.csv'}: No such file or directory.",
    )


def test_prints_fifty_rows_of_a_kind_and_counts_the_reasons(write):
    lines = "".join(f"S-{n},boat\n" for n in range(60))

    printed, _ = import_vehicles(write(f"number,type\n{lines}"))
    long, _ = import_vehicles(write(f"number,type\n{lines}"), "--verbosity", "2")

    assert printed.count("wrong     row ") == 50
    assert "          … and 10 more rows wrong (--verbosity 2 shows every row)\n" in printed
    assert "wrong     60 × vehicle_type 'boat' is unknown; known: glider\n" in printed
    assert long.count("wrong     row ") == 60


def test_needs_few_queries_per_thousand_rows(write, django_assert_num_queries):
    lines = "".join(f"S-{n},glider,52.09,5.12,q{n}\n" for n in range(1000))
    path = write(f"number,type,lat,lon,qr_code\n{lines}")

    with django_assert_num_queries(25):  # seven of them for the report that stays
        import_vehicles(path)

    assert Asset.objects.count() == 1000


def test_leaves_a_report_that_can_be_undone(write):
    AssetFactory(vehicle_number="S-3", asset_type__type_id="other", state_of_charge=50)
    import_vehicles(write(LIST))

    batch = ImportBatch.objects.get()
    assert (batch.state, batch.source, batch.imported_by) == ("APPLIED", "fleet.csv", None)
    assert {name: count for name, count in batch.counts.items() if count} == {
        "all": 8, "new": 2, "changed": 1, "wrong": 5, "warning": 1, "applied": 3,
    }  # fmt: skip
    assert batch.rows.get(number=9).errors == [
        "vehicle_code 8,6844E+14 was shortened by a spreadsheet: format the column as text"
    ]

    asking.undo(batch_id=batch.pk, now=timezone.now())
    undoing.undo(batch_id=batch.pk, now=timezone.now())

    assert Asset.objects.values_list("vehicle_number", "state", "state_of_charge", "asset_type__type_id").get() == (
        "S-3", "AVAILABLE", 50, "other",
    )  # fmt: skip


def test_a_dry_run_leaves_no_report(write):
    import_vehicles(write(LIST), "--dry-run")

    assert not ImportBatch.objects.exists()
