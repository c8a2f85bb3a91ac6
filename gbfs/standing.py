"""Which vehicles stand where, and which of them can be had? Reads the fleet, writes nothing.

Who may be had is decided as in /operator/available-assets (tomp_operator/availability.py), for many vehicles at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import shapely
from django.conf import settings
from django.contrib.postgres.aggregates import BitXor
from django.db.models import BigIntegerField, ExpressionWrapper, F, Func, IntegerField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from shapely.geometry import shape

from fleet import information, tariffs
from fleet.ids import published_id
from fleet.models import Asset, AssetType, PricingPlan, Region, Station, System
from fleet.models.vehicles import AssetState
from fleet.schedule import Schedule
from fleet.tariffs import Place, Rules
from gbfs.offer import Offered

AVAILABLE, RESERVED = AssetState.AVAILABLE, AssetState.RESERVED
STANDING = (AVAILABLE, RESERVED, AssetState.OUT_OF_SERVICE)
GROUP = 16  # vehicles that are looked at together: fewer, and there are more numbers to compare
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
)


class Fingerprint(Func):
    """A number that is another one as soon as one of these columns is another (but for once in 2⁶⁴ times)."""

    template = "hash_record_extended(ROW(%(expressions)s), 0)"
    output_field = BigIntegerField()


def standing() -> "QuerySet[Asset]":
    """Vehicles that stand somewhere, in no order. Virtual vehicles are not of this world."""
    placed = Q(lat__isnull=False) | Q(station__isnull=False)
    return Asset.objects.real().filter(placed, state__in=STANDING).order_by()


def fingerprints() -> dict[int, int]:
    """Of each group of GROUP primary keys: another number whenever `rows` tells something else of one of them."""
    groups = standing().values(group=ExpressionWrapper(F("pk") / GROUP, IntegerField()))
    return dict(groups.annotate(all=BitXor(Fingerprint(*COLUMNS))).values_list("group", "all"))


def members(groups: Iterable[int]) -> list[int]:
    """The primary keys that these groups may have."""
    return [pk for group in groups for pk in range(group * GROUP, (group + 1) * GROUP)]


def rows(groups: Iterable[int] | None = None) -> "QuerySet[Any]":
    """What the feeds need of vehicles that stand, all or those in these groups, with the fingerprint of just that."""
    wanted = standing()
    if groups is not None:
        wanted = wanted.filter(pk__in=members(groups))
    text = Cast("public_id", TextField())  # what a UUID would be written as, without a hundred thousand objects
    told = wanted.annotate(fingerprint=Fingerprint(*COLUMNS), public_text=text)
    return told.values_list("pk", "fingerprint", "public_text", *COLUMNS[1:], named=True)


class StationRow(NamedTuple):
    """What the feeds need of a station: plain values, for there are thousands of them."""

    pk: int
    station_id: str
    region_id: int | None
    capacity: int | None
    is_virtual: bool
    is_installed: bool
    is_renting: bool
    is_returning: bool


class Stock(NamedTuple):
    """As what a vehicle counts at its station: as one of its type, free or broken, or as one that takes a place."""

    station_pk: int
    type_id: str = ""  # empty: it takes a place and no more
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A vehicle that the public may see, with the plan of a ride that begins with it now."""

    vehicle: Any
    offered: Offered
    plan_id: str
    is_reserved: bool
    is_disabled: bool


@dataclass(frozen=True, eq=False)
class Circumstances:
    """All that decides what the feeds say of a vehicle beside its own row.

    While `value` is the same, they say the same of the same row. So whatever else is to decide becomes a field here;
    the time decides through `rules` and `holding` alone.
    """

    types: dict[int, Offered]
    stations: dict[int, Any]  # StationRow
    plan_ids: dict[int, str]
    rules: Rules  # those that hold now
    schedule: Schedule
    holding: Any  # which hours hold now
    system: System
    before_id: str
    page: str  # what stands before the id in the address of a vehicle's page
    local: datetime = field(compare=False)

    @classmethod
    def load(cls, types: dict[int, Offered], rules: Rules, now: datetime) -> "Circumstances":
        """Five statements at the most."""
        stations = map(StationRow._make, Station.objects.order_by("station_id").values_list(*StationRow._fields))
        local, schedule = information.local(now), Schedule.load()
        return cls(
            types=types,
            stations={station.pk: station for station in stations},
            plan_ids=dict(PricingPlan.objects.values_list("pk", "plan_id")),
            rules=rules.holding(local),
            schedule=schedule,
            holding=schedule.holding(local),
            system=information.system(),
            before_id=published_id(""),
            page=f"{settings.TOMP_PUBLIC_URL}/r/",
            local=local,
        )

    @cached_property
    def value(self) -> Any:
        """Equal for circumstances that are the same."""
        return [plain(getattr(self, each.name)) for each in fields(self) if each.compare]

    def renting(self, station: StationRow) -> bool:
        """Whether one may take vehicles there now. "SHOULD be set to false" while closed (GBFS station_status)."""
        return station.is_installed and station.is_renting and self._is_open_at[station.pk]

    @cached_property
    def _is_open_at(self) -> dict[int, bool]:
        return {
            pk: self.schedule.is_open(self.local, station_id=pk, region_id=station.region_id)
            for pk, station in self.stations.items()
        }

    def stock(self, vehicle: Any) -> Stock | None:
        """As what it counts, if it is at a station: as one to be had only if its type is for everybody and has a price.

        What is reserved can be had by nobody else.
        """
        if vehicle.station_id not in self.stations:
            return None
        offered, place = self.types.get(vehicle.asset_type_id), self._place(vehicle.station_id)
        stock = Stock(vehicle.station_id)
        if offered is not None and vehicle.state != RESERVED and self._plan_id(vehicle, place) is not None:
            asset_type = offered.asset_type
            is_disabled = not is_fit(vehicle, asset_type.min_charge_percent)
            stock = Stock(vehicle.station_id, asset_type.type_id, is_disabled)
        return self._known_stocks.setdefault(stock, stock)

    @cached_property
    def _known_stocks(self) -> dict[Stock, Stock]:
        """One of each, for thousands of vehicles count alike."""
        return {}

    def listed(self, vehicles: list[Any]) -> list[Listed | None]:
        """For each vehicle whether one could book it as such. Where or while nothing is rented out, only what is
        reserved already."""
        roaming = [vehicle for vehicle in vehicles if vehicle.station_id is None]
        around = iter(self._regions_around(roaming))
        return [self._listed(v, next(around) if v.station_id is None else v.station_id) for v in vehicles]

    def _listed(self, vehicle: Any, where: int | frozenset[int]) -> Listed | None:
        if not self._is_listable(vehicle):
            return None
        place = self._place(where)
        plan_id, is_reserved = self._plan_id(vehicle, place), vehicle.state == RESERVED
        if plan_id is None or not (is_reserved or self._is_rented_out(vehicle, place)):
            return None
        offered = self.types[vehicle.asset_type_id]
        is_disabled = not is_reserved and not is_fit(vehicle, offered.asset_type.min_charge_percent)
        return Listed(vehicle, offered, plan_id, is_reserved, is_disabled)

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
        if not self._borders:
            return [frozenset()] * len(vehicles)
        around: list[set[int]] = [set() for _vehicle in vehicles]
        for pk, border in self._borders.items():
            inside = shapely.intersects_xy(border, [v.lon for v in vehicles], [v.lat for v in vehicles])
            for pks, is_inside in zip(around, inside, strict=True):
                if is_inside:
                    pks.add(pk)
        return [frozenset(pks) for pks in around]

    @cached_property
    def _borders(self) -> dict[int, shapely.Geometry]:
        """Of the regions that have prices or hours of their own now."""
        ruled: dict[int, Region] = {rule.region.pk: rule.region for rule in self.rules.rules if rule.region}
        ruled |= {region.pk: region for region in self.schedule.regions}
        borders = {pk: shape(region.area) for pk, region in ruled.items()}
        shapely.prepare(list(borders.values()))
        return borders


def plain(thing: Any) -> Any:
    """What is equal only if all of it is, loaded relations too: one model equals another by its key alone."""
    if thing is None or isinstance(thing, int | float | str | StationRow):
        return thing
    if isinstance(thing, Model):
        known = vars(thing) | thing._state.fields_cache
        return type(thing), {name: plain(value) for name, value in known.items() if not name.startswith("_")}
    if is_dataclass(thing):
        return [plain(getattr(thing, each.name)) for each in fields(thing)]
    if isinstance(thing, dict):
        return {key: plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(one) for one in thing]
    return thing


def is_fit(vehicle: Any, min_charge: int) -> bool:
    """Whether it can be ridden: in service, free, and charged as its type demands."""
    is_charged = vehicle.state_of_charge is None or vehicle.state_of_charge >= min_charge
    return vehicle.state == AVAILABLE and is_charged
