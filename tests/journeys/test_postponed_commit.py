"""A taxi, which staff have to confirm …"""

import pytest
from django.core.management import call_command

from bookings.models import Party
from legs import services as legs
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
)
from tests.journey import HERE, NOW, at, minutes


@pytest.fixture
def taxi():
    """4.15 to start and 0.50 a minute, 9 % VAT; staff confirm within ten minutes."""
    RegionFactory()
    parts = [
        FarePartFactory.build(name="Start", amount="4.15"),
        FarePartFactory.build(name="Time", per_minute=True, amount="0.50", position=1),
    ]
    taxi = AssetTypeFactory(
        ahead=True, type_id="taxi", asset_class="TAXI", return_rule="free_floating", response_minutes=10,
        default_plan=PricingPlanFactory(parts=parts, vat_rate=9),
    )  # fmt: skip
    ConditionFactory(
        asset_type=taxi, kind="conditionRequireBookingData", details={"required_fields": ["NAME", "PHONE_NUMBERS"]}
    )
    AssetFactory(asset_type=taxi, vehicle_number="taxi 7")
    return taxi


ZOE = {"id": "c-1", "firstName": "Zoë", "lastName": "Ångström", "phones": [{"number": "+31612345678"}]}


def order_taxi(mp, clock):
    [option] = mp.offers(**at(HERE, name="Home"), useAssetTypes=["taxi"]).json()["options"]
    conditions = {condition["conditionType"]: condition for condition in option["legs"][0]["conditions"]}
    assert conditions["conditionPostponedCommit"]["ultimateResponseTime"] == "2026-06-01T12:10:00Z"
    refused(mp.book(option["id"], customer={"id": "c-1"}), 400, 3001)
    assert mp.book(option["id"], customer=ZOE).json()["state"] == "PENDING"
    clock.move_to(NOW + minutes(2))
    committed = mp.operation(option["id"], "COMMIT")
    assert committed.json()["state"] == "CONDITIONAL_CONFIRMED"
    assert committed.headers["Expires"] == "Mon, 01 Jun 2026 12:12:00 GMT"
    for answer in (committed, mp.get(f"/bookings/{option['id']}")):
        conditions = {condition["conditionType"]: condition for condition in answer.json()["legs"][0]["conditions"]}
        assert conditions["conditionPostponedCommit"]["ultimateResponseTime"] == "2026-06-01T12:12:00Z"
    refused(mp.event(option["id"], "SET_IN_USE"), 403, 4004)
    return option["id"]


def test_confirmed_by_staff(mp, clock, taxi):
    booking_id = order_taxi(mp, clock)
    clock.move_to(NOW + minutes(5))

    call_command("operate", "confirm", booking_id, "--reason", "Kim drives")

    assert mp.get(f"/bookings/{booking_id}").json()["state"] == "CONFIRMED"
    for event, minute in (("PREPARE", 6), ("SET_IN_USE", 15), ("FINISH", 36)):  # the driver's app
        moment = NOW + minutes(minute)
        legs.apply(event, leg_id=booking_id, at=moment, now=moment, asked_by=Party.TO)
    [owed] = mp.get("/payment/journal-entry", id=booking_id).json()
    assert (owed["amount"], owed["amountExVat"], owed["vatRate"]) == (14.65, 13.44, 9)  # 4.15 + 21 × 0.50
    shown = mp.get(f"/legs/{booking_id}").json()
    assert (shown["actualDepartureTime"], shown["actualArrivalTime"]) == (
        "2026-06-01T12:15:00Z",
        "2026-06-01T12:36:00Z",
    )


def test_denied_by_staff(mp, clock, taxi):
    booking_id = order_taxi(mp, clock)

    call_command("operate", "deny", booking_id, "--reason", "no driver")

    booking = mp.get(f"/bookings/{booking_id}").json()
    assert (booking["state"], booking["legs"][0]["state"]) == ("REJECTED", "CANCELLED")
    refused(mp.operation(booking_id, "COMMIT"), 403, 3004)
    assert mp.get("/payment/journal-entry", id=booking_id).json() == []
    assert len(mp.offers(**at(HERE), useAssetTypes=["taxi"]).json()["options"]) == 1


def test_never_answered_by_staff(mp, clock, taxi):
    booking_id = order_taxi(mp, clock)
    clock.move_to(NOW + minutes(11))
    assert mp.get(f"/bookings/{booking_id}").json()["state"] == "CONDITIONAL_CONFIRMED"
    clock.move_to(NOW + minutes(12))

    assert mp.get(f"/bookings/{booking_id}").json()["state"] == "EXPIRED"
