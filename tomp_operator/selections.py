"""What the lists of /operator consist of, but for the vehicles (availability.py). Reads the fleet, writes nothing.

Each list takes the same number of statements however long it is. A region or station nobody knows has nothing.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q

from fleet import catalogue, geo, groups, tariffs
from fleet.models import (
    Alert,
    Asset,
    AssetType,
    CalendarPeriod,
    OpeningHours,
    PlanRule,
    PricingPlan,
    Region,
    Station,
)
from fleet.models.vehicles import IS_FREE, AssetState
from tomp.serializers import page
from tomp_operator.sharing import Fingerprint

STANDING = (AssetState.AVAILABLE, AssetState.RESERVED, AssetState.OUT_OF_SERVICE)
GOES_ANYWHERE = (AssetType.ReturnRule.ANY_STATION, AssetType.ReturnRule.HYBRID)
GOES_HOME = AssetType.ReturnRule.ROUNDTRIP_STATION
STOCK_COLUMNS = ("station_id", "home_station_id", "asset_type_id", "state", "state_of_charge", "lat")


# -- the system


@dataclass(frozen=True)
class Means:
    """What the operator works with."""

    asset_classes: list[str]
    stations: int
    virtual_stations: int


def means():
    """What the operator works with, counted."""
    stations = Station.objects.aggregate(all=Count("pk"), virtual=Count("pk", filter=Q(is_virtual=True)))
    classes = AssetType.objects.order_by("asset_class").values_list("asset_class", flat=True).distinct()
    return Means(list(classes), stations["all"], stations["virtual"])


# -- places


def regions(**paging):
    """One page of the regions and zones."""
    return page(Region.objects.prefetch_related("asset_types").order_by("region_id"), **paging)


@dataclass
class Stock:
    """What stands at a station, and what may."""

    free: dict[str, int] = field(default_factory=dict)
    standing: int = 0
    fitting: list[str] = field(default_factory=list)


def stations(*, region_id, lat, lon, radius_m, **paging):
    """One page of the stations in the region and in the circle: pairs of a station and its Stock."""
    found = Station.objects.select_related("region").order_by("station_id")
    if region_id is not None:
        found = found.filter(region__region_id=region_id)
    if radius_m is not None:
        found = _within(found, lat, lon, radius_m)
    chosen = list(page(found, **paging))
    stocks = _stocks([station.pk for station in chosen])
    return [(station, stocks[station.pk]) for station in chosen]


def _within(stations, lat, lon, radius_m):
    box = geo.box_around(lat, lon, radius_m)
    near = stations.filter(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
    return [station for station in near if geo.distance_m(lat, lon, station.lat, station.lon) <= radius_m]


def stations_stamp():
    """Another one as soon as a station, or what stands or lives at one, is another; types may lag some seconds."""
    columns = [field.attname for field in Station._meta.concrete_fields]
    stations = Station.objects.aggregate(seen=Fingerprint(*columns))
    assets = Asset.objects.real().filter(Q(station__isnull=False) | Q(home_station__isnull=False))
    assets = assets.aggregate(seen=Fingerprint("pk", *STOCK_COLUMNS))
    return stations["seen"], assets["seen"], catalogue.current().read_at


def _stocks(station_pks):
    """The Stock of each of these stations."""
    stocks: dict[int, Stock] = defaultdict(Stock)
    is_shown = IS_FREE & groups.open_to(None, path="asset_type")
    standing = Asset.objects.real().filter(station__in=station_pks, state__in=STANDING)
    counted = standing.values_list("station_id", "asset_type__type_id").order_by("asset_type__type_id")
    counted = counted.annotate(standing=Count("pk"), free=Count("pk", filter=is_shown))
    for station_pk, type_id, number, free in counted:
        stocks[station_pk].standing += number
        if free:
            stocks[station_pk].free[type_id] = free
    anywhere = list(AssetType.objects.filter(return_rule__in=GOES_ANYWHERE).values_list("type_id", flat=True))
    homes = Asset.objects.real().filter(home_station__in=station_pks, asset_type__return_rule=GOES_HOME)
    at_home: dict[int, list[str]] = defaultdict(list)
    for station_pk, type_id in homes.values_list("home_station_id", "asset_type__type_id").distinct():
        at_home[station_pk].append(type_id)
    for station_pk in station_pks:
        stocks[station_pk].fitting = sorted([*anywhere, *at_home[station_pk]])
    return stocks


# -- what is true of a place


@dataclass(frozen=True)
class Place:
    """The region and station that are asked about; neither: the whole system."""

    region: Region | None = None
    station: Station | None = None

    @property
    def region_pk(self):
        """The region asked for, or else the one its station lies in."""
        if self.region is not None:
            return self.region.pk
        return self.station.region_id if self.station else None

    @property
    def is_everywhere(self):
        return self.region is None and self.station is None


def place(*, region_id, station_id):
    """The Place with these ids; None if there is none, or the station lies in another region."""
    region = Region.objects.filter(region_id=region_id).first() if region_id is not None else None
    station = Station.objects.filter(station_id=station_id).first() if station_id is not None else None
    is_unknown = (region is None) != (region_id is None) or (station is None) != (station_id is None)
    if is_unknown or (region and station and station.region_id != region.pk):
        return None
    return Place(region, station)


def pricing_plans(**ids):
    """The plans a ride from the place may cost at some time: triples of plan, station and region.

    A plan that only price rules use is known only where one of them holds, and names its place if that is the only one;
    every other plan is for the whole system.
    """
    where = place(**ids)
    if where is None:
        return []
    rules: dict[int, list[PlanRule]] = defaultdict(list)
    for rule in tariffs.current().rules:
        rules[rule.plan_id].append(rule)
    plans = PricingPlan.objects.annotate(is_standard=_is_standard()).prefetch_related("parts").order_by("plan_id")
    chosen = []
    for plan in plans:
        bounds = {} if plan.is_standard else {(rule.station, rule.region): rule for rule in rules[plan.pk]}
        if not bounds or any(_holds_at(rule, where) for rule in bounds.values()):
            station, region = next(iter(bounds)) if len(bounds) == 1 else (None, None)
            chosen.append((plan, station, region))
    return chosen


def _is_standard():
    """Whether a type or a vehicle has the plan as its own."""
    types, listed, assets = AssetType.objects, AssetType.plans.through.objects, Asset.objects
    return (
        Exists(types.filter(default_plan=OuterRef("pk")))
        | Exists(listed.filter(pricingplan=OuterRef("pk")))
        | Exists(assets.filter(pricing_plan=OuterRef("pk")))
    )


def _holds_at(rule, where):
    if where.is_everywhere or (rule.station is None and rule.region is None):
        return True
    if rule.region is not None:
        return rule.region_id == where.region_pk
    return rule.station_id == where.station.pk if where.station else rule.station.region_id == where.region_pk


def alerts(*, region_id, station_id, now, **paging):
    """One page of what there is to announce about the place; what is about the whole system is so too."""
    where = place(region_id=region_id, station_id=station_id)
    if where is None:
        return []
    found = Alert.objects.current(now).prefetch_related("stations", "regions").order_by("alert_id")
    return page(found if where.is_everywhere else found.filter(_about(where)).distinct(), **paging)


def _about(where):
    about = Q(stations__isnull=True, regions__isnull=True)
    if where.region_pk is not None:
        about |= Q(regions=where.region_pk)
    return about | (Q(stations=where.station) if where.station else Q(stations__region=where.region))


def opening_hours(**ids):
    """All opening hours; of a place, those that hold there."""
    return _rules(OpeningHours, place(**ids))


def calendar(**ids):
    """All periods of the year; of a place, those that hold there."""
    return _rules(CalendarPeriod, place(**ids))


def _rules(model, where):
    """As fleet.schedule has it: rules of the station beat those of its region, and those the system's."""
    rules = model.objects.select_related("region", "station").order_by("pk")
    if where is None:
        return []
    if where.is_everywhere:
        return rules
    bounds = [{"station": where.station}] if where.station else []
    bounds += [{"region": where.region_pk}] if where.region_pk else []
    holding = (rules.filter(**bound) for bound in [*bounds, {"station": None, "region": None}])
    return next((found for found in holding if found), [])
