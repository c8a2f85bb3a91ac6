"""Query filters whose names on the wire Python cannot write."""

from django_filters import rest_framework as filters


class WireFilterSet(filters.FilterSet):
    """A FilterSet whose declared names are replaced by those in `wire_names`: min_time → min-time."""

    wire_names: dict[str, str] = {}

    @classmethod
    def get_filters(cls):
        return {cls.wire_names.get(name, name): declared for name, declared in super().get_filters().items()}
