"""Which bookings are asked for (TOMP GET /bookings)."""

from django.db.models import F
from django.db.models.functions import Coalesce
from django_filters import rest_framework as filters

from bookings.models import BookingState
from tomp.filters import WireFilterSet


class BookingFilter(WireFilterSet):
    """State; a window the trip overlaps with; the price of the whole trip; an asset type in any leg."""

    wire_names = {
        "min_time": "min-time",
        "max_time": "max-time",
        "min_price": "min-price",
        "max_price": "max-price",
        "contains_asset_type": "contains-asset-type",
    }

    state = filters.ChoiceFilter(choices=BookingState.choices)
    min_time = filters.IsoDateTimeFilter(method="not_over_before")
    max_time = filters.IsoDateTimeFilter(method="begun_by")
    min_price = filters.NumberFilter(field_name="price", lookup_expr="gte")
    max_price = filters.NumberFilter(field_name="price", lookup_expr="lte")
    contains_asset_type = filters.CharFilter(method="with_asset_type", max_length=200)

    def not_over_before(self, bookings, name, moment):
        """Trips without a planned end are over when they begin, as far as a window is concerned."""
        end = Coalesce(F("arrived_at"), F("arrives_at"), F("departed_at"), F("departs_at"))
        return bookings.alias(over_at=end).filter(over_at__gte=moment)

    def begun_by(self, bookings, name, moment):
        return bookings.alias(begins_at=Coalesce(F("departed_at"), F("departs_at"))).filter(begins_at__lte=moment)

    def with_asset_type(self, bookings, name, type_id):
        return bookings.filter(legs__asset_type__type_id=type_id).distinct()
