"""Geometries on the wire: a GeoJSON object since 1.6, its bare coordinates before (semantics §14)."""


def geometry_json(geometry, version):
    """A service area, return area or progress line, in the shape this version has for it."""
    whole = object_json(geometry)
    return whole if version.geojson_objects else whole["coordinates"]


def object_json(geometry):
    """The geometry as an object in all versions (TOMP stationArea). Points have two coordinates, no altitude."""
    return {"type": geometry["type"], "coordinates": _flat(geometry["coordinates"])}


def _flat(coordinates):
    if coordinates and not isinstance(coordinates[0], (list, tuple)):
        return list(coordinates[:2])
    return [_flat(part) for part in coordinates]
