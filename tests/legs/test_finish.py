"""FINISH …"""

from decimal import Decimal

import pytest

from bookings.models import Booking, BookingEvent, Party
from fleet import pricing
from fleet.models import Asset, AssetPublicId, AssetType, Condition, Region, Reservation
from legs import services
from legs.models import Evidence, Leg
from payments.models import JournalEntry
from tests.client import refused
from tests.fleet_factories import (
    LAT,
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    square,
)
from tests.journey import FAR_AWAY, HERE, NEARBY, NOW, at, given_leg, located, minutes, nothing_changes, pause_plan

PHOTO = "https://mp.example.org/photo.jpg"


def riding(provider, asset=None):
    return given_leg(provider, asset, state="IN_USE")


# What it does


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "FINISHING"])
def test_ends_leg_and_booking(mp, clock, state):
    leg = given_leg(mp.provider, state=state)
    clock.move_to(NOW + minutes(10))

    answer = mp.event(leg.id, "FINISH")

    assert (answer.json()["state"], answer.json()["actualArrivalTime"]) == ("FINISHED", "2026-06-01T12:10:00Z")
    booking = Booking.objects.get()
    assert (booking.state, booking.arrived_at) == ("FINISHED", NOW + minutes(10))
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by) == ("FINISH", "FINISHED", "MP")


def test_says_where_it_ended_instead_of_where_it_was_to_lead(mp):
    leg = riding(mp.provider)
    Leg.objects.update(to_place={"name": "Home", "coordinates": {"lat": FAR_AWAY[0], "lng": FAR_AWAY[1]}})

    answer = mp.event(leg.id, "FINISH", **located(NEARBY))

    ended = {"coordinates": {"lat": NEARBY[0], "lng": NEARBY[1]}}
    assert answer.json()["to"] == mp.get(f"/legs/{leg.id}").json()["to"] == ended


def test_says_at_which_station_it_ended(mp):
    bike = AssetTypeFactory(return_rule=AssetType.ReturnRule.ANY_STATION)
    station = StationFactory(lat=HERE[0], lon=HERE[1])
    leg = riding(mp.provider, AssetFactory(asset_type=bike, station=station))

    ended = mp.event(leg.id, "FINISH", **located(HERE)).json()["to"]

    assert (ended["stationId"], ended["name"]) == (station.station_id, station.name["en"])
    assert ended["coordinates"] == {"lat": HERE[0], "lng": HERE[1]}


def test_leads_to_where_the_vehicle_was_given_back(mp):
    mp.provider.release_asset_on = "START_FINISHING"
    mp.provider.save()
    leg = riding(mp.provider)
    mp.event(leg.id, "START_FINISHING", **located(NEARBY))

    answer = mp.event(leg.id, "FINISH", **located(HERE))

    assert answer.json()["to"] == {"coordinates": {"lat": NEARBY[0], "lng": NEARBY[1]}}


def test_prices_the_ride_to_the_cent(mp, clock):
    """1.00 to unlock and ten minutes at 0.25; 21 % VAT."""
    leg = riding(mp.provider)
    clock.move_to(NOW + minutes(10))

    answer = mp.event(leg.id, "FINISH", time="2026-06-01T12:10:00Z")

    vat = {"currencyCode": "EUR", "vatRate": 21, "vatCountryCode": "NL", "type": "FIXED"}
    name = leg.asset_type.default_plan.name["en"]  # of the part that has none
    assert answer.json()["pricing"] == {
        "estimated": False,
        "parts": [
            {"amount": 1, "amountExVat": 0.83, "name": "unlock", **vat},
            {"amount": 2.5, "amountExVat": 2.06, "name": name, **vat},
        ],
    }
    shown = mp.get(f"/bookings/{leg.id}").json()
    assert shown["pricing"] == {"estimated": False, "parts": [{"amount": 3.5, "amountExVat": 2.89, **vat}]}
    assert Booking.objects.get().price == Decimal("3.50")


@pytest.mark.parametrize(
    ("seconds", "amount", "net"),
    [(0, "1.00", "0.83"), (1, "1.25", "1.03"), (600, "3.50", "2.89"), (601, "3.75", "3.10"), (86400, "361", "298.35")],
)
def test_owes_what_the_tariff_says(mp, clock, seconds, amount, net):
    leg = riding(mp.provider)
    clock.shift(seconds)

    mp.event(leg.id, "FINISH")

    entry, ridden = JournalEntry.objects.get(), Leg.objects.get()
    tariff = pricing.Tariff.from_json(ridden.tariff)
    usage = pricing.Usage((pricing.Segment(pricing.AssetState.IN_USE, seconds),))
    assert entry.amount == pricing.price(tariff, usage).total == Decimal(amount)
    assert entry.amount_ex_vat == Decimal(net)
    assert (entry.category, entry.state, entry.sequence) == ("FARE", "TO_INVOICE", 1)
    assert (entry.provider, entry.booking_id, entry.leg_id) == (mp.provider, leg.id, leg.id)
    assert (entry.used_s, entry.currency, entry.vat_rate, entry.vat_country) == (seconds, "EUR", Decimal(21), "NL")
    assert entry.details == ridden.fare


def test_owes_a_free_ride_as_nothing(mp):
    leg = riding(mp.provider, AssetFactory(asset_type__default_plan=PricingPlanFactory(parts=[])))

    answer = mp.event(leg.id, "FINISH")

    assert [part["amount"] for part in answer.json()["pricing"]["parts"]] == [0]
    assert JournalEntry.objects.get().amount == 0


def test_keeps_the_price_that_was_offered(mp, clock):
    asset = AssetFactory(asset_type__default_plan=pause_plan())
    leg = riding(mp.provider, asset)
    asset.asset_type.default_plan.parts.update(amount=99)
    clock.move_to(NOW + minutes(10))

    mp.event(leg.id, "FINISH")

    assert JournalEntry.objects.get().amount == Decimal(3)


def test_frees_the_vehicle_under_another_id(mp):
    asset = AssetFactory()
    leg = riding(mp.provider, asset)

    answer = mp.event(leg.id, "FINISH", **located(NEARBY))

    freed, former = Asset.objects.get(), AssetPublicId.objects.get()
    assert (freed.state, freed.lat, freed.lon) == ("AVAILABLE", *NEARBY)
    assert freed.public_id != asset.public_id
    assert (former.public_id, former.asset, former.replaced_at) == (asset.public_id, freed, NOW)
    assert not Reservation.objects.exists()
    assert answer.json()["asset"]["id"] == str(asset.public_id)
    assert str(freed.public_id) not in answer.content.decode()


def test_leaves_the_vehicle_where_it_was_known_to_be_when_nobody_says_where(mp):
    leg = riding(mp.provider)

    mp.event(leg.id, "FINISH")

    assert (Asset.objects.get().lat, Asset.objects.get().lon) == HERE


def test_takes_the_access_away(mp):
    leg = riding(mp.provider)

    answer = mp.event(leg.id, "FINISH")

    assert "assetAccessData" not in answer.json()
    assert Leg.objects.get().access_code == ""
    assert "assetAccessData" not in mp.get(f"/legs/{leg.id}").json()


def test_by_us_needs_neither_place_nor_photo(mp, clock):
    asset = AssetFactory()
    photo_is_demanded(asset)
    leg = riding(mp.provider, asset)

    services.apply(
        "FINISH", leg_id=leg.id, at=NOW, now=NOW, asked_by=Party.TO, actor="ann", location=FAR_AWAY, comment="towed"
    )

    assert Booking.objects.get().state == "FINISHED"
    assert Asset.objects.get().lat == FAR_AWAY[0]
    assert BookingEvent.objects.latest("id").asked_by == "TO"


# Twice


def test_charges_once(mp, clock):
    leg = given_leg(mp.provider, state="FINISHED")
    clock.move_to(NOW + minutes(10))
    before = Leg.objects.values().get(), Asset.objects.values().get(), Booking.objects.values().get()

    answer = mp.event(leg.id, "FINISH", **located(NEARBY))

    assert (answer.status_code, answer.json()["state"]) == (200, "FINISHED")
    assert (Leg.objects.values().get(), Asset.objects.values().get(), Booking.objects.values().get()) == before
    assert JournalEntry.objects.count() == 1


# The photo


def photo_is_demanded(asset):
    steps = [{"action": "PARK_ASSIST"}, {"action": "SEND_EVIDENCE_PARKED", "text": {"en": "Take a photo."}}]
    ConditionFactory(asset_type=asset.asset_type, kind=Condition.Kind.OFFBOARDING_STEPS, details={"steps": steps})


@pytest.mark.parametrize("urls", [{}, {"url": []}, {"url": None}], ids=str)
def test_demands_the_photo_of_the_conditions(mp, urls):
    asset = AssetFactory()
    photo_is_demanded(asset)
    leg = riding(mp.provider, asset)

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH", **urls)

    refused(answer, 400, 4502)


def test_keeps_the_photos(mp):
    asset = AssetFactory()
    photo_is_demanded(asset)
    leg = riding(mp.provider, asset)

    answer = mp.event(leg.id, "FINISH", url=[PHOTO, "https://mp.example.org/2.jpg"])

    assert answer.json()["state"] == "FINISHED"
    assert list(Evidence.objects.values_list("leg", "url", "received_at")) == [
        (leg.id, PHOTO, NOW),
        (leg.id, "https://mp.example.org/2.jpg", NOW),
    ]


def test_demands_no_photo_that_was_not_agreed(mp):
    asset = AssetFactory()
    leg = riding(mp.provider, asset)
    photo_is_demanded(asset)  # after the booking

    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"


# The place


@pytest.mark.parametrize(
    "kind", [Region.Kind.NO_PARKING, Region.Kind.NO_ACCESS, Region.Kind.PARKING, Region.Kind.DISCOUNT]
)
def test_is_refused_where_parking_is_forbidden(mp, kind):
    RegionFactory()
    RegionFactory(kind=kind, area=square(lat=NEARBY[0], half=0.0001))
    leg = riding(mp.provider)

    if kind in (Region.Kind.NO_PARKING, Region.Kind.NO_ACCESS):
        with nothing_changes():
            answer = mp.event(leg.id, "FINISH", **located(NEARBY))
        refused(answer, 403, 4500)
    assert mp.event(leg.id, "FINISH", **located(HERE)).json()["state"] == "FINISHED"


def test_is_refused_outside_the_operating_area_and_the_ride_goes_on(mp, clock):
    RegionFactory()
    leg = riding(mp.provider)
    clock.move_to(NOW + minutes(10))

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH", **located(FAR_AWAY))

    refused(answer, 403, 4500)
    assert mp.event(leg.id, "PAUSE").json()["state"] == "PAUSED"


def test_is_allowed_anywhere_where_there_is_no_operating_area(mp):
    leg = riding(mp.provider)

    assert mp.event(leg.id, "FINISH", **located(FAR_AWAY)).json()["state"] == "FINISHED"


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [(HERE, HERE, True), (HERE, NEARBY, True), (HERE, FAR_AWAY, False), (HERE, (LAT + 0.01, 5.12), False)],
)
def test_brings_a_bike_to_any_station(mp, start, end, allowed):
    """Within 100 m of a station counts as there: NEARBY has one of its own."""
    first = StationFactory(station_id="first")
    second = StationFactory(station_id="second", lat=NEARBY[0])
    leg = riding(mp.provider, AssetFactory(asset_type=AssetTypeFactory(docked=True), station=first))

    answer = mp.event(leg.id, "FINISH", **located(end))

    if allowed:
        assert Asset.objects.get().station == (first if end == HERE else second)
    else:
        refused(answer, 403, 4500)
        assert Asset.objects.get().state == "IN_USE"


def test_is_refused_at_a_station_that_takes_nothing(mp):
    first = StationFactory(station_id="first", is_returning=False)
    leg = riding(mp.provider, AssetFactory(asset_type=AssetTypeFactory(docked=True), station=first))

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH", **located(HERE))

    refused(answer, 403, 4500)


def test_brings_a_bike_back_to_where_it_was_taken(mp):
    roundtrip = AssetTypeFactory(docked=True, return_rule=AssetType.ReturnRule.ROUNDTRIP_STATION)
    home = StationFactory(station_id="home")
    StationFactory(station_id="other", lat=NEARBY[0])
    leg = riding(mp.provider, AssetFactory(asset_type=roundtrip, station=home))

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH", **located(NEARBY))

    refused(answer, 403, 4500)
    assert mp.event(leg.id, "FINISH", **located(HERE)).json()["state"] == "FINISHED"
    assert Asset.objects.get().station == home


def test_leaves_a_vehicle_where_the_type_that_staff_gave_it_meanwhile_belongs(mp):
    station = StationFactory()
    leg = riding(mp.provider)
    Asset.objects.update(asset_type=AssetTypeFactory(docked=True))

    mp.event(leg.id, "FINISH", **located(HERE))

    assert Asset.objects.get().station == station


def test_leaves_a_scooter_beside_a_station_and_not_in_it(mp):
    StationFactory()
    leg = riding(mp.provider)

    mp.event(leg.id, "FINISH", **located(HERE))

    assert Asset.objects.get().station is None


def test_of_a_bike_whose_dock_reports_is_ours(mp):
    dock = StationFactory()
    docked = AssetTypeFactory(docked=True, docks_report=True)
    leg = riding(mp.provider, AssetFactory(asset_type=docked, station=dock))

    with nothing_changes():
        answer = mp.event(leg.id, "FINISH", **located(HERE))
    refused(answer, 403, 4004)

    services.apply("FINISH", leg_id=leg.id, at=NOW, now=NOW, asked_by=Party.TO, location=HERE)
    assert Leg.objects.get().state == "FINISHED"
    assert Asset.objects.get().station == dock
    assert mp.event(leg.id, "FINISH").json()["state"] == "FINISHED"


# What it leaves behind


def test_rotates_the_id_once_for_each_ride(mp):
    seen = set()
    AssetFactory()
    for _ in range(3):
        asset = Asset.objects.get()
        seen.add(asset.public_id)
        leg = given_leg(mp.provider, asset, state="IN_USE")
        mp.event(leg.id, "FINISH", **located())

    seen.add(Asset.objects.get().public_id)
    assert len(seen) == 4
    assert AssetPublicId.objects.count() == 3


def test_leads_to_a_vehicle_that_can_be_booked_by_its_new_id_only(mp, other_mp):
    asset = AssetFactory()
    leg = riding(mp.provider, asset)
    mp.event(leg.id, "FINISH", **located())

    old, new = (
        other_mp.one_stop(**at(HERE), useAssets=[str(public_id)])
        for public_id in (asset.public_id, Asset.objects.get().public_id)
    )

    assert (old.status_code, new.status_code) == (406, 201)
    assert Leg.objects.get(state="NOT_STARTED").asset_public_id == Asset.objects.get().public_id


def test_prices_the_way_where_the_tariff_knows_kilometres(mp):
    per_km = FarePartFactory.build(name="Way", type="FLEX", unit_type="KM", units=1, amount="0.35")
    leg = riding(mp.provider, AssetFactory(asset_type__default_plan=PricingPlanFactory(parts=[per_km])))
    Leg.objects.update(distance_m=3200)

    mp.event(leg.id, "FINISH")

    entry = JournalEntry.objects.get()
    assert (entry.amount, entry.distance_m) == (Decimal("1.40"), 3200)
