"""What a text draws …"""

import json

import pytest
from django.core.exceptions import ValidationError

from fleet import shapes
from fleet.polygons import check_polygon, wound

TRIANGLE = [[[5.0, 52.0], [6.0, 52.0], [5.0, 53.0], [5.0, 52.0]]]
SMALL = [[[7.0, 52.0], [7.1, 52.0], [7.0, 52.1], [7.0, 52.0]]]
POLYGON = {"type": "Polygon", "coordinates": TRIANGLE}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(POLYGON),
        "\ufeff" + json.dumps(POLYGON),
        json.dumps({"type": "MultiPolygon", "coordinates": [TRIANGLE]}),
        json.dumps({"type": "Feature", "properties": {}, "geometry": POLYGON}),
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]}),
        json.dumps({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [5, 52]}, POLYGON]}),
        "POLYGON ((5 52, 6 52, 5 53, 5 52))",
        " SRID=4326;polygon((5 52, 6 52, 5 53, 5 52))",
        "MULTIPOLYGON Z (((5 52 1, 6 52 1, 5 53 1, 5 52 1)))",
    ],
)
def test_is_read_from_geojson_and_wkt(text):
    assert shapes.polygons(text) == [TRIANGLE]


def test_is_several_areas_where_several_are_drawn():
    drawn = shapes.polygons("MULTIPOLYGON (((5 52, 6 52, 5 53, 5 52)), ((7 52, 7.1 52, 7 52.1, 7 52)))")

    assert drawn == [TRIANGLE, SMALL]
    assert shapes.parts(shapes.as_geojson(drawn)) == [POLYGON, {"type": "Polygon", "coordinates": SMALL}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "This is not JSON. Line 1, column 1: Expecting value."),
        ("[1, 2", "This is not JSON. Line 1, column 6: Expecting ',' delimiter."),
        ('{"a": NaN}', "NaN is not a JSON number."),
        ('{"a": "\\ud800"}', "Half a surrogate pair is not a character."),
        ("[" * 500, "This is not JSON. Line 1, column 501: Expecting value."),
        ("[" * 500 + "]" * 500, "It is nested too deeply."),
        ("[" * 100_000, "It is nested too deeply."),
        ("7", "No polygon is drawn here: a GeoJSON Polygon or MultiPolygon is expected, or WKT."),
        ('{"type": "Point", "coordinates": [5, 52]}', "No polygon is drawn here"),
        ('{"type": "FeatureCollection", "features": 5}', "No polygon is drawn here"),
        ("POLYGON EMPTY", "No polygon is drawn here"),
        ("POLYGON ((5 52, 6", "This is not WKT: "),
        ("POLYGON ((5 52, 6 52))", "This is not WKT: "),
        (json.dumps({"type": "MultiPolygon", "coordinates": [TRIANGLE] * 51}), "At most 50 areas are drawn at once."),
    ],
)
def test_is_refused_with_the_reason_where_it_is_none(text, said):
    with pytest.raises(ValidationError) as refused:
        shapes.polygons(text)

    assert refused.value.messages[0].startswith(said)


def rings(*points):
    return {"type": "Polygon", "coordinates": [[list(point) for point in (*points, points[0])]]}


@pytest.mark.parametrize(
    ("area", "said", "at"),
    [
        (
            rings((5, 52), (6, 53), (6, 52), (5, 53)),
            "The area crosses itself at 52.50000, 5.50000: between points 1 and 2 and between points 3 and 4.",
            [[5.5, 52.5]],
        ),
        (
            {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [6, 53]]]},
            "Ring 1: each ring needs four points and ends where it begins; it has 3 points.",
            [[5, 52], [6, 53]],
        ),
        (
            {"type": "Polygon", "coordinates": [*TRIANGLE, [[8, 52], [8.1, 52], [8, 52.1], [8, 52]]]},
            "The area is not simple at 52.00000, 8.00000: a hole lies outside the area.",
            [[8, 52]],
        ),
    ],
)
def test_is_told_where_it_is_wrong(area, said, at):
    with pytest.raises(ValidationError) as refused:
        check_polygon(area)

    assert refused.value.messages == [said]
    assert refused.value.params["at"] == at


def test_names_the_point_that_is_none():
    with pytest.raises(ValidationError) as refused:
        check_polygon(rings((5, 52), (6, 152), (5, 53)))

    assert refused.value.messages == ["Point 2 of ring 1 is [6, 152]: points are [longitude, latitude] in degrees."]


def test_is_wound_against_the_clock():
    clockwise = {"type": "Polygon", "coordinates": [TRIANGLE[0][::-1]]}

    assert wound(clockwise) == {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [5, 53], [5, 52]]]}
    assert wound(POLYGON) == POLYGON
