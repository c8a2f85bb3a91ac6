"""Who booked a type and did not pick has a vehicle some time before the departure, and the provider knows which."""

import pytest

from fleet.models import Asset
from legs import tasks
from legs.models import Leg, LegEvent
from maas.models import Callback
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import HERE, NOW, at, minutes, mp_client, nothing_changes

LEAD = 30
SOON = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}  # in two hours


@pytest.fixture
def mp(clock, api_version):
    return mp_client(api_version, maas_id="mp", base_url="https://mp.example.org/tomp")


@pytest.fixture
def bikes(clock):
    hub = StationFactory(station_id="hub")
    cargo = AssetTypeFactory(ahead=True, type_id="cargo", user_may_pick=True, assign_minutes_before=LEAD)
    return AssetFactory.create_batch(2, asset_type=cargo, station=hub, home_station=hub)


def booked(mp, *, commit=True):
    [option] = mp.offers(**at(HERE), useAssetTypes=["cargo"], **SOON).json()["options"]
    mp.book(option["id"], customer={"id": "c-1"})
    if commit:
        mp.operation(option["id"], "COMMIT")
    return option["id"]


def test_a_vehicle_is_assigned_when_the_lead_time_begins(mp, clock, bikes):
    leg_id = booked(mp)
    clock.move_to(NOW + minutes(120 - LEAD) - minutes(1))
    assert tasks.assign_before_departure(timestamp=0) == 0
    clock.shift(minutes(1))

    assert tasks.assign_before_departure(timestamp=0) == 1

    leg = mp.get(f"/legs/{leg_id}").json()
    assert leg["state"] == "NOT_STARTED"
    assert leg["asset"]["id"] in {str(bike.public_id) for bike in bikes}
    assert leg["assetAccessData"]
    assert Asset.objects.filter(state="RESERVED").count() == 1


def test_the_provider_will_hear_which(mp, clock, bikes):
    leg_id = booked(mp)
    clock.move_to(NOW + minutes(100))

    tasks.assign_before_departure(timestamp=0)

    callback = Callback.objects.get()
    assert callback.url == f"https://mp.example.org/tomp/legs/{leg_id}/events"
    assert (callback.body["event"], callback.body["time"]) == ("ASSIGN_ASSET", "2026-06-01T13:40:00Z")
    assert callback.body["asset"]["id"] == str(Leg.objects.get().asset_public_id)
    assert callback.api_version == mp.version.minor


def test_a_second_run_changes_nothing(mp, clock, bikes):
    booked(mp)
    clock.move_to(NOW + minutes(100))
    tasks.assign_before_departure(timestamp=0)

    with nothing_changes():
        assert tasks.assign_before_departure(timestamp=0) == 0

    assert Callback.objects.count() == 1


def test_what_the_user_picked_stays_and_is_not_echoed(mp, clock, bikes):
    leg_id = booked(mp)
    clock.move_to(NOW + minutes(80))
    mp.event(leg_id, "ASSIGN_ASSET", asset={"id": str(bikes[1].public_id)})
    clock.move_to(NOW + minutes(100))

    with nothing_changes():
        assert tasks.assign_before_departure(timestamp=0) == 0

    assert not Callback.objects.exists()


def test_a_booking_that_was_not_committed_gets_none(mp, clock, bikes):
    booked(mp, commit=False)
    clock.move_to(NOW + minutes(10))

    with nothing_changes():
        assert tasks.assign_before_departure(timestamp=0) == 0


def test_without_a_free_vehicle_the_leg_waits_and_stops_no_other(mp, clock, bikes):
    first, second = booked(mp), booked(mp)
    clock.move_to(NOW + minutes(100))
    Asset.objects.filter(pk=bikes[0].pk).update(state="OUT_OF_SERVICE")

    assert tasks.assign_before_departure(timestamp=0) == 1
    assert tasks.assign_before_departure(timestamp=0) == 0
    Asset.objects.filter(pk=bikes[0].pk).update(state="AVAILABLE")
    assert tasks.assign_before_departure(timestamp=0) == 1

    assert set(Leg.objects.exclude(asset=None).values_list("pk", flat=True)) == set(
        Leg.objects.filter(pk__in=(first, second)).values_list("pk", flat=True)
    )
    assert LegEvent.objects.filter(event="ASSIGN_ASSET").count() == 2
