"""Several travellers share one booking: a leg for each vehicle it takes …"""

import pytest

from bookings.models import Booking, BookingEvent
from fleet.models import Asset, Reservation
from legs.models import Leg
from payments.models import JournalEntry
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import FAR_AWAY, HERE, LAT, LON, NEARBY, NOW, at, located, minutes, nothing_changes, pause_plan

ADA_AND_BOB = {"nrOfTravelers": 2, "travelers": [{"referenceNumber": "ada"}, {"referenceNumber": "bob", "age": 30}]}


def stand(place, **fields):
    lat, lon = place
    return AssetFactory(lat=lat, lon=lon, **fields)


@pytest.fixture
def scooter(clock):
    return AssetTypeFactory(type_id="scooter", default_plan=pause_plan())


@pytest.fixture
def two(scooter):
    """The nearer one was bought later."""
    far, near = stand(NEARBY, asset_type=scooter), stand(HERE, asset_type=scooter)
    return near, far


def options(answer):
    assert answer.status_code == 201
    return answer.json()["options"]


def vehicles(booking):
    return [leg["asset"]["id"] for leg in booking["legs"]]


def ids(*assets):
    return [str(asset.public_id) for asset in assets]


def booked(mp, **more):
    answer = mp.one_stop(**at(HERE), useAssetTypes=["scooter"], **{**ADA_AND_BOB, **more})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def states():
    booking = Booking.objects.get()
    return booking.state, [leg.state for leg in booking.legs.all()]


# What is offered


def test_one_option_serves_all_with_the_nearest_vehicles(mp, scooter, two):
    stand((LAT + 0.002, LON), asset_type=scooter)

    [option] = options(mp.offers(**at(HERE), **ADA_AND_BOB))

    assert vehicles(option) == ids(*two)
    assert [leg["legSequenceNumber"] for leg in option["legs"]] == [0, 1]
    assert [leg["travelerReferenceNumbers"] for leg in option["legs"]] == [["ada"], ["bob"]]
    assert [leg["from"]["coordinates"]["lat"] for leg in option["legs"]] == [HERE[0], NEARBY[0]]
    assert option["from"] == option["legs"][0]["from"]


def test_several_legs_have_ids_of_their_own(mp, two):
    [option] = options(mp.offers(**at(HERE), nrOfTravelers=2))

    leg_ids = {leg["id"] for leg in option["legs"]}
    assert len(leg_ids) == 2
    assert option["id"] not in leg_ids


def test_a_single_leg_has_the_id_of_the_booking(mp, two):
    [option] = options(mp.offers(**at(HERE)))

    assert [leg["id"] for leg in option["legs"]] == [option["id"]]


def test_the_price_has_a_part_for_each_leg(mp, two):
    """1.00 to unlock and 0.20 a minute, twice twenty minutes."""
    [option] = options(mp.offers(**at(HERE), nrOfTravelers=2, arrivalTime="2026-06-01T12:20:00Z"))

    assert [part["amount"] for part in option["pricing"]["parts"]] == [5, 5]
    assert Booking.objects.get().price == 10


def test_nobody_is_named_where_the_request_names_nobody(mp, two):
    [option] = options(mp.offers(**at(HERE), nrOfTravelers=2))

    assert all("travelerReferenceNumbers" not in leg for leg in option["legs"])


def test_too_few_vehicles_are_no_option(mp, two):
    assert options(mp.offers(**at(HERE), nrOfTravelers=3)) == []


@pytest.mark.parametrize(("travelers", "cars"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, None)])
def test_a_car_takes_as_many_as_it_seats(mp, travelers, cars):
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(properties={"persons": 4}))

    found = options(mp.offers(**at(HERE), nrOfTravelers=travelers))

    assert [len(option["legs"]) for option in found] == ([] if cars is None else [cars])


def test_those_in_one_car_are_named_together(mp):
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(properties={"persons": 2}))
    travelers = [{"referenceNumber": name} for name in ("ada", "bob", "cleo")]

    [option] = options(mp.offers(**at(HERE), nrOfTravelers=3, travelers=travelers))

    assert [leg["travelerReferenceNumbers"] for leg in option["legs"]] == [["ada", "bob"], ["cleo"]]


@pytest.mark.parametrize("persons", [0, -1, "4", None, 1.5])
def test_a_type_that_does_not_say_how_many_it_carries_carries_one(mp, persons):
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(properties={"persons": persons}))

    [option] = options(mp.post("/planning/offers", {**at(HERE), "nrOfTravelers": 2}, check=False))

    assert len(option["legs"]) == 2


def test_named_vehicles_go_together_as_they_suffice(mp, scooter, two):
    third = stand(FAR_AWAY, asset_type=scooter)

    found = options(mp.offers(**at(HERE), useAssets=ids(*two, third), nrOfTravelers=2))

    assert [set(vehicles(option)) for option in found] == [set(ids(*two))]


def test_vehicles_of_two_types_are_not_mixed(mp, two):
    bike = AssetFactory()

    assert options(mp.offers(**at(HERE), useAssets=ids(two[0], bike), nrOfTravelers=2)) == []


# What is booked


def test_an_offer_holds_all_vehicles_or_none(mp, other_mp, two):
    [option] = options(mp.offers(**at(HERE), **ADA_AND_BOB))
    taken = other_mp.one_stop(**at(HERE), useAssets=ids(two[1]))

    with nothing_changes():
        answer = mp.book(option["id"])
    refused(answer, 410, 3202)
    assert Asset.objects.get(pk=two[0].pk).state == "AVAILABLE"

    other_mp.operation(taken.json()["id"], "CANCEL")
    assert mp.book(option["id"]).status_code == 201
    assert set(Asset.objects.values_list("state", flat=True)) == {"RESERVED"}
    assert Reservation.objects.count() == 2


def test_one_stop_books_one_vehicle_for_each(mp, two):
    booking = booked(mp)

    assert vehicles(booking) == ids(*two)
    assert [leg["travelerReferenceNumbers"] for leg in booking["legs"]] == [["ada"], ["bob"]]
    assert BookingEvent.objects.count() == 1


def test_one_stop_with_too_few_vehicles_books_none(mp, two):
    with nothing_changes():
        answer = mp.one_stop(**at(HERE), useAssetTypes=["scooter"], nrOfTravelers=3)

    refused(answer, 406, 3202)


def test_a_promise_is_given_for_each(mp):
    hub = StationFactory(station_id="hub")
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub)
    times = {"departureTime": "2026-06-02T10:00:00Z", "arrivalTime": "2026-06-02T12:00:00Z"}
    request = {**at(HERE), "useAssetTypes": ["cargo"], **times}

    assert options(mp.offers(**request, nrOfTravelers=3)) == []
    answer = mp.one_stop(**request, nrOfTravelers=2)

    assert [("asset" in leg) for leg in answer.json()["legs"]] == [False, False]
    assert Reservation.objects.filter(asset=None).count() == 2
    refused(mp.one_stop(**request), 406, 3202)


def test_each_leg_is_opened_by_its_own_code(auto_mp, two):
    booking = booked(auto_mp)

    codes = {leg["assetAccessData"]["tokenData"]["accessCode"] for leg in booking["legs"]}
    assert len(codes) == 2


def test_a_cancelled_booking_frees_all(mp, two):
    booking = booked(mp)
    mp.operation(booking["id"], "COMMIT")

    mp.operation(booking["id"], "CANCEL")

    assert states() == ("CANCELLED", ["CANCELLED", "CANCELLED"])
    assert set(Asset.objects.values_list("state", flat=True)) == {"AVAILABLE"}
    assert not Reservation.objects.exists()


def test_a_lapsed_booking_frees_all(mp, two, clock):
    booking = booked(mp)
    clock.move_to(NOW + minutes(15))

    assert mp.get(f"/bookings/{booking['id']}").json()["state"] == "EXPIRED"
    assert states() == ("EXPIRED", ["CANCELLED", "CANCELLED"])
    assert not Reservation.objects.exists()


# How it is ridden


def test_it_starts_with_the_first_and_ends_with_the_last(auto_mp, two, clock):
    """1.00 and 0.20 a minute: five minutes, and ten."""
    booking = booked(auto_mp)
    first, second = (leg["id"] for leg in booking["legs"])

    auto_mp.event(second, "SET_IN_USE")
    assert states() == ("STARTED", ["NOT_STARTED", "IN_USE"])
    clock.move_to(NOW + minutes(5))
    auto_mp.event(first, "SET_IN_USE")
    auto_mp.event(second, "FINISH", **located(NEARBY))
    assert states() == ("STARTED", ["IN_USE", "FINISHED"])
    assert Booking.objects.get().price == 3  # two for the ride that is over, one for that which begins
    clock.move_to(NOW + minutes(15))
    auto_mp.event(first, "FINISH", **located())

    assert states() == ("FINISHED", ["FINISHED", "FINISHED"])
    ended = Booking.objects.get()
    assert (ended.departed_at, ended.arrived_at, ended.price) == (NOW, NOW + minutes(15), 5)
    assert sorted(JournalEntry.objects.values_list("leg", "amount")) == sorted(
        (leg.pk, amount) for leg, amount in zip(Leg.objects.order_by("sequence"), (3, 2), strict=True)
    )
    parts = auto_mp.get(f"/bookings/{booking['id']}").json()["pricing"]
    assert (parts["estimated"], [part["amount"] for part in parts["parts"]]) == (False, [3, 2])


def test_one_who_stays_at_home_does_not_end_the_ride_of_the_other(auto_mp, two, clock):
    booking = booked(auto_mp)
    first, second = (leg["id"] for leg in booking["legs"])
    auto_mp.event(first, "SET_IN_USE")

    auto_mp.event(second, "CANCEL")

    assert states() == ("STARTED", ["IN_USE", "CANCELLED"])
    assert Asset.objects.get(pk=two[1].pk).state == "AVAILABLE"
    clock.move_to(NOW + minutes(10))
    auto_mp.event(first, "FINISH", **located())
    assert states() == ("FINISHED", ["FINISHED", "CANCELLED"])
    assert Booking.objects.get().price == 3


def test_it_ends_when_the_only_one_left_stays_at_home(auto_mp, two, clock):
    booking = booked(auto_mp)
    first, second = (leg["id"] for leg in booking["legs"])
    auto_mp.event(first, "SET_IN_USE")
    clock.move_to(NOW + minutes(10))
    auto_mp.event(first, "FINISH", **located())
    clock.move_to(NOW + minutes(20))

    auto_mp.event(second, "CANCEL")

    ended = Booking.objects.get()
    assert states() == ("FINISHED", ["FINISHED", "CANCELLED"])
    assert (ended.arrived_at, ended.price) == (NOW + minutes(10), 3)


def test_it_is_cancelled_with_its_last_leg(auto_mp, two):
    booking = booked(auto_mp)
    first, second = (leg["id"] for leg in booking["legs"])

    auto_mp.event(first, "CANCEL")
    assert states() == ("CONFIRMED", ["CANCELLED", "NOT_STARTED"])
    assert Booking.objects.get().price == 1
    auto_mp.event(second, "CANCEL")

    assert states() == ("CANCELLED", ["CANCELLED", "CANCELLED"])
    assert not Reservation.objects.exists()
