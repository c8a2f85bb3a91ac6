"""Which vehicles stand where, and which of them can be had? Reads the fleet, writes nothing.

Who may be had is decided as in /operator/available-assets (tomp_operator/availability.py), for all vehicles at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import shapely
from django.db.models import F, Q
from shapely.geometry import shape

from fleet import information, tariffs
from fleet.models import Asset, AssetType, PricingPlan, Region, Station
from fleet.models.vehicles import AssetState
from fleet.schedule import Schedule
from fleet.tariffs import Place, Rules
from gbfs.offer import Offered

AVAILABLE, RESERVED = AssetState.AVAILABLE, AssetState.RESERVED
STANDING = (AVAILABLE, RESERVED, AssetState.OUT_OF_SERVICE)
COLUMNS = (
    "public_id",
    "asset_type_id",
    "state",
    "lat",
    "lon",
    "station_id",
    "home_station_id",
    "state_of_charge",
    "range_m",
    "pricing_plan_id",
    "min_charge",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A vehicle that the public may see, with the plan of a ride that begins with it now."""

    vehicle: Any
    offered: Offered
    plan_id: str
    is_reserved: bool
    is_disabled: bool


@dataclass(frozen=True)
class Standing:
    """All vehicles that stand somewhere, as they were at one moment."""

    vehicles: list[Any]
    types: dict[int, Offered]
    stations: dict[int, Station]
    plan_ids: dict[int, str]
    rules: Rules
    schedule: Schedule
    now: datetime

    @classmethod
    def load(cls, types: dict[int, Offered], rules: Rules, now: datetime) -> "Standing":
        """Six statements at the most, however many vehicles there are. Virtual vehicles are not of this world."""
        vehicles = (
            Asset.objects.real()
            .filter(state__in=STANDING)
            .filter(Q(lat__isnull=False) | Q(station__isnull=False))
            .annotate(min_charge=F("asset_type__min_charge_percent"))
            .order_by("public_id")
        )
        return cls(
            vehicles=list(vehicles.values_list(*COLUMNS, named=True)),
            types=types,
            stations={station.pk: station for station in Station.objects.order_by("station_id")},
            plan_ids=dict(PricingPlan.objects.values_list("pk", "plan_id")),
            rules=rules,
            schedule=Schedule.load(),
            now=now,
        )

    @cached_property
    def local(self) -> datetime:
        return information.local(self.now)

    def renting(self, station: Station) -> bool:
        """Whether one may take vehicles there now. "SHOULD be set to false" while closed (GBFS station_status)."""
        return station.is_installed and station.is_renting and self._is_open_at[station.pk]

    @cached_property
    def _is_open_at(self) -> dict[int, bool]:
        return {
            pk: self.schedule.is_open(self.local, station_id=pk, region_id=station.region_id)
            for pk, station in self.stations.items()
        }

    def at_station(self) -> dict[int, list[Any]]:
        """The vehicles at each station, those without a price and those that are not for everybody included."""
        found = defaultdict(list)
        for vehicle in self.vehicles:
            if vehicle.station_id is not None:
                found[vehicle.station_id].append(vehicle)
        return found

    def counted(self, station: Station, vehicles: Iterable[Any]) -> tuple[dict[str, int], int]:
        """How many of these vehicles of each type could be had there, and how many are broken.

        Only types for everybody count, and only what has a price.
        """
        free: dict[str, int] = defaultdict(int)
        disabled, place = 0, Place.at(station)
        for vehicle in vehicles:
            offered = self.types.get(vehicle.asset_type_id)
            if offered is None or vehicle.state == RESERVED or self._plan_id(vehicle, place) is None:
                continue
            if is_fit(vehicle, vehicle.min_charge):
                free[offered.asset_type.type_id] += 1
            else:
                disabled += 1
        return dict(sorted(free.items())), disabled

    @cached_property
    def listed(self) -> list[Listed]:
        """The vehicles one could book as such. Where or while nothing is rented out, only what is reserved already."""
        listable = [vehicle for vehicle in self.vehicles if self._is_listable(vehicle)]
        roaming = [vehicle for vehicle in listable if vehicle.station_id is None]
        around = iter(self._regions_around(roaming))
        found = []
        for vehicle in listable:
            place = self._place(next(around) if vehicle.station_id is None else vehicle.station_id)
            plan_id = self._plan_id(vehicle, place)
            is_reserved = vehicle.state == RESERVED
            if plan_id is not None and (is_reserved or self._is_rented_out(vehicle, place)):
                offered = self.types[vehicle.asset_type_id]
                is_disabled = not is_reserved and not is_fit(vehicle, vehicle.min_charge)
                found.append(Listed(vehicle, offered, plan_id, is_reserved, is_disabled))
        return found

    def _is_listable(self, vehicle: Any) -> bool:
        """What is booked by type is nobody's choice: stations count it, and no list names it."""
        offered = self.types.get(vehicle.asset_type_id)
        is_known = vehicle.station_id is None or vehicle.station_id in self.stations
        by_asset = offered is not None and offered.asset_type.booked_by == AssetType.BookedBy.ASSET
        return by_asset and is_known and vehicle.lat is not None

    def _place(self, where: int | frozenset[int]) -> Place:
        """At the station, or among the regions; made once, for thousands of vehicles stand alike."""
        if where not in self._places:
            self._places[where] = Place.at(self.stations[where]) if isinstance(where, int) else Place(regions=where)
        return self._places[where]

    @cached_property
    def _places(self) -> dict[int | frozenset[int], Place]:
        return {}

    def _is_rented_out(self, vehicle: Any, place: Place) -> bool:
        if vehicle.station_id is not None:
            return self.renting(self.stations[vehicle.station_id])
        if place.regions not in self._is_open_around:
            hours, point = self.schedule, (vehicle.lat, vehicle.lon)
            self._is_open_around[place.regions] = hours.is_open(self.local, point=point if hours.regions else None)
        return self._is_open_around[place.regions]

    @cached_property
    def _is_open_around(self) -> dict[frozenset[int], bool]:
        """By the regions around a vehicle: all that stand in the same have the same hours."""
        return {}

    def _plan_id(self, vehicle: Any, place: Place) -> str | None:
        if vehicle.pricing_plan_id is not None:
            return self.plan_ids.get(vehicle.pricing_plan_id)
        key = vehicle.asset_type_id, place
        if key not in self._plan_ids_at:
            asset_type = self.types[vehicle.asset_type_id].asset_type
            plan = tariffs.plan_of(asset_type, rules=self.rules, place=place, local=self.local)
            self._plan_ids_at[key] = plan.plan_id if plan else None
        return self._plan_ids_at[key]

    @cached_property
    def _plan_ids_at(self) -> dict[tuple[int, Place], str | None]:
        return {}

    def _regions_around(self, vehicles: list[Any]) -> list[frozenset[int]]:
        """For each vehicle the regions around it that have prices or hours of their own."""
        ruled: dict[int, Region] = {rule.region.pk: rule.region for rule in self.rules.rules if rule.region}
        ruled |= {region.pk: region for region in self.schedule.regions}
        if not ruled:
            return [frozenset()] * len(vehicles)
        around: list[set[int]] = [set() for _vehicle in vehicles]
        for pk, region in ruled.items():
            border = shape(region.area)
            shapely.prepare(border)
            inside = shapely.intersects_xy(border, [v.lon for v in vehicles], [v.lat for v in vehicles])
            for pks, is_inside in zip(around, inside, strict=True):
                if is_inside:
                    pks.add(pk)
        return [frozenset(pks) for pks in around]


def is_fit(vehicle: Any, min_charge: int) -> bool:
    """Whether it can be ridden: in service, free, and charged as its type demands."""
    is_charged = vehicle.state_of_charge is None or vehicle.state_of_charge >= min_charge
    return vehicle.state == AVAILABLE and is_charged
