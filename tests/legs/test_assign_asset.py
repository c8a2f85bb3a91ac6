"""ASSIGN_ASSET …"""

import uuid

import pytest

from bookings.models import Booking, Party
from fleet.models import Asset, AssetType, Reservation
from legs import overriding, services
from legs.models import Leg
from maas.models import Callback
from tests.client import refused
from tests.factories import CallbackChannelFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ReservationFactory, StationFactory
from tests.journey import HERE, NEARBY, NOW, at, given_booking, given_leg, minutes, nothing_changes
from tests.trip_factories import SubscriptionFactory

TODAY = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}


@pytest.fixture
def hub():
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo(hub):
    return AssetTypeFactory(ahead=True, type_id="cargo", user_may_pick=True)


@pytest.fixture
def bikes(cargo, hub):
    return [
        AssetFactory(asset_type=cargo, station=hub, home_station=hub, vehicle_number=number) for number in ("1", "2")
    ]


@pytest.fixture
def promised(auto_mp, bikes):
    """The id of a confirmed booking from 14:00 to 16:00, without a vehicle."""
    return auto_mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **TODAY).json()["id"]


def assign(mp, leg_id, named):
    return mp.event(leg_id, "ASSIGN_ASSET", asset={"id": str(named)})


def test_gives_the_leg_the_picked_vehicle(auto_mp, promised, bikes):
    answer = assign(auto_mp, promised, bikes[1].public_id)

    assert (answer.status_code, answer.json()["state"]) == (200, "NOT_STARTED")
    assert answer.json()["asset"]["id"] == str(bikes[1].public_id)
    assert answer.json()["assetAccessData"]["tokenData"]["accessCode"] == Leg.objects.get().access_code
    held = Reservation.objects.get()
    assert (held.asset, held.leg_id) == (bikes[1], uuid.UUID(promised))
    assert (held.period.lower, held.period.upper) == (NOW, NOW + minutes(240))
    assert list(Asset.objects.values_list("vehicle_number", "state")) == [("1", "AVAILABLE"), ("2", "RESERVED")]


def test_takes_the_id_with_a_codespace(auto_mp, promised, bikes, settings):
    settings.TOMP_CODESPACE = "YAL"

    answer = assign(auto_mp, promised, f"YAL:Vehicle:{bikes[1].public_id}")

    assert answer.json()["asset"]["id"] == f"YAL:Vehicle:{bikes[1].public_id}"


def test_of_the_assigned_vehicle_changes_nothing(auto_mp, promised, bikes, clock):
    assign(auto_mp, promised, bikes[1].public_id)
    held = Reservation.objects.values().get()
    clock.move_to(NOW + minutes(5))

    answer = assign(auto_mp, promised, bikes[1].public_id)

    assert answer.json()["asset"]["id"] == str(bikes[1].public_id)
    assert answer.json()["assetAccessData"]
    assert Reservation.objects.values().get() == held


@pytest.mark.parametrize("prepared", [False, True])
def test_lets_the_user_pick_another_and_frees_the_former(auto_mp, promised, bikes, clock, prepared):
    former = assign(auto_mp, promised, bikes[1].public_id).json()["assetAccessData"]
    if prepared:
        auto_mp.event(promised, "PREPARE")
    clock.move_to(NOW + minutes(5))

    answer = assign(auto_mp, promised, bikes[0].public_id)

    state, body = "PREPARING" if prepared else "NOT_STARTED", answer.json()
    assert (answer.status_code, body["state"], body["asset"]["id"]) == (200, state, str(bikes[0].public_id))
    leg, held = Leg.objects.get(), Reservation.objects.get()
    assert (leg.asset, leg.asset_public_id) == (bikes[0], bikes[0].public_id)
    assert body["assetAccessData"]["tokenData"]["accessCode"] == leg.access_code
    assert leg.access_code != former["tokenData"]["accessCode"]
    assert (held.asset, held.leg_id) == (bikes[0], uuid.UUID(promised))
    assert (held.period.lower, held.period.upper) == (NOW + minutes(5), NOW + minutes(240))
    assert list(Asset.objects.values_list("vehicle_number", "state", "public_id")) == [
        ("1", "RESERVED", bikes[0].public_id),
        ("2", "AVAILABLE", bikes[1].public_id),
    ]
    assert list(leg.events.filter(event="ASSIGN_ASSET").values_list("asked_by", "received_at")) == [
        ("MP", NOW),
        ("MP", NOW + minutes(5)),
    ]
    assert Callback.objects.count() == 0


def test_lets_the_user_change_back_and_ride(auto_mp, promised, bikes, clock):
    for minute, bike in enumerate((bikes[1], bikes[0], bikes[1])):
        clock.move_to(NOW + minutes(minute))
        assert assign(auto_mp, promised, bike.public_id).status_code == 200

    assert auto_mp.event(promised, "SET_IN_USE").json()["asset"]["id"] == str(bikes[1].public_id)
    assert list(Asset.objects.values_list("vehicle_number", "state")) == [("1", "AVAILABLE"), ("2", "IN_USE")]


def test_of_another_tells_who_subscribed(auto_mp, promised, bikes, clock):
    CallbackChannelFactory(provider=auto_mp.provider)
    assign(auto_mp, promised, bikes[1].public_id)
    SubscriptionFactory(booking=Booking.objects.get(), webhook="https://mp.example.org/hooks/7", since=NOW)
    clock.move_to(NOW + minutes(5))

    assign(auto_mp, promised, bikes[0].public_id)

    [told] = Callback.objects.all()
    assert (told.body["event"], told.body["asset"]["id"]) == ("ASSIGN_ASSET", str(bikes[0].public_id))


def test_of_another_is_held_until_the_ride_ends_after_the_planned_end(auto_mp, promised, bikes, clock):
    assign(auto_mp, promised, bikes[1].public_id)
    clock.move_to(NOW + minutes(250))

    assert assign(auto_mp, promised, bikes[0].public_id).status_code == 200

    held = Reservation.objects.get()
    assert (held.asset, held.period.lower, held.period.upper) == (bikes[0], NOW + minutes(250), None)


def test_of_another_that_is_gone_leaves_the_picked_one(auto_mp, promised, bikes, clock):
    assign(auto_mp, promised, bikes[1].public_id)
    Asset.objects.filter(pk=bikes[0].pk).update(state="RESERVED")
    clock.move_to(NOW + minutes(5))

    for named in (bikes[0].public_id, uuid.UUID(int=7), "nonsense"):
        with nothing_changes():
            answer = assign(auto_mp, promised, named)
        refused(answer, 403, 4202)


def test_of_another_is_refused_once_users_may_not_pick_any_more(auto_mp, promised, bikes, clock):
    assign(auto_mp, promised, bikes[1].public_id)
    AssetType.objects.update(user_may_pick=False)
    clock.move_to(NOW + minutes(5))

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[0].public_id)

    refused(answer, 403, 4006)


def test_of_another_is_refused_where_we_assigned(auto_mp, promised, bikes, clock):
    """Also after its user asked for the access data of it anew."""
    ours = {"leg_id": promised, "at": NOW, "now": NOW, "asked_by": Party.TO}
    services.apply("ASSIGN_ASSET", asset_ref=str(bikes[1].public_id), **ours)
    clock.move_to(NOW + minutes(5))
    assert assign(auto_mp, promised, bikes[1].public_id).status_code == 200
    clock.move_to(NOW + minutes(6))

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[0].public_id)

    refused(answer, 403, 4006)


def test_of_another_is_refused_once_staff_replaced_the_picked_one(auto_mp, promised, bikes, clock):
    assign(auto_mp, promised, bikes[1].public_id)
    overriding.reassign(leg_id=promised, now=NOW + minutes(1))
    clock.move_to(NOW + minutes(5))

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[1].public_id)

    refused(answer, 403, 4006)
    assert Leg.objects.get().asset == bikes[0]


@pytest.mark.parametrize("event", ["SET_IN_USE", "SET_IN_USE PAUSE"])
def test_of_another_comes_too_late_once_the_ride_began(auto_mp, promised, bikes, clock, event):
    assign(auto_mp, promised, bikes[1].public_id)
    for name in event.split():
        auto_mp.event(promised, name)
    clock.move_to(NOW + minutes(5))

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[0].public_id)

    refused(answer, 403, 4006)


def test_of_another_is_refused_where_a_vehicle_was_booked_as_such(mp, clock):
    leg, other = given_leg(mp.provider, AssetFactory()), AssetFactory()

    with nothing_changes():
        answer = assign(mp, leg.id, other.public_id)

    refused(answer, 403, 4006)


def test_is_refused_where_the_operator_assigns(auto_mp, promised, bikes):
    AssetType.objects.update(user_may_pick=False)

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[1].public_id)

    refused(answer, 403, 4006)


def test_is_ours_where_the_operator_assigns(promised, bikes):
    AssetType.objects.update(user_may_pick=False)

    services.apply(
        "ASSIGN_ASSET", leg_id=promised, at=NOW, now=NOW, asked_by=Party.TO, asset_ref=str(bikes[1].public_id)
    )

    assert Leg.objects.get().asset == bikes[1]


@pytest.mark.parametrize("asset", [{}, {"asset": None}, {"asset": {}}, {"asset": {"id": None}}], ids=str)
def test_has_to_name_the_vehicle(auto_mp, promised, asset):
    with nothing_changes():
        answer = auto_mp.event(promised, "ASSIGN_ASSET", **asset)

    refused(answer, 400, 4001)


@pytest.mark.parametrize("named", [uuid.UUID(int=7), "nonsense", "x" * 36])
def test_does_not_know_what_is_not_ours(auto_mp, promised, named):
    with nothing_changes():
        answer = assign(auto_mp, promised, named)

    refused(answer, 403, 4202)


def test_is_refused_for_a_vehicle_that_is_not_free(auto_mp, promised, bikes):
    Asset.objects.filter(pk=bikes[1].pk).update(state="OUT_OF_SERVICE")

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[1].public_id)

    refused(answer, 403, 4202)


def test_is_refused_for_a_vehicle_of_another_type_or_station(auto_mp, promised, cargo, hub):
    elsewhere = StationFactory(station_id="elsewhere", lat=NEARBY[0])
    others = [
        AssetFactory(asset_type=AssetTypeFactory(ahead=True), station=hub),
        AssetFactory(asset_type=cargo, station=elsewhere),
    ]

    for other in others:
        with nothing_changes():
            answer = assign(auto_mp, promised, other.public_id)
        refused(answer, 403, 4202)


def test_does_not_know_a_vehicle_by_a_former_id(auto_mp, mp, promised, bikes):
    former = bikes[1].public_id
    Asset.objects.filter(pk=bikes[1].pk).update(public_id=uuid.uuid4())

    with nothing_changes():
        answer = assign(auto_mp, promised, former)

    refused(answer, 403, 4202)


def test_leaves_to_others_what_is_promised_to_them_until_then(auto_mp, promised, bikes, cargo, hub):
    """Both bikes are promised to others from one to two o'clock."""
    for _ in range(2):
        ReservationFactory(asset_type=cargo, station=hub, period=(NOW + minutes(60), NOW + minutes(120)))

    with nothing_changes():
        answer = assign(auto_mp, promised, bikes[0].public_id)

    refused(answer, 403, 4202)


def test_of_a_vehicle_that_was_booked_as_such_changes_nothing(mp):
    asset = AssetFactory()
    leg = given_leg(mp.provider, asset)

    answer = assign(mp, leg.id, asset.public_id)

    assert answer.json()["asset"]["id"] == str(asset.public_id)
    assert Asset.objects.get().state == "RESERVED"


def test_comes_too_early_for_a_pending_booking(mp, bikes):
    booking_id = mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **TODAY).json()["id"]

    with nothing_changes():
        answer = assign(mp, booking_id, bikes[1].public_id)

    refused(answer, 403, 4004)


def test_of_another_providers_leg_leads_nowhere(mp, other_mp):
    asset = AssetFactory()
    booking = given_booking(other_mp.provider, asset)

    with nothing_changes():
        answer = assign(mp, booking.id, asset.public_id)

    refused(answer, 404, 4204)
