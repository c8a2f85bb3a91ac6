"""Back office: what belongs to a booking, on its page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bookings.models import BookingEvent, Notification
from legs.admin import LegShown
from legs.models import Leg
from payments.admin.journal import JournalShown
from payments.models import JournalEntry
from support.models import SupportRequest
from tomp.admin import ReadOnly, ReadOnlyInline, Stacked, link, moment


class LegInline(LegShown, ReadOnly, Stacked):
    model = Leg
    can_delete = False
    max_num = 0
    hide_title = True
    readonly_fields = (
        "leg_id", "state_label", "vehicle", "journey", "planned", "ridden", "use", "tariff_in_words", "price_now",
        "photos",
    )  # fmt: skip
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "leg_id",
                    "state_label",
                    ("vehicle", "asset_type"),
                    ("asset_public_id", "station"),
                    "journey",
                    ("planned", "ridden"),
                    "use",
                    "tariff_in_words",
                    "price_now",
                    "photos",
                )
            },
        ),
    )

    def get_queryset(self, request):
        legs = super().get_queryset(request)
        return legs.select_related("asset", "asset_type", "station").prefetch_related("evidence").order_by("sequence")


class TimelineInline(ReadOnlyInline):
    """The events of the booking, with those of its legs and its messages, in the order they happened."""

    model = BookingEvent
    template = "admin/bookings/booking/timeline.html"


class JournalInline(JournalShown, ReadOnlyInline):
    model = JournalEntry
    fields = ("created", "category", "sum", "net", "consists_of", "used", "state_label", "invoice_number")
    readonly_fields = ("created", "sum", "net", "consists_of", "used", "state_label")
    hide_title = True


class NotificationInline(ReadOnlyInline):
    model = Notification
    fields = ("sent", "sent_by", "type", "minutes", "comment")
    readonly_fields = ("sent",)
    hide_title = True

    @display(description=_("at"))
    def sent(self, notification):
        return moment(notification.at)


class SupportInline(ReadOnlyInline):
    model = SupportRequest
    fields = ("asked", "support_type", "priority", "status", "comment", "contact")
    readonly_fields = ("asked",)
    hide_title = True

    @display(description=_("at"))
    def asked(self, request):
        return link(reverse("admin:support_supportrequest_change", args=[request.pk]), moment(request.created_at))
