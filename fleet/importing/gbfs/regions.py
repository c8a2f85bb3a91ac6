"""system_regions, and the operating area, which a feed seldom draws: the hull of what stands in it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings
from fleet.importing.gbfs.geometry import Point, Surroundings, hull
from fleet.importing.gbfs.items import Area, Stop, SystemInformation
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.values import Item, entries, localized
from fleet.importing.gbfs.zones import OPERATING, slug

NAME = "system_regions"


def regions(
    feed: Feed,
    system: SystemInformation | None,
    stops: Sequence[Stop],
    places: Iterable[Point],
    around: Surroundings | None,
    has_operating_zone: bool,
    findings: Findings,
) -> list[Area]:
    """The regions of the feed; and one for the whole system if nothing else says where it operates."""
    remarks = findings.about(NAME)
    near = [place for place in places if around and not around.is_far(*place)]
    listed = dict(entries(feed.data(NAME), "regions", ("region_id",), remarks))
    inside = {region_id: [(stop.lat, stop.lon) for stop in stops if stop.region == region_id] for region_id in listed}
    is_the_system = len(listed) == 1 and not any(inside.values())
    if is_the_system:
        inside = dict.fromkeys(listed, near)
    for region_id in (region_id for region_id, points in inside.items() if not points):
        remarks.skip(region_id, _("a region without stations: its area is unknown"))
    found = [_region(region_id, listed[region_id], feed, points) for region_id, points in inside.items() if points]
    if found:
        remarks.warn("", _("regions have no areas in GBFS: drawn around their stations or vehicles; please check them"))
    if near and not has_operating_zone and not is_the_system:
        found.append(_whole_system(feed, system, near))
        remarks.warn("", _("the feed draws no operating area: drawn around all stations and vehicles; please check it"))
    return found


def _region(region_id: str, item: Item, feed: Feed, points: Iterable[Point]) -> Area:
    return Area(
        region_id=region_id,
        name=localized(item, "name", feed.language) or {feed.language: region_id},
        kind=OPERATING,
        polygon=hull(points),
        is_estimate=True,
        source_id=region_id,
    )


def _whole_system(feed: Feed, system: SystemInformation | None, places: Iterable[Point]) -> Area:
    system_id = slug(system.system_id) if system else ""
    return Area(
        region_id=f"{system_id or 'system'}:{OPERATING.lower()}",
        name=system.name if system else {feed.language: "Operating area"},
        kind=OPERATING,
        polygon=hull(places),
        is_estimate=True,
    )
