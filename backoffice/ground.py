"""What must a page with a map know before it draws? The base map, and where to begin."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Max, Min

from fleet.models import Asset, Region

WORLD = [[-60.0, -170.0], [75.0, 170.0]]


def ground() -> dict[str, Any]:
    """What static/backoffice/ground.js is told; two statements at most."""
    return {
        "tiles": settings.TOMP_MAP_TILES_URL,
        "attribution": settings.TOMP_MAP_ATTRIBUTION,
        "begin": _where_to_begin(),
    }


def media(name: str, *scripts: str) -> forms.Media:
    """Leaflet, the ground, and of static/backoffice/ these scripts, then the one of this name with its styles."""
    ours = [f"backoffice/{script}.js" for script in ("ground", *scripts, name)]
    loaded: Any = [forms.widgets.Script(path, defer=True) for path in ("leaflet/leaflet.js", *ours)]
    styles = ["leaflet/leaflet.css", "backoffice/ground.css", f"backoffice/{name}.css"]
    return forms.Media(css={"all": styles}, js=loaded)


def _where_to_begin() -> list[list[float]]:
    """The corners of the operating areas; where there are none, of the fleet."""
    edges = {"south": Min("south"), "west": Min("west"), "north": Max("north"), "east": Max("east")}
    found = Region.objects.filter(kind=Region.Kind.OPERATING).aggregate(**edges)
    if found["south"] is None:
        edges = {"south": Min("lat"), "west": Min("lon"), "north": Max("lat"), "east": Max("lon")}
        found = Asset.objects.real().aggregate(**edges)
    if found["south"] is None:
        return WORLD
    return [[found["south"], found["west"]], [found["north"], found["east"]]]
