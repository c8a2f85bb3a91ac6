"""Is an object that was sent to us, and that we only give back, what a component declares?"""

from functools import cache

from rest_framework import serializers

from tomp.components import declare
from tomp.serializers import (
    MAX_ITEMS,
    Country,
    Day,
    Flag,
    FreeObject,
    Moment,
    Number,
    OpenObject,
    Text,
    Url,
    WholeNumber,
    moment_json,
)
from tomp.versions import LATEST, V1_5


class Declared(serializers.Field):
    """An object of this component, kept and given back. Members nobody declared are kept, too; nulls are not."""

    def __init__(self, component, **kwargs):
        super().__init__(**kwargs)
        self.component = component

    def run_validation(self, data=serializers.empty):
        """None, which only a list can have, is an object that says nothing: told is what it had to say."""
        return self.to_internal_value(None) if data is None else super().run_validation(data)

    def to_internal_value(self, data):
        return _reader(self.component).read(data, version=self.context.get("version"))


class _MomentAsText(Moment):
    """Kept in UTC."""

    def to_internal_value(self, value):
        return moment_json(super().to_internal_value(value))


@cache
def _reader(component):
    """The serializer that reads what the component declares."""
    members = component().fields
    fields = {name: _field(member, required=member.required) for name, member in members.items()}
    required_up_to_1_5 = component.required_in.get(V1_5, ())
    return type(component.__name__, (OpenObject,), {**fields, "required_up_to_1_5": required_up_to_1_5})


def _field(member, **kwargs):
    """What reads this member of a component."""
    match member:
        case declare.Component():
            return _reader(type(member))(**kwargs)
        case declare.ListOf() | serializers.ListSerializer():
            most = {"max_length": MAX_ITEMS} | _bounds(member, "max_length")
            return serializers.ListField(child=_field(member.child), **most, **kwargs)
        case declare.Choice():
            return serializers.ChoiceField(choices=member.words_in(LATEST), **kwargs)
        case declare.Whole() | declare.Number():
            kind = WholeNumber if isinstance(member, declare.Whole) else Number
            return kind(**_bounds(member, "min_value", "max_value"), **kwargs)
        case declare.Text():
            may_be_blank = kwargs.get("required") is False  # what may be left out; an item of a list may not
            return Text(**_bounds(member, "min_length", "max_length"), allow_blank=may_be_blank, **kwargs)
        case _:
            return PLAIN[type(member)](**kwargs)


def _bounds(member, *names):
    """Those of these bounds that the member has."""
    bounds = {name: getattr(member, name, None) for name in names}
    return {name: bound for name, bound in bounds.items() if bound is not None}


PLAIN = {
    declare.Flag: Flag,
    declare.Moment: _MomentAsText,
    declare.Day: Day,
    declare.Url: Url,
    declare.FreeObject: FreeObject,
    declare.Country: Country,
}
