"""Query filters whose names on the wire Python cannot write."""

from datetime import UTC

from django import forms
from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from tomp.serializers import Moment


class MomentField(forms.Field):
    """A moment as in a body, in UTC: the database takes no offset of more than 15 hours in a range, RFC 3339 does."""

    def to_python(self, value):
        try:
            return Moment().run_validation(value).astimezone(UTC) if value else None
        except serializers.ValidationError as error:
            raise ValidationError(str(next(iter(error.detail))), code="invalid") from None


class MomentFilter(filters.Filter):
    field_class = MomentField


TYPES = {
    MomentFilter: OpenApiTypes.DATETIME,
    filters.NumberFilter: OpenApiTypes.DOUBLE,
}


class WireFilterSet(filters.FilterSet):
    """A FilterSet whose declared names are replaced by those in `wire_names`: min_time → min-time."""

    wire_names: dict[str, str] = {}
    _forms: dict[type, type] = {}  # of each of these classes: the same in every request

    def get_form_class(self):
        if type(self) not in self._forms:
            self._forms[type(self)] = super().get_form_class()
        return self._forms[type(self)]

    @classmethod
    def get_filters(cls):
        return {cls.wire_names.get(name, name): declared for name, declared in super().get_filters().items()}

    @classmethod
    def parameters(cls):
        """The filters for `@extend_schema(parameters=…)`."""
        return [
            OpenApiParameter(
                name,
                TYPES.get(type(declared), OpenApiTypes.STR),
                enum=[value for value, _label in declared.extra.get("choices", ())] or None,
            )
            for name, declared in cls.get_filters().items()
        ]
