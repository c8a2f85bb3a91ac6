"""A scooter in the street …"""

import pytest

from fleet.models import Asset
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
)
from tests.journey import HERE, NEARBY, NOW, at, located, minutes, pause_plan

PHOTO = "https://mp.example.org/photo.jpg"
PHOTO_STEPS = {"steps": [{"action": "SEND_EVIDENCE_PARKED", "text": {"en": "Take a photo."}}]}


def listed_ids(mp):
    """What anybody sees on the map."""
    types = mp.get("/operator/available-assets").json()
    return [asset["id"] for asset_type in types for asset in asset_type.get("assets", [])]


def journal(mp, booking_id):
    return mp.get("/payment/journal-entry", id=booking_id).json()


@pytest.fixture
def scooter():
    """1.00 to unlock, 0.20 a minute, 0.05 a minute paused; a deposit of 50.00 and a photo at the end."""
    RegionFactory()
    scooter = AssetTypeFactory(type_id="scooter", default_plan=pause_plan())
    ConditionFactory(asset_type=scooter, position=1)
    ConditionFactory(asset_type=scooter, kind="conditionRequireOffboardingSteps", details=PHOTO_STEPS, position=2)
    return AssetFactory(asset_type=scooter, vehicle_code="157103")


def test_from_the_map(mp, clock, scooter):
    # The user taps a scooter on the map.
    [shown] = listed_ids(mp)
    [option] = mp.offers(**at(HERE), useAssets=[shown]).json()["options"]
    assert option["legs"][0]["asset"]["id"] == shown

    # The provider books it, and commits.
    booking_id = option["id"]
    assert mp.book(booking_id, customer={"id": "c-1"}).json()["state"] == "PENDING"
    assert listed_ids(mp) == []
    clock.move_to(NOW + minutes(2))
    committed = mp.operation(booking_id, "COMMIT").json()
    assert (committed["state"], committed["legs"][0]["state"]) == ("CONFIRMED", "NOT_STARTED")
    assert committed["legs"][0]["assetAccessData"]

    # The ride: 10 minutes, a pause of 30, 10 minutes more.
    clock.move_to(NOW + minutes(5))
    assert mp.event(booking_id, "PREPARE").json()["state"] == "PREPARING"
    assert mp.event(booking_id, "SET_IN_USE", **located(HERE, id=shown)).json()["state"] == "IN_USE"
    clock.move_to(NOW + minutes(15))
    assert mp.event(booking_id, "PAUSE").json()["state"] == "PAUSED"
    clock.move_to(NOW + minutes(45))
    assert mp.event(booking_id, "SET_IN_USE").json()["state"] == "IN_USE"
    clock.move_to(NOW + minutes(54))
    assert mp.event(booking_id, "START_FINISHING").json()["state"] == "FINISHING"
    clock.move_to(NOW + minutes(55))
    refused(mp.event(booking_id, "FINISH", **located(NEARBY)), 400, 4502)
    finished = mp.event(booking_id, "FINISH", **located(NEARBY), url=[PHOTO]).json()

    # What it costs: 1.00 + 20 × 0.20 + 30 × 0.05.
    assert finished["state"] == "FINISHED"
    assert (finished["actualDepartureTime"], finished["actualArrivalTime"]) == (
        "2026-06-01T12:05:00Z",
        "2026-06-01T12:55:00Z",
    )
    assert [(part["name"], part["amount"]) for part in finished["pricing"]["parts"]] == [
        ("Unlocking", 1),
        ("Riding", 4),
        ("Pause", 1.5),
    ]
    booking = mp.get(f"/bookings/{booking_id}").json()
    assert (booking["state"], booking["pricing"]["parts"][0]["amount"]) == ("FINISHED", 6.5)
    deposit, owed, refund = journal(mp, booking_id)
    assert [(entry["category"], entry["amount"]) for entry in (deposit, refund)] == [("DEPOSIT", 50), ("REFUND", -50)]
    assert (owed["amount"], owed["amountExVat"], owed["category"]) == (6.5, 5.37, "FARE")
    assert (owed["state"], owed["usedTime"]) == ("TO_INVOICE", 3000)

    # The scooter stands at the corner, under another name.
    [shown_now] = listed_ids(mp)
    assert shown_now != shown
    assert mp.get(f"/legs/{booking_id}").json()["asset"]["id"] == shown
    assert mp.offers(**at(NEARBY), useAssets=[shown]).json()["options"] == []
    assert (
        mp.offers(**at(NEARBY), useAssets=[shown_now]).json()["options"][0]["from"]["coordinates"]["lat"] == NEARBY[0]
    )


def test_in_one_step(mp, clock, scooter):
    booked = mp.one_stop(**at(HERE), useAssetTypes=["scooter"], customer={"id": "c-1"}).json()
    booking_id = booked["id"]
    assert (booked["state"], booked["legs"][0]["id"]) == ("PENDING", booking_id)
    assert mp.operation(booking_id, "COMMIT").json()["state"] == "CONFIRMED"

    mp.event(booking_id, "SET_IN_USE")
    clock.move_to(NOW + minutes(12))
    finished = mp.event(booking_id, "FINISH", **located(HERE), url=[PHOTO]).json()

    assert finished["pricing"]["estimated"] is False
    _deposit, owed, _refund = journal(mp, booking_id)
    assert (owed["amount"], owed["amountExVat"], owed["usedTime"]) == (3.4, 2.81, 720)  # 1.00 + 12 × 0.20


def test_called_off_before_the_start(mp, other_mp, clock, scooter):
    booking_id = mp.one_stop(**at(HERE), useAssets=[str(scooter.public_id)]).json()["id"]
    mp.operation(booking_id, "COMMIT")
    refused(other_mp.one_stop(**at(HERE), useAssets=[str(scooter.public_id)]), 406, 3202)
    mp.event(booking_id, "PREPARE")

    cancelled = mp.event(booking_id, "CANCEL").json()

    assert (cancelled["state"], mp.get(f"/bookings/{booking_id}").json()["state"]) == ("CANCELLED", "CANCELLED")
    assert [(entry["category"], entry["amount"]) for entry in journal(mp, booking_id)] == [
        ("DEPOSIT", 50),
        ("REFUND", -50),
    ]
    assert listed_ids(mp) == [str(scooter.public_id)]  # never ridden, so still under its name
    assert other_mp.one_stop(**at(HERE), useAssets=[str(scooter.public_id)]).status_code == 201


def test_given_up_and_left_to_the_next(mp, other_mp, clock, scooter):
    """Nobody commits: after a quarter of an hour the scooter is free."""
    booking_id = mp.one_stop(**at(HERE), useAssets=[str(scooter.public_id)]).json()["id"]
    clock.move_to(NOW + minutes(15))

    refused(mp.operation(booking_id, "COMMIT"), 403, 3202)

    assert mp.get(f"/bookings/{booking_id}").json()["state"] == "EXPIRED"
    assert other_mp.one_stop(**at(HERE), useAssets=[str(scooter.public_id)]).status_code == 201


def test_by_its_printed_code_as_entur_does(entur, mp, clock, settings):
    """10 NOK to unlock and 2.50 a minute, 25 % VAT; the price is final and the scooter free at START_FINISHING."""
    settings.TOMP_CODESPACE = "YAL"
    parts = [
        FarePartFactory.build(name="Unlock", amount=10),
        FarePartFactory.build(name="Riding", per_minute=True, amount="2.50", position=1),
    ]
    plan = PricingPlanFactory(currency="NOK", vat_rate=25, vat_country="NO", parts=parts)
    evie = AssetTypeFactory(type_id="YAL:VehicleType:evie", default_plan=plan)
    ConditionFactory(asset_type=evie, details={"amount": "125", "currency": "NOK", "vat_rate": "25"}, position=1)
    ConditionFactory(asset_type=evie, kind="conditionRequireOffboardingSteps", details=PHOTO_STEPS, position=2)
    asset = AssetFactory(asset_type=evie, vehicle_code="157103")

    # Which scooter carries this code?
    [option] = entur.offers(**at((0, 0), extraInfo={"vehicleCode": "157103"})).json()["options"]
    found = option["legs"][0]["asset"]
    assert found["id"] == f"YAL:Vehicle:{asset.public_id}"
    assert (found["stateOfCharge"], found["overriddenProperties"]["meta"]) == (80, {"vehicleCode": "157103"})

    # Booked and confirmed at once; bare ids do as well.
    booking = entur.one_stop(
        **at((0, 0)), useAssets=[str(asset.public_id)], extraInfo=None, customer={"id": "3519743"}
    ).json()
    booking_id, [leg] = booking["id"], booking["legs"]
    assert (booking["state"], leg["state"], leg["id"]) == ("CONFIRMED", "NOT_STARTED", booking_id)
    assert booking["customer"] == {"id": "3519743"}
    assert leg["asset"]["id"] == found["id"]
    assert [condition["conditionType"] for condition in leg["conditions"]] == [
        "ConditionDeposit",
        "ConditionRequireOffboardingSteps",
    ]
    assert (leg["conditions"][0]["amount"], leg["conditions"][0]["amountExVat"]) == (125, 100)
    assert leg["assetAccessData"]["tokenType"] == "TokenDefault"

    # The ride, with a pause at the normal price.
    entur.event(booking_id, "SET_IN_USE", **located(HERE, id=str(asset.public_id)))
    clock.move_to(NOW + minutes(4))
    entur.event(booking_id, "PAUSE", **located(HERE))
    clock.move_to(NOW + minutes(6))
    entur.event(booking_id, "SET_IN_USE", **located(HERE))
    clock.move_to(NOW + minutes(10))
    finishing = entur.event(booking_id, "START_FINISHING", **located(NEARBY)).json()
    assert (finishing["state"], finishing["actualArrivalTime"]) == ("FINISHING", "2026-06-01T12:10:00Z")
    assert [part["amount"] for part in finishing["pricing"]["parts"]] == [10, 25]
    assert finishing["pricing"]["estimated"] is False

    # Somebody else takes it while the photo is still missing.
    freed = Asset.objects.get()
    assert (freed.state, freed.lat) == ("AVAILABLE", NEARBY[0])
    next_id = mp.one_stop(**at(NEARBY), useAssets=[str(freed.public_id)]).json()["id"]
    clock.move_to(NOW + minutes(13))
    refused(entur.event(booking_id, "FINISH", **located(NEARBY)), 400, 4502)
    finished = entur.event(booking_id, "FINISH", **located(NEARBY), url=[PHOTO]).json()

    assert (finished["state"], finished["pricing"]) == ("FINISHED", finishing["pricing"])
    assert mp.get(f"/bookings/{next_id}").json()["state"] == "PENDING"
    assert Asset.objects.get().state == "RESERVED"
    total = entur.get(f"/bookings/{booking_id}").json()["pricing"]
    assert (total["estimated"], [(part["amount"], part["amountExVat"]) for part in total["parts"]]) == (
        False,
        [(35, 28)],
    )
    _deposit, owed, _refund = journal(entur, booking_id)
    assert (owed["amount"], owed["amountExVat"], owed["usedTime"]) == (35, 28, 600)
