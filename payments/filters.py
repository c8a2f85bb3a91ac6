"""Which journal entries are asked for (TOMP GET /payment/journal-entry)."""

import uuid

from django.db.models import Q
from django_filters import rest_framework as filters

from payments.models import JournalEntry
from tomp.filters import MomentFilter, WireFilterSet

CATEGORIES = [("ALL", "ALL"), *JournalEntry.Category.choices]


class JournalFilter(WireFilterSet):
    """By creation time, state, category (ALL = no filter), and booking or leg id."""

    wire_names = {"from_": "from"}

    from_ = MomentFilter(field_name="created_at", lookup_expr="gte")
    to = MomentFilter(field_name="created_at", lookup_expr="lte")
    state = filters.ChoiceFilter(choices=JournalEntry.State.choices)
    category = filters.ChoiceFilter(choices=CATEGORIES, method="of_category")
    id = filters.CharFilter(method="of_trip", max_length=200)

    def of_category(self, entries, name, value):
        return entries if value == "ALL" else entries.filter(category=value)

    def of_trip(self, entries, name, value):
        try:
            trip_id = uuid.UUID(value)
        except ValueError:
            return entries.none()
        return entries.filter(Q(booking_id=trip_id) | Q(leg_id=trip_id))
