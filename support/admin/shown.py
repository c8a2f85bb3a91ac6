"""How a request, its vehicle and its trip read: the same words and colours in the list and on the page."""

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fleet.admin.vehicles import STATE_COLOURS as VEHICLE_COLOURS
from fleet.admin.wording import duration
from support.models import SupportRequest
from tomp.admin import label, link, nowrap, short

MINUTE = 60
Priority, Status = SupportRequest.Priority, SupportRequest.Status
STATUS_COLOURS = {Status.PROCESSING: "warning", Status.UPDATE_REQUESTED: "danger", Status.RESOLVED: "success"}
PRIORITY_COLOURS = {
    Priority.ERROR_CANNOT_CONTINUE: "danger",
    Priority.ERROR_CAN_CONTINUE: "warning",
    Priority.DISTURBING_ISSUE: "info",
}


def status_label(row):
    """Of a request, or of something that was said about one."""
    return label(row.status, row.get_status_display(), STATUS_COLOURS)


def priority_label(asked):
    return label(asked.priority, asked.get_priority_display(), PRIORITY_COLOURS)


def standing(asked):
    """Its status with what came of it; of a repeated report, which one is looked after in its place."""
    if asked.merged_into_id is not None:
        words = _("duplicate of #%(number)s") % {"number": asked.merged_into_id}
        return link(reverse("admin:support_supportrequest_change", args=[asked.merged_into_id]), nowrap(words))
    if not asked.result:
        return status_label(asked)
    return format_html('{} <span class="whitespace-nowrap">{}</span>', status_label(asked), asked.get_result_display())


def age(asked):
    """How long ago it was asked, to the minute."""
    seconds = int((timezone.now() - asked.created_at).total_seconds())
    return nowrap(duration(seconds - seconds % MINUTE if seconds >= MINUTE else max(seconds, 0)))


def vehicle(asset):
    """Its number, which leads to it, and its state."""
    number = link(reverse("admin:fleet_asset_change", args=[asset.pk]), nowrap(asset.vehicle_number))
    return format_html("{} {}", number, vehicle_state(asset))


def vehicle_state(asset):
    return label(asset.state, asset.get_state_display(), VEHICLE_COLOURS)


def trip(booking, colours):
    """Its id, which leads to it, and its state."""
    number = link(reverse("admin:bookings_booking_change", args=[booking.pk]), short(booking.pk))
    return format_html("{} {}", number, label(booking.state, booking.get_state_display(), colours))
