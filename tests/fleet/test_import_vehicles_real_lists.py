"""The large and the dirty fleet list beside the checkout, after the feeds that have their types: exact counts.

They may not be copied into the product (their licences), so these tests are skipped where the folder is not.
"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fleet.models import Asset

DATA = Path(__file__).parents[3] / "shared" / "gbfs" / "data"
FEEDS = (
    "divvy-chicago-2.3",
    "evietrondheim-2.3",
    "eziotrondheim-2.3",
    "tier-wolfsburg-2.3/t2",
    "check-almere-3.0",
    "moby-dublin-3.0",
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason=f"the fleet lists are not at {DATA}"),
]


def import_vehicles(name):
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("import_vehicles", str(DATA / name), stdout=out)
    return out.getvalue(), str(refusal.value)


def import_feeds(*feeds):
    for feed in feeds:
        call_command("import_gbfs", str(DATA / feed), stdout=StringIO())


def forget_vehicles():
    """The types and plans stay. Raw: thousands of single deletes in the history would take longer than the test."""
    Asset.objects.all()._raw_delete("default")


def test_imports_the_large_list_after_the_feeds_with_its_types():
    import_feeds(*FEEDS)
    forget_vehicles()

    printed, refusal = import_vehicles("fleet-import-large.csv")

    # Of 6542 rows, 2012 are of three operators whose feeds are not among the captures.
    assert "4,530 new, 0 changed, 0 unchanged, 2,012 wrong" in printed
    assert refusal == "2,012 of 6,542 rows are wrong; the others are imported."
    assert Asset.objects.count() == 4530
    assert "0 new, 0 changed, 4,530 unchanged, 2,012 wrong" in import_vehicles("fleet-import-large.csv")[0]


def test_takes_the_vehicles_of_the_list_for_those_of_the_feeds():
    import_feeds("evietrondheim-2.3")

    printed, _refusal = import_vehicles("fleet-import-large.csv")

    assert "0 new, 0 changed, 1,183 unchanged, 5,359 wrong" in printed


def test_finds_each_defect_of_the_dirty_list():
    import_feeds("evietrondheim-2.3")
    forget_vehicles()

    printed, refusal = import_vehicles("fleet-import-dirty.csv")

    assert refusal == "47 of 59 rows are wrong; the others are imported."
    for row, told in {
        3: "is also in row 2",
        4: "vehicle_number is missing",
        5: "outside the operating area, swapped they are inside",
        6: "lat and lon are 0,0",
        7: "warning: without a position it is not offered",
        8: "vehicle_type 'unknown-type' is unknown; known: YEV:VehicleType:evie_bike, YEV:VehicleType:evie_scooter",
        12: "warning: range_m 31,4 km: read as km",
        13: "vehicle_code 8,6844E+14 was shortened by a spreadsheet",
        14: "warning: vehicle_code =1+1 looks like a formula: taken as text",
        15: "lat 163,42 is not between -90 and 90",
    }.items():
        assert told in next(line for line in printed.splitlines() if f" row {row} " in line)
    assert Asset.objects.filter(state="OUT_OF_SERVICE").count() == 2  # "yes" and "VRAI"
    assert Asset.objects.filter(vehicle_number="sykkel nr. å").exists()
    assert Asset.objects.get(vehicle_code="e2z5").reported_at.isoformat() == "2024-10-30T13:03:00+00:00"
