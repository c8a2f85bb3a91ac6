"""START_FINISHING …"""

from decimal import Decimal

import pytest

from bookings.models import Booking, Party
from fleet.models import Asset, AssetPublicId, Condition, Reservation
from legs.models import Evidence, Leg
from maas.models import Milestone
from payments.models import JournalEntry
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
)
from tests.journey import FAR_AWAY, NEARBY, NOW, at, given_leg, located, minutes, nothing_changes, report

PHOTO = "https://mp.example.org/photo.jpg"
PARKING_PHOTO = {"steps": [{"action": "SEND_EVIDENCE_PARKED", "text": {"en": "Take a photo."}}]}


def evie():
    """10 NOK to unlock and 2.50 a minute, 25 % VAT (Entur profile)."""
    parts = [
        FarePartFactory.build(name="Unlock", amount=10),
        FarePartFactory.build(name="Riding", per_minute=True, amount="2.50", position=1),
    ]
    return PricingPlanFactory(currency="NOK", vat_rate=25, vat_country="NO", parts=parts)


# The usual contract: nothing is over yet


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED"])
def test_keeps_the_vehicle_and_the_meter_running(mp, clock, state):
    asset = AssetFactory()
    leg = given_leg(mp.provider, asset, state=state)
    clock.move_to(NOW + minutes(10))

    answer = mp.event(leg.id, "START_FINISHING", **located(NEARBY))

    assert (answer.json()["state"], answer.json()["pricing"]["estimated"]) == ("FINISHING", True)
    assert "actualArrivalTime" not in answer.json()
    assert Booking.objects.get().state == "STARTED"
    kept = Asset.objects.get()
    assert (kept.state, kept.public_id, kept.lat) == ("IN_USE", asset.public_id, asset.lat)
    assert Reservation.objects.get().asset == asset
    assert Leg.objects.get().metered_since == NOW
    assert not JournalEntry.objects.exists()


def test_tells_how_to_close_the_vehicle(mp):
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.OFFBOARDING_STEPS, details=PARKING_PHOTO)
    leg = given_leg(mp.provider, asset, state="IN_USE")

    answer = mp.event(leg.id, "START_FINISHING")

    assert answer.json()["conditions"] == [
        {
            "conditionType": "conditionRequireOffboardingSteps",
            "steps": [
                {
                    "type": "PLAIN_TEXT",
                    "goal": "INSTRUCTIONS",
                    "action": "SEND_EVIDENCE_PARKED",
                    "text": "Take a photo.",
                }
            ],
        }
    ]
    assert answer.json()["assetAccessData"]


def test_may_bring_the_photo_already(mp, clock):
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.OFFBOARDING_STEPS, details=PARKING_PHOTO)
    leg = given_leg(mp.provider, asset, state="IN_USE")

    mp.event(leg.id, "START_FINISHING", url=[PHOTO, PHOTO])

    assert list(Evidence.objects.values_list("url", flat=True)) == [PHOTO]
    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"


# Entur's contract: the price is final and the vehicle is free


def test_ends_the_bill_by_contract(entur, clock):
    leg = given_leg(entur.provider, AssetFactory(asset_type__default_plan=evie()), state="IN_USE")
    clock.move_to(NOW + minutes(10))

    answer = entur.event(leg.id, "START_FINISHING")

    shown = answer.json()
    assert (shown["state"], shown["actualArrivalTime"]) == ("FINISHING", "2026-06-01T12:10:00Z")
    assert shown["pricing"] == {
        "estimated": False,
        "parts": [
            {
                "amount": 10,
                "amountExVat": 8,
                "currencyCode": "NOK",
                "vatRate": 25,
                "vatCountryCode": "NO",
                "type": "FIXED",
                "name": "Unlock",
            },
            {
                "amount": 25,
                "amountExVat": 20,
                "currencyCode": "NOK",
                "vatRate": 25,
                "vatCountryCode": "NO",
                "type": "FIXED",
                "name": "Riding",
            },
        ],
    }
    assert Booking.objects.get().state == "STARTED"
    assert not JournalEntry.objects.exists()  # owed at FINISH

    clock.move_to(NOW + minutes(30))
    finished = entur.event(leg.id, "FINISH").json()
    assert finished["pricing"] == shown["pricing"]
    assert finished["actualArrivalTime"] == "2026-06-01T12:10:00Z"
    entry = JournalEntry.objects.get()
    assert (entry.amount, entry.amount_ex_vat, entry.used_s) == (Decimal(35), Decimal(28), 600)


def test_frees_the_vehicle_by_contract_under_another_id(entur, mp, clock):
    asset = AssetFactory()
    leg = given_leg(entur.provider, asset, state="IN_USE")
    clock.move_to(NOW + minutes(10))

    answer = entur.event(leg.id, "START_FINISHING", **located(NEARBY))

    freed = Asset.objects.get()
    assert (freed.state, freed.lat, freed.lon) == ("AVAILABLE", *NEARBY)
    assert freed.public_id != asset.public_id
    assert AssetPublicId.objects.get().public_id == asset.public_id
    assert not Reservation.objects.exists()
    assert answer.json()["asset"]["id"] == str(asset.public_id)
    assert "location" not in answer.json()["asset"]["overriddenProperties"]
    [option] = mp.offers(**at(NEARBY)).json()["options"]
    assert option["legs"][0]["asset"]["id"] == str(freed.public_id)


def test_lets_somebody_else_ride_before_finish_which_then_touches_nothing(entur, mp, clock):
    asset = AssetFactory()
    leg = given_leg(entur.provider, asset, state="IN_USE")
    clock.move_to(NOW + minutes(10))
    entur.event(leg.id, "START_FINISHING", **located())
    next_leg = given_leg(mp.provider, Asset.objects.get(), state="IN_USE", now=NOW + minutes(11))
    on_the_next_ride = Asset.objects.values().get()
    clock.move_to(NOW + minutes(12))

    answer = entur.event(leg.id, "FINISH", **located(NEARBY), url=[PHOTO])

    assert answer.json()["state"] == "FINISHED"
    assert Asset.objects.values().get() == on_the_next_ride
    assert Reservation.objects.get().leg_id == next_leg.id
    assert Leg.objects.get(pk=next_leg.pk).state == "IN_USE"
    assert AssetPublicId.objects.count() == 1
    assert JournalEntry.objects.get().leg_id == leg.id


def test_follows_no_vehicle_that_is_on_another_ride(entur, mp):
    leg = given_leg(entur.provider, state="IN_USE")
    entur.event(leg.id, "START_FINISHING", **located())
    given_leg(mp.provider, Asset.objects.get(), state="IN_USE")

    with nothing_changes():
        answer = entur.get(f"/legs/{leg.id}/progress")

    refused(answer, 404, 4204)


def test_is_refused_where_a_ride_may_not_end_if_the_vehicle_would_be_free(entur):
    RegionFactory()
    leg = given_leg(entur.provider, state="IN_USE")

    with nothing_changes():
        answer = entur.event(leg.id, "START_FINISHING", **located(FAR_AWAY))

    refused(answer, 403, 4500)


def test_is_possible_anywhere_as_long_as_the_vehicle_is_kept(mp):
    RegionFactory()
    leg = given_leg(mp.provider, state="IN_USE")

    assert mp.event(leg.id, "START_FINISHING", **located(FAR_AWAY)).json()["state"] == "FINISHING"


def test_leaves_finish_no_place_to_object_to(entur):
    """The vehicle is gone already; where the user is when the photo comes does not matter."""
    RegionFactory()
    leg = given_leg(entur.provider, state="FINISHING")

    answer = entur.event(leg.id, "FINISH", **located(FAR_AWAY))

    assert answer.json()["state"] == "FINISHED"


def test_keeps_a_bike_until_its_dock_has_it(entur):
    """The station is full, and the user stands in front of it: nobody else is sent there for this bike."""
    docked = AssetTypeFactory(docked=True, docks_report=True)
    leg = given_leg(entur.provider, AssetFactory(asset_type=docked, station=StationFactory()), state="IN_USE")

    answer = entur.event(leg.id, "START_FINISHING")

    assert (answer.json()["state"], answer.json()["pricing"]["estimated"]) == ("FINISHING", False)
    assert Asset.objects.get().state == "IN_USE"
    report("FINISH", Party.TO)(leg.id, NOW + minutes(3))
    assert Asset.objects.get().state == "AVAILABLE"


@pytest.mark.django_db
def test_may_free_the_vehicle_and_let_the_meter_run():
    """The two terms are two: here the bill ends at FINISH."""
    provider = MaasProviderFactory(release_asset_on=Milestone.START_FINISHING)
    leg = given_leg(provider)
    report("SET_IN_USE")(leg.id, NOW)
    report("START_FINISHING")(leg.id, NOW + minutes(10))
    assert Asset.objects.get().state == "AVAILABLE"

    report("FINISH")(leg.id, NOW + minutes(12))

    assert JournalEntry.objects.get().amount == Decimal(4)  # 1.00 and 12 × 0.25
