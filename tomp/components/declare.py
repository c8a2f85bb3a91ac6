"""The words in which the shapes of the protocol's answers are declared. Nothing here reads or writes data.

A component is a serializer class named like the official schema (`Leg` declares `leg`), made of members. What
differs between versions is said where it differs: `since` and `required_in` on the component, `since` on a Choice.
tomp/schema.py turns all of it into OpenAPI.
"""

from rest_framework import serializers

from tomp.operations import is_since
from tomp.versions import Version


class Member:
    """Something an object may have. It may be absent, as most of the protocol's members may."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"required": False, **kwargs})


class Component(Member, serializers.Serializer):
    """An object of the protocol.

    Members that Python or the language of the wire name differently: a trailing underscore is dropped (`class_`), one
    inside is a hyphen (`variable_number`).
    """

    since: dict[Version, tuple[str, ...]] = {}
    required_in: dict[Version, tuple[str, ...]] = {}
    is_open = False  # whether it may have members that nobody declared

    @classmethod
    def many_init(cls, *args, **kwargs):
        return super().many_init(*args, **{"required": False, **kwargs})

    def get_fields(self):
        return {name.rstrip("_").replace("_", "-"): field for name, field in super().get_fields().items()}


def official_name(component):
    """What the official file calls this component: bookingRequest for the class BookingRequest."""
    name = component.__name__
    return name[0].lower() + name[1:]


class Text(Member, serializers.CharField):
    """A string."""


class Flag(Member, serializers.BooleanField):
    """true or false."""


class Whole(Member, serializers.IntegerField):
    """A number without fraction."""


class Number(Member, serializers.FloatField):
    """A number."""


class Moment(Member, serializers.DateTimeField):
    """RFC 3339 with an offset."""


class Day(Member, serializers.DateField):
    """A calendar date."""


class Url(Member, serializers.URLField):
    """An absolute address."""


class ListOf(Member, serializers.ListField):
    """Several of the same."""

    def __init__(self, child, **kwargs):
        super().__init__(child=child, **kwargs)


def texts(**kwargs):
    return ListOf(Text(), **kwargs)


class FreeObject(Member, serializers.DictField):
    """An object whose members are a matter between the two parties."""


class Described(Member, serializers.Field):
    """A member that describes itself: `openapi(writer)` gives its OpenAPI schema."""

    def openapi(self, writer):
        """The schema. The writer knows the `version`, and `refer`s to components and to named schemas."""
        raise NotImplementedError


class Country(Described):
    """Two letters of ISO 3166-1."""

    def openapi(self, writer):
        return writer.refer_to_schema(
            "country",
            {"type": "string", "minLength": 2, "maxLength": 2, "description": "ISO 3166-1 alpha-2", "example": "NL"},
        )


class Choice(Described):
    """One of some words; `since` adds those a later version brought. With a name it is a component of its own."""

    name: str | None = None
    words: tuple[str, ...] = ()

    def __init__(self, *words, since=None, **kwargs):
        super().__init__(**kwargs)
        self.words = words or self.words
        self.since = since or {}

    def words_in(self, version):
        """The words this version knows."""
        later = [word for first, words in self.since.items() if is_since(first, version) for word in words]
        return [*self.words, *later]

    def openapi(self, writer):
        schema = {"type": "string", "enum": self.words_in(writer.version)}
        return writer.refer_to_schema(self.name, schema) if self.name else schema


class Spelled(Described):
    """Which shape this object has, in the official spelling or, for providers that ask for it, in PascalCase."""

    def __init__(self, *names, **kwargs):
        super().__init__(**{"required": True, **kwargs})
        self.names = names

    def openapi(self, writer):
        names = self.names or (official_name(type(self.parent)),)
        return {"type": "string", "enum": [word for name in names for word in (name, pascal_case(name))]}


class OneOf(Described):
    """One of several components; `by` is the member whose value, a component's name, says which."""

    def __init__(self, *components, by=None, **kwargs):
        super().__init__(**kwargs)
        self.components, self.by = components, by

    def openapi(self, writer):
        refs = {official_name(component): writer.refer(component) for component in self.components}
        schema: dict[str, object] = {"oneOf": list(refs.values())}
        if self.by:
            mapping = {word: ref["$ref"] for name, ref in refs.items() for word in (name, pascal_case(name))}
            schema["discriminator"] = {"propertyName": self.by, "mapping": mapping}
        return schema


def pascal_case(name):
    return name[0].upper() + name[1:]
