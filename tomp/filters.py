"""Query filters whose names on the wire Python cannot write."""

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

TYPES = {
    filters.IsoDateTimeFilter: OpenApiTypes.DATETIME,
    filters.NumberFilter: OpenApiTypes.DOUBLE,
}


class WireFilterSet(filters.FilterSet):
    """A FilterSet whose declared names are replaced by those in `wire_names`: min_time → min-time."""

    wire_names: dict[str, str] = {}

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
