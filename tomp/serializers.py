"""The shapes several modules share: strict input fields, places, coordinates, paging.

Input serializers give every key a value, so that services take plain keywords. Members that are null
count as absent, because production clients send all members always (Entur profile).
"""

import threading
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from tomp import errors
from tomp.language import in_language

LATITUDE, LONGITUDE = 90, 180
MAX_TEXT = 1000
MAX_ITEMS = 1000
MAX_WHOLE = 2**31 - 1
RESERVED_WORDS = {"from_": "from", "class_": "class"}


class _Readers(threading.local):
    """The serializers that this thread reads with, each with its context."""

    def __init__(self):
        self.made = {}

    def of(self, kind):
        if kind not in self.made:
            context: dict[str, Any] = {}
            self.made[kind] = kind(context=context), context
        return self.made[kind]


_readers = _Readers()


class WireSerializer(serializers.Serializer):
    """A body or query of the protocol. `wire_names` maps attributes to members that Python cannot name.

    At least one of the members in `needs_one_of` must say something; the first is named when none does. An object that
    is `null` is missing, even where it needs no members, unless it `may_be_absent`.
    """

    wire_names: dict[str, str] = {}
    needs_one_of: tuple[str, ...] = ()
    may_be_absent = False

    @classmethod
    def read(cls, data, **context):
        """The data as snake_case keywords; raises Missing or Invalid.

        To make a serializer is to copy all its fields, which takes longer than to use it: each thread keeps its own.
        """
        reader, known = _readers.of(cls)
        known.update(context)
        try:
            return reader.run_validation(data)
        finally:
            known.clear()

    def get_fields(self):
        names, fields = RESERVED_WORDS | self.wire_names, super().get_fields()
        for name in self.wire_names:
            fields[name].source = name
        return {names.get(name, name): field for name, field in fields.items()}

    def to_internal_value(self, data):
        if isinstance(data, dict):
            data = {key: value for key, value in data.items() if value is not None}
        value = super().to_internal_value(data)
        if self.needs_one_of and not any(data.get(name) for name in self.needs_one_of):
            first, *others = self.needs_one_of
            reason = f"This field is required, or {' or '.join(others)}."
            raise serializers.ValidationError({first: [reason]}, code="required")
        return value

    def run_validators(self, value):
        # The framework's collects the members that are read only, and there are none.
        if self.validators:
            super().run_validators(value)

    def run_validation(self, data=serializers.empty):
        # A body of `null` says nothing at all; say which members were expected.
        value = super().run_validation({} if data is None else data)
        if data is None and not self.may_be_absent:
            raise serializers.ValidationError(self.error_messages["required"], code="required")
        return value


class OpenObject(WireSerializer):
    """An object that is given back. What is declared is checked; what nobody declared is kept as it came."""

    required_up_to_1_5: tuple[str, ...] = ()

    def to_internal_value(self, data):
        checked = super().to_internal_value(data)
        version = self.context.get("version")
        if version and version.customer_id_required:
            absent = [name for name in self.required_up_to_1_5 if name not in checked]
            if absent:
                reason = [self.error_messages["required"]]
                raise serializers.ValidationError(dict.fromkeys(absent, reason), code="required")
        undeclared = {name: value for name, value in data.items() if name not in self.fields and value is not None}
        return {**undeclared, **{self.wire_names.get(name, name): value for name, value in checked.items()}}


class WholeCharacters(ProhibitSurrogateCharactersValidator):
    """As the framework's, which looks at each character of a text that has none of them."""

    def __call__(self, value):
        try:
            value.encode()
        except UnicodeEncodeError:
            super().__call__(value)


class Text(serializers.CharField):
    """A string and nothing that merely looks like one; kept exactly as it came."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", MAX_TEXT)
        kwargs.setdefault("trim_whitespace", False)
        super().__init__(**kwargs)
        self.validators = [
            WholeCharacters() if isinstance(each, ProhibitSurrogateCharactersValidator) else each
            for each in self.validators
        ]

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Remark(Text):
    """A text that may be left out, or empty."""

    def __init__(self, **kwargs):
        super().__init__(required=False, allow_blank=True, **kwargs)


class Country(Text):
    """Two letters (ISO 3166-1)."""

    def __init__(self, **kwargs):
        super().__init__(min_length=2, max_length=2, **kwargs)


class Flag(serializers.BooleanField):
    """true or false; a word that merely means it is neither."""

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Number(serializers.FloatField):
    """A JSON number; a string of digits is none."""

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A JSON number without fraction, that fits a column."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_value", MAX_WHOLE)
        super().__init__(**kwargs)

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """RFC 3339 with an offset (TOMP issue 159): a local time means nothing to the other side."""

    def to_internal_value(self, value):
        if not isinstance(value, str) or not _has_offset(value):
            self.fail("invalid", format="RFC 3339 with an offset")
        try:
            return super().to_internal_value(value.upper())  # t and z may be small
        except (OverflowError, ValueError):
            self.fail("invalid", format="RFC 3339 with an offset")


class Day(serializers.DateField):
    """A calendar date, kept as it is written."""

    def to_internal_value(self, value):
        return super().to_internal_value(value).isoformat()


def _has_offset(text):
    return len(text) >= 20 and (text[-1] in "Zz" or (text[-6] in "+-" and text[-3] == ":"))


class FreeObject(serializers.JSONField):
    """An object whose members only the two parties understand; kept and given back as it came."""

    default_error_messages = {"not_an_object": "An object is expected."}

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return super().to_internal_value(data)


class Url(Text):
    """An absolute address."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators.append(_absolute_url)


def _absolute_url(value):
    try:
        parts = urlsplit(value)
        is_absolute = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a bracket is open, a port is none
        is_absolute = False
    if not is_absolute or not value.isprintable() or " " in value:
        raise serializers.ValidationError("An absolute http(s) address is expected.")


class CallbackUrl(Url):
    """An address we shall call. Credentials are agreed with the provider and never written into it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators.append(_without_credentials)


def _without_credentials(value):
    if "@" in urlsplit(value).netloc:
        raise serializers.ValidationError("An address without user and password is expected.")


class Coordinates(WireSerializer):
    """TOMP coordinates; negative ones exist (reading 15)."""

    lat = Number(min_value=-LATITUDE, max_value=LATITUDE)
    lng = Number(min_value=-LONGITUDE, max_value=LONGITUDE)
    alt = Number(required=False)


class Place(WireSerializer):
    """TOMP place. A station may stand in for the coordinates (profile); the address is kept as it came."""

    needs_one_of = ("coordinates", "stationId")

    name = Text(required=False)
    stopReference = serializers.ListField(child=FreeObject(), required=False, max_length=20, source="stop_reference")
    stationId = Text(required=False, source="station_id")
    coordinates = Coordinates(required=False)
    physicalAddress = FreeObject(required=False, source="address")
    extraInfo = FreeObject(required=False, source="extra_info")


PLACE_MEMBERS = {
    "name": "name",
    "stop_reference": "stopReference",
    "station_id": "stationId",
    "coordinates": "coordinates",
    "address": "physicalAddress",
    "extra_info": "extraInfo",
}


def place_json(place, language="en"):
    """A stored place on the wire. A place of ours has its name in several languages, one that was sent in one."""
    name = place.get("name")
    told = {**place, "name": in_language(name, language) if isinstance(name, dict) else name}
    return {PLACE_MEMBERS[key]: value for key, value in told.items() if value not in (None, "", {}, [])}


def moment_json(moment):
    """RFC 3339 in UTC, or None."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def without_nulls(**members):
    """The object without members that say nothing: the official files know no null."""
    return {name: value for name, value in members.items() if value is not None}


class WholeNumberText(serializers.CharField):
    """A query parameter of ASCII digits; an empty one is none (clients send `?limit=`)."""

    def __init__(self, **kwargs):
        super().__init__(required=False, allow_blank=True, default=None, **kwargs)

    def run_validation(self, data=serializers.empty):
        return super().run_validation(serializers.empty if data == "" else data)

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if not (text.isascii() and text.isdigit()):
            raise serializers.ValidationError("A whole number of 0 or more is expected.")
        return min(int(text[:18]), 2**62)


class Paging(WireSerializer):
    """`offset` and `limit`, as issues 177 and 306 have it; for operations that page."""

    offset = WholeNumberText()
    limit = WholeNumberText()

    def validate_limit(self, limit):
        if limit is not None and limit > settings.TOMP_MAX_PAGE_SIZE:
            raise errors.PageTooBig(f"limit may be {settings.TOMP_MAX_PAGE_SIZE} at the most.")
        return settings.TOMP_MAX_PAGE_SIZE if limit is None else limit

    def validate_offset(self, offset):
        return offset or 0


def page(rows, *, offset, limit):
    """The rows of this page; works on a queryset without reading the others."""
    return rows[offset : offset + limit]
