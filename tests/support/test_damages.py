"""What is broken on a vehicle is told to who gets it …"""

import pytest

from fleet.models import Asset, Damage
from support import services
from support.models import SupportRequest
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, NOW, at, given_booking, given_leg, located

FLAT = {"vehicleComponent": "TIRE", "vehicleComponentName": "front wheel", "description": "flat"}
BENT = {
    "vehicleComponent": "FRONT",
    "description": "bent",
    "pictures": ["https://mp.example.org/bent.jpg"],
}


@pytest.fixture
def asset(clock):
    return AssetFactory(vehicle_code="157103")


def report(mp, damage, **about):
    return mp.post("/support/", {"supportType": "BROKEN_DOWN", "damage": damage, **about}).json()


def close(asked, status="RESOLVED"):
    return services.answer(
        request_id=asked.pk, status=status, comment="", resolution_minutes=None, now=NOW, actor="ann"
    )


def told(*damages, version):
    """The damages as this version has them."""
    absent = () if version == "1.6.1" else ("vehicleComponentName",)
    return [{name: said for name, said in damage.items() if name not in absent} for damage in damages]


def test_in_offers_and_bookings_of_it(mp, asset, api_version):
    report(mp, FLAT, assetId="157103")

    offered = mp.offers(**at(HERE), useAssets=["157103"]).json()["options"][0]
    booked = mp.book(offered["id"]).json()

    for trip in (offered, booked, mp.get(f"/bookings/{booked['id']}").json()):
        assert trip["legs"][0]["asset"]["damages"] == told(FLAT, version=api_version)


def test_when_it_is_set_in_use_and_in_its_progress(mp, asset, api_version):
    report(mp, FLAT, assetId="157103")
    leg = given_leg(mp.provider, asset)

    taken = mp.event(leg.id, "SET_IN_USE", **located()).json()

    assert taken["asset"]["damages"] == told(FLAT, version=api_version)
    progress = mp.get(f"/legs/{leg.id}/progress").json()
    assert progress["asset"]["damages"] == told(FLAT, version=api_version)


def test_but_not_to_the_public(mp, asset):
    report(mp, FLAT, assetId="157103")

    answer = mp.get("/operator/available-assets")

    assert str(asset.public_id) in answer.content.decode()
    assert "damages" not in answer.content.decode()


def test_from_the_booking_in_which_it_was_seen(mp, asset):
    booking = given_booking(mp.provider, asset, state="STARTED")

    report(mp, FLAT, id=str(booking.id))

    assert SupportRequest.objects.get().asset == asset
    assert Asset.objects.get().damages == [FLAT]
    assert not Asset.objects.get().history.filter(history_type="~").exists()


def test_to_who_rode_it_before_no_more(mp, asset):
    booking = given_booking(mp.provider, asset, state="FINISHED")

    report(mp, FLAT, id=str(booking.id))

    assert "damages" not in mp.get(f"/bookings/{booking.id}").json()["legs"][0]["asset"]


def test_each_damage_once(mp, other_mp, asset):
    booking = given_booking(mp.provider, asset)
    for damage in (FLAT, BENT, FLAT):
        report(mp, damage, id=str(booking.id))
    mp.post("/support/", {"id": str(booking.id), "supportType": "BROKEN_DOWN", "comment": "please"})

    assert Asset.objects.get().damages == [FLAT, BENT]
    assert SupportRequest.objects.count() == 2


@pytest.mark.parametrize("status", ["RESOLVED", "CANCELLED"])
def test_until_it_is_dealt_with(mp, asset, status):
    report(mp, FLAT, assetId="157103")
    report(mp, BENT, assetId="157103")
    first, _second = SupportRequest.objects.order_by("id")

    close(first, "UPDATE_REQUESTED")
    assert Asset.objects.get().damages == [FLAT, BENT]
    close(first, status)
    assert Asset.objects.get().damages == [BENT]


def test_of_the_vehicle_staff_say_it_is_about(mp, asset):
    other = AssetFactory()
    report(mp, FLAT, assetId="157103")

    services.sort_in(request_id=SupportRequest.objects.get().pk, asset=other)

    assert Asset.objects.get(pk=asset.pk).damages == []
    assert Asset.objects.get(pk=other.pk).damages == [FLAT]


# On record


def kept():
    return list(Damage.objects.values_list("asset", "part", "description", "severity", "repaired_at"))


def test_is_kept_when_its_request_is_closed(mp, asset):
    report(mp, FLAT, assetId="157103")
    report(mp, FLAT, assetId="157103")  # about nothing in particular: another request
    asked = SupportRequest.objects.earliest("id")

    close(asked)

    assert kept() == [(asset.pk, "TIRE", "front wheel: flat", "UNKNOWN", None)] * 2
    assert Damage.objects.get(request_id=asked.pk).reported_by == mp.provider.maas_id


def test_is_kept_once_however_often_it_is_told(mp, asset):
    booking = given_booking(mp.provider, asset)

    for _ in range(2):
        report(mp, BENT, id=str(booking.id))

    assert kept() == [(asset.pk, "FRONT", "bent", "UNKNOWN", None)]
    assert Damage.objects.get().pictures == BENT["pictures"]


def test_moves_with_its_request_and_keeps_what_staff_wrote(mp, asset):
    report(mp, FLAT, assetId="157103")
    Damage.objects.update(severity="LIGHT", description="A slow puncture")
    other = AssetFactory()

    services.sort_in(request_id=SupportRequest.objects.get().pk, asset=other)

    assert kept() == [(other.pk, "TIRE", "A slow puncture", "LIGHT", None)]


def test_without_a_vehicle_is_not_kept(mp, clock):
    report(mp, FLAT, assetId="of-somebody-else")

    assert kept() == []
