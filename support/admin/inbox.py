"""What is in the inbox, whose is it, and what of it is done? The cards above the list, which are filters of it."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from support.models import IN_INBOX

CARDS = (("open", _("open")), ("mine", _("mine")), ("nobody", _("with nobody")), ("closed", _("closed")))


class InboxFilter(DropdownFilter):
    """What the cards above the list lead to."""

    title = _("inbox")
    parameter_name = "inbox"

    def lookups(self, request, model_admin):
        return CARDS

    def queryset(self, request, queryset):
        condition = in_inbox(request).get(self.value())
        return queryset if condition is None else queryset.filter(condition)


def in_inbox(request):
    """{card: condition}; what was merged into another is looked after there."""
    return {
        "open": IN_INBOX,
        "mine": IN_INBOX & Q(assigned_to=request.user.get_username()),
        "nobody": IN_INBOX & Q(assigned_to=""),
        "closed": ~IN_INBOX,
    }


def inbox_cards(request, changelist):
    """How many requests there are on each card: one query; each card is a filter."""
    filtered = changelist.get_queryset(request, exclude_parameters=["inbox"]).order_by()
    counts = filtered.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in in_inbox(request).items()}
    )
    titles = dict(CARDS)
    chosen = changelist.params.get("inbox", "")
    return [
        {
            "text": titles[name],
            "count": count,
            "is_chosen": name == chosen,
            "address": changelist.get_query_string({"inbox": None if name == chosen else name}),
        }
        for name, count in counts.items()
    ]
