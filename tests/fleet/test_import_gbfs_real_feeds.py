"""The captured feeds beside the checkout, each into an empty database: exact counts, twice.

The captures may not be copied into the product (their licences), so these tests are skipped where the folder is not.
"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from fleet.models import Alert, Asset, AssetType, PricingPlan, Region, Station, System

FEEDS = Path(__file__).parents[3] / "shared" / "gbfs" / "data"
MODELS = (PricingPlan, AssetType, Region, Station, Alert, Asset)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FEEDS.exists(), reason=f"the captured feeds are not at {FEEDS}"),
]


def import_gbfs(feed):
    out = StringIO()
    call_command("import_gbfs", str(FEEDS / feed), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("feed", "plans", "types", "regions", "stations", "vehicles"),
    [
        ("divvy-chicago-2.3", 3, 3, 2, 1811, 1244),
        ("derived-divvy-chicago-3.0", 3, 3, 2, 1811, 1244),
        ("evietrondheim-2.3", 2, 2, 319, 0, 1183),
        ("eziotrondheim-2.3", 1, 2, 439, 201, 1192),
        ("kenwaybysykkel-2.3", 2, 1, 1, 215, 0),  # 216 less the one at 0,0
        ("tier-wolfsburg-2.3/t0", 0, 1, 1, 0, 858),
        ("tier-wolfsburg-2.3/t1", 0, 1, 1, 0, 855),
        ("tier-wolfsburg-2.3/t2", 0, 1, 1, 0, 840),
        ("check-almere-3.0", 0, 1, 92, 0, 6),
        ("moby-dublin-3.0", 3, 3, 4, 0, 65),
        ("mobilitydata-fixture-3.0", 2, 1, 496, 23, 7),
    ],
)
def test_imports_all_of_it_and_nothing_more_the_second_time(feed, plans, types, regions, stations, vehicles):
    import_gbfs(feed)

    assert [model.objects.count() for model in MODELS] == [plans, types, regions, stations, 0, vehicles]
    assert System.objects.count() == 1
    for region in Region.objects.all():
        region.clean()
    assert "Nothing is new: everything is as in the feed." in import_gbfs(feed)


def test_swaps_the_stations_of_ezio_back():
    import_gbfs("eziotrondheim-2.3")

    assert Station.objects.filter(lat__range=(63, 64), lon__range=(10, 11)).count() == 201
    assert not Asset.objects.exclude(imei=None).exists()
    assert Region.objects.get(kind=Region.Kind.OPERATING).name == {"no": "Trondheim OCNRZ"}


def test_keeps_the_short_codes_of_evie():
    import_gbfs("evietrondheim-2.3")

    assert Asset.objects.exclude(vehicle_code=None).count() == 1183
    assert Asset.objects.filter(state="OUT_OF_SERVICE").count() == 24
    assert System.objects.get().timezone == "Europe/Oslo"


def test_multiplies_the_kilometres_of_tier():
    import_gbfs("tier-wolfsburg-2.3/t0")

    assert AssetType.objects.get().max_range_m == 46000


def test_follows_tiers_unrotated_ids():
    import_gbfs("tier-wolfsburg-2.3/t0")

    import_gbfs("tier-wolfsburg-2.3/t2")

    assert Asset.objects.count() == 858 + 29


def test_reads_only_the_known_types_of_the_fixture():
    printed = import_gbfs("mobilitydata-fixture-3.0")

    assert "geofencing_zones: 274 × vehicle_type_id is the key of GBFS 2.x" in printed
    assert "skipped  geofencing_zones: 2 × a rule only for vehicle types that the feed does not have" in printed
