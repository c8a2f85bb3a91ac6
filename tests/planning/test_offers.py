"""POST /planning/offers …"""

import datetime
import uuid

import pytest

from bookings.models import Booking
from fleet.models import Asset, AssetPublicId, AssetType, Condition, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.client import refused
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    CalendarPeriodFactory,
    ConditionFactory,
    FarePartFactory,
    OpeningHoursFactory,
    PricingPlanFactory,
    RegionFactory,
    ReservationFactory,
    StationFactory,
    SystemFactory,
    square,
)
from tests.journey import (
    AROUND_THE_CORNER,
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

NOWHERE = (0, 0)


def stand_at(place):
    lat, lon = place
    return {"lat": lat, "lon": lon}


def options(answer):
    assert answer.status_code == 201
    return answer.json()["options"]


def offered(answer):
    """The public ids of the offered vehicles, in order."""
    return [option["legs"][0]["asset"]["id"] for option in options(answer)]


def ids(*assets):
    return [str(asset.public_id) for asset in assets]


# What an offer says


def test_tell_all_a_traveller_needs(mp):
    SystemFactory()
    asset_type = AssetTypeFactory(type_id="scooter", access_methods=["QR"], properties={"brand": "Demo", "persons": 1})
    ConditionFactory(asset_type=asset_type)
    asset = AssetFactory(asset_type=asset_type, vehicle_code="157103", license_plate="S-1", name="Speedy")

    answer = mp.offers(**at(HERE))

    place = {"coordinates": {"lat": 52.09, "lng": 5.12}}
    unlock = {"amount": 1, "amountExVat": 0.826, "currencyCode": "EUR", "vatRate": 21, "vatCountryCode": "NL"}
    offer = Booking.objects.get()
    described = {
        "id": "scooter",
        "assetClass": "STEP",
        "assetSubClass": "e-scooter",
        "sharedProperties": {
            "name": "E-scooter",
            "propulsion": "ELECTRIC",
            "fuel": "ELECTRIC",
            "accessMethods": ["QR"],
            "defaultReserveTime": 30,
            "brand": "Demo",
            "persons": 1,
        },
    }
    assert answer.json() == {
        "validUntil": "2026-06-01T12:10:00Z",
        "options": [
            {
                "id": str(offer.id),
                "state": "NEW",
                "from": place,
                "departureTime": "2026-06-01T12:00:00Z",
                "mainAssetType": described,
                "pricing": {"estimated": True, "parts": [{**unlock, "amountExVat": 0.83, "type": "FIXED"}]},
                "legs": [
                    {
                        "id": str(offer.id),
                        "from": place,
                        "departureTime": "2026-06-01T12:00:00Z",
                        "legSequenceNumber": 0,
                        "assetType": described,
                        "asset": {
                            "id": str(asset.public_id),
                            "stateOfCharge": 80,
                            "licensePlate": "S-1",
                            "overriddenProperties": {
                                "name": "Speedy",
                                "location": place,
                                "meta": {"vehicleCode": "157103"},
                            },
                        },
                        "pricing": {
                            "estimated": True,
                            "parts": [
                                {**unlock, "type": "FIXED", "name": "unlock"},
                                {
                                    **unlock,
                                    "amount": 0.25,
                                    "amountExVat": 0.207,
                                    "type": "FLEX",
                                    "unitType": "MINUTE",
                                    "units": 1,
                                },
                            ],
                        },
                        "conditions": [
                            {
                                "conditionType": "conditionDeposit",
                                "amount": 50,
                                "amountExVat": 50,
                                "currencyCode": "EUR",
                                "vatRate": 0,
                            }
                        ],
                        "state": "NOT_STARTED",
                    }
                ],
            }
        ],
    }


def test_are_kept_to_be_booked_and_reserve_nothing(mp):
    asset = AssetFactory()

    [option] = options(mp.offers(**at(HERE)))

    booking, leg = Booking.objects.get(), Leg.objects.get()
    assert (str(booking.id), booking.state, booking.provider) == (option["id"], "NEW", mp.provider)
    assert booking.valid_until == NOW + minutes(10)
    assert (leg.id, leg.booking, leg.asset, leg.asset_public_id) == (booking.id, booking, asset, asset.public_id)
    assert not Reservation.objects.exists()
    assert Asset.objects.get().state == AssetState.AVAILABLE


def test_have_ids_of_their_own_each_time(mp):
    AssetFactory()

    [first], [second] = options(mp.offers(**at(HERE))), options(mp.offers(**at(HERE)))

    assert first["id"] != second["id"]


def test_carry_nothing_that_opens_the_vehicle(mp):
    AssetFactory()

    [option] = options(mp.offers(**at(HERE)))

    assert not {"assetAccessData", "allAssetAccessData", "ticket"} & set(option["legs"][0])


def test_are_in_the_language_of_the_reader(mp):
    SystemFactory()
    AssetFactory()

    answer = mp.post("/planning/offers", at(HERE), **{"Accept-Language": "nl-NL,en;q=0.5"})

    assert answer.headers["Content-Language"] == "nl"
    assert options(answer)[0]["mainAssetType"]["sharedProperties"]["name"] == "E-step"


def test_spell_conditions_as_the_contract_says(entur):
    ConditionFactory(asset_type=AssetFactory().asset_type)

    [option] = options(entur.offers(**at(HERE)))

    assert [condition["conditionType"] for condition in option["legs"][0]["conditions"]] == ["ConditionDeposit"]


def test_cost_what_the_plan_of_the_vehicle_says(mp):
    own = PricingPlanFactory(currency="NOK", parts=[FarePartFactory.build(name="Unlock", amount=10)])
    AssetFactory(pricing_plan=own)

    [option] = options(mp.offers(**at(HERE)))

    [part] = option["legs"][0]["pricing"]["parts"]
    assert (part["name"], part["amount"], part["currencyCode"]) == ("Unlock", 10, "NOK")


def test_price_the_time_that_is_planned(mp):
    AssetFactory()

    [option] = options(mp.offers(**at(HERE), arrivalTime="2026-06-01T12:20:00Z"))

    [part] = option["pricing"]["parts"]
    assert (part["amount"], part["amountExVat"], option["pricing"]["estimated"]) == (6, 4.96, True)
    assert option["arrivalTime"] == "2026-06-01T12:20:00Z"


def test_show_nothing_without_a_price(mp):
    AssetFactory(asset_type__default_plan=None)
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, default_plan=None), station=StationFactory())

    assert options(mp.offers(**at(HERE))) == []


def test_say_which_slot_the_bike_stands_in(mp):
    station = StationFactory(station_id="dock", name={"en": "Dock"})
    AssetFactory(asset_type=AssetTypeFactory(docked=True), station=station, station_slot="7")

    [option] = options(mp.offers(**{"from": {"stationId": "dock"}}))

    assert option["from"] == {
        "name": "Dock",
        "stationId": "dock",
        "coordinates": {"lat": 52.09, "lng": 5.12},
        "extraInfo": {"stationSlotName": "7"},
    }


# Vehicles that are named


def test_are_for_exactly_the_named_vehicles(mp):
    first, _unwanted, second = (AssetFactory() for _ in range(3))

    assert offered(mp.offers(**at(HERE), useAssets=ids(second, first))) == ids(first, second)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("vehicle_code", "157103", "157103"),
        ("license_plate", "AB-12-CD", "AB-12-CD"),
        ("mac", "AA:BB:CC:DD:EE:FF", "AA:BB:CC:DD:EE:FF"),
        ("mac", "AA:BB:CC:DD:EE:FF", "aa:bb:cc:dd:ee:ff"),
        ("nfc_id", "04A2B3C4D5E680", "04A2B3C4D5E680"),
        ("nfc_id", "04A2B3C4D5E680", "04:a2:b3:c4:d5:e6:80"),
    ],
)
def test_find_the_vehicle_by_what_the_user_scans(mp, field, value, named):
    asset = AssetFactory(**{field: value})
    AssetFactory(marked=True)

    assert offered(mp.offers(**at(HERE), useAssets=[named])) == ids(asset)


def test_show_what_the_user_in_front_of_it_recognises(mp):
    AssetFactory(mac="AA:BB:CC:DD:EE:FF", name="Speedy", license_plate="AB-12-CD", vehicle_code="157103")

    [option] = options(mp.offers(**at(HERE), useAssets=["AA:BB:CC:DD:EE:FF", "11:22:33:44:55:66"]))

    asset = option["legs"][0]["asset"]
    assert asset["licensePlate"] == "AB-12-CD"
    assert asset["overriddenProperties"]["name"] == "Speedy"
    assert asset["overriddenProperties"]["meta"] == {"vehicleCode": "157103"}


@pytest.mark.parametrize("field", ["vehicle_number", "imei", "serial_number", "name"])
def test_do_not_find_it_by_what_is_ours_alone(mp, field):
    asset = AssetFactory(marked=True)

    assert options(mp.offers(**at(HERE), useAssets=[getattr(asset, field)])) == []


def test_ignore_the_ids_of_others_in_a_scan(mp):
    asset = AssetFactory()
    foreign = [str(uuid.uuid4()), "AA:BB:CC:DD:EE:FF", "https://example.org/q/1", "x" * 36, "YBO:Vehicle:1", ""]

    assert offered(mp.offers(**at(HERE), useAssets=[*foreign[:-1], *ids(asset)])) == ids(asset)


@pytest.mark.parametrize("place", [NOWHERE, FAR_AWAY])
def test_find_a_named_vehicle_wherever_the_user_is(mp, place):
    asset = AssetFactory()

    assert offered(mp.offers(**at(place), useAssets=ids(asset))) == ids(asset)


def test_find_the_vehicle_with_the_printed_code(mp):
    asset = AssetFactory(vehicle_code="157103")
    AssetFactory(vehicle_code="157104")

    [option] = options(mp.offers(**at(NOWHERE, extraInfo={"vehicleCode": "157103"})))

    assert option["legs"][0]["asset"]["id"] == str(asset.public_id)
    assert option["legs"][0]["asset"]["stateOfCharge"] == 80
    assert option["legs"][0]["asset"]["overriddenProperties"]["meta"] == {"vehicleCode": "157103"}


@pytest.mark.parametrize("code", ["157199", "PLATE", 157103, None])
def test_find_nothing_with_a_code_that_is_on_no_vehicle(mp, code):
    AssetFactory(vehicle_code="157103", license_plate="PLATE")

    assert options(mp.offers(**at(NOWHERE, extraInfo={"vehicleCode": code}))) == []


def test_take_and_give_ids_with_a_codespace(mp, settings):
    settings.TOMP_CODESPACE = "YAL"
    asset = AssetFactory()
    published = f"YAL:Vehicle:{asset.public_id}"

    for named in (published, str(asset.public_id)):
        assert offered(mp.offers(**at(HERE), useAssets=[named])) == [published]


def test_do_not_find_a_vehicle_by_a_former_id(mp):
    asset = AssetFactory()
    former = str(asset.public_id)
    given_leg(mp.provider, asset, state="FINISHED")

    assert AssetPublicId.objects.get().public_id == uuid.UUID(former)
    assert options(mp.offers(**at(HERE), useAssets=[former])) == []
    assert offered(mp.offers(**at(HERE))) == ids(Asset.objects.get())


def test_do_not_show_a_vehicle_somebody_booked(mp, other_mp):
    asset = AssetFactory()
    given_booking(other_mp.provider, asset)

    assert options(mp.offers(**at(HERE), useAssets=ids(asset))) == []
    assert options(mp.offers(**at(HERE))) == []


@pytest.mark.parametrize("state", [state for state in AssetState if state != AssetState.AVAILABLE])
def test_do_not_show_a_vehicle_that_is_not_free(mp, state):
    asset = AssetFactory(state=state)

    assert options(mp.offers(**at(HERE), useAssets=ids(asset))) == []


def test_do_not_show_a_vehicle_nobody_knows_the_place_of(mp):
    asset = AssetFactory(lat=None, lon=None)

    assert options(mp.offers(**at(HERE), useAssets=ids(asset))) == []


def test_do_not_show_single_vehicles_of_a_type_that_is_booked_as_such(mp):
    asset = AssetFactory(asset_type=AssetTypeFactory(ahead=True), station=StationFactory())

    assert options(mp.offers(**at(HERE), useAssets=ids(asset))) == []


# Vehicles around


def test_show_the_nearest_of_each_type(mp):
    scooter, bike = AssetTypeFactory(), AssetTypeFactory()
    AssetFactory(asset_type=scooter, **stand_at(NEARBY))
    near = AssetFactory(asset_type=scooter, **stand_at(HERE))
    other = AssetFactory(asset_type=bike, **stand_at(NEARBY))

    assert offered(mp.offers(**at(HERE))) == ids(near, other)


@pytest.mark.parametrize(
    ("radius", "shown"), [(None, True), (112, True), (111, False), (0, False)], ids=["500", "112", "111", "0"]
)
def test_end_at_the_radius(mp, radius, shown):
    AssetFactory(**stand_at(NEARBY))

    assert len(options(mp.offers(**at(HERE), radius=radius))) == shown


def test_end_half_a_kilometre_away_if_nobody_says_otherwise(mp):
    far = AssetFactory(**stand_at(AROUND_THE_CORNER))

    assert options(mp.offers(**at(HERE))) == []
    assert offered(mp.offers(**at(HERE), radius=512)) == ids(far)


def test_measure_from_corner_to_corner_of_the_radius_too(mp):
    """111 m north and 111 m east are in the box around the circle and not in the circle."""
    AssetFactory(lat=LAT + 0.001, lon=LON + 0.00163)

    assert options(mp.offers(**at(HERE), radius=150)) == []
    assert len(options(mp.offers(**at(HERE), radius=158))) == 1


def test_are_empty_when_neither_place_nor_vehicle_is_given(mp):
    AssetFactory(lat=0, lon=0)

    assert options(mp.offers(**at(NOWHERE))) == []


def test_are_for_the_wanted_types(mp):
    scooter, bike = AssetFactory(asset_type__type_id="scooter"), AssetFactory(asset_type__type_id="bike")

    assert offered(mp.offers(**at(HERE), useAssetTypes=["bike"])) == ids(bike)
    assert offered(mp.offers(**at(HERE), useAssetTypes=["scooter", "bike"])) == ids(scooter, bike)
    assert options(mp.offers(**at(HERE), useAssetTypes=["boat"])) == []
    assert options(mp.offers(**at(HERE), useAssetTypes=["bike"], useAssets=ids(scooter))) == []


@pytest.mark.parametrize("path", ["/planning/offers", "/planning/inquiries", "/bookings/one-stop"])
def test_say_where_the_station_is_to_which_they_lead(mp, path):
    StationFactory(station_id="hub", **stand_at(NEARBY))
    asset = AssetFactory()
    request = {**at(HERE), "useAssets": ids(asset)}

    answer = mp.post(path, {**request, "to": {"stationId": "hub"}})

    body = answer.json()
    [option] = body.get("options", [body])
    there = {"stationId": "hub", "coordinates": {"lat": NEARBY[0], "lng": NEARBY[1]}}
    assert (answer.status_code, option["to"], option["legs"][0]["to"]) == (201, there, there)


@pytest.mark.parametrize(("path", "code"), [("/planning/offers", 2002), ("/bookings/one-stop", 3002)])
def test_do_not_lead_to_a_station_nobody_knows(mp, path, code):
    request = {**at(HERE), "useAssets": ids(AssetFactory())}

    with nothing_changes():
        refused(mp.post(path, {**request, "to": {"stationId": "moon"}}), 400, code)

    elsewhere = {"stationId": "moon", "coordinates": {"lat": 52.1, "lng": 5.13}}
    assert mp.post(path, {**request, "to": elsewhere}).status_code == 201


def test_are_from_the_named_station(mp):
    docked = AssetTypeFactory(docked=True)
    here = AssetFactory(asset_type=docked, station=StationFactory(station_id="here"))
    AssetFactory(asset_type=docked, station=StationFactory(station_id="there"))
    AssetFactory(asset_type=docked)

    assert offered(mp.offers(**{"from": {"stationId": "here"}})) == ids(here)
    assert options(mp.offers(**{"from": {"stationId": "anywhere"}})) == []


@pytest.mark.parametrize("closed", [{"is_renting": False}, {"is_installed": False}])
def test_are_not_from_a_station_that_rents_nothing(mp, closed):
    docked = AssetTypeFactory(docked=True)
    asset = AssetFactory(asset_type=docked, station=StationFactory(station_id="here", **closed))

    assert options(mp.offers(**{"from": {"stationId": "here"}})) == []
    assert options(mp.offers(**at(HERE))) == []
    assert options(mp.offers(**at(HERE), useAssets=ids(asset))) == []


# What must fit


@pytest.mark.parametrize(("charge", "shown"), [(None, 1), (100, 1), (15, 1), (14, 0), (0, 0)])
def test_have_enough_charge(mp, charge, shown):
    AssetFactory(asset_type__min_charge_percent=15, state_of_charge=charge)

    assert len(options(mp.offers(**at(HERE)))) == shown


@pytest.mark.parametrize(("range_m", "shown"), [(None, 1), (5000, 1), (4999, 0)])
def test_reach_as_far_as_the_user_wants_to_go(mp, range_m, shown):
    AssetFactory(range_m=range_m)

    assert len(options(mp.offers(**at(HERE), estimatedDistance=5000))) == shown


@pytest.mark.parametrize(
    ("travelers", "shown"),
    [([], 1), ([{}], 1), ([{"age": 16}], 1), ([{"age": 15}], 0), ([{"age": 40}, {"age": 15}], 0)],
)
def test_are_for_travellers_who_are_old_enough(mp, travelers, shown):
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(minimum_age=16))

    assert len(options(mp.offers(**at(HERE), nrOfTravelers=2, travelers=travelers))) == shown


@pytest.mark.parametrize(("local", "shown"), [("07:00", 1), ("06:59", 0), ("22:59", 1), ("23:00", 0)])
def test_begin_in_opening_hours_by_the_clocks_of_the_city(mp, clock, local, shown):
    SystemFactory(timezone="Europe/Amsterdam")
    OpeningHoursFactory()
    AssetFactory()
    clock.move_to(datetime.datetime.fromisoformat(f"2026-06-01T{local}:00+02:00"))

    assert len(options(mp.offers(**at(HERE)))) == shown


def test_begin_in_the_opening_hours_at_departure(mp):
    OpeningHoursFactory(opens_at=datetime.time(12, 10), closes_at=datetime.time(20))
    AssetFactory()

    assert options(mp.offers(**at(HERE))) == []
    assert len(options(mp.offers(**at(HERE), departureTime="2026-06-01T12:10:00Z"))) == 1


def test_follow_the_hours_of_the_station(mp):
    docked, station = AssetTypeFactory(docked=True), StationFactory()
    OpeningHoursFactory()
    OpeningHoursFactory(opens_at=datetime.time(8), closes_at=datetime.time(11), station=station)
    closed = AssetFactory(asset_type=docked, station=station)
    open_one = AssetFactory(asset_type=docked, station=StationFactory())

    assert offered(mp.offers(**at(HERE), useAssets=ids(closed, open_one))) == ids(open_one)


@pytest.mark.parametrize(("day", "shown"), [("2026-03-31", 0), ("2026-04-01", 1), ("2026-10-31", 1), ("2026-11-01", 0)])
def test_begin_in_the_season(mp, clock, day, shown):
    CalendarPeriodFactory()
    AssetFactory()
    clock.move_to(datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00"))

    assert len(options(mp.offers(**at(HERE)))) == shown


@pytest.mark.parametrize(("departure", "shown"), [("12:30:00", 1), ("12:30:01", 0)])
def test_hold_a_vehicle_for_a_near_departure_only(mp, departure, shown):
    AssetFactory(asset_type__hold_minutes=30)

    found = options(mp.offers(**at(HERE), departureTime=f"2026-06-01T{departure}Z"))

    assert [option["departureTime"] for option in found] == [f"2026-06-01T{departure}Z"] * shown


def test_begin_now_when_the_departure_is_past(mp):
    AssetFactory()

    [option] = options(mp.offers(**at(HERE), departureTime="2026-06-01T11:00:00Z"))

    assert option["departureTime"] == "2026-06-01T12:00:00Z"


@pytest.mark.parametrize("arrival", ["2026-06-01T12:00:00Z", "2026-06-01T11:00:00Z", "2026-07-02T12:00:01Z"])
def test_are_for_trips_that_end_after_they_began_and_within_a_month(mp, arrival):
    AssetFactory()

    assert options(mp.offers(**at(HERE), arrivalTime=arrival)) == []


# Types that are booked ahead


@pytest.fixture
def hub():
    return StationFactory(station_id="hub", name={"en": "Hub"})


@pytest.fixture
def cargo(hub):
    """A type with two vehicles at home in the hub."""
    asset_type = AssetTypeFactory(ahead=True, type_id="cargo")
    AssetFactory.create_batch(2, asset_type=asset_type, station=hub, home_station=hub)
    return asset_type


def ahead(mp, start="2026-06-02T10:00:00Z", end="2026-06-02T12:00:00Z", **more):
    return mp.offers(**{**at(HERE), "useAssetTypes": ["cargo"], "departureTime": start, "arrivalTime": end, **more})


def test_promise_a_type_without_saying_which_vehicle(mp, cargo):
    [option] = options(ahead(mp))

    [leg] = option["legs"]
    assert "asset" not in leg
    assert leg["assetType"]["id"] == "cargo"
    assert leg["from"] == {"name": "Hub", "stationId": "hub", "coordinates": {"lat": 52.09, "lng": 5.12}}
    assert (leg["departureTime"], leg["arrivalTime"]) == ("2026-06-02T10:00:00Z", "2026-06-02T12:00:00Z")
    assert leg["conditions"] == [
        {"conditionType": "conditionReturnArea", "stationId": "hub", "coordinates": {"lat": 52.09, "lng": 5.12}}
    ]
    assert option["pricing"]["parts"][0]["amount"] == 31  # 1.00 and 120 × 0.25


def test_promise_no_more_than_there_is(mp, cargo, hub):
    morning = (NOW + minutes(22 * 60), NOW + minutes(23 * 60))
    ReservationFactory(asset_type=cargo, station=hub, period=morning)

    assert len(options(ahead(mp))) == 1

    ReservationFactory(asset_type=cargo, station=hub, period=morning)

    assert options(ahead(mp)) == []
    assert len(options(ahead(mp, start="2026-06-02T11:00:00Z"))) == 1


def test_promise_two_hours_when_no_end_is_given(mp, cargo, hub):
    for _ in range(2):
        ReservationFactory(asset_type=cargo, station=hub, period=(NOW + minutes(24 * 60), None))

    assert len(options(ahead(mp, end=None))) == 1
    assert options(ahead(mp, start="2026-06-02T10:00:01Z", end=None)) == []


def test_count_vehicles_out_of_service_as_none(mp, cargo):
    Asset.objects.update(state=AssetState.OUT_OF_SERVICE)

    assert options(ahead(mp)) == []


def test_are_from_the_nearest_station_that_has_one_left(mp, cargo, hub):
    other = StationFactory(station_id="other", lat=NEARBY[0], lon=NEARBY[1])
    AssetFactory(asset_type=cargo, station=other, home_station=other)

    assert [option["from"]["stationId"] for option in options(ahead(mp))] == ["hub"]

    for _ in range(2):
        ReservationFactory(asset_type=cargo, station=hub, period=(NOW, None))

    assert [option["from"]["stationId"] for option in options(ahead(mp))] == ["other"]
    assert options(ahead(mp, **{"from": {"stationId": "hub"}})) == []


@pytest.mark.parametrize("closed", [{"is_renting": False}, {"is_installed": False}])
def test_promise_nothing_at_a_closed_station(mp, cargo, hub, closed):
    for field, value in closed.items():
        setattr(hub, field, value)
    hub.save()

    assert options(ahead(mp)) == []
    assert options(ahead(mp, **{"from": {"stationId": "hub"}})) == []


@pytest.mark.parametrize(("departure", "shown"), [("2026-06-08T12:00:00Z", 1), ("2026-06-08T12:00:01Z", 0)])
def test_look_ahead_as_far_as_the_type_allows(mp, cargo, departure, shown):
    assert len(options(ahead(mp, start=departure, end="2026-06-08T13:00:00Z"))) == shown


def test_promise_nothing_while_the_station_is_closed(mp, cargo, hub):
    OpeningHoursFactory(station=hub, opens_at=datetime.time(11), closes_at=datetime.time(20))

    assert options(ahead(mp)) == []
    assert len(options(ahead(mp, start="2026-06-02T11:00:00Z"))) == 1


def test_say_until_when_we_answer(mp, cargo):
    AssetType.objects.update(response_minutes=10)
    ConditionFactory(
        asset_type=cargo, kind=Condition.Kind.REQUIRE_BOOKING_DATA, details={"required_fields": ["NAME", "EMAIL"]}
    )

    [option] = options(ahead(mp))

    assert option["legs"][0]["conditions"][:2] == [
        {"conditionType": "conditionRequireBookingData", "requiredFields": ["NAME", "EMAIL"]},
        {"conditionType": "conditionPostponedCommit", "ultimateResponseTime": "2026-06-01T12:10:00Z"},
    ]


@pytest.fixture
def taxi():
    RegionFactory()
    asset_type = AssetTypeFactory(
        ahead=True, type_id="taxi", return_rule=AssetType.ReturnRule.FREE_FLOATING, asset_class="TAXI"
    )
    AssetFactory(asset_type=asset_type, **stand_at(AROUND_THE_CORNER))
    return asset_type


def test_let_a_taxi_come_to_where_the_user_is(mp, taxi):
    [option] = options(mp.offers(**at(NEARBY, name="Home")))

    assert option["from"] == {"name": "Home", "coordinates": {"lat": NEARBY[0], "lng": NEARBY[1]}}
    assert "asset" not in option["legs"][0]


@pytest.mark.parametrize("place", [FAR_AWAY, NOWHERE])
def test_let_no_taxi_come_where_we_do_not_operate(mp, taxi, place):
    assert options(mp.offers(**at(place))) == []


def test_let_no_taxi_come_where_other_types_operate(mp, taxi):
    RegionFactory(area=square(lat=FAR_AWAY[0])).asset_types.add(AssetTypeFactory())

    assert options(mp.offers(**at(FAR_AWAY))) == []


def test_let_no_more_taxis_come_than_there_are(mp, taxi):
    ReservationFactory(asset_type=taxi, period=(NOW, NOW + minutes(60)))

    assert options(mp.offers(**at(HERE))) == []


# Where they lead


AMSTERDAM = (52.37, 4.9)


def to(place):
    """The member `to` of a request."""
    return {"to": at(place)["from"]}


def test_lead_nowhere_we_do_not_operate(mp):
    RegionFactory()
    scooter = AssetFactory()

    assert offered(mp.offers(**at(HERE), **to(NEARBY))) == ids(scooter)
    assert options(mp.offers(**at(HERE), **to(AMSTERDAM))) == []
    with nothing_changes():
        refused(mp.one_stop(**at(HERE), **to(AMSTERDAM), useAssets=ids(scooter)), 406, 3202)


def test_lead_anywhere_as_long_as_nobody_says_where_we_operate(mp):
    scooter = AssetFactory()

    assert offered(mp.offers(**at(HERE), **to(AMSTERDAM))) == ids(scooter)


@pytest.mark.parametrize("kind", ["NO_PARKING", "NO_ACCESS"])
def test_lead_near_a_place_where_nothing_may_be_left(mp, kind):
    """Who wants to be there leaves the vehicle around the corner."""
    RegionFactory()
    RegionFactory(kind=kind, area=square(*AROUND_THE_CORNER, half=0.001))
    scooter = AssetFactory()

    assert offered(mp.offers(**at(HERE), **to(AROUND_THE_CORNER))) == ids(scooter)


def test_lead_to_a_station_where_the_ride_ends_at_one(mp):
    RegionFactory()
    here = StationFactory()
    StationFactory(station_id="there", **stand_at(AROUND_THE_CORNER))
    StationFactory(station_id="shut", **stand_at(FAR_AWAY), is_returning=False)
    bike = AssetFactory(asset_type=AssetTypeFactory(docked=True), station=here)

    assert offered(mp.offers(**at(HERE), to={"stationId": "there"})) == ids(bike)
    assert options(mp.offers(**at(HERE), to={"stationId": "shut"})) == []
    assert offered(mp.offers(**at(HERE), **to(NEARBY))) == ids(bike)
    assert options(mp.offers(**at(HERE), **to(AMSTERDAM))) == []


def test_lead_back_with_every_bike_of_the_station_they_name_and_no_other(mp):
    bike = AssetTypeFactory(docked=True, return_rule=AssetType.ReturnRule.ROUNDTRIP_STATION)
    here = StationFactory(station_id="here")
    there = StationFactory(station_id="there", **stand_at(AROUND_THE_CORNER))
    bikes = [AssetFactory(asset_type=bike, station=station) for station in (there, here, there, here)]
    named = {**at(HERE), "useAssets": ids(*bikes)}

    assert set(offered(mp.offers(**named, to={"stationId": "here"}))) == set(ids(bikes[1], bikes[3]))
    assert set(offered(mp.offers(**named, to={"stationId": "there"}))) == set(ids(bikes[0], bikes[2]))


def test_lead_back_to_the_station_where_the_ride_has_to_end(mp, cargo):
    """From the nearest station to which the traveller wants to go."""
    neude = StationFactory(station_id="neude", **stand_at(AROUND_THE_CORNER))

    assert len(options(ahead(mp, to={"stationId": "hub"}))) == 1
    assert options(ahead(mp, to={"stationId": "neude"})) == []
    assert len(options(ahead(mp, **to(AMSTERDAM)))) == 1  # and back

    AssetFactory(asset_type=cargo, station=neude, home_station=neude)
    [option] = options(ahead(mp, to={"stationId": "neude"}, radius=1000))
    assert option["from"]["stationId"] == "neude"


def test_lead_wherever_a_taxi_is_told_to_go(mp, taxi):
    assert len(options(mp.offers(**at(HERE), **to(AMSTERDAM)))) == 1


def test_lead_anywhere_when_nobody_knows_where_that_is(mp):
    RegionFactory()
    scooter = AssetFactory()

    assert offered(mp.offers(**at(HERE), **to((0, 0)))) == ids(scooter)


# Requests that cannot be understood

AGES = ["17", "abc", 17.5, [5], -5, 1e308, True]
NO_TRAVELERS = [
    "Ada",
    *({"age": age} for age in AGES),
    {"licenseTypes": "zzz"},
    {"licenseTypes": [{"assetClass": "ROCKET"}]},
    {"cardTypes": 7},
    {"requirements": 5},
    {"requirements": {"abilities": [{"category": "HR", "number": "1"}]}},
    {"isValidated": "x"},
    {"referenceNumber": 1},
]


@pytest.mark.parametrize("path", ["/planning/offers", "/planning/inquiries", "/plannings"])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 2001),
        ({"from": {"name": "somewhere"}}, 2001),
        ({"from": "Utrecht"}, 2002),
        ({"from": {"coordinates": {"lat": 91, "lng": 5}}}, 2002),
        ({**at(HERE), "radius": -1}, 2002),
        ({**at(HERE), "radius": "far"}, 2002),
        ({**at(HERE), "nrOfTravelers": 0}, 2002),
        ({**at(HERE), "travelers": [{}, {}]}, 2002),
        *(({**at(HERE), "travelers": [traveler]}, 2002) for traveler in NO_TRAVELERS),
        ({**at(HERE), "travelers": [None]}, 2001),
        ({**at(HERE), "travelers": [{"licenseTypes": [{"issuingCountry": "NL"}]}]}, 2001),
        ({**at(HERE), "travelers": [{"cardTypes": [{}]}]}, 2001),
        ({**at(HERE), "useAssets": "one"}, 2002),
        ({**at(HERE), "useAssets": [1]}, 2002),
        ({**at(HERE), "departureTime": "2026-06-01T12:00:00"}, 2002),
        ({**at(HERE), "departureTime": "2026-06-01T13:00:00Z", "arrivalTime": "2026-06-01T12:30:00Z"}, 2002),
    ],
    ids=lambda value: str(value)[:60],
)
def test_are_refused_when_they_make_no_sense(mp, path, body, code):
    AssetFactory()

    with nothing_changes():
        answer = mp.post(path, body)

    refused(answer, 400, code)


@pytest.mark.parametrize("age", ["17", 17.5, [5]], ids=str)
def test_are_not_booked_at_once_either_for_an_age_that_is_none(mp, age):
    asset = AssetFactory(asset_type__minimum_age=18)

    with nothing_changes():
        answer = mp.one_stop(**at(HERE), useAssets=ids(asset), travelers=[{"age": age}])

    assert refused(answer, 400, 3002)["detail"] == "Field: travelers.0.age, Reason: A valid integer is required."


def test_take_a_traveller_with_nulls_and_with_members_of_their_own(mp):
    AssetFactory(asset_type__minimum_age=18)
    traveler = {"age": 18, "referenceNumber": "", "isValidated": None, "licenseTypes": None, "shoeSize": 44}

    assert len(options(mp.offers(**at(HERE), travelers=[traveler]))) == 1


def test_take_null_for_nothing_and_ignore_what_they_do_not_know(mp):
    AssetFactory()

    answer = mp.offers(**at(HERE), to=None, radius=None, extraInfo=None, useAssets=None, somethingNew={"a": [1]})

    assert len(options(answer)) == 1
