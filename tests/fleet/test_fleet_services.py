"""Holding vehicles and giving them back …"""

import uuid

import pytest

from fleet import services
from fleet.errors import AssetNotAvailable, NoAssetLeft
from fleet.models import Asset, AssetPublicId, Reservation
from fleet.models.vehicles import STAFF_STATES, AssetState
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ReservationFactory, StationFactory
from tests.journey import HERE, NEARBY, NOW, minutes, nothing_changes

pytestmark = pytest.mark.django_db
LEG = uuid.UUID(int=1)
NOON_TO_TWO = (NOW, NOW + minutes(120))


@pytest.fixture
def asset():
    return AssetFactory()


@pytest.fixture
def hub():
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo():
    return AssetTypeFactory(ahead=True)


@pytest.fixture
def bikes(cargo, hub):
    return [AssetFactory(asset_type=cargo, station=hub, home_station=hub, vehicle_number=str(n)) for n in (1, 2)]


def reserve(asset, leg_id=LEG):
    return services.reserve_asset(asset_id=asset.pk, public_id=asset.public_id, leg_id=leg_id, now=NOW)


def kind(cargo, hub):
    return {"asset_type_id": cargo.pk, "station_id": hub and hub.pk, "is_virtual": False}


def promise(cargo, hub, period=NOON_TO_TWO, leg_id=LEG, now=NOW):
    services.reserve_type(**kind(cargo, hub), leg_id=leg_id, period=period, now=now)


def left(cargo, hub, period=NOON_TO_TWO, now=NOW):
    return services.places_left(**kind(cargo, hub), period=period, now=now)


def states():
    return list(Asset.objects.order_by("vehicle_number").values_list("state", flat=True))


# One vehicle


def test_a_reserved_vehicle_is_held_from_now_on(hub):
    asset = AssetFactory(station=hub)

    held = reserve(asset)

    assert (held.pk, held.state) == (asset.pk, "RESERVED")
    assert states() == ["RESERVED"]
    reservation = Reservation.objects.get()
    assert (reservation.leg_id, reservation.asset, reservation.asset_type) == (LEG, asset, asset.asset_type)
    assert (reservation.station, reservation.period.lower, reservation.period.upper) == (hub, NOW, None)


def test_a_reservation_leaves_no_history_row(asset):
    rows = asset.history.count()

    reserve(asset)

    assert asset.history.count() == rows


@pytest.mark.parametrize("state", [state for state in AssetState if state != AssetState.AVAILABLE])
def test_a_vehicle_that_is_not_free_cannot_be_reserved(state):
    asset = AssetFactory(state=state)

    with nothing_changes(), pytest.raises(AssetNotAvailable):
        reserve(asset)


def test_a_vehicle_cannot_be_reserved_under_a_former_id(asset):
    Asset.objects.update(public_id=uuid.UUID(int=7))

    with nothing_changes(), pytest.raises(AssetNotAvailable):
        reserve(asset)


def test_a_vehicle_that_is_gone_cannot_be_reserved(asset):
    with nothing_changes(), pytest.raises(AssetNotAvailable):
        services.reserve_asset(asset_id=asset.pk + 1, public_id=asset.public_id, leg_id=LEG, now=NOW)


def test_a_taken_vehicle_is_at_no_station_any_more(hub):
    asset = reserve(AssetFactory(station=hub, station_slot="7"))

    services.take(asset=asset)

    taken = Asset.objects.get()
    assert (taken.state, taken.station, taken.station_slot) == ("IN_USE", None, "")


def test_a_released_vehicle_keeps_its_id(asset):
    held = reserve(asset)

    services.release(leg_id=LEG, asset=held)

    freed = Asset.objects.get()
    assert (freed.state, freed.public_id) == ("AVAILABLE", asset.public_id)
    assert not Reservation.objects.exists()
    assert not AssetPublicId.objects.exists()


def test_a_vehicle_is_released_by_who_holds_it_only(asset):
    held = reserve(asset)

    with nothing_changes():
        services.release(leg_id=uuid.UUID(int=2), asset=held)


def test_a_ridden_vehicle_stands_elsewhere_under_another_id(asset):
    held = reserve(asset)
    services.take(asset=held)

    services.end_use(leg_id=LEG, asset=held, place=NEARBY, now=NOW + minutes(10))

    freed, former = Asset.objects.get(), AssetPublicId.objects.get()
    assert (freed.state, freed.lat, freed.lon) == ("AVAILABLE", *NEARBY)
    assert freed.public_id != asset.public_id
    assert (former.public_id, former.asset_id, former.replaced_at) == (asset.public_id, asset.pk, NOW + minutes(10))
    assert not Reservation.objects.exists()


def test_a_ride_ends_once(asset):
    held = reserve(asset)
    services.take(asset=held)
    services.end_use(leg_id=LEG, asset=held, place=None, now=NOW)

    with nothing_changes():
        services.end_use(leg_id=LEG, asset=Asset.objects.get(), place=NEARBY, now=NOW)


@pytest.mark.parametrize(("docked", "station_id"), [(True, "there"), (False, None)])
def test_a_ridden_vehicle_belongs_to_the_station_it_is_brought_to(hub, docked, station_id):
    StationFactory(station_id="there", lat=NEARBY[0])
    held = reserve(AssetFactory(asset_type=AssetTypeFactory(docked=docked), station=hub))
    services.take(asset=held)

    services.end_use(leg_id=LEG, asset=held, place=NEARBY, now=NOW)

    station = Asset.objects.get().station
    assert (station and station.station_id) == station_id


# A promise


def test_a_promise_holds_one_of_the_type_for_a_period(cargo, hub, bikes):
    promise(cargo, hub)

    reservation = Reservation.objects.get()
    assert (reservation.leg_id, reservation.asset, reservation.asset_type, reservation.station) == (
        LEG,
        None,
        cargo,
        hub,
    )
    assert (reservation.period.lower, reservation.period.upper) == NOON_TO_TWO
    assert states() == ["AVAILABLE", "AVAILABLE"]


def test_a_promise_is_made_only_while_one_is_left(cargo, hub, bikes):
    promise(cargo, hub, leg_id=uuid.UUID(int=2))
    promise(cargo, hub, leg_id=uuid.UUID(int=3))

    with nothing_changes(), pytest.raises(NoAssetLeft):
        promise(cargo, hub)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [(-60, 0, 2), (0, 1, 1), (-60, 1, 1), (30, 60, 1), (119, 240, 1), (120, 240, 2), (-60, 240, 1)],
)
def test_promises_count_where_the_periods_overlap(cargo, hub, bikes, start, end, count):
    promise(cargo, hub)

    assert left(cargo, hub, (NOW + minutes(start), NOW + minutes(end)), now=NOW - minutes(120)) == count


def test_a_promise_at_another_station_or_of_another_type_does_not_count(cargo, hub, bikes):
    ReservationFactory(asset_type=cargo, station=StationFactory(), period=NOON_TO_TWO)
    ReservationFactory(station=hub, period=NOON_TO_TWO)

    assert left(cargo, hub) == 2


@pytest.mark.parametrize("state", AssetState)
def test_vehicles_count_that_can_be_ridden_some_time(cargo, hub, bikes, state):
    Asset.objects.filter(pk=bikes[0].pk).update(state=state)

    assert left(cargo, hub) == (2 if state in ("AVAILABLE", "RESERVED", "IN_USE") else 1)


def test_vehicles_count_at_home_wherever_they_are(cargo, hub, bikes):
    away = StationFactory()
    Asset.objects.filter(pk=bikes[0].pk).update(station=away)

    assert (left(cargo, hub), left(cargo, away)) == (2, 0)


def test_vehicles_without_a_home_count_where_they_stand(cargo, hub):
    AssetFactory(asset_type=cargo, station=hub)

    assert (left(cargo, hub), left(cargo, StationFactory())) == (1, 0)


def test_vehicles_count_everywhere_for_a_type_that_comes_to_the_user(cargo, hub, bikes):
    promise(cargo, None)

    assert left(cargo, None) == 1


def test_a_vehicle_that_is_out_counts_as_out_until_it_is_back(cargo, hub, bikes):
    promise(cargo, hub)
    asset = services.assign(leg_id=LEG, now=NOW)
    services.take(asset=asset)
    evening = (NOW + minutes(300), NOW + minutes(360))

    assert left(cargo, hub, evening, now=NOW + minutes(60)) == 2  # it will be back by then
    assert left(cargo, hub, evening, now=NOW + minutes(121)) == 1  # it is late

    services.end_use(leg_id=LEG, asset=asset, place=HERE, now=NOW + minutes(130))
    assert left(cargo, hub, evening, now=NOW + minutes(131)) == 2


def test_a_vehicle_without_a_home_that_is_out_is_counted_once(cargo, hub):
    """One stands at the hub, one is on its way from there: one is left."""
    AssetFactory.create_batch(2, asset_type=cargo, station=hub)
    promise(cargo, hub)
    services.take(asset=services.assign(leg_id=LEG, now=NOW))

    assert left(cargo, hub) == 1


def test_a_promise_nobody_came_for_takes_no_vehicle_away_for_ever(cargo, hub, bikes):
    promise(cargo, hub)

    assert left(cargo, hub, (NOW + minutes(300), NOW + minutes(360)), now=NOW + minutes(240)) == 2


def test_a_released_promise_is_gone(cargo, hub, bikes):
    promise(cargo, hub)

    services.release(leg_id=LEG, asset=None)

    assert left(cargo, hub) == 2
    assert states() == ["AVAILABLE", "AVAILABLE"]


# From a promise to a vehicle


def test_a_promise_becomes_any_free_vehicle(cargo, hub, bikes):
    Asset.objects.filter(pk=bikes[0].pk).update(state="MISSING")
    promise(cargo, hub)

    asset = services.assign(leg_id=LEG, now=NOW + minutes(5))

    assert asset == bikes[1]
    assert states() == ["MISSING", "RESERVED"]
    reservation = Reservation.objects.get()
    assert reservation.asset == bikes[1]
    assert (reservation.period.lower, reservation.period.upper) == (NOW + minutes(5), NOW + minutes(120))


def test_a_promise_becomes_the_named_vehicle(cargo, hub, bikes):
    promise(cargo, hub)

    assert services.assign(leg_id=LEG, asset_public_id=bikes[1].public_id, now=NOW) == bikes[1]
    assert states() == ["AVAILABLE", "RESERVED"]


def test_a_promise_stays_when_there_is_no_vehicle(cargo, hub, bikes):
    promise(cargo, hub)
    Asset.objects.update(state="STORED")

    with nothing_changes(), pytest.raises(NoAssetLeft):
        services.assign(leg_id=LEG, now=NOW)
    with nothing_changes(), pytest.raises(AssetNotAvailable):
        services.assign(leg_id=LEG, asset_public_id=bikes[1].public_id, now=NOW)


def test_a_promise_for_later_takes_nothing_from_those_before(cargo, hub, bikes):
    later = (NOW + minutes(180), NOW + minutes(240))
    promise(cargo, hub, later)
    ReservationFactory(asset_type=cargo, station=hub, period=NOON_TO_TWO)
    second = ReservationFactory(asset_type=cargo, station=hub, period=(NOW + minutes(60), NOW + minutes(90)))

    with nothing_changes(), pytest.raises(NoAssetLeft):
        services.assign(leg_id=LEG, now=NOW)

    second.delete()
    assert services.assign(leg_id=LEG, now=NOW) == bikes[0]


def test_a_vehicle_with_too_little_charge_is_not_assigned(cargo, hub, bikes):
    cargo.min_charge_percent = 20
    cargo.save()
    Asset.objects.filter(pk=bikes[0].pk).update(state_of_charge=19)
    promise(cargo, hub)

    assert services.assign(leg_id=LEG, now=NOW) == bikes[1]


def test_a_promise_whose_end_has_passed_still_gets_a_vehicle(cargo, hub, bikes):
    promise(cargo, hub, period=(NOW - minutes(120), NOW - minutes(60)))

    asset = services.assign(leg_id=LEG, now=NOW)

    period = Reservation.objects.get().period
    assert (asset, period.lower, period.upper) == (bikes[0], NOW, None)


# What staff do


@pytest.mark.parametrize(
    ("move", "state"),
    [
        ("put_in_service", "AVAILABLE"),
        ("take_out_of_service", "OUT_OF_SERVICE"),
        ("store", "STORED"),
        ("report_missing", "MISSING"),
        ("retire", "RETIRED"),
    ],
)
@pytest.mark.parametrize("before", STAFF_STATES)
def test_staff_may_move_a_vehicle_that_is_on_no_trip(move, state, before):
    asset = AssetFactory(state=before, state_reason="flat")

    services.change_service_state(asset_id=asset.pk, move=move, reason="spring", now=NOW)

    moved = Asset.objects.get()
    assert (moved.state, moved.state_reason) == (state, "" if state == "AVAILABLE" else "spring")
    assert asset.history.count() == 2  # a colleague did it, so it is written down


@pytest.mark.parametrize("move", ["put_in_service", "take_out_of_service", "store", "report_missing", "retire"])
@pytest.mark.parametrize("state", ["RESERVED", "IN_USE"])
def test_staff_may_not_touch_a_vehicle_on_a_trip(move, state):
    asset = AssetFactory(state=state)

    with nothing_changes(), pytest.raises(AssetNotAvailable):
        services.change_service_state(asset_id=asset.pk, move=move, reason="spring", now=NOW)
