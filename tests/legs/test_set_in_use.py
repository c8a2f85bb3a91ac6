"""SET_IN_USE …"""

import pytest

from bookings.models import Booking, Party
from fleet.errors import NoAssetLeft
from fleet.models import Asset, AssetType, Reservation
from legs import services
from legs.models import Leg
from maas.models import Milestone
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ReservationFactory, StationFactory
from tests.journey import HERE, NOW, at, given_leg, minutes, nothing_changes, report

# The ride begins


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING"])
def test_starts_the_ride(mp, clock, state):
    dock = StationFactory()
    leg = given_leg(mp.provider, AssetFactory(station=dock, station_slot="7"), state=state)
    clock.move_to(NOW + minutes(5))

    answer = mp.event(leg.id, "SET_IN_USE")

    assert (answer.json()["state"], answer.json()["actualDepartureTime"]) == ("IN_USE", "2026-06-01T12:05:00Z")
    booking, asset = Booking.objects.get(), Asset.objects.get()
    assert (booking.state, booking.departed_at) == ("STARTED", NOW + minutes(5))
    assert (asset.state, asset.station, asset.station_slot) == ("IN_USE", None, "")
    assert Leg.objects.get().metered_since == NOW + minutes(5)


def test_shows_the_start_on_the_booking(mp):
    leg = given_leg(mp.provider)
    mp.event(leg.id, "SET_IN_USE")

    booking = mp.get(f"/bookings/{leg.id}").json()

    assert (booking["state"], booking["actualDepartureTime"]) == ("STARTED", "2026-06-01T12:00:00Z")


def test_shows_the_tariff_and_no_final_price(mp):
    leg = given_leg(mp.provider)

    pricing = mp.event(leg.id, "SET_IN_USE").json()["pricing"]

    assert pricing["estimated"] is True
    assert [(part["type"], part["amount"]) for part in pricing["parts"]] == [("FIXED", 1), ("FLEX", 0.25)]


def test_departs_once(mp, clock):
    leg = given_leg(mp.provider, state="PAUSED")
    clock.move_to(NOW + minutes(30))

    answer = mp.event(leg.id, "SET_IN_USE")

    assert (answer.json()["state"], answer.json()["actualDepartureTime"]) == ("IN_USE", "2026-06-01T12:00:00Z")
    assert Booking.objects.get().departed_at == NOW


def test_of_a_running_ride_changes_nothing(mp, clock):
    leg = given_leg(mp.provider, state="IN_USE")
    clock.move_to(NOW + minutes(5))

    answer = mp.event(leg.id, "SET_IN_USE")

    assert answer.json()["state"] == "IN_USE"
    assert (Leg.objects.get().segments, Leg.objects.get().metered_since) == ([["IN_USE", 0]], NOW)


def test_goes_on_when_finishing_was_a_mistake(mp):
    leg = given_leg(mp.provider, state="FINISHING")

    assert mp.event(leg.id, "SET_IN_USE").json()["state"] == "IN_USE"
    assert Asset.objects.get().state == "IN_USE"


@pytest.mark.parametrize("event", ["SET_IN_USE", "PAUSE"])
def test_comes_too_late_when_the_vehicle_was_given_back(entur, event):
    leg = given_leg(entur.provider, state="FINISHING")

    with nothing_changes():
        answer = entur.event(leg.id, event)

    refused(answer, 403, 4004)


def test_opens_the_bill_again_and_does_not_charge_the_time_between(clock):
    """The price is final at START_FINISHING, but the vehicle stays until FINISH: 10 minutes, and 5 more later."""
    provider = MaasProviderFactory(bill_until=Milestone.START_FINISHING)
    leg = given_leg(provider)
    report("SET_IN_USE")(leg.id, NOW)
    report("START_FINISHING")(leg.id, NOW + minutes(10))
    assert Leg.objects.get().is_concluded

    report("SET_IN_USE")(leg.id, NOW + minutes(30))

    assert not Leg.objects.get().is_concluded
    assert Leg.objects.get().arrived_at is None
    report("FINISH")(leg.id, NOW + minutes(35))
    ridden = Leg.objects.get()
    assert ridden.segments == [["IN_USE", 600], ["IN_USE", 300]]
    assert str(ridden.price(NOW).total) == "4.75"
    assert ridden.arrived_at == NOW + minutes(35)


def test_never_bills_a_minute_twice(clock):
    """Reported for 12:05, while the ride was concluded at 12:10: it is taken for now."""
    provider = MaasProviderFactory(bill_until=Milestone.START_FINISHING)
    leg = given_leg(provider)
    report("SET_IN_USE")(leg.id, NOW)
    report("START_FINISHING")(leg.id, NOW + minutes(10))

    services.apply("SET_IN_USE", leg_id=leg.id, at=NOW + minutes(5), now=NOW + minutes(12))

    assert Leg.objects.get().metered_since == NOW + minutes(12)


# A vehicle for a promise


@pytest.fixture
def hub():
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo(hub):
    return AssetTypeFactory(ahead=True, type_id="cargo")


@pytest.fixture
def bikes(cargo, hub):
    return [
        AssetFactory(asset_type=cargo, station=hub, home_station=hub, vehicle_number=number) for number in ("1", "2")
    ]


@pytest.fixture
def promised(auto_mp, bikes):
    """The id of a confirmed booking for now, without a vehicle."""
    return auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"]).json()["id"]


def test_takes_any_free_vehicle_for_a_promise(auto_mp, promised, bikes):
    answer = auto_mp.event(promised, "SET_IN_USE")

    assert answer.json()["state"] == "IN_USE"
    assert answer.json()["asset"]["id"] == str(bikes[0].public_id)
    assert answer.json()["assetAccessData"]["tokenData"]["accessCode"]
    leg = Leg.objects.get()
    assert (leg.asset, leg.asset_public_id) == (bikes[0], bikes[0].public_id)
    assert Reservation.objects.get().asset == bikes[0]
    assert list(Asset.objects.values_list("state", flat=True)) == ["IN_USE", "AVAILABLE"]


def test_takes_the_vehicle_the_user_stands_before(auto_mp, promised, bikes):
    AssetType.objects.update(user_may_pick=True)

    answer = auto_mp.event(promised, "SET_IN_USE", asset={"id": str(bikes[1].public_id)})

    assert answer.json()["asset"]["id"] == str(bikes[1].public_id)
    assert Asset.objects.get(state="IN_USE") == bikes[1]


def test_lets_the_user_choose_only_where_the_type_allows(auto_mp, promised, bikes):
    with nothing_changes():
        answer = auto_mp.event(promised, "SET_IN_USE", asset={"id": str(bikes[1].public_id)})

    refused(answer, 403, 4006)


def test_takes_the_vehicle_we_name_in_any_case(promised, bikes):
    services.apply("SET_IN_USE", leg_id=promised, at=NOW, now=NOW, asked_by=Party.TO, asset_ref=str(bikes[1].public_id))

    assert Leg.objects.get().asset == bikes[1]


def test_is_refused_when_no_vehicle_is_left(auto_mp, promised):
    Asset.objects.update(state="OUT_OF_SERVICE")

    with nothing_changes():
        answer = auto_mp.event(promised, "SET_IN_USE")

    refused(answer, 403, 4202)


def test_leaves_to_others_what_is_promised_to_them_until_then(auto_mp, bikes, cargo, hub):
    """Two bikes; two bookings for noon, and this one is for the afternoon."""
    for _ in range(2):
        ReservationFactory(asset_type=cargo, station=hub, period=(NOW + minutes(60), NOW + minutes(120)))
    afternoon = {"departureTime": "2026-06-01T15:00:00Z", "arrivalTime": "2026-06-01T17:00:00Z"}
    leg_id = auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **afternoon).json()["id"]

    with nothing_changes(), pytest.raises(NoAssetLeft):
        services.apply("SET_IN_USE", leg_id=leg_id, at=NOW, now=NOW)

    Reservation.objects.exclude(leg_id=leg_id).first().delete()
    services.apply("SET_IN_USE", leg_id=leg_id, at=NOW, now=NOW)
    assert Leg.objects.get().state == "IN_USE"
