"""What is typed on the page of a vehicle is held against the rules of the fleet list …"""

import pytest

from fleet.models import Asset
from tests.admin.test_forms import errors, filled_in
from tests.fleet_factories import AssetFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset():
    RegionFactory()  # around Utrecht
    return AssetFactory(imei="868440060183257", mac="AA:BB:CC:DD:EE:FF", nfc_id="04A2B3C4", lat=52.09, lon=5.12)


@pytest.fixture
def save(staff, asset):
    """Sends the page back with these changes."""
    address = f"/admin/fleet/asset/{asset.pk}/change/"
    return lambda **changes: staff.post(address, {**filled_in(staff, address), **changes}, follow=True)


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("imei", "not an imei", "IMEI not an imei does not have 15 digits."),
        ("imei", "868440060183250", "IMEI 868440060183250 has a typing error: its check digit does not fit."),
        ("mac", "AA:BB:CC:DD:EE:GG", "Bluetooth address AA:BB:CC:DD:EE:GG is not six pairs of hexadecimal digits."),
        ("nfc_id", "scooter", "NFC tag scooter is not 8 to 32 hexadecimal digits."),
    ],
)
def test_refuses_what_is_no_such_number(save, asset, name, typed, told):
    response = save(**{name: typed})

    assert errors(response) == told
    assert getattr(Asset.objects.get(), name) == getattr(asset, name)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("imei", "49 0154203 23751", "49015420323751"),
        ("mac", "0011-2233-44ab", "00:11:22:33:44:AB"),
        ("nfc_id", "04 a2 b3 c5", "04A2B3C5"),
    ],
)
def test_writes_a_number_its_own_way(save, name, typed, kept):
    save(**{name: typed})

    assert getattr(Asset.objects.get(), name) == kept


def test_leaves_alone_what_was_there_before(save, asset):
    Asset.objects.update(imei="unknown", lat=0, lon=0)

    save(notes="Scratched")

    assert Asset.objects.values_list("imei", "lat", "lon", "notes").get() == ("unknown", 0, 0, "Scratched")


@pytest.mark.parametrize(
    ("lat", "lon", "told"),
    [
        ("0", "0", "Lat and lon are 0,0: leave both empty if the place is not known."),
        ("5.12", "52.09", "Lat 5.12 and lon 52.09 are outside the operating area, swapped they are inside."),
    ],
)
def test_refuses_a_place_that_was_not_meant(save, lat, lon, told):
    response = save(lat=lat, lon=lon)

    assert errors(response) == told
    assert Asset.objects.values_list("lat", "lon").get() == (52.09, 5.12)


def test_remarks_a_place_outside_the_operating_area(save):
    response = save(lat="48.85", lon="2.35")

    assert Asset.objects.values_list("lat", "lon").get() == (48.85, 2.35)
    assert "Lat 48.85 and lon 2.35 are outside the operating area." in [
        str(each) for each in response.context["messages"]
    ]
