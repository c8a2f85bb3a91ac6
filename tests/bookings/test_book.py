"""POST /bookings …"""

import uuid

import pytest
from rest_framework.test import APIClient

from bookings.models import Booking, BookingEvent, BookingState
from customers.models import Customer
from fleet.models import Asset, AssetType, Condition, FarePart, PricingPlan, Reservation
from fleet.models.vehicles import AssetState
from legs import services as legs
from legs.models import Leg
from tests.client import refused
from tests.factories import CallbackChannelFactory
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
)
from tests.journey import (
    HERE,
    NOW,
    at,
    given_booking,
    given_leg,
    given_offer,
    minutes,
    nothing_changes,
    pause_plan,
)

QUARTER_PAST = "Mon, 01 Jun 2026 12:15:00 GMT"
CUSTOMER = {"id": "c-1", "firstName": "Zoë", "lastName": "Ångström", "somethingNew": {"a": [1]}}


def story():
    return list(BookingEvent.objects.values_list("operation", "state", "asked_by", "at"))


# What it does


def test_is_pending_and_holds_the_vehicle(mp):
    asset = AssetFactory()
    offer = given_offer(mp.provider, asset)

    answer = mp.book(offer.id)

    assert answer.status_code == 201
    assert (answer.json()["id"], answer.json()["state"]) == (str(offer.id), "PENDING")
    assert [leg["state"] for leg in answer.json()["legs"]] == ["NOT_STARTED"]
    booking = Booking.objects.get()
    assert (booking.state, booking.booked_at, booking.expires_at) == ("PENDING", NOW, NOW + minutes(15))
    assert Asset.objects.get().state == AssetState.RESERVED
    held = Reservation.objects.get()
    assert (held.leg_id, held.asset, held.period.lower, held.period.upper) == (offer.id, asset, NOW, None)
    assert story() == [("BOOK", "PENDING", "MP", NOW)]


def test_waits_for_a_commit_as_long_as_the_contract_says(mp):
    mp.provider.pending_minutes = 20
    mp.provider.save()

    answer = mp.book(given_offer(mp.provider).id)

    assert answer.headers["Expires"] == "Mon, 01 Jun 2026 12:20:00 GMT"


def test_says_until_when_it_waits(mp):
    assert mp.book(given_offer(mp.provider).id).headers["Expires"] == QUARTER_PAST


def test_gives_no_access_before_the_commit(mp):
    answer = mp.book(given_offer(mp.provider).id)

    assert "assetAccessData" not in answer.json()["legs"][0]
    assert Leg.objects.get().access_code == ""


def test_is_confirmed_at_once_with_auto_commit(auto_mp):
    answer = auto_mp.book(given_offer(auto_mp.provider).id)

    booking = Booking.objects.get()
    assert (answer.status_code, answer.json()["state"], booking.state) == (201, "CONFIRMED", "CONFIRMED")
    assert booking.expires_at is None
    assert answer.headers["Expires"] == "Mon, 01 Jun 2026 14:00:00 GMT"  # as long as it is planned
    assert answer.json()["legs"][0]["assetAccessData"]["tokenData"]["accessCode"] == Leg.objects.get().access_code != ""
    assert story() == [("BOOK", "PENDING", "MP", NOW), ("COMMIT", "CONFIRMED", "MP", NOW)]


def test_waits_for_our_answer_with_auto_commit_where_staff_confirm(auto_mp):
    asset = AssetFactory(asset_type__response_minutes=10)

    answer = auto_mp.book(given_offer(auto_mp.provider, asset).id)

    assert answer.json()["state"] == Booking.objects.get().state == "CONDITIONAL_CONFIRMED"
    assert answer.headers["Expires"] == "Mon, 01 Jun 2026 12:10:00 GMT"
    assert "assetAccessData" not in answer.json()["legs"][0]


def test_keeps_and_echoes_what_the_provider_sent(mp, api_version):
    CallbackChannelFactory(provider=mp.provider)
    body = {
        "customer": CUSTOMER,
        "callbackUrl": "https://mp.example.org/tomp",
        "extraInfo": {"campaign": 7},
        "from": {"name": "Home", "coordinates": {"lat": 52.1, "lng": 5.1}},
        "to": {"coordinates": {"lat": -33.9, "lng": -70.6}},
    }

    answer = mp.book(given_offer(mp.provider).id, **body)

    assert {key: answer.json()[key] for key in body} == body
    booking = Booking.objects.get()
    assert booking.customer_data == CUSTOMER
    assert (booking.customer.external_id, booking.customer.provider) == ("c-1", mp.provider)
    assert (booking.callback_url, booking.extra_info) == ("https://mp.example.org/tomp", {"campaign": 7})
    assert booking.api_version == api_version.rpartition(".")[0]


def test_leads_its_leg_where_it_leads_itself(mp):
    """A destination that comes with the booking: one per kilometre, five kilometres."""
    per_kilometre = FarePartFactory.build(type="FLEX", unit_type="KM", units=1, amount=1)
    plan = PricingPlanFactory(parts=[per_kilometre])
    asset = AssetFactory(asset_type__default_plan=plan)
    there = {"coordinates": {"lat": LAT + 0.04, "lng": LON}}

    body = mp.book(given_offer(mp.provider, asset).id, to=there).json()

    assert (body["to"], body["legs"][0]["to"]) == (there, there)
    assert [part["amount"] for part in body["pricing"]["parts"]] == [5]
    assert (Booking.objects.get().price, Leg.objects.get().to_place) == (5, there)


def test_leads_nowhere_the_ride_may_not_end(mp):
    RegionFactory()
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = mp.book(offer.id, to={"coordinates": {"lat": 52.37, "lng": 4.9}})

    refused(answer, 400, 3002)


def test_says_where_a_station_is_that_came_without_its_place(mp):
    StationFactory(station_id="hub")
    hub = {"stationId": "hub"}

    body = mp.book(given_offer(mp.provider).id, **{"from": hub}, to=hub).json()

    assert body["from"] == body["to"] == {**hub, "coordinates": {"lat": LAT, "lng": LON}}
    assert body["legs"][0]["to"] == body["to"]


@pytest.mark.parametrize("member", ["from", "to"])
def test_refuses_a_place_that_is_only_an_unknown_station(mp, member):
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = mp.book(offer.id, **{member: {"stationId": "moon"}})

    error = refused(answer, 400, 3002)
    assert error["detail"] == f"Field: {member}.stationId, Reason: there is no station 'moon'; send coordinates."


def test_takes_null_for_nothing(mp):
    offer = given_offer(mp.provider)
    body = {"customer": None, "callbackUrl": None, "extraInfo": None, "to": None, "from": None}

    assert mp.book(offer.id, **body).status_code == 201
    assert Booking.objects.get().from_place == offer.from_place


def test_keeps_the_price_of_the_offer(mp):
    """1.00 to unlock and 0.20 a minute were offered; the plan doubles, and is gone."""
    asset = AssetFactory(asset_type__default_plan=pause_plan())
    offer = given_offer(mp.provider, asset)
    FarePart.objects.update(amount=2)
    PricingPlan.objects.update(currency="USD", vat_rate=9)

    answer = mp.book(offer.id)

    parts = answer.json()["legs"][0]["pricing"]["parts"]
    assert [(part["amount"], part["currencyCode"], part["vatRate"]) for part in parts] == [
        (1, "EUR", 21),
        (0.2, "EUR", 21),
        (0.05, "EUR", 21),
    ]
    mp.operation(offer.id, "COMMIT")
    for event, at_minute in (("SET_IN_USE", 0), ("FINISH", 10)):
        legs.apply(event, leg_id=offer.id, at=NOW + minutes(at_minute), now=NOW + minutes(at_minute))
    assert [str(line["amount"]) for line in Leg.objects.get().fare["lines"]] == ["1.00", "2.00"]


def test_keeps_the_conditions_of_the_offer(mp):
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)
    offer = given_offer(mp.provider, asset)
    Condition.objects.all().delete()

    answer = mp.book(offer.id)

    assert [condition["amount"] for condition in answer.json()["legs"][0]["conditions"]] == [50]


def test_holds_a_promise_where_no_vehicle_is_named(mp):
    hub = StationFactory(station_id="hub")
    cargo = AssetTypeFactory(ahead=True)
    AssetFactory(asset_type=cargo, station=hub, home_station=hub)
    tomorrow = {"departureTime": "2026-06-02T10:00:00Z", "arrivalTime": "2026-06-02T12:00:00Z"}
    [option] = mp.offers(**at(HERE), **tomorrow).json()["options"]

    answer = mp.book(option["id"])

    assert answer.json()["state"] == "PENDING"
    assert "asset" not in answer.json()["legs"][0]
    held = Reservation.objects.get()
    assert (held.asset, held.asset_type, held.station) == (None, cargo, hub)
    assert (held.period.lower, held.period.upper) == (NOW + minutes(22 * 60), NOW + minutes(24 * 60))
    assert Asset.objects.get().state == AssetState.AVAILABLE
    assert answer.headers["Expires"] == QUARTER_PAST


# What it refuses


def test_refuses_in_this_order(mp, other_mp):
    """All obstacles stand in the way at first; each is removed once it was named."""
    provider = mp.provider
    asset = AssetFactory()
    ConditionFactory(
        asset_type=asset.asset_type, kind=Condition.Kind.REQUIRE_BOOKING_DATA, details={"required_fields": ["EMAIL"]}
    )
    offer = given_offer(provider, asset)
    foreign = given_booking(other_mp.provider, asset, customer_data={"id": "x", "email": "a@b.example"})
    customer = Customer.objects.create(provider=provider, external_id="c-1", status=Customer.Status.BLOCKED)
    provider.max_open_bookings = 0
    provider.save()

    def assert_refused(status, code, **body):
        with nothing_changes():
            answer = mp.book(offer.id, customer={"id": "c-1", **body})
        refused(answer, status, code)

    assert_refused(410, 3202)
    other_mp.operation(foreign.id, "CANCEL")
    assert_refused(mp.version.blocked_status, 3209)
    customer.unblock()
    customer.save()
    assert_refused(400, 3001)
    assert_refused(403, 3201, email="me@example.org")
    provider.max_open_bookings = 1
    provider.save()
    assert mp.book(offer.id, customer={"id": "c-1", "email": "me@example.org"}).status_code == 201


def test_refuses_who_shows_no_credentials_before_all_else(mp):
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = APIClient().post("/tomp/bookings", {"id": str(offer.id)}, format="json")

    refused(answer, 401, 7001)


@pytest.mark.parametrize("offer_id", [uuid.UUID(int=7), "offer-7", "x" * 200])
def test_does_not_find_what_was_never_offered(mp, offer_id):
    with nothing_changes():
        answer = mp.book(offer_id)

    refused(answer, 404, 3204)


def test_does_not_find_the_offer_of_another_provider(mp, other_mp):
    offer = given_offer(other_mp.provider)

    with nothing_changes():
        answer = mp.book(offer.id)

    refused(answer, 404, 3204)


@pytest.mark.parametrize("state", [state for state in BookingState if state != BookingState.NEW])
def test_refuses_an_offer_that_was_booked_whatever_became_of_it(mp, state):
    booking = given_booking(mp.provider, state=state)

    with nothing_changes():
        answer = mp.book(booking.id)

    refused(answer, 409, 3004)


def test_knows_a_repetition_before_it_looks_at_the_time(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(60))

    refused(mp.book(booking.id), 409, 3004)


@pytest.mark.parametrize(("seconds", "status"), [(599, 201), (600, 410)])
def test_refuses_an_offer_that_is_no_longer_valid(mp, clock, seconds, status):
    offer = given_offer(mp.provider)
    clock.shift(seconds)

    answer = mp.book(offer.id)

    assert answer.status_code == status
    if status == 410:
        refused(answer, 410, 3202)
        assert Booking.objects.get().state == "NEW"
        assert Asset.objects.get().state == AssetState.AVAILABLE


def test_refuses_a_vehicle_that_another_provider_has_booked(mp, other_mp):
    asset = AssetFactory()
    offer = given_offer(mp.provider, asset)
    given_booking(other_mp.provider, asset)

    with nothing_changes():
        answer = mp.book(offer.id, customer={"id": "new"})

    refused(answer, 410, 3202)


def test_refuses_a_vehicle_that_is_out_of_service_since(mp):
    offer = given_offer(mp.provider)
    Asset.objects.update(state=AssetState.OUT_OF_SERVICE)

    with nothing_changes():
        answer = mp.book(offer.id)

    refused(answer, 410, 3202)


def test_refuses_a_vehicle_that_was_ridden_since(mp, other_mp):
    """It is free again, but the public knows it by another id: nobody may learn that the two are one."""
    asset = AssetFactory()
    offer = given_offer(mp.provider, asset)
    given_leg(other_mp.provider, asset, state="FINISHED")
    assert Asset.objects.get().state == AssetState.AVAILABLE

    with nothing_changes():
        answer = mp.book(offer.id)

    refused(answer, 410, 3202)


def test_refuses_a_promise_that_somebody_else_was_given(mp, other_mp):
    hub = StationFactory()
    AssetFactory(asset_type=AssetTypeFactory(ahead=True), station=hub, home_station=hub)
    mine, theirs = (client.offers(**at(HERE)).json()["options"][0]["id"] for client in (mp, other_mp))
    assert other_mp.book(theirs).status_code == 201

    with nothing_changes():
        answer = mp.book(mine)

    refused(answer, 410, 3202)


def test_serves_everybody_but_the_blocked(mp, other_mp, api_version):
    Customer.objects.create(provider=mp.provider, external_id="c-1", status=Customer.Status.BLOCKED)
    offer = given_offer(mp.provider)

    with nothing_changes():
        blocked = mp.book(offer.id, customer={"id": "c-1"})

    refused(blocked, {"1.5.0": 403, "1.6.1": 428}[api_version], 3209)
    assert mp.book(offer.id, customer={"id": "c-2"}).status_code == 201
    assert other_mp.book(given_offer(other_mp.provider).id, customer={"id": "c-1"}).status_code == 201


def test_counts_only_open_bookings_against_the_contract(mp, other_mp):
    mp.provider.max_open_bookings = 2
    mp.provider.save()
    for state in BookingState:
        if state not in ("NEW", "PENDING", "CONFIRMED", "CONDITIONAL_CONFIRMED", "STARTED"):
            given_booking(mp.provider, state=state)
    given_booking(other_mp.provider)
    given_booking(mp.provider, state=BookingState.STARTED)
    second, third = given_offer(mp.provider), given_offer(mp.provider)

    assert mp.book(second.id).status_code == 201
    with nothing_changes():
        answer = mp.book(third.id)

    refused(answer, 403, 3201)
    assert "2 open bookings" in answer.json()["detail"]


def test_demands_the_data_the_conditions_name(mp):
    asset = AssetFactory()
    ConditionFactory(
        asset_type=asset.asset_type,
        kind=Condition.Kind.REQUIRE_BOOKING_DATA,
        details={"required_fields": ["NAME", "PHONE_NUMBERS"]},
    )
    offer = given_offer(mp.provider, asset)

    with nothing_changes():
        answer = mp.book(offer.id, customer={"id": "c-1", "firstName": "Zoë", "lastName": "Ångström"})

    refused(answer, 400, 3001)
    assert "customer.phones" in answer.json()["detail"]
    complete = {"id": "c-1", "firstName": "Zoë", "lastName": "Ångström", "phones": [{"number": "+4712345678"}]}
    assert mp.book(offer.id, customer=complete).status_code == 201


NOT_READABLE = [
    {"firstName": " "},
    {"firstName": "\u200b"},
    {"lastName": "\t"},
    {"phones": [{}]},
    {"phones": [{"kind": "MOBILE"}]},
]
MALFORMED = [{"phones": [{"number": ""}]}, {"phones": [{"number": "call me maybe"}]}, {"phones": [{"number": "🚲"}]}]


@pytest.mark.parametrize(
    ("member", "code"),
    [*((member, 3001) for member in NOT_READABLE), *((member, 3002) for member in MALFORMED)],
    ids=ascii,
)
def test_demands_data_that_say_something(mp, member, code):
    asset = AssetFactory()
    details = {"required_fields": ["NAME", "PHONE_NUMBERS"]}
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.REQUIRE_BOOKING_DATA, details=details)
    offer = given_offer(mp.provider, asset)
    complete = {"id": "c-1", "firstName": "Zoë", "lastName": "Ångström", "phones": [{"number": "+4712345678"}]}

    with nothing_changes():
        answer = mp.book(offer.id, customer={**complete, **member})

    assert f"customer.{next(iter(member))}" in refused(answer, 400, code)["detail"]


def test_gives_back_what_nobody_declared_and_leaves_out_what_is_null(mp):
    said = {"id": "c-1", "phones": [{"number": "+31 30 1234567", "whatsapp": True}], "loyalty": "gold"}
    sent = {**said, "email": None, "phones": [{**said["phones"][0], "kind": None}]}

    answer = mp.book(given_offer(mp.provider).id, customer=sent)

    assert (answer.status_code, answer.json()["customer"]) == (201, said)


def test_demands_until_when_a_card_is_valid_up_to_1_5(mp, api_version):
    offer, card = given_offer(mp.provider), {"type": "ID", "cardNumber": "7"}

    answer = mp.book(offer.id, customer={"id": "c-1", "cards": [card]})

    if api_version == "1.5.0":
        assert "customer.cards.0.validUntil" in refused(answer, 400, 3001)["detail"]
        assert Booking.objects.get().state == "NEW"
    else:
        assert answer.json()["customer"]["cards"] == [card]


def test_demands_the_number_of_the_customer_up_to_1_5(mp, api_version):
    offer = given_offer(mp.provider)

    answer = mp.book(offer.id, customer={"firstName": "Zoë"})

    if api_version == "1.5.0":
        refused(answer, 400, 3001)
        assert Booking.objects.get().state == "NEW"
    else:
        assert answer.status_code == 201
        assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 3001),
        ({"id": None}, 3001),
        ({"id": 5}, 3002),
        ({"id": ""}, 3002),
        ({"id": []}, 3002),
        ({"customer": 5}, 3002),
        ({"customer": {"id": 5}}, 3002),
        ({"customer": {"id": "c", "age": "old"}}, 3002),
        ({"customer": {"id": "c", "birthDate": "yesterday"}}, 3002),
        ({"customer": {"id": "c", "cards": ["visa"]}}, 3002),
        ({"customer": {"id": "c", "cards": [{"type": "ID", "validUntil": "2030-01-01"}]}}, 3001),
        ({"customer": {"id": "c", "cards": [{"type": "LIBRARY", "cardNumber": "1"}]}}, 3002),
        ({"customer": {"id": "c", "licenses": [{"number": "1"}]}}, 3001),
        ({"customer": {"id": "c", "address": {"streetAddress": "Neude 1"}}}, 3001),
        ({"customer": {"id": "c", "phones": [None]}}, 3001),
        ({"customer": {"id": "c", "isValidated": "x"}}, 3002),
        ({"callbackUrl": "not a url"}, 3002),
        ({"callbackUrl": "ftp://mp.example"}, 3002),
        ({"from": {"name": "somewhere"}}, 3001),
        ({"extraInfo": "x"}, 3002),
    ],
    ids=str,
)
def test_refuses_what_makes_no_sense(mp, body, code):
    offer = given_offer(mp.provider)
    whole = body if "id" in body or not body else {"id": str(offer.id), **body}

    with nothing_changes():
        answer = mp.post("/bookings", whole)

    refused(answer, 400, code)


def test_needs_no_plan_any_more_once_it_was_offered(mp):
    asset = AssetFactory()
    offer = given_offer(mp.provider, asset)
    AssetType.objects.update(default_plan=None)

    assert mp.book(offer.id).status_code == 201
