"""Query filters whose names on the wire Python cannot write."""

from datetime import UTC

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter


class UtcField(IsoDateTimeField):
    """A moment in UTC: the database takes no offset of more than 15 hours in a range, ISO 8601 does."""

    def to_python(self, value):
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = UtcField


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
