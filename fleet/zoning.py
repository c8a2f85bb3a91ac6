"""Does this area make sense among the others? Reads regions and where the fleet stands, writes nothing.

What is wrong for certain is refused (fleet/polygons.py, and a place that has latitude and longitude swapped); what may
well be meant is remarked, and saved by whoever saw it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db.models import Max, Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from shapely.geometry import shape

from fleet import geo
from fleet.models import Asset, Region
from fleet.polygons import check_polygon
from tomp.words import grouped

Kind = Region.Kind
SMALLEST_M2, LARGEST_KM2 = 20, 100_000
FAR_AWAY_DEGREES = 3.0
CONTRADICT = {
    frozenset(kinds)
    for ban in (Kind.NO_PARKING, Kind.NO_ACCESS)
    for kinds in ((ban, Kind.PARKING), (ban, Kind.DISCOUNT))
} | {frozenset((Kind.NO_ACCESS, Kind.SPEEDLIMIT))}
SHARED_M2 = 10  # neighbours drawn along the same street overlap by a hair


@dataclass(frozen=True)
class Remark:
    """Something about a sketch. `at` are places as [longitude, latitude]; an error is refused when saved."""

    text: str | Promise
    at: list[list[float]] = field(default_factory=list)
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A region as it is drawn: not saved, or saved otherwise. Its parts are GeoJSON Polygons."""

    parts: list[dict[str, Any]]
    kind: str = Kind.OPERATING
    max_speed_kmh: int | None = None
    asset_types: frozenset[int] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    region_id: int | None = None  # the row it will replace


def remarks(sketch: Sketch) -> list[Remark]:
    """What there is to say, errors first; three statements at most."""
    wrong = [remark for n, part in enumerate(sketch.parts, 1) for remark in _malformed(part, n, len(sketch.parts))]
    if wrong:
        return wrong
    drawn = shapely.union_all([shape(part) for part in sketch.parts])
    others = list(Region.objects.exclude(pk=sketch.region_id or 0).prefetch_related("asset_types"))
    swapped = _swapped(drawn, others)
    if swapped:
        return [swapped]
    found = [*_size(sketch), *_touching(sketch.parts)]
    if sketch.kind != Kind.OPERATING:
        found += _outside(drawn, others)
    return found + [remark for other in others for remark in _contradiction(sketch, drawn, other)]


def _malformed(part: dict[str, Any], number: int, of: int) -> Iterator[Remark]:
    try:
        check_polygon(part)
    except ValidationError as error:
        text = " ".join(error.messages)
        at = (getattr(error, "params", None) or {}).get("at", [])
        named = _("Area %(n)d: %(text)s") % {"n": number, "text": text} if of > 1 else text
        yield Remark(named, at, is_error=True)


def _swapped(drawn: Any, others: list[Region]) -> Remark | None:
    """A place far from all we have, that would lie among it the other way round."""
    known = _surroundings(others)
    if known is None:
        return None
    middle = drawn.centroid
    if known.distance(middle) < FAR_AWAY_DEGREES or known.distance(shapely.Point(middle.y, middle.x)) > 1:
        return None
    return Remark(
        _("Latitude and longitude seem to be swapped: %(lat).4f, %(lon).4f is far from everything else.")
        % {"lat": middle.y, "lon": middle.x},
        [[middle.x, middle.y]],
        is_error=True,
    )


def _surroundings(others: list[Region]) -> Any:
    """The box around the other regions, or where there are none, around the fleet; None if there is nothing."""
    if others:
        return shapely.union_all([shapely.box(o.west, o.south, o.east, o.north) for o in others]).envelope
    edges = Asset.objects.real().aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    return shapely.box(*edges.values()) if edges["w"] is not None else None


def _size(sketch: Sketch) -> Iterator[Remark]:
    for part in sketch.parts:
        square_metres = geo.square_metres(part)
        if square_metres < SMALLEST_M2:
            text = _("It covers %(n).1f m²: less than two parked cars.") % {"n": square_metres}
            yield Remark(text, [list(part["coordinates"][0][0][:2])])
        elif square_metres > LARGEST_KM2 * 1e6:
            yield Remark(_("It covers %(n)s km²: a whole country.") % {"n": grouped(square_metres / 1e6)})


def _touching(parts: list[dict[str, Any]]) -> Iterator[Remark]:
    """Areas of one sketch that overlap."""
    shapes = [shape(part) for part in parts]
    for n, one in enumerate(shapes):
        for m, other in enumerate(shapes[:n]):
            shared = one.intersection(other)
            if shared.area:
                yield Remark(_("Areas %(a)d and %(b)d overlap.") % {"a": m + 1, "b": n + 1}, [_place(shared)])


def _outside(drawn: Any, others: list[Region]) -> Iterator[Remark]:
    operating = [shape(other.area) for other in others if other.kind == Kind.OPERATING]
    if not operating:
        return
    outside = drawn.difference(shapely.union_all(operating))
    share = outside.area / drawn.area
    if share > 0.999:
        yield Remark(_("It lies outside the operating area, where no ride may end anyway."), [_place(outside)])
    elif share > 0.01:
        text = _("%(n)d %% of it lies outside the operating area.") % {"n": round(100 * share)}
        yield Remark(text, [_place(outside)])


def _contradiction(sketch: Sketch, drawn: Any, other: Region) -> Iterator[Remark]:
    """Two rules for the same types, time and place, of which only one can be kept."""
    speeds = sketch.kind == other.kind == Kind.SPEEDLIMIT and sketch.max_speed_kmh != other.max_speed_kmh
    if not speeds and frozenset((sketch.kind, other.kind)) not in CONTRADICT:
        return
    if not _meet_in_time(sketch, other) or not _share_types(sketch, other):
        return
    shared = drawn.intersection(shape(other.area))
    if shared.is_empty or geo.square_metres(shapely.geometry.mapping(shared)) < SHARED_M2:
        return
    told = {"other": str(other), "mine": sketch.max_speed_kmh, "theirs": other.max_speed_kmh}
    text = (
        _("It overlaps %(other)s: %(mine)s and %(theirs)s km/h for the same vehicles; the slower one counts.")
        if speeds
        else _("It overlaps %(other)s, which says the opposite for the same vehicles; the ban counts.")
    )
    yield Remark(text % told, [_place(shared)])


def _meet_in_time(sketch: Sketch, other: Region) -> bool:
    begins_first = sketch.starts_at is None or other.ends_at is None or sketch.starts_at < other.ends_at
    ends_later = sketch.ends_at is None or other.starts_at is None or sketch.ends_at > other.starts_at
    return begins_first and ends_later


def _share_types(sketch: Sketch, other: Region) -> bool:
    theirs = {kind.pk for kind in other.asset_types.all()}
    return not sketch.asset_types or not theirs or bool(theirs & sketch.asset_types)


def _place(geometry: Any) -> list[float]:
    place = geometry.representative_point()
    return [place.x, place.y]
