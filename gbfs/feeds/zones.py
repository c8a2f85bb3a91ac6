"""geofencing_zones: what one may do where. Pure.

The first rule that fits a vehicle counts, in an earlier zone before a later one, and in any zone before the global
rules. So bans come first, then slow zones, parking places and at last the areas in which we operate. In fleet.places a
ban, a speed and the border of the operating area hold together; where zones overlap, the part they share is a zone of
its own before both, which says both.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import shape

from fleet.models import Region
from gbfs.editions import Edition
from gbfs.feeds.members import multipolygon, without_nothing
from gbfs.offer import Offered

NO_ACCESS, NO_PARKING, OPERATING = Region.Kind.NO_ACCESS, Region.Kind.NO_PARKING, Region.Kind.OPERATING
PARKING, SLOW = Region.Kind.PARKING, Region.Kind.SPEEDLIMIT
ORDER = (NO_ACCESS, NO_PARKING, SLOW, PARKING, OPERATING)  # a discount is no rule
OVERLAP = "OVERLAP"


@dataclass(frozen=True, slots=True)
class Rule:
    """What vehicles of these types (none = all) may do."""

    types: tuple[str, ...] = ()
    may_start: bool = True
    may_end: bool = True
    may_pass: bool = True
    max_speed_kmh: int | None = None
    at_stations_only: bool = False

    def as_json(self, edition: Edition) -> dict[str, Any]:
        """2.3 cannot say that rides may start but not end: then they may not do both."""
        if edition.version.is_multilingual:
            ride = {"ride_start_allowed": self.may_start, "ride_end_allowed": self.may_end}
            types = {"vehicle_type_ids": list(self.types)}
        else:
            ride = {"ride_allowed": self.may_start and self.may_end}
            types = {"vehicle_type_id": list(self.types)}
        return without_nothing(
            **types,
            **ride,
            ride_through_allowed=self.may_pass,
            maximum_speed_kph=self.max_speed_kmh,
            station_parking=self.at_stations_only or None,
        )


@dataclass(frozen=True, slots=True)
class Fleet:
    """Our types: those whose rides end at stations only, and those that roam."""

    bound: tuple[str, ...]
    roaming: tuple[str, ...]

    @classmethod
    def of(cls, types: Iterable[Offered]) -> "Fleet":
        types = list(types)
        ids = {is_bound: [o.asset_type.type_id for o in types if o.is_station_bound == is_bound] for is_bound in (0, 1)}
        return cls(tuple(ids[1]), tuple(ids[0]))

    @property
    def all(self) -> frozenset[str]:
        return frozenset(self.bound + self.roaming)

    def rules(self, types: frozenset[str], *, may_roam: bool = True, max_speed_kmh: int | None = None) -> list[Rule]:
        """What these types may do where nothing is banned: the bound end at stations, the others where they may."""
        roaming = [type_id for type_id in self.roaming if type_id in types]
        bound = tuple(type_id for type_id in self.bound if type_id in types)
        found = [Rule(bound, at_stations_only=True, max_speed_kmh=max_speed_kmh)] if bound else []
        if roaming or not bound:
            named = () if types == self.all and not bound else tuple(roaming)
            found.append(Rule(named, may_start=may_roam, may_end=may_roam, max_speed_kmh=max_speed_kmh))
        return found

    def named(self, types: frozenset[str]) -> tuple[str, ...]:
        """In their order; nothing if it is all of them."""
        return () if types == self.all else tuple(sorted(types))


@dataclass(frozen=True, slots=True)
class Zone:
    """A region with its shape and the types of ours that it is about."""

    region: Region
    geometry: Any
    types: frozenset[str]


def zones(regions: Iterable[Region], fleet: Fleet, now: datetime) -> list[Zone]:
    """Those that hold now or later and concern vehicles of ours, in the order in which they count."""
    found = []
    for region in regions:
        about = {asset_type.type_id for asset_type in region.asset_types.all()}
        types = fleet.all & about if about else fleet.all
        is_over = region.ends_at is not None and region.ends_at <= now
        if region.kind in ORDER and not is_over and (types or not about):
            found.append(Zone(region, shape(region.area), types))
    return sorted(found, key=lambda zone: (ORDER.index(Region.Kind(zone.region.kind)), zone.region.region_id))


def zones_json(zones: Sequence[Zone], fleet: Fleet, edition: Edition) -> dict[str, Any]:
    """The whole file but for its head."""
    operating = [zone.geometry for zone in zones if zone.region.kind == OPERATING]
    features = [feature for zone in zones for feature in _features(zone, zones, operating, fleet, edition)]
    collection = {"geofencing_zones": {"type": "FeatureCollection", "features": features}}
    if not edition.version.is_multilingual:
        return collection
    return collection | {"global_rules": [rule.as_json(edition) for rule in elsewhere(fleet, is_open=not operating)]}


def elsewhere(fleet: Fleet, *, is_open: bool) -> list[Rule]:
    """The rules outside all zones. The last of them names no type, so it covers those that come tomorrow, too."""
    bound = [Rule(fleet.bound, at_stations_only=True)] if fleet.bound else []
    return [*bound, Rule(may_start=is_open, may_end=is_open)]


def _features(
    zone: Zone, zones: Sequence[Zone], operating: list[Any], fleet: Fleet, edition: Edition
) -> Iterator[dict[str, Any]]:
    """What the zone shares with others, then the zone itself."""
    kind = zone.region.kind
    if kind in (NO_ACCESS, NO_PARKING):
        if kind == NO_PARKING:
            yield from _slow_bans(zone, zones, fleet, edition)
        yield from _feature(zone, zone.geometry, [_ban(zone, fleet)], edition, kind)
        return
    speed = zone.region.max_speed_kmh if kind == SLOW else None
    if kind != OPERATING and operating:
        outside = zone.geometry.difference(shapely.union_all(operating))
        rules = fleet.rules(zone.types, may_roam=False, max_speed_kmh=speed)
        yield from _feature(zone, outside, rules, edition, OVERLAP)
    if kind == OPERATING:
        roaming = zone.types - frozenset(fleet.bound)
        if roaming or not fleet.all:
            yield from _feature(zone, zone.geometry, [Rule(fleet.named(roaming))], edition, kind)
    else:
        yield from _feature(zone, zone.geometry, fleet.rules(zone.types, max_speed_kmh=speed), edition, kind)


def _ban(zone: Zone, fleet: Fleet, max_speed_kmh: int | None = None) -> Rule:
    """Vehicles that stand in it may still be taken, unless nobody may enter."""
    is_closed = zone.region.kind == NO_ACCESS
    return Rule(
        fleet.named(zone.types),
        may_start=not is_closed,
        may_end=False,
        may_pass=not is_closed,
        max_speed_kmh=max_speed_kmh,
    )


def _slow_bans(ban: Zone, zones: Sequence[Zone], fleet: Fleet, edition: Edition) -> Iterator[dict[str, Any]]:
    """Where one must also ride slowly, the slowest first."""
    slow = [zone for zone in zones if zone.region.kind == SLOW and zone.types & ban.types]
    for zone in sorted(slow, key=lambda zone: zone.region.max_speed_kmh or 0):
        shared = Zone(ban.region, ban.geometry.intersection(zone.geometry), ban.types & zone.types)
        rule = _ban(shared, fleet, max_speed_kmh=zone.region.max_speed_kmh)
        yield from _feature(shared, shared.geometry, [rule], edition, OVERLAP, zone.region)


def _feature(
    zone: Zone, geometry: Any, rules: list[Rule], edition: Edition, kind: str, other: Region | None = None
) -> Iterator[dict[str, Any]]:
    """Nothing where there is no area. The members that begin with _ are ours: they let the import find the region."""
    area = multipolygon(geometry)
    if area is None:
        return
    region = zone.region
    both = [region, other] if other else [region]
    starts = [one.starts_at for one in both if one.starts_at]
    ends = [one.ends_at for one in both if one.ends_at]
    yield {
        "type": "Feature",
        "geometry": area,
        "properties": without_nothing(
            name=edition.text(region.name, region.region_id),
            start=edition.moment(max(starts, default=None)),
            end=edition.moment(min(ends, default=None)),
            rules=[rule.as_json(edition) for rule in rules],
            _region_id=region.region_id,
            _type=kind,
        ),
    }
