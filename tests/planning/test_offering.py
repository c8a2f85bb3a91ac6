"""Why is this vehicle not offered? One answer for staff, the planner and the list of available assets."""

import random
from datetime import time, timedelta

import pytest
from django.contrib.auth.models import User

from fleet import offering, services
from fleet.models import Asset
from fleet.models.vehicles import AssetState, Script
from fleet.offering import Kind
from planning import options as planning
from planning.options import Trip
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    LAT,
    LON,
    AssetFactory,
    AssetTypeFactory,
    OpeningHoursFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    ReservationFactory,
    StationFactory,
    UserGroupFactory,
    square,
)
from tests.journey import NOW, given_leg
from tomp_operator import availability
from tomp_operator.availability import Area

AT_NIGHT = {"opens_at": time(22), "closes_at": time(4)}
FIVE = timedelta(minutes=5)


def codes(asset, provider=None):
    return [reason.code for reason in offering.reasons(fetched(asset), provider=provider, now=NOW)]


def fetched(asset):
    return Asset.objects.for_trip().get(pk=asset.pk)


def told(asset, provider=None):
    [reason] = offering.reasons(fetched(asset), provider=provider, now=NOW)
    return reason


# Each reason


def test_a_vehicle_that_is_offered_has_no_reason_not_to_be(clock):
    assert codes(AssetFactory()) == []
    assert codes(AssetFactory(), MaasProviderFactory()) == []


def test_its_state_is_told_with_why_who_and_since_when(clock):
    asset, rita = AssetFactory(), User.objects.create(username="rita")
    asset._history_user = rita
    clock.shift(FIVE)
    asset.take_out_of_service(reason="Brakes squeak")
    asset.save()
    clock.shift(FIVE)
    asset.notes = "It has a new bell."
    asset.save()

    reason = told(asset)

    assert (reason.code, reason.since) == ("OUT_OF_SERVICE", NOW + FIVE)
    assert str(reason.text) == "Its state: out of service, Brakes squeak, rita."


def test_a_trip_is_told_by_its_leg(clock):
    leg = given_leg(MaasProviderFactory(), AssetFactory(), state="IN_USE")

    reason = told(leg.asset)

    assert (reason.code, reason.leg_id) == ("IN_USE", leg.pk)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lat": None, "lon": None}, "NO_POSITION"),
        ({"state_of_charge": 9, "asset_type__min_charge_percent": 10}, "CHARGE"),
        ({"station__is_renting": False}, "STATION"),
        ({"station__is_installed": False}, "STATION"),
        ({"asset_type__default_plan": None}, "NO_PRICE"),
        ({"script": Script.WORKS}, "SANDBOX"),
        ({"asset_type__ahead": True}, "AWAY"),
    ],
)
def test_what_is_wrong_with_the_vehicle_is_the_only_reason(clock, fields, code):
    if "station__is_renting" in fields or "station__is_installed" in fields:
        flags = {name.removeprefix("station__"): flag for name, flag in fields.items()}
        fields = {"station": StationFactory(**flags)}
    asset = AssetFactory(**fields)

    assert codes(asset) == [code]


def test_charge_is_told_in_figures(clock):
    asset = AssetFactory(state_of_charge=9, asset_type__min_charge_percent=10)

    assert told(asset).text == "Its battery has 9 %, its type asks for 10 % to begin."


def test_a_type_of_a_user_group_is_hidden_from_all_others(clock):
    asset, friend, stranger = AssetFactory(), MaasProviderFactory(), MaasProviderFactory()
    UserGroupFactory(providers=[friend], asset_types=[asset.asset_type])

    assert [codes(asset, provider) for provider in (friend, stranger, None)] == [[], ["HIDDEN"], ["HIDDEN"]]


def test_a_provider_that_is_not_active_is_offered_nothing(clock):
    assert codes(AssetFactory(), MaasProviderFactory(is_active=False)) == ["PROVIDER"]


def test_hours_of_the_region_around_it_keep_it_in(clock):
    inside, outside = AssetFactory(), AssetFactory(lat=LAT + 0.02)
    OpeningHoursFactory(region=RegionFactory(area=square(half=0.01)), **AT_NIGHT)

    assert (codes(inside), codes(outside)) == (["CLOSED"], [])


def test_of_a_type_that_is_promised_to_the_last_vehicle_none_is_offered(clock):
    station, asset_type = StationFactory(), AssetTypeFactory(ahead=True)
    asset = AssetFactory(asset_type=asset_type, station=station)
    assert codes(asset) == []

    ReservationFactory(asset_type=asset_type, station=station, period=(NOW + FIVE, NOW + 2 * FIVE))

    assert codes(asset) == ["PROMISED"]


def test_all_reasons_are_told_at_once(clock):
    OpeningHoursFactory(**AT_NIGHT)
    asset = AssetFactory(state=AssetState.STORED, state_of_charge=1, asset_type__min_charge_percent=10)

    assert codes(asset) == ["STORED", "CHARGE", "CLOSED"]


# The same as the planner and the list


@pytest.mark.parametrize("seed", range(6))
def test_whatever_has_no_reason_is_listed_and_offered_and_nothing_else_is(clock, seed):
    city = City(random.Random(seed))
    for provider in (None, *city.providers):
        listed = city.listed(provider)
        for asset in city.vehicles():
            has_no_reason = offering.reasons(asset, provider=provider, now=NOW) == []
            assert has_no_reason == (asset.pk in listed), (asset, provider, codes(asset, provider))
            if provider is not None:
                assert has_no_reason == city.is_offered(asset, provider), (asset, provider, codes(asset, provider))


class City:
    """Forty vehicles, each with something or nothing against it, and providers of several kinds."""

    def __init__(self, chance):
        self.chance = chance
        self.friend = MaasProviderFactory()
        self.providers = [self.friend, MaasProviderFactory(), MaasProviderFactory(is_sandbox=True)]
        RegionFactory()
        centre = RegionFactory(area=square(half=0.01))
        open_station, in_centre = StationFactory(), StationFactory(region=centre, lat=LAT + 0.001)
        by_night = StationFactory(lat=LAT + 0.002)
        closed = [StationFactory(is_renting=False), StationFactory(is_installed=False)]
        self.stations = [open_station, in_centre, by_night, *closed]
        OpeningHoursFactory(station=by_night, **AT_NIGHT)
        if chance.random() < 0.3:
            OpeningHoursFactory(region=centre, **AT_NIGHT)
        traits = [{}, {"docked": True}, {"ahead": True}, {"ahead": True, "return_rule": "free_floating"}]
        self.types = [
            AssetTypeFactory(**trait, min_charge_percent=10, **more)
            for trait in traits
            for more in ({}, {"default_plan": None})
        ]
        self.group = UserGroupFactory(providers=[self.friend], asset_types=chance.sample(self.types, 2))
        priced_there = chance.choice(self.types)
        if Kind.of(priced_there) is not Kind.COMES:  # whose price depends on where the user is
            PlanRuleFactory(asset_type=priced_there, region=centre)
        own_plan = PricingPlanFactory()
        for number in range(40):
            self._vehicle(number, own_plan)
        for asset_type in self.types:
            for station in (None, open_station, in_centre):
                if chance.random() < 0.3:
                    ReservationFactory(asset_type=asset_type, station=station, period=(NOW, NOW + FIVE))

    def _vehicle(self, number, own_plan):
        chance = self.chance
        station = chance.choice([None, *self.stations]) if chance.random() < 0.8 else None
        fields = {"station": station, "asset_type": chance.choice(self.types)}
        if station is None:
            fields |= {"lat": LAT + chance.choice([0, 0.02]), "lon": LON}
        if chance.random() < 0.1:
            fields |= {"lat": None, "lon": None}
        if chance.random() < 0.25:
            fields["state"] = chance.choice(list(AssetState))
        if chance.random() < 0.2:
            fields["home_station"] = chance.choice(self.stations)
        if chance.random() < 0.2:
            fields["script"] = Script.WORKS
        if chance.random() < 0.2:
            fields["pricing_plan"] = own_plan
        AssetFactory(**fields, vehicle_number=f"v{number:02}", state_of_charge=chance.choice([None, 9, 10, 90, 90]))

    def vehicles(self):
        return list(Asset.objects.for_trip().order_by("pk"))

    def listed(self, provider):
        """Primary keys of the vehicles in the list; of those booked by type, the ones that could be assigned."""
        rows = availability.rows(Area(), provider=provider, now=NOW)
        public_ids = {vehicle.public_id for row in rows for vehicle in row.vehicles}
        counted = {(row.asset_type.pk, row.station and row.station.pk) for row in rows if row.available}
        assignable = {a.pk for a in self.vehicles() if kind_at(a) in counted and could_be_assigned(a, provider)}
        return assignable | {asset.pk for asset in self.vehicles() if asset.public_id in public_ids}

    def is_offered(self, asset, provider):
        groups = [self.group.group_id] if provider == self.friend else []
        if Kind.of(asset.asset_type) is Kind.ITSELF:
            wanted = {"from_place": {}, "use_assets": [str(asset.public_id)]}
        else:
            station = asset.station
            place = {"coordinates": {"lat": LAT + 0.02, "lng": LON}}  # where no area has hours of its own
            if Kind.of(asset.asset_type) is Kind.AT_STATION and station is not None:
                place["station_id"] = station.station_id
            wanted = {"from_place": place, "use_asset_types": [asset.asset_type.type_id]}
        found = planning.find(Trip(**wanted, user_groups=groups), provider=provider, now=NOW)
        if Kind.of(asset.asset_type) is Kind.ITSELF:
            return [option.asset.pk for option in found] == [asset.pk]
        return bool(found) and could_be_assigned(asset, provider)


def kind_at(asset):
    """(type, station) of the row that counts it; None for a vehicle that is booked as such."""
    kind = Kind.of(asset.asset_type)
    if kind is Kind.ITSELF:
        return None
    return asset.asset_type_id, None if kind is Kind.COMES else asset.home_station_id or asset.station_id


def could_be_assigned(asset, provider):
    is_virtual = provider is not None and provider.is_sandbox
    type_pk, station_pk = kind_at(asset)
    if station_pk is None and Kind.of(asset.asset_type) is Kind.AT_STATION:
        return False
    assets = services.pickable_assets(asset_type_id=type_pk, station_id=station_pk, is_virtual=is_virtual)
    return assets.filter(pk=asset.pk).exists()
