"""POST /bookings/one-stop …"""

import pytest

from bookings.models import Booking, BookingEvent
from customers.models import Customer
from fleet.models import Asset, Condition, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory, StationFactory
from tests.journey import (
    FAR_AWAY,
    HERE,
    NEARBY,
    NOW,
    at,
    given_booking,
    given_leg,
    minutes,
    nothing_changes,
)


def named(*assets):
    return {**at(HERE), "useAssets": [str(asset.public_id) for asset in assets]}


def booked(answer):
    """The public id of the vehicle that was booked."""
    assert answer.status_code == 201
    [leg] = answer.json()["legs"]
    return leg["asset"]["id"]


# What it does


def test_books_exactly_the_named_vehicle(mp):
    AssetFactory()
    wanted = AssetFactory()

    answer = mp.one_stop(**named(wanted), customer={"id": "3519743"}, extraInfo=None)

    assert booked(answer) == str(wanted.public_id)
    booking, leg = Booking.objects.get(), Leg.objects.get()
    assert answer.json()["id"] == answer.json()["legs"][0]["id"] == str(booking.id) == str(leg.id)
    assert answer.json()["state"] == booking.state == "PENDING"
    assert answer.json()["customer"] == {"id": "3519743"}
    assert answer.headers["Expires"] == "Mon, 01 Jun 2026 12:15:00 GMT"
    assert (booking.booked_at, booking.expires_at) == (NOW, NOW + minutes(15))
    assert Asset.objects.get(pk=wanted.pk).state == AssetState.RESERVED
    assert (Reservation.objects.get().asset, Reservation.objects.get().leg_id) == (wanted, leg.id)
    assert list(BookingEvent.objects.values_list("operation", "state")) == [("BOOK", "PENDING")]


def test_is_confirmed_at_once_with_auto_commit(auto_mp):
    asset = AssetFactory()

    answer = auto_mp.one_stop(**named(asset))

    leg = Leg.objects.get()
    assert answer.json()["state"] == Booking.objects.get().state == "CONFIRMED"
    assert answer.json()["legs"][0]["state"] == leg.state == "NOT_STARTED"
    assert answer.json()["legs"][0]["assetAccessData"] == {
        "validFrom": "2026-06-01T12:00:00Z",
        "validUntil": "2026-06-02T12:00:00Z",
        "tokenType": "tokenDefault",
        "tokenData": {
            "tokenType": "tokenDefault",
            "accessMethod": "TOMP-API",
            "url": f"http://127.0.0.1:8000/tomp/legs/{leg.id}/events",
            "accessCode": leg.access_code,
        },
    }
    assert list(BookingEvent.objects.values_list("operation", "state")) == [
        ("BOOK", "PENDING"),
        ("COMMIT", "CONFIRMED"),
    ]


def test_spells_types_as_the_contract_says(entur):
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)

    [leg] = entur.one_stop(**named(asset)).json()["legs"]

    assert leg["conditions"][0]["conditionType"] == "ConditionDeposit"
    assert leg["assetAccessData"]["tokenType"] == leg["assetAccessData"]["tokenData"]["tokenType"] == "TokenDefault"


def test_finds_the_vehicle_with_the_printed_code(mp):
    AssetFactory()
    wanted = AssetFactory(vehicle_code="157103")

    assert booked(mp.one_stop(**at((0, 0)), useAssets=["157103"])) == str(wanted.public_id)


def test_takes_the_only_one_of_several_named_that_is_free(mp, other_mp):
    taken, free = AssetFactory(), AssetFactory()
    given_booking(other_mp.provider, taken)

    assert booked(mp.one_stop(**named(taken, free))) == str(free.public_id)


def test_takes_the_nearest_of_a_type(mp):
    scooter = AssetTypeFactory(type_id="scooter")
    AssetFactory(asset_type=scooter, lat=NEARBY[0], lon=NEARBY[1])
    near = AssetFactory(asset_type=scooter)
    AssetFactory()

    assert booked(mp.one_stop(**at(HERE), useAssetTypes=["scooter"])) == str(near.public_id)


def test_takes_one_vehicle_after_the_other_until_none_is_left(mp):
    scooter = AssetTypeFactory(type_id="scooter")
    AssetFactory.create_batch(3, asset_type=scooter)

    answers = [mp.one_stop(**at(HERE), useAssetTypes=["scooter"]) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 406]
    assert len({booked(answer) for answer in answers[:3]}) == 3


def test_takes_a_bike_from_a_station(mp):
    dock = StationFactory(station_id="dock")
    bike = AssetTypeFactory(docked=True, type_id="bike")
    AssetFactory(asset_type=bike, station=StationFactory(station_id="other"))
    asset = AssetFactory(asset_type=bike, station=dock, station_slot="7")

    answer = mp.one_stop(**{"from": {"stationId": "dock"}}, useAssetTypes=["bike"])

    assert booked(answer) == str(asset.public_id)
    assert answer.json()["from"]["extraInfo"] == {"stationSlotName": "7"}


def test_promises_a_type_for_later(auto_mp):
    hub = StationFactory(station_id="hub")
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub, home_station=hub)

    answer = auto_mp.one_stop(
        **{"from": {"stationId": "hub"}},
        useAssetTypes=["cargo"],
        departureTime="2026-06-02T10:00:00Z",
        arrivalTime="2026-06-02T12:00:00Z",
    )

    [leg] = answer.json()["legs"]
    assert (answer.json()["state"], leg["departureTime"]) == ("CONFIRMED", "2026-06-02T10:00:00Z")
    assert not {"asset", "assetAccessData"} & set(leg)  # nothing to open yet
    assert answer.headers["Expires"] == "Tue, 02 Jun 2026 12:00:00 GMT"
    assert Reservation.objects.get().asset is None


def test_remembers_a_customer_it_has_seen(mp):
    Customer.objects.create(provider=mp.provider, external_id="c-1")

    mp.one_stop(**named(AssetFactory()), customer={"id": "c-1"})

    assert Booking.objects.get().customer == Customer.objects.get()


# What it refuses


def test_refuses_when_two_options_fit(mp):
    AssetFactory(asset_type__type_id="scooter")
    AssetFactory(asset_type__type_id="bike")

    with nothing_changes():
        answer = mp.one_stop(**at(HERE), useAssetTypes=["scooter", "bike"])

    refused(answer, 406, 3202)
    assert "There are 2 ways" in answer.json()["detail"]


def test_refuses_when_two_named_vehicles_are_free(mp):
    assets = AssetFactory(), AssetFactory()

    with nothing_changes():
        answer = mp.one_stop(**named(*assets))

    refused(answer, 406, 3202)


def test_refuses_a_taken_vehicle_and_takes_no_other_instead(mp, other_mp):
    asset = AssetFactory()
    AssetFactory(asset_type=asset.asset_type)
    given_booking(other_mp.provider, asset)

    with nothing_changes():
        answer = mp.one_stop(**named(asset))

    refused(answer, 406, 3202)


def test_refuses_a_former_id(mp):
    asset = AssetFactory()
    request = named(asset)
    given_leg(mp.provider, asset, state="FINISHED")

    with nothing_changes():
        answer = mp.one_stop(**request)

    refused(answer, 406, 3202)


@pytest.mark.parametrize("wish", [{"useAssets": ["unknown"]}, {"useAssetTypes": ["unknown"]}])
def test_refuses_what_we_do_not_have(mp, wish):
    AssetFactory()

    with nothing_changes():
        answer = mp.one_stop(**at(HERE), **wish)

    refused(answer, 406, 3202)


def test_refuses_a_type_that_stands_nowhere_near(mp):
    AssetFactory(asset_type__type_id="scooter")

    with nothing_changes():
        answer = mp.one_stop(**at(FAR_AWAY), useAssetTypes=["scooter"])

    refused(answer, 406, 3202)


@pytest.mark.parametrize(
    "body",
    [
        at(HERE),
        {**at(HERE), "useAssets": []},
        {**at(HERE), "useAssets": [], "useAssetTypes": []},
        {**at(HERE), "useAssets": None},
        {"useAssets": ["x"]},
        {},
    ],
    ids=str,
)
def test_demands_a_place_and_a_vehicle_or_a_type(mp, body):
    AssetFactory()

    with nothing_changes():
        answer = mp.one_stop(**body)

    refused(answer, 400, 3001)


def test_refuses_a_blocked_customer(mp):
    Customer.objects.create(provider=mp.provider, external_id="c-1", status=Customer.Status.BLOCKED)
    asset = AssetFactory()

    with nothing_changes():
        answer = mp.one_stop(**named(asset), customer={"id": "c-1"})

    refused(answer, 403, 3209)


def test_demands_the_data_the_conditions_name(mp):
    asset = AssetFactory()
    ConditionFactory(
        asset_type=asset.asset_type, kind=Condition.Kind.REQUIRE_BOOKING_DATA, details={"required_fields": ["EMAIL"]}
    )

    with nothing_changes():
        answer = mp.one_stop(**named(asset), customer={"id": "c-1"})

    refused(answer, 400, 3001)


def test_ends_at_the_number_of_bookings_of_the_contract(mp):
    mp.provider.max_open_bookings = 1
    mp.provider.save()
    given_booking(mp.provider)
    asset = AssetFactory()

    with nothing_changes():
        answer = mp.one_stop(**named(asset), customer={"id": "new"})

    refused(answer, 403, 3201)


# Twice


def test_books_once_however_often_it_is_repeated(auto_mp):
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    first, again = (
        auto_mp.post("/bookings/one-stop", request, **{"Idempotency-Key": "key-1"}) for _repetition in range(2)
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["Expires"] == again.headers["Expires"]
    assert Booking.objects.count() == Reservation.objects.count() == 1


def test_is_refused_the_same_way_when_it_is_repeated(mp):
    request = {**at(HERE), "useAssetTypes": ["scooter"]}
    first = mp.post("/bookings/one-stop", request, **{"Idempotency-Key": "key-1"})
    AssetFactory(asset_type__type_id="scooter")

    again = mp.post("/bookings/one-stop", request, **{"Idempotency-Key": "key-1"})

    refused(first, 406, 3202)
    refused(again, 406, 3202)
    assert not Booking.objects.exists()


def test_books_again_under_another_key(mp):
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(type_id="scooter"))
    request = {**at(HERE), "useAssetTypes": ["scooter"]}

    for key in ("key-1", "key-2"):
        assert mp.post("/bookings/one-stop", request, **{"Idempotency-Key": key}).status_code == 201

    assert Booking.objects.count() == 2
