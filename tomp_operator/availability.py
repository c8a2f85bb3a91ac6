"""What can be had now, where and at which price? Reads the fleet, writes nothing.

The number of statements is the same for ten vehicles and for a hundred thousand: five at the most, and eight more
every few seconds for the catalogue.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import shapely
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Case, Count, Q, When
from django.db.models.functions import Coalesce
from shapely.geometry import shape

from fleet import information
from fleet.geo import Box
from fleet.models import Asset, AssetType, PricingPlan, Region, Reservation, Station
from fleet.services import IN_SERVICE
from planning.options import PLANNED_WITHOUT_ARRIVAL
from tomp_operator import catalogue
from tomp_operator.catalogue import Catalogue

BY_ASSET, BY_TYPE = AssetType.BookedBy.ASSET, AssetType.BookedBy.TYPE
FREE_FLOATING = AssetType.ReturnRule.FREE_FLOATING


@dataclass(frozen=True, kw_only=True)
class Area:
    """What the list is narrowed to; what is None does not narrow."""

    station_id: str | None = None
    region: Region | None = None
    box: Box | None = None

    def vehicles(self):
        """Vehicles in the area, as far as columns can tell: `has_inside` has the last word on a region."""
        wanted = Q()
        if self.station_id is not None:
            wanted &= Q(station__station_id=self.station_id)
        if self.region is not None:
            wanted &= Q(station__region=self.region) | Q(station__isnull=True) & _in_box(self.region)
        if self.box is not None:
            wanted &= _in_box(self.box)
        return wanted

    def has_inside(self, vehicles):
        """Those of these vehicles without a station that the region's border encloses."""
        if self.region is None or not vehicles:
            return vehicles
        border = shape(self.region.area)
        shapely.prepare(border)
        inside = shapely.intersects_xy(border, [v.lon for v in vehicles], [v.lat for v in vehicles])
        return [vehicle for vehicle, is_inside in zip(vehicles, inside, strict=True) if is_inside]

    def has_station(self, station):
        return (
            (self.station_id is None or station.station_id == self.station_id)
            and (self.region is None or station.region_id == self.region.pk)
            and (self.box is None or self.box.contains(station.lat, station.lon))
        )

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


def _in_box(box):
    return Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))


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


def rows(area, *, now):
    """All rows of the area, in an order that stays."""
    vehicles, places = _vehicles(area), _places_left(now)
    known = catalogue.current(
        type_ids={type_pk for type_pk, *_ in [*vehicles, *places]}, plan_ids={plan_pk for _, _, plan_pk in vehicles}
    )
    stations = _open_stations({station_pk for _, station_pk, *_ in [*vehicles, *places]})
    here = _Here(area=area, catalogue=known, stations=stations, local=information.local(now))
    return sorted([*here.of_vehicles(vehicles), *here.of_types(places)], key=lambda row: row.order)


def _vehicles(area):
    """The vehicles one can have: lists by (type, station, plan). Only what may be published is read."""
    offered = (
        Asset.objects.free()
        .filter(area.vehicles(), asset_type__booked_by=BY_ASSET)
        .filter(Q(station__isnull=True) | Q(station__is_installed=True, station__is_renting=True))
        .annotate(plan_id=Coalesce("pricing_plan_id", "asset_type__default_plan_id"))
        .filter(plan_id__isnull=False)
        .order_by("public_id")
    )
    groups = defaultdict(list)
    for vehicle in offered.values_list(
        "asset_type_id", "station_id", "plan_id", "public_id", "lat", "lon", "state_of_charge", named=True
    ):
        groups[vehicle[:3]].append(vehicle)
    return groups


def _places_left(now):
    """How many more vehicles of each type that is booked ahead could be promised from now: by (type, station).

    The rule is that of fleet.services.places_left, for all types and stations in two statements.
    """
    period = Q(period__overlap=DateTimeTZRange(now, now + PLANNED_WITHOUT_ARRIVAL))
    vehicles = Asset.objects.filter(state__in=IN_SERVICE).annotate(place_id=Coalesce("home_station_id", "station_id"))
    promises = (
        Reservation.objects.filter(Q(asset=None) | Q(asset__state__in=IN_SERVICE))
        .filter(period | Q(asset__isnull=False, period__endswith__lt=now))
        .annotate(
            place_id=Case(
                When(asset=None, then="station_id"), default=Coalesce("asset__home_station_id", "asset__station_id")
            )
        )
    )
    held = _counted_by_place(promises)
    return {place: count - held.get(place, 0) for place, count in _counted_by_place(vehicles).items()}


def _counted_by_place(things):
    """How many of these there are of each type that is booked ahead: by (type, station).

    Vehicles that come to the user count together, wherever they stand; others count nowhere without a station.
    """
    counts: dict[tuple[int, int | None], int] = defaultdict(int)
    ahead = things.filter(asset_type__booked_by=BY_TYPE)
    places = ahead.values_list("asset_type_id", "asset_type__return_rule", "place_id").annotate(Count("pk"))
    for type_pk, rule, station_pk, count in places:
        if rule == FREE_FLOATING:
            counts[type_pk, None] += count
        elif station_pk is not None:
            counts[type_pk, station_pk] += count
    return counts


def _open_stations(primary_keys):
    """Those of these stations that rent out, by primary key."""
    stations = Station.objects.filter(is_installed=True, is_renting=True)
    return stations.in_bulk(primary_keys - {None})


@dataclass(frozen=True, kw_only=True)
class _Here:
    """Makes rows of numbers and names; asks the database nothing but whether roaming vehicles come to the area."""

    area: Area
    catalogue: Catalogue
    stations: dict[int, Station]
    local: datetime

    def of_vehicles(self, groups):
        """Vehicles where and while one may take them."""
        for (type_pk, station_pk, plan_pk), found in groups.items():
            vehicles = self.area.has_inside(found) if station_pk is None else found
            row = self._row(type_pk, station_pk, plan_pk, available=len(vehicles), vehicles=vehicles)
            if vehicles and self._is_open(station_pk):
                yield row

    def of_types(self, places):
        """Types that are booked ahead, also where and while none can be had at once: those have the number 0."""
        for (type_pk, station_pk), left in places.items():
            plan_pk = self.catalogue.types[type_pk].default_plan_id
            if plan_pk is None or not self._has_place(station_pk):
                continue
            row = self._row(type_pk, station_pk, plan_pk, available=max(0, left))
            yield row if self._is_open(station_pk) else replace(row, available=0)

    def _row(self, type_pk, station_pk, plan_pk, **numbers):
        asset_type, plan = self.catalogue.types[type_pk], self.catalogue.plans[plan_pk]
        others = [self.catalogue.plans[other.pk] for other in asset_type.plans.all() if other != plan]
        return Row(
            asset_type=asset_type,
            station=self.stations.get(station_pk),
            plan=plan,
            plans=[plan, *others],
            **numbers,
        )

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
