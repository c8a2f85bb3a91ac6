"""From the documents of a feed to plain values: pure, so that the same feed always means the same."""

from django.utils.translation import gettext_noop as _

from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs import alerts, plans, regions, stations, system, types, vehicles, zones
from fleet.importing.gbfs.geometry import Point, Surroundings, first_points
from fleet.importing.gbfs.items import Contents
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.standing import Standing, vehicle_objects
from fleet.importing.gbfs.values import Item, coordinate
from tomp.sentences import Sentence


def translate(feed: Feed, findings: Findings) -> Contents:
    """Everything usable in the feed. Raises UnusableInput if there is nothing."""
    around = Surroundings.of(_points(feed))
    found = Contents(
        system=system.system(feed, around, findings),
        hours=system.opening_hours(feed, findings),
        periods=system.calendar(feed, findings),
        plans=plans.plans(feed, findings),
    )
    standing = Standing.of(feed)
    found.vehicle_types = types.vehicle_types(feed, found.plans, standing, findings)
    found.unpriced = types.unpriced(found.vehicle_types, found.plans, standing)
    found.stops = stations.stations(feed, around, findings)
    known = vehicles.Known.of(found.vehicle_types, found.plans, found.stops, around)
    found.vehicles = vehicles.vehicles(feed, known, findings)
    found.areas = _areas(feed, found, around, findings)
    station_ids, region_ids = [s.station_id for s in found.stops], [a.region_id for a in found.areas]
    found.announcements = alerts.alerts(feed, station_ids, region_ids, findings)
    if not (found.system or found.vehicle_types or found.stops or found.areas or found.plans):
        raise UnusableInput(_("Nothing in %(name)s can be imported."), name=feed.origin)
    _remark_on_languages(feed, found, findings)
    return found


def _areas(feed: Feed, found: Contents, around: Surroundings | None, findings: Findings) -> list:
    system_id = found.system.system_id if found.system else ""
    type_ids = tuple(vehicle_type.type_id for vehicle_type in found.vehicle_types)
    places = [(stop.lat, stop.lon) for stop in found.stops]
    places += [(v.lat, v.lon) for v in found.vehicles if v.lat is not None and v.lon is not None]
    drawn = zones.zones(feed, system_id, type_ids, around, places, findings)
    has_operating_zone = any(area.kind == zones.OPERATING for area in drawn)
    named = regions.regions(feed, found.system, found.stops, places, around, has_operating_zone, findings)
    as_drawn = {area.region_id for area in drawn}
    return [area for area in named if area.region_id not in as_drawn] + drawn


def _points(feed: Feed) -> list[Point]:
    """One point of everything that has a place, as written."""
    items = vehicle_objects(feed) + _objects(feed.data("station_information").get("stations"))
    points = [(coordinate(item, "lat"), coordinate(item, "lon")) for item in items]
    collection = feed.data("geofencing_zones").get("geofencing_zones")
    features = _objects(collection.get("features")) if isinstance(collection, dict) else []
    shapes = [feature.get("geometry") for feature in features] + [item.get("station_area") for item in items]
    written = [(lat, lon) for lat, lon in points if lat is not None and lon is not None]
    return written + [point for shape in shapes for point in first_points(shape)]


def _objects(found: object) -> list[Item]:
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _remark_on_languages(feed: Feed, found: Contents, findings: Findings) -> None:
    """A language that is announced should be spoken."""
    names = [entity.name for kind in (found.plans, found.vehicle_types, found.stops, found.areas) for entity in kind]
    for language in found.system.languages if found.system else ():
        missing = sum(language not in name for name in names)
        if missing:
            message = _("a language is announced, but names are not translated into it")
            count = Sentence(_("%(n)s of %(all)s"), n=missing, all=len(names))
            findings.about(system.NAME).note(language, message, count)
