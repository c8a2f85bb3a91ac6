"""Is this an area? Pure (RFC 7946 Polygon)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely import GEOSException
from shapely.geometry import shape
from shapely.validation import explain_validity


def check_polygon(area):
    """Raises ValidationError unless it is one GeoJSON Polygon inside the world: rings closed, without crossings."""
    rings = area.get("coordinates") if isinstance(area, dict) else None
    if not rings or not isinstance(rings, list | tuple) or area.get("type") != "Polygon":
        raise ValidationError(_('A GeoJSON Polygon is expected: {"type": "Polygon", …}.'))
    for ring in rings:
        if not isinstance(ring, list | tuple) or len(ring) < 4 or ring[0] != ring[-1]:
            raise ValidationError(_("Each ring needs four points and ends where it begins."))
        if not all(_is_position(point) for point in ring):
            raise ValidationError(_("Points are [longitude, latitude] in degrees."))
    try:
        polygon = shape(area)
    except (GEOSException, ValueError, TypeError) as error:
        raise ValidationError(_("This is not a GeoJSON Polygon: %(why)s.") % {"why": error}) from error
    if not polygon.is_valid:
        raise ValidationError(_("The area is not simple: %(why)s.") % {"why": explain_validity(polygon)})


def _is_position(point):
    if not isinstance(point, list | tuple) or len(point) < 2:
        return False
    lon, lat = point[:2]
    are_numbers = all(isinstance(number, int | float) and not isinstance(number, bool) for number in (lon, lat))
    return are_numbers and -180 <= lon <= 180 and -90 <= lat <= 90
