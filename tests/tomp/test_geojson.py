"""A geometry on the wire …"""

import pytest

from tomp.geojson import geometry_json, object_json
from tomp.versions import V1_5, V1_6

LINE = [[5.1, 52.0], [5.2, -0.5]]
RING = [[5.1, 52.0], [5.2, 52.0], [5.2, 52.1], [5.1, 52.0]]
GEOMETRIES = [
    {"type": "Point", "coordinates": [5.1, 52.0]},
    {"type": "LineString", "coordinates": LINE},
    {"type": "Polygon", "coordinates": [RING, RING]},
    {"type": "MultiPolygon", "coordinates": [[RING], [RING, RING]]},
]


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda geometry: geometry["type"])
def test_is_an_object_since_1_6_and_its_coordinates_before(geometry):
    assert geometry_json(geometry, V1_6) == geometry
    assert geometry_json(geometry, V1_5) == geometry["coordinates"]
    assert object_json(geometry) == geometry


def test_has_no_altitude():
    assert object_json({"type": "Point", "coordinates": [5.1, 52.0, 3]}) == {
        "type": "Point",
        "coordinates": [5.1, 52.0],
    }
    assert geometry_json({"type": "LineString", "coordinates": [(*point, 3) for point in LINE]}, V1_5) == LINE


def test_has_nothing_else():
    assert object_json({"type": "Point", "coordinates": [5, 52], "bbox": [5, 52, 5, 52]}) == {
        "type": "Point",
        "coordinates": [5, 52],
    }


def test_may_be_empty():
    assert geometry_json({"type": "LineString", "coordinates": []}, V1_5) == []
