"""Which bookings are asked for (TOMP GET /bookings)."""

from django.utils import timezone
from django_filters import rest_framework as filters

from bookings.models import BookingState
from tomp.filters import MomentFilter, WireFilterSet


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
    min_time = MomentFilter()
    max_time = MomentFilter()
    min_price = filters.NumberFilter(field_name="price", lookup_expr="gte")
    max_price = filters.NumberFilter(field_name="price", lookup_expr="lte")
    contains_asset_type = filters.CharFilter(method="with_asset_type", max_length=200)

    def filter_queryset(self, bookings):
        since, until = (self.form.cleaned_data.pop(name) for name in ("min-time", "max-time"))
        bookings, now = super().filter_queryset(bookings), timezone.now()
        if since and until and since > until:  # the trips that take all of that time
            return bookings.under_way_in(since, None, now=now).under_way_in(None, until, now=now)
        return bookings.under_way_in(since, until, now=now) if since or until else bookings

    def with_asset_type(self, bookings, name, type_id):
        return bookings.filter(legs__asset_type__type_id=type_id).distinct()
