"""geofencing_zones as regions: one for each polygon and effect (gbfs.md sections 5 and 6)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs.geometry import Point, Surroundings, is_near, is_world, polygons, repaired
from fleet.importing.gbfs.items import Area, Polygon, Text
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.values import LONGEST_ID, Item, boolean, localized, moment, objects, text, whole

NAME = "geofencing_zones"
LONGEST_SLUG = 50
LARGEST_SPEED = 400
OPERATING, PARKING, SPEEDLIMIT = "OPERATING", "PARKING", "SPEEDLIMIT"
FORBIDDEN = NO_PARKING, NO_ACCESS = "NO_PARKING", "NO_ACCESS"
KINDS = (OPERATING, PARKING, SPEEDLIMIT, *FORBIDDEN)
ELSEWHERE = _(
    "a zone far away from every vehicle and station: not imported; a later import brings it once some are near"
)
OVERLAP = "OVERLAP"  # our own feeds repeat what two regions share


@dataclass(frozen=True)
class Rule:
    """What is allowed, and for which types (none = all)."""

    may_start: bool
    may_end: bool
    may_pass: bool
    station_parking: bool
    max_speed_kmh: int | None
    types: tuple[str, ...]


@dataclass(frozen=True)
class Zone:
    """One feature: its rules are for all its polygons. Of our own feeds we know the region (id and kind) behind it."""

    key: str
    name: Text
    item: Item
    rules: tuple[Rule, ...]
    region: tuple[str, str] | None = None


@dataclass(frozen=True)
class Terms:
    """What holds for the whole feed."""

    system_id: str
    language: str
    types: tuple[str, ...]
    around: Surroundings | None
    places: Sequence[Point]
    forbids_elsewhere: bool


def zones(
    feed: Feed,
    system_id: str,
    types: tuple[str, ...],
    around: Surroundings | None,
    places: Sequence[Point],
    findings: Findings,
) -> list[Area]:
    """A region for each effect of each polygon; `places` are where the stations and vehicles are."""
    remarks, data = findings.about(NAME), feed.data(NAME)
    terms = Terms(system_id, feed.language, types, around, places, _forbids_elsewhere(data, types, remarks))
    collection = data.get("geofencing_zones")
    listed = _zones(collection if isinstance(collection, dict) else {}, terms, remarks)
    return [area for zone in listed for area in _areas(zone, terms, remarks)]


def slug(name: str) -> str:
    """The name in ASCII letters, digits and dashes."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-").lower()[:LONGEST_SLUG]


def _forbids_elsewhere(data: Item, types: tuple[str, ...], remarks: Remarks) -> bool:
    """Whether rides may end only inside zones that allow it (3.x global_rules; 2.x has none)."""
    rules = [_rule("global_rules", item, types, remarks) for item in objects(data, "global_rules", remarks)]
    default = next((rule for rule in rules if rule), None)
    if default and not default.may_pass:
        remarks.note("global_rules", _("riding is forbidden outside all zones: the operating areas say so"))
    if default and default.max_speed_kmh:
        remarks.warn("global_rules", _("a speed limit everywhere cannot be imported"), default.max_speed_kmh)
    return bool(default and not default.may_end)


def _zones(collection: Item, terms: Terms, remarks: Remarks) -> Iterator[Zone]:
    """The features, each with a key that stays the same as long as names and order do: zones have no ids."""
    counts: Counter[str] = Counter()
    for item in objects(collection, "features", remarks):
        properties = item.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if properties.get("_type") == OVERLAP:
            continue
        name = localized(properties, "name", terms.language)
        base = slug(next(iter(name.values()), "")) or "zone"
        counts[base] += 1
        key = base if counts[base] == 1 else f"{base}-{counts[base]}"
        rules = [_rule(key, rule, terms.types, remarks) for rule in objects(properties, "rules", remarks)]
        usable = tuple(rule for rule in rules if rule)
        if not rules:
            remarks.skip(key, _("a zone without rules"))
        elif usable:
            words = name or {terms.language: f"Zone {sum(counts.values())}"}
            yield Zone(key, words, item | properties, usable, _region(properties))


def _region(properties: Item) -> tuple[str, str] | None:
    region_id, kind = text(properties, "_region_id"), text(properties, "_type")
    return (region_id, kind) if 0 < len(region_id) <= LONGEST_ID and kind in KINDS else None


def _rule(key: str, item: Item, types: tuple[str, ...], remarks: Remarks) -> Rule | None:
    """None if the rule is only for types that the feed does not have."""
    if "vehicle_type_ids" not in item and "ride_start_allowed" in item and item.get("vehicle_type_id"):
        remarks.warn(
            key, _("vehicle_type_id is the key of GBFS 2.x: meant as vehicle_type_ids, others apply it to all")
        )
    listed = item.get("vehicle_type_ids") or item.get("vehicle_type_id")
    named = [listed] if isinstance(listed, str) else list(map(str, listed)) if isinstance(listed, list) else []
    known = tuple(type_id for type_id in named if type_id in types)
    for missing in sorted(set(named) - set(known)):
        remarks.note(key, _("a rule names a vehicle type that the feed does not have: left out"), missing)
    if named and not known:
        remarks.skip(key, _("a rule only for vehicle types that the feed does not have"))
        return None
    both = boolean(item, "ride_allowed")
    start, end = (boolean(item, f"ride_{end}_allowed") for end in ("start", "end"))
    return Rule(
        may_start=(both if start is None else start) is not False,
        may_end=(both if end is None else end) is not False,
        may_pass=boolean(item, "ride_through_allowed") is not False,
        station_parking=bool(boolean(item, "station_parking")),
        max_speed_kmh=whole(item, "maximum_speed_kph", largest=LARGEST_SPEED),
        types=known,
    )


def _areas(zone: Zone, terms: Terms, remarks: Remarks) -> Iterator[Area]:
    shapes = list(_shapes(zone, terms, remarks))
    if not shapes:
        return
    if zone.region and len(shapes) == 1:
        yield _same_region(zone, *zone.region, shapes[0][0], terms)
        return
    for position, (rule, types) in enumerate(_applicable(zone, terms)):
        for kind, speed in _effects(zone.key, rule, terms, remarks):
            for number, (polygon, is_outside) in enumerate(shapes):
                if is_outside and kind not in FORBIDDEN:
                    continue
                effect = OPERATING if is_outside else kind
                place = f"{zone.key}.{number + 1}" if number else zone.key
                parts = (slug(terms.system_id), place, effect.lower(), str(position or ""))
                yield Area(
                    region_id=":".join(filter(None, parts)),
                    name=zone.name,
                    kind=effect,
                    polygon=polygon,
                    max_speed_kmh=speed,
                    asset_types=types,
                    starts_at=moment(zone.item, "start"),
                    ends_at=moment(zone.item, "end"),
                )


def _same_region(zone: Zone, region_id: str, kind: str, polygon: Polygon, terms: Terms) -> Area:
    """The region as it was where the feed was made."""
    named = {type_id for rule in zone.rules for type_id in rule.types or terms.types}
    speeds = [rule.max_speed_kmh for rule in zone.rules if rule.max_speed_kmh]
    return Area(
        region_id=region_id,
        name=zone.name,
        kind=kind,
        polygon=polygon,
        max_speed_kmh=speeds[0] if kind == SPEEDLIMIT and speeds else None,
        asset_types=() if named == set(terms.types) else tuple(t for t in terms.types if t in named),
        starts_at=moment(zone.item, "start"),
        ends_at=moment(zone.item, "end"),
    )


def _applicable(zone: Zone, terms: Terms) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    """Each rule with the types it counts for: for a type only the first rule that fits it does."""
    covered: set[str] = set()
    for rule in zone.rules:
        named = rule.types or (terms.types if covered else ())
        types = tuple(type_id for type_id in named if type_id not in covered)
        if types or not covered:
            yield rule, types
        covered |= set(rule.types or terms.types)


def _shapes(zone: Zone, terms: Terms, remarks: Remarks) -> Iterator[tuple[Polygon, bool]]:
    """(polygon, whether it is the hole that a zone of the whole world leaves)."""
    found = polygons(zone.item.get("geometry"))
    if not found:
        remarks.skip(zone.key, _("a zone without polygons"))
    for polygon in found:
        is_outside = is_world(polygon)
        if is_outside:
            remarks.warn(zone.key, _("a zone of the whole world: skipped; what it leaves out is the operating area"))
        candidates = [[hole] for hole in polygon[1:]] if is_outside else [polygon]
        for candidate in candidates:
            parts = repaired(candidate, terms.around, zone.key, remarks)
            if not parts:
                remarks.skip(zone.key, _("a polygon without an area"))
            for part in parts:
                lon, lat = part[0][0]
                if not zone.region and _is_elsewhere(lat, lon, terms):
                    remarks.skip(zone.key, ELSEWHERE, f"{lat:.3f}, {lon:.3f}")
                else:
                    yield part, is_outside


def _is_elsewhere(lat: float, lon: float, terms: Terms) -> bool:
    """Whether no ride can come there, for no vehicle and no station is anywhere near: other people's, or a trial."""
    if not (terms.around and terms.places and terms.around.is_far(lat, lon)):
        return False
    return not any(is_near(place, lat, lon) for place in terms.places)


def _effects(key: str, rule: Rule, terms: Terms, remarks: Remarks) -> list[tuple[str, int | None]]:
    """The kinds of region that say what the rule says."""
    found: list[tuple[str, int | None]] = []
    if rule.may_end:
        found += [(kind, None) for kind in _allowing(key, rule, terms, remarks)]
    else:
        found.append((NO_PARKING if rule.may_pass else NO_ACCESS, None))
    if rule.max_speed_kmh and (rule.may_pass or rule.may_end):
        found.append((SPEEDLIMIT, rule.max_speed_kmh))
    return found


def _allowing(key: str, rule: Rule, terms: Terms, remarks: Remarks) -> list[str]:
    if not rule.may_pass:
        remarks.warn(key, _("a zone where rides may end but not pass: only the first is imported"))
    if not rule.may_start:
        remarks.warn(key, _("a zone where rides may end but not start: only the first is imported"))
        return [PARKING]
    if rule.station_parking:
        return [PARKING]
    if terms.forbids_elsewhere:
        return [OPERATING]
    if rule.max_speed_kmh:
        return []
    remarks.note(key, _("a zone that allows what is allowed everywhere: taken for an operating area"))
    return [OPERATING]
