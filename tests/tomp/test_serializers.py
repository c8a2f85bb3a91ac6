"""Input fields take what the protocol means and nothing that merely looks like it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError as ModelValidationError
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from tomp.dialect import Dialect
from tomp.errors import PageTooBig
from tomp.fields import LocalizedTextField
from tomp.geojson import geometry_json, object_json
from tomp.serializers import (
    MAX_TEXT,
    MAX_WHOLE,
    Coordinates,
    FreeObject,
    Moment,
    Number,
    Paging,
    Place,
    Text,
    Url,
    WholeNumber,
    WireSerializer,
    moment_json,
    page,
    place_json,
    without_nulls,
)
from tomp.versions import V1_5, V1_6

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def reads(field, value):
    return field.run_validation(value)


def refuses(field, value):
    with pytest.raises(ValidationError):
        field.run_validation(value)
    return True


# Texts and numbers


@pytest.mark.parametrize("text", ["x", " kept ", "line\nbreak", "<b>", "'; DROP TABLE x; --", "🛴", "a" * MAX_TEXT])
def test_a_text_is_kept_as_it_came(text):
    assert reads(Text(), text) == text


@pytest.mark.parametrize("value", ["", None, 1, 1.5, True, [], {}, "a" * (MAX_TEXT + 1), "a\0b", "\ud800"])
def test_these_are_no_texts(value):
    assert refuses(Text(), value)


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (-2.5, -2.5), (0, 0.0), (10**300, 1e300)])
def test_a_number_is_a_json_number(value, number):
    assert reads(Number(), value) == number


@pytest.mark.parametrize("value", ["1", "", None, True, False, [], {}, [1]])
def test_these_are_no_numbers(value):
    assert refuses(Number(), value)


@pytest.mark.parametrize(("value", "number"), [(1, 1), (1.0, 1), (-3, -3), (MAX_WHOLE, MAX_WHOLE)])
def test_a_whole_number_has_no_fraction(value, number):
    assert reads(WholeNumber(), value) == number


@pytest.mark.parametrize("value", ["1", None, True, 1.5, 1e22, MAX_WHOLE + 1, 10**300, [], {}])
def test_these_are_no_whole_numbers(value):
    assert refuses(WholeNumber(), value)


# Moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-01T12:00:00Z", NOON),
        ("2026-06-01t12:00:00z", NOON),
        ("2026-06-01T14:00:00+02:00", NOON),
        ("2026-06-01T07:00:00.000-05:00", NOON),
        ("2026-06-01 12:00:00Z", NOON),
        ("2026-06-01T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_moment_has_an_offset(text, moment):
    assert reads(Moment(), text) == moment


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-01T12:00:00",
        "2026-06-01",
        "12:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "2026-06-01T12:00:00+99:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "now",
        "",
        1764590400,
        None,
        True,
        [],
    ],
)
def test_these_are_no_moments(value):
    assert refuses(Moment(), value)


def test_moments_are_written_in_utc():
    assert moment_json(datetime(2026, 6, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-06-01T12:00:00Z"
    assert moment_json(NOON + timedelta(milliseconds=5)) == "2026-06-01T12:00:00.005000Z"
    assert moment_json(None) is None


# Objects and addresses


def test_a_free_object_is_kept_as_it_came():
    value = {"a": [1, None, {"b": True}], "": "x"}

    assert reads(FreeObject(), value) == value


@pytest.mark.parametrize("value", [[], "x", 1, True, None])
def test_these_are_no_objects(value):
    assert refuses(FreeObject(), value)


@pytest.mark.parametrize(
    "address",
    [
        "http://a",
        "https://mp.example/tomp/1.5.0",
        "HTTPS://mp.example:8443/a?b=c#d",
        "http://[::1]:8000/",
        "http://10.0.0.1",
    ],
)
def test_an_address_is_absolute(address):
    assert reads(Url(), address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mp.example",
        "/relative",
        "//mp.example",
        "ftp://mp.example",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "http://:80",
        "http://a b",
        "http://a\nb",
        "http://a\x01b",
        "http://[::1",
        "http://a:99999",
        "http://a:b",
        5,
        None,
    ],
)
def test_these_are_no_addresses(address):
    assert refuses(Url(), address)


@pytest.mark.parametrize(("lat", "lng"), [(90, 180), (-90, -180), (0, 0), (-33.45, -70.66), (52, 5)])
def test_coordinates_may_be_anywhere_on_the_globe(lat, lng):
    assert reads(Coordinates(), {"lat": lat, "lng": lng}) == {"lat": lat, "lng": lng}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"lat": 1},
        {"lat": 90.1, "lng": 0},
        {"lat": 0, "lng": -180.1},
        {"lat": "1", "lng": 1},
        {"lat": True, "lng": 1},
        {"lat": 10**300, "lng": 1},
        [1, 2],
        "1,2",
        5,
    ],
    ids=str,
)
def test_coordinates_may_be_nowhere_else(value):
    assert refuses(Coordinates(), value)


def test_a_place_is_kept_and_given_back():
    sent = {
        "name": "Dom",
        "stationId": "dom",
        "coordinates": {"lat": 52.09, "lng": 5.12, "alt": -2},
        "physicalAddress": {"streetAddress": "Domplein 1", "areaReference": "Utrecht"},
        "stopReference": [{"type": "GTFS_STOP_ID", "id": "1", "country": "NL"}],
        "extraInfo": {"vehicleCode": "157103"},
    }

    kept = reads(Place(), sent)

    assert kept == {
        "name": "Dom",
        "station_id": "dom",
        "coordinates": {"lat": 52.09, "lng": 5.12, "alt": -2},
        "address": {"streetAddress": "Domplein 1", "areaReference": "Utrecht"},
        "stop_reference": [{"type": "GTFS_STOP_ID", "id": "1", "country": "NL"}],
        "extra_info": {"vehicleCode": "157103"},
    }
    assert place_json(kept) == sent


def test_a_station_stands_in_for_coordinates():
    assert reads(Place(), {"stationId": "dom"}) == {"station_id": "dom"}


@pytest.mark.parametrize("value", [{}, {"name": "Dom"}, {"coordinates": None}, {"physicalAddress": {}}])
def test_a_place_is_somewhere(value):
    with pytest.raises(ValidationError) as refused:
        Place().run_validation(value)

    assert refused.value.detail == {"coordinates": ["This field is required, or stationId."]}
    assert refused.value.detail["coordinates"][0].code == "required"


def test_what_says_nothing_is_not_written():
    assert place_json({"name": "", "coordinates": {"lat": 1, "lng": 2}, "extra_info": {}, "address": None}) == {
        "coordinates": {"lat": 1, "lng": 2}
    }
    assert without_nulls(a=None, b=0, c=False, d="", e=[]) == {"b": 0, "c": False, "d": "", "e": []}


class Named(WireSerializer):
    wire_names = {"min_time": "min-time"}

    from_ = Text()
    class_ = Text(required=False, default="x")
    min_time = Text(required=False, default=None)
    to = Text(source="to_place", required=False, default=None)


def test_names_that_python_cannot_write_are_written_on_the_wire():
    assert list(Named().fields) == ["from", "class", "min-time", "to"]


def test_every_key_gets_a_value():
    serializer = Named(data={"from": "a", "unknown": 1, "to": None})

    assert serializer.is_valid()
    assert serializer.validated_data == {"from": "a", "class": "x", "min_time": None, "to_place": None}


@pytest.mark.parametrize("data", [None, {}, {"from": None}])
def test_null_counts_as_absent(data):
    serializer = Named(data=data)

    assert not serializer.is_valid()
    assert serializer.errors["from"][0].code == "required"


# Pages


@pytest.mark.parametrize(
    ("query", "paging"),
    [
        ({}, (0, 1000)),
        ({"offset": "", "limit": ""}, (0, 1000)),
        ({"offset": "20", "limit": "10"}, (20, 10)),
        ({"limit": "0"}, (0, 0)),
        ({"limit": "1000"}, (0, 1000)),
        ({"offset": "007"}, (7, 1000)),
        ({"offset": "9" * 30}, (10**18 - 1, 1000)),
    ],
    ids=str,
)
def test_a_page_begins_and_ends(settings, query, paging):
    settings.TOMP_MAX_PAGE_SIZE = 1000
    serializer = Paging(data=query)

    assert serializer.is_valid()
    assert (serializer.validated_data["offset"], serializer.validated_data["limit"]) == paging


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "1;2", "٣", "0x10", "1e3", "+1"])
@pytest.mark.parametrize("name", ["offset", "limit"])
def test_these_are_no_pages(name, value):
    assert not Paging(data={name: value}).is_valid()


@pytest.mark.parametrize("limit", ["1001", "9" * 30])
def test_a_page_has_a_greatest_size(settings, limit):
    settings.TOMP_MAX_PAGE_SIZE = 1000

    with pytest.raises(PageTooBig, match="1000"):
        Paging(data={"limit": limit}).is_valid()


def test_a_page_is_cut_from_the_rows():
    assert page(list("abcdef"), offset=2, limit=3) == ["c", "d", "e"]
    assert page(list("abc"), offset=5, limit=3) == []
    assert page(list("abc"), offset=0, limit=0) == []


# Geometries, dialects, texts in several languages


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [5.1, 52.1]},
        {"type": "LineString", "coordinates": [[5.1, 52.1], [5.2, 52.2]]},
        {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [6, 53], [5, 52]]]},
        {"type": "MultiPolygon", "coordinates": [[[[5, 52], [6, 52], [6, 53], [5, 52]]]]},
    ],
    ids=lambda geometry: geometry["type"],
)
def test_a_geometry_is_an_object_since_1_6_and_bare_before(geometry):
    assert geometry_json(geometry, V1_6) == geometry
    assert geometry_json(geometry, V1_5) == geometry["coordinates"]
    assert object_json(geometry) == geometry


def test_positions_have_two_numbers():
    assert object_json({"type": "Point", "coordinates": [5.1, 52.1, 7.0]})["coordinates"] == [5.1, 52.1]


def test_a_dialect_spells_as_the_contract_says():
    assert Dialect().spell("conditionDeposit") == "conditionDeposit"
    assert Dialect(pascal_case=True).spell("conditionDeposit") == "ConditionDeposit"


@pytest.mark.parametrize("value", [{}, {"en": "Station"}, {"nb-NO": "Stasjon", "en": ""}])
def test_a_localized_text_is_a_text_per_language(value):
    LocalizedTextField(blank=True).clean(value, None)


@pytest.mark.parametrize("value", ["Station", ["en"], {"english": "Station"}, {"en": 5}, {"en\n": "x"}, {"": "x"}])
def test_these_are_no_localized_texts(value):
    with pytest.raises(ModelValidationError):
        LocalizedTextField(blank=True).clean(value, None)


def test_lists_of_texts_name_the_item_at_fault():
    field = serializers.ListField(child=Text())

    with pytest.raises(ValidationError) as refused:
        field.run_validation(["a", 5])

    assert list(refused.value.detail) == [1]
