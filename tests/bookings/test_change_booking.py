"""PUT /bookings/{id} …"""

import uuid

import pytest

from bookings.models import Booking, BookingEvent
from customers.models import Customer
from fleet.models import Condition, Reservation
from legs.models import Leg
from tests.client import refused
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    OpeningHoursFactory,
    PricingPlanFactory,
    RegionFactory,
    ReservationFactory,
    StationFactory,
)
from tests.journey import HERE, NOW, at, given_booking, given_offer, minutes, nothing_changes, pause_plan

TEN, NOON, ONE, TWO = (f"2026-06-02T{hour}:00:00Z" for hour in ("10", "12", "13", "14"))
THERE = {"coordinates": {"lat": 52.1, "lng": 5.13}}


@pytest.fixture
def hub(clock):
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo(hub):
    asset_type = AssetTypeFactory(ahead=True, type_id="cargo", default_plan=pause_plan(), user_may_pick=True)
    AssetFactory.create_batch(2, asset_type=asset_type, station=hub, home_station=hub)
    return asset_type


def ahead(mp, start=TEN, end=NOON, **more):
    """Tomorrow from ten to twelve, unless told otherwise."""
    request = {**at(HERE), "useAssetTypes": ["cargo"], "departureTime": start, "arrivalTime": end, **more}
    answer = mp.one_stop(**request)
    assert answer.status_code == 201, answer.content
    return answer.json()


def change(mp, booking, **members):
    return mp.put(f"/bookings/{booking['id']}", {**mp.get(f"/bookings/{booking['id']}").json(), **members})


def given(mp, **more):
    return mp.get(f"/bookings/{given_booking(mp.provider, **more).id}").json()


# What it does


@pytest.mark.parametrize("committed", [False, True])
def test_moves_times_price_and_promise(mp, cargo, committed):
    """1.00 to start and 0.20 a minute: 25.00 for two hours, 37.00 for three."""
    booking = ahead(mp)
    if committed:
        mp.operation(booking["id"], "COMMIT")

    answer = change(mp, booking, departureTime="2026-06-02T11:00:00Z", arrivalTime=TWO)

    body = answer.json()
    assert (answer.status_code, body["state"]) == (200, "CONFIRMED" if committed else "PENDING")
    assert (body["departureTime"], body["arrivalTime"]) == ("2026-06-02T11:00:00Z", TWO)
    assert (body["legs"][0]["departureTime"], body["legs"][0]["arrivalTime"]) == ("2026-06-02T11:00:00Z", TWO)
    assert [part["amount"] for part in body["pricing"]["parts"]] == [37]
    assert Booking.objects.get().price == 37
    held = Reservation.objects.get()
    assert (held.period.lower, held.period.upper) == (NOW + minutes(23 * 60), NOW + minutes(26 * 60))
    assert mp.get(f"/bookings/{booking['id']}").json() == body
    story = BookingEvent.objects.latest("pk")
    assert (story.operation, story.state, story.reason) == ("CHANGE", body["state"], "departureTime, arrivalTime")


def test_moves_the_legs_that_are_sent_along(mp, cargo):
    booking = ahead(mp)
    legs = [{**booking["legs"][0], "arrivalTime": TWO}]

    assert change(mp, booking, arrivalTime=TWO, legs=legs).status_code == 200
    assert Leg.objects.get().arrives_at == NOW + minutes(26 * 60)


def test_moves_all_vehicles_of_a_party(mp, cargo):
    booking = ahead(mp, nrOfTravelers=2)

    answer = change(mp, booking, arrivalTime=ONE)

    assert [leg["arrivalTime"] for leg in answer.json()["legs"]] == [ONE, ONE]
    assert {held.period.upper for held in Reservation.objects.all()} == {NOW + minutes(25 * 60)}
    assert Booking.objects.get().price == 74


def test_leaves_a_departure_that_was_postponed_for_one_of_them(auto_mp, cargo):
    booking = ahead(auto_mp, nrOfTravelers=2)
    _ada, bob = (leg["id"] for leg in booking["legs"])
    auto_mp.event(bob, "TIME_POSTPONE", time="2026-06-02T11:00:00Z")

    answer = change(auto_mp, booking, arrivalTime=ONE)

    legs = answer.json()["legs"]
    assert [leg["departureTime"] for leg in legs] == [TEN, "2026-06-02T11:00:00Z"]
    assert [leg["arrivalTime"] for leg in legs] == [ONE, ONE]
    promised = {held.leg_id: held.period.lower for held in Reservation.objects.all()}
    assert promised[uuid.UUID(bob)] == NOW + minutes(23 * 60)
    assert Booking.objects.get().price == 37 + 25
    with nothing_changes():
        refused(change(auto_mp, booking, arrivalTime="2026-06-02T10:30:00Z"), 400, 3002)


def test_takes_only_what_is_named(mp, cargo):
    booking = ahead(mp)

    answer = mp.put(f"/bookings/{booking['id']}", {"arrivalTime": ONE})

    assert (answer.status_code, answer.json()["departureTime"], answer.json()["arrivalTime"]) == (200, TEN, ONE)


def test_takes_another_destination(mp):
    booking = given(mp)

    answer = change(mp, booking, to=THERE)

    assert (answer.json()["to"], answer.json()["legs"][0]["to"]) == (THERE, THERE)


def test_takes_a_station_for_a_destination_and_says_where_it_is(mp, hub):
    booking = given(mp)

    body = change(mp, booking, to={"stationId": "hub"}).json()

    assert body["to"] == body["legs"][0]["to"] == {"stationId": "hub", "coordinates": {"lat": LAT, "lng": LON}}
    with nothing_changes():
        refused(change(mp, booking, to={"stationId": "moon"}), 400, 3002)


def test_leads_nowhere_the_ride_may_not_end(mp):
    RegionFactory()
    booking = given(mp)
    far = {"coordinates": {"lat": 52.37, "lng": 4.9}}

    with nothing_changes():
        error = refused(change(mp, booking, to=far), 400, 3002)

    assert error["detail"] == "Field: to, Reason: This is outside the operating area."


def test_leads_back_to_its_station(mp, cargo):
    StationFactory(station_id="neude", lat=LAT + 0.01)
    booking = ahead(mp)

    with nothing_changes():
        refused(change(mp, booking, to={"stationId": "neude"}), 400, 3002)

    assert change(mp, booking, to={"stationId": "hub"}).status_code == 200


def test_costs_what_the_way_to_the_other_destination_costs(mp):
    """One per kilometre: two kilometres, then eleven. The same place under another name is as far away as before."""
    per_kilometre = FarePartFactory.build(type="FLEX", unit_type="KM", units=1, amount=1)
    asset = AssetFactory(asset_type__default_plan=PricingPlanFactory(parts=[per_kilometre]))
    near, far = ({"coordinates": {"lat": LAT + degrees, "lng": LON}} for degrees in (0.015, 0.095))
    booking = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], to=near, estimatedDistance=3500).json()
    assert Booking.objects.get().price == 4

    change(mp, booking, to={**near, "name": "Home"})
    assert Booking.objects.get().price == 4
    answer = change(mp, booking, to=far)

    assert [part["amount"] for part in answer.json()["pricing"]["parts"]] == [11]
    assert Booking.objects.get().price == 11


def test_takes_what_it_now_knows_of_the_customer(mp):
    booking = given(mp, customer_data={"id": "c-1"})

    answer = change(mp, booking, customer={"id": "c-2", "firstName": "Grace"})

    assert answer.json()["customer"] == {"id": "c-2", "firstName": "Grace"}
    assert Booking.objects.get().customer == Customer.objects.get(external_id="c-2")


def test_keeps_a_vehicle_that_was_assigned(auto_mp, cargo):
    booking = ahead(auto_mp)
    [asset, _other] = auto_mp.get(f"/legs/{booking['id']}/available-assets").json()
    auto_mp.event(booking["id"], "ASSIGN_ASSET", asset={"id": asset["id"]})

    answer = change(auto_mp, booking, arrivalTime=ONE)

    assert answer.json()["legs"][0]["asset"]["id"] == asset["id"]
    held = Reservation.objects.get()
    assert (held.asset, held.period.upper) == (Leg.objects.get().asset, NOW + minutes(25 * 60))


@pytest.mark.parametrize("again", [{}, {"memo": None}, {"somethingNew": 7}])
def test_changes_nothing_when_nothing_is_changed(mp, cargo, again):
    booking = ahead(mp)

    with nothing_changes():
        answer = change(mp, booking, **again)

    assert (answer.status_code, answer.json()) == (200, booking)


def test_does_not_stumble_over_the_key_it_was_given(auto_mp):
    booking = auto_mp.one_stop(**at(HERE), useAssets=[str(AssetFactory().public_id)]).json()

    with nothing_changes():
        answer = auto_mp.put(f"/bookings/{booking['id']}", booking)

    assert answer.status_code == 200


# What it refuses


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"state": "CONFIRMED"}, "state"),
        ({"id": str(uuid.UUID(int=7))}, "id"),
        ({"from": THERE}, "from"),
        ({"callbackUrl": "https://mp.example"}, "callbackUrl"),
        ({"extraInfo": {"campaign": 8}}, "extraInfo"),
        ({"pricing": {"estimated": True, "parts": []}}, "pricing"),
        ({"mainAssetType": {"id": "car", "assetClass": "CAR"}}, "mainAssetType"),
        ({"actualDepartureTime": TEN}, "actualDepartureTime"),
        ({"memo": "hello"}, "memo"),
        ({"legs": []}, "legs"),
    ],
    ids=str,
)
def test_refuses_to_change_anything_else(mp, members, named):
    booking = given(mp)

    with nothing_changes():
        answer = change(mp, booking, **members)

    assert f"Field: {named}," in refused(answer, 400, 3211)["detail"]


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"state": "FINISHED"}, "state"),
        ({"asset": {"id": "another"}}, "asset"),
        ({"departureTime": TEN}, "departureTime"),
        ({"pricing": {"estimated": True, "parts": []}}, "pricing"),
    ],
    ids=str,
)
def test_refuses_to_change_a_leg(mp, members, named):
    booking = given(mp)

    with nothing_changes():
        answer = change(mp, booking, legs=[{**booking["legs"][0], **members}])

    assert f"Field: legs.0.{named}," in refused(answer, 400, 3211)["detail"]


@pytest.mark.parametrize(
    "members",
    [
        {"departureTime": "soon"},
        {"arrivalTime": 5},
        {"to": {"name": "somewhere"}},
        {"customer": {"id": "c-1", "age": "old"}},
        {"departureTime": "2026-06-01T11:59:59Z"},
        {"arrivalTime": TEN},
        {"arrivalTime": "2026-07-20T10:00:00Z"},
        {"departureTime": "2026-06-09T10:00:00Z", "arrivalTime": "2026-06-09T12:00:00Z"},
    ],
    ids=str,
)
def test_refuses_what_cannot_be(mp, cargo, members):
    booking = ahead(mp)

    with nothing_changes():
        answer = change(mp, booking, **members)

    refused(answer, 400, 3001 if "to" in members else 3002)


@pytest.mark.parametrize("assigned", [False, True])
def test_refuses_times_at_which_others_were_promised_the_vehicles(auto_mp, cargo, hub, assigned):
    booking = ahead(auto_mp)
    if assigned:
        [asset, _other] = auto_mp.get(f"/legs/{booking['id']}/available-assets").json()
        auto_mp.event(booking["id"], "ASSIGN_ASSET", asset={"id": asset["id"]})
    afternoon = (NOW + minutes(25 * 60), NOW + minutes(27 * 60))
    for _ in range(2):
        ReservationFactory(asset_type=cargo, station=hub, period=afternoon)

    with nothing_changes():
        answer = change(auto_mp, booking, arrivalTime=TWO)

    refused(answer, 400, 3002)
    assert change(auto_mp, booking, arrivalTime=ONE).status_code == 200


def test_refuses_a_departure_while_it_is_closed(mp, cargo, hub):
    booking = ahead(mp)
    OpeningHoursFactory(station=hub)  # from seven to eleven in the evening

    with nothing_changes():
        answer = change(mp, booking, departureTime="2026-06-02T04:00:00Z")

    refused(answer, 400, 3002)


def test_refuses_to_hold_a_vehicle_for_hours(mp):
    booking = given(mp)

    with nothing_changes():
        answer = change(mp, booking, departureTime="2026-06-01T12:30:01Z")

    refused(answer, 400, 3002)
    assert change(mp, booking, departureTime="2026-06-01T12:30:00Z").status_code == 200


def test_does_not_hold_a_vehicle_longer_by_asking_again(mp, clock):
    """It is kept for half an hour from the booking on, as with TIME_POSTPONE."""
    booking = given(mp)
    mp.operation(booking["id"], "COMMIT")
    clock.move_to(NOW + minutes(20))

    with nothing_changes():
        refused(mp.put(f"/bookings/{booking['id']}", {"departureTime": "2026-06-01T12:50:00Z"}), 400, 3002)
    assert mp.put(f"/bookings/{booking['id']}", {"departureTime": "2026-06-01T12:30:00Z"}).status_code == 200


@pytest.mark.parametrize("api_version", ["1.6.1"])
def test_keeps_the_account_when_the_data_name_nobody(mp):
    booking = given(mp, customer_data={"externalId": "c-1"})

    answer = mp.put(f"/bookings/{booking['id']}", {"customer": {"firstName": "Grace"}})

    assert answer.json()["customer"] == {"firstName": "Grace"}
    kept = Booking.objects.get()
    assert (kept.customer.external_id, kept.customer_data["firstName"]) == ("c-1", "Grace")


@pytest.mark.parametrize("api_version", ["1.5.0"])
def test_keeps_what_the_version_of_the_caller_cannot_say(mp):
    """1.5 has no card without an end, and no customer without `id`."""
    known = {"externalId": "c-1", "cards": [{"type": "ID", "cardNumber": "7"}]}
    booking = given(mp, customer_data=known)

    answer = change(mp, booking, customer={**booking["customer"], "email": None})

    assert (answer.status_code, answer.json()["customer"]) == (200, {"externalId": "c-1", "id": "c-1", "cards": []})
    assert Booking.objects.get().customer_data == known
    assert not BookingEvent.objects.filter(operation="CHANGE").exists()


def test_refuses_to_take_back_what_the_conditions_demand(mp):
    asset = AssetFactory()
    ConditionFactory(
        asset_type=asset.asset_type, kind=Condition.Kind.REQUIRE_BOOKING_DATA, details={"required_fields": ["EMAIL"]}
    )
    booking = given(mp, asset=asset, customer_data={"id": "c-1", "email": "me@example.org"})

    with nothing_changes():
        answer = change(mp, booking, customer={"id": "c-1"})

    assert "customer.email" in refused(answer, 400, 3001)["detail"]


def test_refuses_a_blocked_customer(mp):
    booking = given(mp)
    Customer.objects.create(provider=mp.provider, external_id="c-1", status=Customer.Status.BLOCKED)

    with nothing_changes():
        answer = change(mp, booking, customer={"id": "c-1"})

    refused(answer, 403, 3209)


def test_refuses_other_times_once_the_operator_agreed_to_these(mp, cargo):
    type(cargo).objects.update(response_minutes=10)
    booking = ahead(mp)
    assert change(mp, booking, arrivalTime=ONE).status_code == 200
    Booking.objects.filter(pk=booking["id"]).update(state="CONFIRMED")

    with nothing_changes():
        answers = change(mp, booking, arrivalTime=NOON), change(mp, booking, to=THERE)

    for answer in answers:
        refused(answer, 400, 3002)


@pytest.mark.parametrize("state", ["STARTED", "FINISHED"])
def test_is_too_late_once_it_started(mp, state):
    booking = given(mp, state=state)

    with nothing_changes():
        answers = change(mp, booking), change(mp, booking, state="NEW", to=THERE)

    for answer in answers:
        refused(answer, 403, 3203)


@pytest.mark.parametrize("state", ["RELEASED", "EXPIRED", "REJECTED", "CANCELLED"])
def test_is_too_late_when_it_is_over(mp, state):
    booking = given(mp, state=state)

    with nothing_changes():
        answer = change(mp, booking, to=THERE)

    refused(answer, 410, 3202)


def test_notices_a_lapse(mp, clock):
    booking = given(mp)
    clock.move_to(NOW + minutes(15))

    refused(mp.put(f"/bookings/{booking['id']}", {"to": THERE}), 410, 3202)
    assert Booking.objects.get().state == "EXPIRED"


def test_does_not_find_what_is_not_theirs(mp, other_mp):
    theirs, offer = given_booking(other_mp.provider), given_offer(mp.provider)

    for booking_id in (theirs.id, offer.id, uuid.UUID(int=7), "nonsense"):
        with nothing_changes():
            answer = mp.put(f"/bookings/{booking_id}", {"to": THERE})
        refused(answer, 404, 3204)
