"""What can be had now, where and at which price? Reads the fleet, writes nothing.

The number of statements is the same for ten vehicles and for a hundred thousand: four at the most, and ten more
every few seconds for the catalogue and the price rules.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

import shapely
from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Case, Count, Q, When
from django.db.models.functions import Coalesce
from shapely.geometry import shape

from fleet import catalogue, information, offering, tariffs
from fleet.catalogue import Catalogue
from fleet.geo import Box
from fleet.models import AssetType, PricingPlan, Region, Reservation, Station
from fleet.services import IN_SERVICE, PLANNED_WITHOUT_ARRIVAL, stays_in_service
from fleet.tariffs import Place, Rules
from maas.models import MaasProvider
from tomp.compiled import compiled
from tomp_operator.sharing import Fingerprint

BY_TYPE = AssetType.BookedBy.TYPE
FREE_FLOATING = AssetType.ReturnRule.FREE_FLOATING
COLUMNS = ("asset_type_id", "station_id", "pricing_plan_id", "public_id", "lat", "lon", "state_of_charge")


@dataclass(frozen=True, kw_only=True)
class Area:
    """What the list is narrowed to; what is None does not narrow."""

    station_id: str | None = None
    region: Region | None = None
    box: Box | None = None

    @property
    def narrowed_by(self):
        return frozenset(name for name in ("station_id", "region", "box") if getattr(self, name) is not None)

    @property
    def bounds(self):
        """The box around the vehicles without a station, as a Box is; None: there is none."""
        return self.box or self.region

    def has_inside(self, vehicles):
        """Those of these vehicles without a station that the region's border encloses."""
        if self.region is None or not vehicles:
            return vehicles
        inside = _inside(self.region, vehicles)
        return [vehicle for vehicle, is_inside in zip(vehicles, inside, strict=True) if is_inside]

    def has_station(self, station):
        return (
            (self.station_id is None or station.station_id == self.station_id)
            and (self.region is None or station.region_id == self.region.pk)
            and (self.box is None or self.box.contains(station.lat, station.lon))
        )

    @property
    def is_everywhere(self):
        return self.station_id is None and self.region is None and self.box is None

    @cached_property
    def is_served(self):
        """Whether vehicles that come to the user come here: to operating areas, wherever that is."""
        if self.station_id is not None:
            return False
        if self.region is not None:
            return self.region.kind == Region.Kind.OPERATING and (self.box is None or _touch(self.box, self.region))
        operating = Region.objects.filter(kind=Region.Kind.OPERATING)
        return self.box is None or any(
            _touch(self.box, Box(*sides)) for sides in operating.values_list("south", "north", "west", "east")
        )


def _inside(region, vehicles):
    """For each of these vehicles, whether the region's border encloses it."""
    border = shape(region.area)
    shapely.prepare(border)
    return shapely.intersects_xy(border, [v.lon for v in vehicles], [v.lat for v in vehicles])


def _touch(box, other):
    return box.south <= other.north and box.north >= other.south and box.west <= other.east and box.east >= other.west


@dataclass(frozen=True, kw_only=True)
class Row:
    """What can be had of one type in one place at one price. A type that is booked ahead has a number, no vehicles."""

    asset_type: AssetType
    station: Station | None
    plan: PricingPlan
    available: int
    plans: list[PricingPlan]
    vehicles: list[Any] = field(default_factory=list)

    @property
    def order(self):
        return self.asset_type.type_id, self.station.station_id if self.station else "", self.plan.plan_id


def stamp(*, provider, now):
    """Another one as soon as this provider has other rows somewhere, save what the clock and the catalogue change."""
    vehicles = offering.vehicles(provider).aggregate(seen=Fingerprint("pk", *COLUMNS))
    stations = Station.objects.renting().aggregate(seen=Fingerprint("pk", "station_id", "region_id", "lat", "lon"))
    places = frozenset(_places_left(provider, now).items())
    return vehicles["seen"], stations["seen"], places, catalogue.current().read_at, tariffs.current().read_at


def rows(area, *, provider, now):
    """All rows of the area that this provider (None: anybody) may see, in an order that stays."""
    vehicles, places = _vehicles(area, provider), _places_left(provider, now)
    known = catalogue.current(
        type_ids={type_pk for type_pk, *_ in [*vehicles, *places]},
        plan_ids={plan_pk for _, _, plan_pk in vehicles if plan_pk is not None},
    )
    stations = _open_stations({station_pk for _, station_pk, *_ in [*vehicles, *places]})
    local = information.local(now)
    here = _Here(area=area, catalogue=known, rules=tariffs.current(), stations=stations, local=local)
    return sorted([*here.of_vehicles(vehicles), *here.of_types(places)], key=lambda row: row.order)


def _vehicles(area, provider):
    """The vehicles one can have: lists by (type, station, plan of their own)."""
    found = defaultdict(list)
    for vehicle in _offered.all(
        provider=provider and provider.pk,
        station_id=area.station_id,
        region=area.region and area.region.pk,
        **{side: area.bounds and getattr(area.bounds, side) for side in ("south", "north", "west", "east")},
        is_sandbox=provider and provider.is_sandbox,
        narrowed_by=area.narrowed_by,
    ):
        found[vehicle[:3]].append(vehicle)
    return found


@compiled
def _offered(provider, station_id, region, south, north, west, east, *, is_sandbox, narrowed_by):
    """The vehicles in the area, as far as columns can tell: `has_inside` has the last word on a region.

    Only what may be published is read. Nobody in particular is neither in the sandbox nor outside it (None).
    """
    asking = None if is_sandbox is None else MaasProvider(pk=provider, is_sandbox=is_sandbox)
    found = offering.vehicles(asking).order_by().values_list(*COLUMNS, named=True)
    in_bounds = Q(lat__range=(south, north), lon__range=(west, east))
    if "station_id" in narrowed_by:
        found = found.filter(station__station_id=station_id)
    if "box" in narrowed_by:
        found = found.filter(in_bounds)
    if "region" in narrowed_by:
        # As an array its stations are looked up in the index before; joined, all vehicles would be looked at.
        stations = ArraySubquery(Station.objects.filter(region=region).order_by().values("pk"))
        found = found.filter(Q(station__any_of=stations) | Q(station__isnull=True) & in_bounds)
    return found.order_by("public_id")


def _places_left(provider, now):
    """How many more vehicles of each type that is booked ahead could be promised from now: by (type, station).

    The rule is that of fleet.services.places_left, for all types and stations in one statement. Vehicles that come to
    the user count together, wherever they stand; others count nowhere without a station. A type that was made a
    moment ago counts once the catalogue has it, some seconds later.
    """
    if not catalogue.current().books_ahead:
        return {}
    until = now + PLANNED_WITHOUT_ARRIVAL
    vehicles = offering.fleet_of(provider).filter(stays_in_service(now, until), state__in=IN_SERVICE)
    places = _by_place(vehicles, Coalesce("home_station_id", "station_id"), Count("pk"))
    promised_at = Case(
        When(asset=None, then="station_id"), default=Coalesce("asset__home_station_id", "asset__station_id")
    )
    promises = _by_place(_promises(provider, now, until), promised_at, -Count("pk"))
    counts: dict[tuple[int, int | None], int] = defaultdict(int)
    known = set()
    for type_pk, rule, station_pk, number in places.union(promises, all=True):
        place = type_pk, None if rule == FREE_FLOATING else station_pk
        if rule == FREE_FLOATING or station_pk is not None:
            counts[place] += number
            known |= {place} if number > 0 else set()
    return {place: left for place, left in counts.items() if place in known}


def _promises(provider, now, until):
    """What is promised to somebody in this time, or was and is not back."""
    period = Q(period__overlap=DateTimeTZRange(now, until))
    of_ours = Q(asset__state__in=IN_SERVICE) & Q(stays_in_service(now, until, path="asset"))
    is_virtual = provider is not None and provider.is_sandbox
    promises = Reservation.objects.filter(Q(asset=None) | of_ours, is_virtual=is_virtual)
    return promises.filter(period | Q(asset__isnull=False, period__endswith__lt=now))


def _by_place(things, place, number):
    """The number of these things of each type that is booked ahead: (type, return rule, station, number)."""
    ahead = things.filter(asset_type__booked_by=BY_TYPE).order_by()
    return ahead.values_list("asset_type_id", "asset_type__return_rule", place).annotate(number=number)


def _open_stations(primary_keys):
    """Those of these stations that rent out, by primary key."""
    asked = list(primary_keys - {None})
    return {station.pk: station for station in _renting.all(primary_keys=asked)} if asked else {}


@compiled
def _renting(primary_keys):
    return Station.objects.renting().filter(pk__any_of=primary_keys).order_by()


@dataclass(frozen=True, kw_only=True)
class _Here:
    """Makes rows of numbers and names; asks the database nothing but whether roaming vehicles come to the area."""

    area: Area
    catalogue: Catalogue
    rules: Rules
    stations: dict[int, Station]
    local: datetime

    def of_vehicles(self, groups):
        """Vehicles where and while one may take them: by (type, station, plan)."""
        found = defaultdict(list)
        for (type_pk, station_pk, own_plan_pk), vehicles in groups.items():
            for place, some in self._by_place(type_pk, station_pk, self._to_be_had(station_pk, vehicles)):
                if plan := self._plan(type_pk, place, own_plan_pk):
                    found[type_pk, station_pk, plan].append(some)
        for (type_pk, station_pk, plan), lists in found.items():
            several = len(lists) > 1
            merged = sorted(chain(*lists), key=lambda vehicle: vehicle.public_id) if several else lists[0]
            yield self._row(type_pk, station_pk, plan, available=len(merged), vehicles=merged)

    def _to_be_had(self, station_pk, vehicles):
        """Those of these vehicles that stand in the area, where and while it is open."""
        if station_pk is not None:
            return vehicles if self._is_open(station_pk) else []
        inside, schedule = self.area.has_inside(vehicles), self.catalogue.schedule
        if schedule.regions:
            return [v for v in inside if schedule.is_open(self.local, point=(v.lat, v.lon))]
        return inside if schedule.is_open(self.local) else []

    def of_types(self, places):
        """Types that are booked ahead, also where and while none can be had at once: those have the number 0."""
        for (type_pk, station_pk), left in places.items():
            if not self._has_place(station_pk):
                continue
            if plan := self._plan(type_pk, self._place(station_pk)):
                row = self._row(type_pk, station_pk, plan, available=max(0, left))
                yield row if self._is_open(station_pk) else replace(row, available=0)

    def _row(self, type_pk, station_pk, plan, **numbers):
        asset_type = self.catalogue.types[type_pk]
        others = [self.catalogue.plans[other.pk] for other in asset_type.plans.all() if other != plan]
        return Row(
            asset_type=asset_type,
            station=self.stations.get(station_pk),
            plan=plan,
            plans=[plan, *others],
            **numbers,
        )

    def _plan(self, type_pk, place, own_plan_pk=None):
        """The plan one would be offered there now, as the catalogue has it."""
        own = self.catalogue.plans.get(own_plan_pk)
        asset_type = self.catalogue.types[type_pk]
        plan = tariffs.plan_of(asset_type, rules=self.rules, place=place, local=self.local, own=own)
        return plan and self.catalogue.plans.get(plan.pk, plan)

    def _place(self, station_pk):
        """The station; for what comes to the user, the region that is asked about, if any."""
        if station_pk is not None:
            return Place.at(self.stations[station_pk])
        return Place(regions=frozenset([self.area.region.pk] if self.area.region else []))

    def _by_place(self, type_pk, station_pk, vehicles):
        """The vehicles in groups that begin at the same place: pairs of a Place and its vehicles."""
        if not vehicles:
            return []
        if station_pk is not None:
            return [(self._place(station_pk), vehicles)]
        regions = self.rules.regions(self.catalogue.types[type_pk], self.local)
        if not regions:
            return [(Place(), vehicles)]
        around: list[list[int]] = [[] for _ in vehicles]
        for region in regions:
            for pks, is_inside in zip(around, _inside(region, vehicles), strict=True):
                if is_inside:
                    pks.append(region.pk)
        groups = defaultdict(list)
        for pks, vehicle in zip(around, vehicles, strict=True):
            groups[frozenset(pks)].append(vehicle)
        return [(Place(regions=pks), some) for pks, some in groups.items()]

    def _has_place(self, station_pk):
        if station_pk is None:
            return self.area.is_served
        return station_pk in self.stations and self.area.has_station(self.stations[station_pk])

    def _is_open(self, station_pk):
        if station_pk is None:
            return self.catalogue.schedule.is_open(self.local)
        station = self.stations.get(station_pk)  # absent: closed a moment ago
        return station is not None and self.catalogue.schedule.is_open(
            self.local, station_id=station_pk, region_id=station.region_id
        )
