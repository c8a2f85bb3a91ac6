"""Points, lines and areas: bare arrays of positions up to 1.5, GeoJSON objects since 1.6 (semantics §14)."""

from tomp.components.declare import Described

POSITION = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}, "example": [4.53, 55.32]}
KINDS = {"geojsonPoint": "Point", "geojsonLine": "LineString", "geojsonPolygon": "Polygon"}
KINDS |= {"geojsonMultiPolygon": "MultiPolygon"}
DEPTH = {"geojsonPoint": 0, "geojsonLine": 1, "geojsonPolygon": 2, "geojsonMultiPolygon": 3}


class Geometry(Described):
    """A geometry of one kind, given by the name of its official schema."""

    def __init__(self, name, **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def openapi(self, writer):
        return geometry(self.name, writer)


class AnyGeometry(Described):
    """A geometry of any kind; an object in every version."""

    def openapi(self, writer):
        refs = {KINDS[name]: geometry(name, writer) for name in KINDS}
        if writer.version.geojson_objects:
            mapping = {kind: ref["$ref"] for kind, ref in refs.items()}
            schema = {"oneOf": list(refs.values()), "discriminator": {"propertyName": "type", "mapping": mapping}}
        else:
            schema = _object(list(refs), {"anyOf": list(refs.values())})
        return writer.refer_to_schema("geojsonGeometry", schema)


def geometry(name, writer):
    """A reference to the geometry in the writer's version."""
    positions = writer.refer_to_schema("basePoint", POSITION)
    for _level in range(DEPTH[name]):
        positions = {"type": "array", "items": positions}
    if writer.version.geojson_objects:
        return writer.refer_to_schema(name, _object([KINDS[name]], positions))
    return writer.refer_to_schema(name, positions)


def _object(kinds, coordinates):
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string", "enum": kinds}, "coordinates": coordinates},
    }
