"""A provider that tries things out: virtual vehicles behave by their scripts, real ones are never touched …"""

import pytest

from bookings.models import Booking, Notification
from fleet import sandbox
from fleet.gateway import commands
from fleet.models import Asset, Reservation, VehicleAlert
from fleet.models.vehicles import AssetState, Script
from legs import tasks
from legs.models import Leg, LegEvent
from maas.models import Callback
from payments.models import JournalEntry
from payments.services import invoicing
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    DeviceGroupFactory,
    GatewayFactory,
    RegionFactory,
    StationFactory,
)
from tests.journey import FAR_AWAY, HERE, NOW, at, given_booking, located, minutes, mp_client
from tests.telemetry import Worker, said
from tests.telemetry import report as telemetry

SECOND = minutes(1) / 60


@pytest.fixture
def mp(clock):
    return mp_client(maas_id="mp", is_sandbox=True, auto_commit=True, base_url="https://mp.example.org")


@pytest.fixture
def real_mp(clock):
    return mp_client(maas_id="real")


@pytest.fixture
def scooter(clock):
    RegionFactory()
    kind = AssetTypeFactory(type_id="scooter", max_range_m=40_000)
    return AssetFactory(asset_type=kind, vehicle_number="1", state_of_charge=70)


@pytest.fixture
def time(clock):
    """`time(40)`: it is 40 seconds after NOW, and the sandbox has done what it does by itself."""

    def passes(seconds):
        clock.move_to(NOW + seconds * SECOND)
        done = tasks.play_sandbox(0)
        worker.work()
        return done

    worker = Worker()
    return passes


def virtual(script):
    return Asset.objects.filter(script=script).order_by("vehicle_number").first()


def book(mp, script):
    [leg] = mp.one_stop(**at(HERE), useAssets=[str(virtual(script).public_id)]).json()["legs"]
    return leg["id"]


def ride(mp, script):
    leg_id = book(mp, script)
    assert mp.event(leg_id, "SET_IN_USE").status_code == 200
    return leg_id


def told():
    """What we owe the provider, in its order."""
    return [callback.subject for callback in Callback.objects.order_by("id")]


# -- who is given what


def test_has_vehicles_of_every_type_and_script_where_a_real_one_stands(mp, scooter, time):
    assert time(0) == 16
    assert time(5) == 0

    made = Asset.objects.virtual().order_by("vehicle_number")
    assert [(one.vehicle_number, one.vehicle_code) for one in made][3:5] == [
        ("SANDBOX scooter 04", "SANDBOX-scooter-WORKS-4"),
        ("SANDBOX scooter 05", "SANDBOX-scooter-OPENS_LATE-1"),
    ]
    assert {(one.lat, one.lon) for one in made} == {(scooter.lat, scooter.lon)}
    assert {one.script for one in made} == set(Script) - {Script.DOCKS}


def test_is_not_made_where_nobody_needs_it(real_mp, scooter, time):
    assert time(0) == 0
    assert Asset.objects.count() == 1


def test_is_all_its_provider_is_offered_and_nobody_else_is(mp, real_mp, scooter, time):
    time(0)
    of_sandbox = {str(public_id) for public_id in Asset.objects.virtual().values_list("public_id", flat=True)}

    def offered(client):
        return {each for asset in client.get("/operator/available-assets").json() for each in ids(asset)}

    def ids(asset_type):
        return [asset["id"] for asset in asset_type["assets"]]

    assert offered(mp) == of_sandbox
    assert offered(real_mp) == {str(scooter.public_id)}
    assert mp.offers(**at(HERE), useAssets=[str(scooter.public_id)]).json()["options"] == []
    assert real_mp.offers(**at(HERE), useAssets=[next(iter(of_sandbox))]).json()["options"] == []
    [option] = mp.offers(**at(HERE)).json()["options"]
    assert option["legs"][0]["asset"]["id"] in of_sandbox


def test_keeps_promises_with_virtual_vehicles_and_counts_them_apart(mp, real_mp, time):
    hub = StationFactory(station_id="hub")
    cargo = AssetTypeFactory(ahead=True, type_id="cargo", user_may_pick=True)
    real = AssetFactory(asset_type=cargo, station=hub, home_station=hub)
    time(0)
    wanted = {**at(HERE), "useAssetTypes": ["cargo"]}

    for _number in range(3):
        assert mp.one_stop(**wanted).status_code == 201
    [leg] = mp.one_stop(**wanted).json()["legs"]
    assert real_mp.one_stop(**wanted).status_code == 201
    refused(real_mp.one_stop(**wanted), 406, 3202)

    pickable = [asset["id"] for asset in mp.get(f"/legs/{leg['id']}/available-assets").json()]
    assert str(real.public_id) not in pickable
    assert len(pickable) == 14
    refused(mp.event(leg["id"], "ASSIGN_ASSET", asset={"id": str(real.public_id)}), 403, 4202)
    picked = mp.event(leg["id"], "SET_IN_USE").json()["asset"]["id"]
    assert Asset.objects.get(public_id=picked).vehicle_number == "SANDBOX cargo 01"
    assert list(Reservation.objects.order_by("id").values_list("is_virtual", flat=True)) == [True] * 4 + [False]


def test_owes_nothing(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.WORKS)
    time(600)
    assert mp.event(leg_id, "FINISH", **located(HERE)).status_code == 200

    assert JournalEntry.objects.get().amount > 0
    since, until = NOW - minutes(60), NOW + minutes(60)
    assert invoicing.invoice(provider=mp.provider, since=since, until=until, now=until) == []


def test_does_not_count_at_stations(mp, real_mp, time):
    station = StationFactory(station_id="dom", capacity=2)
    AssetFactory(asset_type=AssetTypeFactory(docked=True), station=station)
    time(0)
    [listed] = real_mp.get("/operator/stations").json()
    assert (listed["assetsAvailable"], listed["docksAvailable"]) == (1, 1)


def test_is_not_spoken_for_by_devices(mp, scooter, time):
    time(0)
    DeviceGroupFactory(secret="key of the vehicles")
    assert telemetry(said("SANDBOX scooter 01", stateOfCharge=3)).json()["unknown"] == ["SANDBOX scooter 01"]


def test_never_reaches_the_gateway_of_real_vehicles(mp, real_mp, scooter, time, receiver):
    scooter.asset_type.gateway = GatewayFactory(kind="HTTP", url=receiver.url)
    scooter.asset_type.save()
    commands.forget()
    time(0)

    ride(mp, Script.WORKS)
    assert receiver.received == []
    leg = given_booking(real_mp.provider, scooter, state=Booking.State.CONFIRMED)
    assert real_mp.event(leg.id, "SET_IN_USE").status_code == 200
    assert len(receiver.received) == 1


# -- what they do


def test_moves_while_it_is_ridden_and_stays_near(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.WORKS)
    for seconds in (10, 15, 20, 30, 40):
        time(seconds)
    track = Leg.objects.get(pk=leg_id).track
    assert [moment for moment, _lat, _lon in track] == [0, 10_000, 20_000, 30_000, 40_000]
    assert all(abs(lat - HERE[0]) <= 0.0004 and abs(lon - HERE[1]) <= 0.0002 for _moment, lat, lon in track)
    assert told() == []


def test_never_opens(mp, scooter, time):
    time(0)
    leg_id = book(mp, Script.NEVER_OPENS)
    for _attempt in range(3):
        answer = mp.event(leg_id, "SET_IN_USE")
        refused(answer, 503, 4005)
        assert answer.headers["Retry-After"] == "5"
    assert Leg.objects.get(pk=leg_id).state == "NOT_STARTED"


def test_opens_at_the_second_attempt(mp, scooter, time):
    time(0)
    leg_id = book(mp, Script.OPENS_LATE)
    refused(mp.event(leg_id, "SET_IN_USE"), 503, 4005)
    assert mp.event(leg_id, "SET_IN_USE").json()["state"] == "IN_USE"


def test_runs_empty_and_is_charged_afterwards(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.RUNS_EMPTY)
    time(20)
    assert told() == []
    time(25)
    time(30)
    assert told() == ["MESSAGE_TO_END_USER"]
    assert Notification.objects.get().comment == "The battery of the vehicle is low (4 %). Please end the ride soon."

    assert mp.event(leg_id, "FINISH", **located(HERE)).status_code == 200
    time(35)
    assert virtual(Script.RUNS_EMPTY).state_of_charge == 80
    assert time(40) == 0


def test_leaves_the_area_and_comes_back(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.LEAVES_AREA)
    time(25)
    assert told() == ["USER_OUT_OF_LIMITS"]
    refused(mp.event(leg_id, "FINISH", **located(FAR_AWAY)), 403, 4500)
    time(65)
    moped = virtual(Script.LEAVES_AREA)
    assert (moped.lat, moped.lon) == HERE
    assert not VehicleAlert.objects.open().exists()


def test_is_brought_back_if_the_ride_ends_far_away(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.LEAVES_AREA)
    time(25)
    assert mp.event(leg_id, "FINISH").json()["state"] == "FINISHED"
    assert virtual(Script.LEAVES_AREA).lat == FAR_AWAY[0]
    time(30)
    assert (virtual(Script.LEAVES_AREA).lat, virtual(Script.LEAVES_AREA).lon) == HERE
    assert time(35) == 0


def test_is_locked_and_unlocked_by_hand(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.LOCKED_BY_HAND)
    for seconds in (25, 30, 45, 50):
        time(seconds)
    events = LegEvent.objects.filter(leg=leg_id).order_by("at").values_list("event", "at", "asked_by")
    assert list(events) == [
        ("SET_IN_USE", NOW, "MP"),
        ("PAUSE", NOW + 25 * SECOND, "TO"),
        ("SET_IN_USE", NOW + 45 * SECOND, "TO"),
    ]
    assert told() == ["PAUSE", "SET_IN_USE"]


def test_does_not_insist_where_the_provider_was_faster(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.LOCKED_BY_HAND)
    mp.event(leg_id, "PAUSE")
    time(25)
    assert told() == []


def test_is_ended_by_us(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.ENDED_BY_US)
    time(60)
    assert told() == []
    time(65)
    assert Leg.objects.get(pk=leg_id).state == "FINISHED"
    assert told() == ["FINISH"]


def test_is_taken_from_its_dock_and_brought_back(mp, time):
    station = StationFactory(station_id="dom")
    kind = AssetTypeFactory(docked=True, docks_report=True, type_id="bike")
    AssetFactory(asset_type=kind, station=station, station_slot="3")
    time(0)
    bike = virtual(Script.DOCKS)
    [leg] = mp.one_stop(**{"from": {"stationId": "dom"}}, useAssets=[str(bike.public_id)]).json()["legs"]
    time(5)
    assert Leg.objects.get(pk=leg["id"]).state == "NOT_STARTED"
    time(10)
    assert Leg.objects.get(pk=leg["id"]).state == "IN_USE"
    time(65)
    assert Leg.objects.get(pk=leg["id"]).state == "IN_USE"
    time(70)
    assert Leg.objects.get(pk=leg["id"]).state == "FINISHED"
    assert told() == ["MESSAGE_TO_END_USER", "SET_IN_USE", "FINISH"]
    bike.refresh_from_db()
    assert (bike.state, bike.station_id, bike.is_docked) == (AssetState.AVAILABLE, station.pk, True)


def test_a_ride_nobody_ends_is_ended_after_two_hours(mp, scooter, time):
    time(0)
    leg_id = ride(mp, Script.WORKS)
    time(7199)
    assert Leg.objects.get(pk=leg_id).state == "IN_USE"
    time(7200)
    assert Leg.objects.get(pk=leg_id).state == "FINISHED"


# -- who answers


@pytest.mark.parametrize(
    ("extra_info", "state"),
    [(None, "CONFIRMED"), ({"sandbox": "DENY"}, "REJECTED"), ({"sandbox": "SILENT"}, "CONDITIONAL_CONFIRMED")],
)
def test_answers_as_the_booking_asks(mp, scooter, time, extra_info, state):
    time(0)
    mp.provider.auto_commit = False
    mp.provider.save()
    booking = given_booking(
        mp.provider, virtual(Script.WORKS), state=Booking.State.CONDITIONAL_CONFIRMED, extra_info=extra_info
    )
    time(9)
    assert Booking.objects.get(pk=booking.pk).state == "CONDITIONAL_CONFIRMED"
    time(10)
    assert Booking.objects.get(pk=booking.pk).state == state


def test_answers_for_nobody_else(mp, real_mp, scooter, time):
    booking = given_booking(real_mp.provider, scooter, state=Booking.State.CONDITIONAL_CONFIRMED)
    time(60)
    assert Booking.objects.get(pk=booking.pk).state == "CONDITIONAL_CONFIRMED"


def test_makes_vehicles_of_a_type_that_came_later(mp, scooter, time):
    time(0)
    AssetFactory(asset_type=AssetTypeFactory(type_id="moped"))
    assert sandbox.furnish(now=NOW) == 14
