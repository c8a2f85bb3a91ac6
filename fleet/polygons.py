"""Is this an area? Pure (RFC 7946 Polygon)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely import GEOSException
from shapely.geometry import shape
from shapely.validation import explain_validity


def check_polygon(area):
    """Raises ValidationError unless it is one GeoJSON Polygon inside the world: rings closed, without crossings."""
    if not isinstance(area, dict) or area.get("type") != "Polygon" or not area.get("coordinates"):
        raise ValidationError(_('A GeoJSON Polygon is expected: {"type": "Polygon", …}.'))
    try:
        polygon = shape(area)
        rings = [[(float(lon), float(lat)) for lon, lat, *_more in ring] for ring in area["coordinates"]]
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValidationError(_("This is not a GeoJSON Polygon: %(why)s.") % {"why": error}) from error
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValidationError(_("Each ring needs four points and ends where it begins."))
        if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring):
            raise ValidationError(_("Points are [longitude, latitude] in degrees."))
    if not polygon.is_valid:
        raise ValidationError(_("The area is not simple: %(why)s.") % {"why": explain_validity(polygon)})
