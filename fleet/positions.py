"""Can a vehicle stand there? Asked of every row of a fleet list, and of what staff type."""

from collections.abc import Iterable
from typing import Any

import shapely
from django.utils.translation import gettext_noop as _
from shapely.geometry import shape

from fleet.models import Region
from tomp.sentences import Refusal, Sentence

OUTSIDE = _("lat %(lat)s and lon %(lon)s are outside the operating area")
SWAPPED = _("lat %(lat)s and lon %(lon)s are outside the operating area, swapped they are inside")


class Misplaced(Refusal):
    """No vehicle of ours stands there."""


class OperatingArea:
    """All operating regions in one; without any, everywhere."""

    def __init__(self, areas: Iterable[dict[str, Any]]):
        shapes = [shapely.make_valid(shape(area)) for area in areas]
        self.everything = shapely.union_all(shapes) if shapes else None
        if self.everything is not None:
            shapely.prepare(self.everything)

    @classmethod
    def drawn(cls) -> "OperatingArea":
        """As the regions draw it by now."""
        return cls(Region.objects.filter(kind=Region.Kind.OPERATING).values_list("area", flat=True))

    def covers(self, lat: float, lon: float) -> bool:
        return self.everything is None or bool(shapely.intersects_xy(self.everything, lon, lat))

    def remark(self, lat: float, lon: float) -> Sentence | None:
        """What is odd about a vehicle that stands there, if anything. Raises Misplaced for what was not meant so."""
        if (lat, lon) == (0, 0):
            raise Misplaced(_("lat and lon are 0,0: leave both empty if the place is not known"))
        if self.covers(lat, lon):
            return None
        place = {"lat": f"{lat:g}", "lon": f"{lon:g}"}
        if self.covers(lon, lat):
            raise Misplaced(SWAPPED, **place)
        return Sentence(OUTSIDE, **place)
