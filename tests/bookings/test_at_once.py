"""A booking under ATOMIC_BOOKING_SET_IN_USE …"""

import pytest

from bookings.models import Booking, BookingEvent
from fleet.models import Asset, Condition
from legs import services as legs
from legs.models import Leg, LegEvent
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory, StationFactory
from tests.journey import HERE, NOW, at, given_offer, minutes, mp_client, nothing_changes
from tomp.errors import TemporaryFailure


@pytest.fixture(params=[False, True], ids=["commits", "auto-commit"])
def mp(request, clock, api_version):
    return mp_client(api_version, atomic_set_in_use=True, auto_commit=request.param)


def one_stop(mp, asset):
    return mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)])


def book(mp, asset):
    return mp.book(given_offer(mp.provider, asset).id)


@pytest.mark.parametrize("make", [one_stop, book])
def test_is_a_ride_at_once(mp, make):
    answer = make(mp, AssetFactory())

    booking, leg = answer.json(), answer.json()["legs"][0]
    assert (answer.status_code, booking["state"], leg["state"]) == (201, "STARTED", "IN_USE")
    assert booking["actualDepartureTime"] == leg["actualDepartureTime"] == "2026-06-01T12:00:00Z"
    assert leg["assetAccessData"]["tokenData"]["accessCode"] == Leg.objects.get().access_code
    assert (Booking.objects.get().state, Leg.objects.get().state, Asset.objects.get().state) == (
        "STARTED",
        "IN_USE",
        "IN_USE",
    )
    assert list(BookingEvent.objects.values_list("operation", flat=True))[:2] == ["BOOK", "COMMIT"]
    assert LegEvent.objects.values_list("event", "asked_by", "at").get() == ("SET_IN_USE", "MP", NOW)
    assert mp.get(f"/bookings/{booking['id']}").json()["state"] == "STARTED"


def test_can_be_ridden_to_its_end(mp, clock):
    leg_id = one_stop(mp, AssetFactory()).json()["legs"][0]["id"]
    clock.shift(minutes(10))

    assert mp.event(leg_id, "FINISH").json()["pricing"]["parts"][-1]["amount"] == 2.5


@pytest.fixture
def jammed(monkeypatch):
    """No lock opens."""

    def jams(step):
        raise TemporaryFailure("The lock does not answer.")

    monkeypatch.setitem(legs.HANDLERS, "SET_IN_USE", jams)


def test_is_none_if_the_lock_fails(mp, jammed):
    asset = AssetFactory()

    with nothing_changes():
        refused(one_stop(mp, asset), 406, 3202)


def test_leaves_the_offer_if_the_lock_fails(mp, jammed):
    offer = given_offer(mp.provider, AssetFactory())

    with nothing_changes():
        refused(mp.book(offer.id), 410, 3202)


def test_waits_for_the_operator_where_it_confirms_first(mp):
    asset = AssetFactory(asset_type=AssetTypeFactory(response_minutes=10))

    answer = one_stop(mp, asset)

    assert answer.json()["state"] == ("CONDITIONAL_CONFIRMED" if mp.provider.auto_commit else "PENDING")
    assert Leg.objects.get().state == "NOT_STARTED"
    assert not LegEvent.objects.exists()


def test_waits_for_its_departure(mp):
    station = StationFactory(station_id="hub")
    AssetFactory(asset_type=AssetTypeFactory(type_id="cargo", ahead=True), station=station, home_station=station)

    answer = mp.one_stop(
        **at(HERE, stationId="hub"), useAssetTypes=["cargo"], departureTime=(NOW + minutes(60)).isoformat()
    )

    assert answer.json()["state"] == ("CONFIRMED" if mp.provider.auto_commit else "PENDING")
    assert answer.json()["legs"][0]["state"] == "NOT_STARTED"


@pytest.mark.parametrize(("response_minutes", "is_declared"), [(None, True), (10, False)])
def test_is_declared_where_it_happens(mp, response_minutes, is_declared):
    AssetTypeFactory(response_minutes=response_minutes)

    booking = mp.get("/operator/meta").json()[0]["processIdentifiers"]["booking"]

    assert ("ATOMIC_BOOKING_SET_IN_USE" in booking) == is_declared
    assert ("POSTPONED_COMMIT" in booking) == (not is_declared)


@pytest.mark.parametrize("make", [one_stop, book])
def test_is_a_usual_booking_where_another_event_comes_first(mp, make):
    asset = AssetFactory()
    steps = {"steps": [{"action": "SEND_PREPARE"}, {"action": "SEND_SET_IN_USE"}]}
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.ONBOARDING_STEPS, details=steps)

    answer = make(mp, asset)

    booking = answer.json()
    expected = "CONFIRMED" if mp.provider.auto_commit else "PENDING"
    assert (answer.status_code, booking["state"], booking["legs"][0]["state"]) == (201, expected, "NOT_STARTED")


def test_is_none_where_no_vehicle_of_the_promised_type_is_there(mp):
    """There is one more than was promised to others, but it is not back yet."""
    hub = StationFactory()
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), home_station=hub)
    request = {**at(HERE), "useAssetTypes": ["cargo"]}
    [option] = mp.offers(**request).json()["options"]

    with nothing_changes():
        refused(mp.book(option["id"]), 410, 3202)
        refused(mp.one_stop(**request), 406, 3202)
