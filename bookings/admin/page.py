"""Back office: everything about a trip on one page, as the template shows it. Each part needs its own permission."""

from decimal import Decimal
from functools import cache, partial
from itertools import accumulate

from django.conf import settings
from django.urls import reverse

from bookings.timeline import timeline
from fleet.admin.wording import money
from legs.admin import LegShown
from legs.admin.agreed import in_words
from maas.admin.callbacks import STATE_COLOURS
from maas.models import Callback, CallbackState
from payments.admin.journal import JournalShown
from payments.models import JournalEntry
from support.models import SupportRequest
from tomp.admin import label, link, moment

LEG, ENTRY = LegShown(), JournalShown()


def parts(request, booking, leg_admin):
    """What the page shows beside the booking itself: one statement each, none for what one may not see."""
    may = request.user.has_perm
    legs = list(booking.legs.all()) if may("legs.view_leg") else []
    for leg in legs:
        leg.booking = booking
    return {
        "booking": booking,
        "legs": [_leg(request, leg, leg_admin) for leg in legs],
        "map": _map(legs),
        "timeline": cache(partial(timeline, booking.pk)) if may("bookings.view_bookingevent") else None,
        "journal": _journal(booking) if may("payments.view_journalentry") else None,
        "callbacks": _callbacks(request, booking) if may("maas.view_callback") else None,
        "support": _support(booking) if may("support.view_supportrequest") else None,
        "may_note": may("bookings.change_booking"),
    }


def _leg(request, leg, leg_admin):
    return {
        "leg": leg,
        "link": LEG.leg_id(leg),
        "state": LEG.state_label(leg),
        "vehicle": LEG.vehicle(leg),
        "journey": LEG.journey(leg),
        "planned": LEG.planned(leg),
        "ridden": LEG.ridden(leg),
        "use": LEG.use(leg),
        "tariff": LEG.tariff_in_words(leg),
        "price": LEG.price_now(leg),
        "added": LEG.added(leg),
        "conditions": [in_words(each) for each in leg.conditions],
        "photos": [
            {"url": photo.url, "link": link(photo.url, photo.url), "at": moment(photo.received_at),
             "is_new": photo.reviewed_at is None,
             "address": reverse("admin:legs_leg_photo", args=[leg.pk, photo.pk])}
            for photo in leg.evidence.all()
        ],
        "buttons": leg_admin.buttons(request, leg),
    }  # fmt: skip


def _map(legs):
    """Where the legs began, went and should lead; None when nobody knows."""
    ways = [
        {
            "track": [[lat, lon] for _millis, lat, lon in leg.track],
            "from": _point(leg.from_place),
            "to": _point(leg.to_place),
            "position": leg.position if leg.is_running else None,
        }
        for leg in legs
    ]
    if not any(way["track"] or way["from"] for way in ways):
        return None
    return {"ways": ways, "tiles": settings.TOMP_MAP_TILES_URL, "attribution": settings.TOMP_MAP_ATTRIBUTION}


def _point(place):
    point = (place or {}).get("coordinates")
    return [point["lat"], point["lng"]] if point else None


def _journal(booking):
    """Each entry with what is owed in all before and after it."""
    entries = list(JournalEntry.objects.filter(booking=booking).select_related("refers_to").order_by("sequence"))
    sums = list(accumulate((entry.amount for entry in entries), initial=Decimal(0)))
    return [
        {
            "entry": entry,
            "link": link(reverse("admin:payments_journalentry_change", args=[entry.pk]), str(entry.sequence)),
            "created": ENTRY.created(entry),
            "sum": ENTRY.sum(entry),
            "net": ENTRY.net(entry),
            "consists_of": ENTRY.consists_of(entry),
            "state": ENTRY.state_label(entry),
            "before": money(before, entry.currency).split()[0],
            "after": money(after, entry.currency),
        }
        for entry, before, after in zip(entries, sums, sums[1:], strict=False)
    ]


def _callbacks(request, booking):
    may_send = request.user.has_perm("maas.change_callback")
    again = reverse("admin:bookings_booking_send_again", args=[booking.pk])
    return [
        {
            "call": call,
            "link": link(reverse("admin:maas_callback_change", args=[call.pk]), call.subject),
            "created": moment(call.created_at),
            "state": label(call.state, call.get_state_display(), STATE_COLOURS),
            "again": f"{again}?call={call.pk}" if may_send and call.state == CallbackState.GIVEN_UP else "",
        }
        for call in Callback.objects.filter(booking_id=booking.pk).order_by("pk")
    ]


def _support(booking):
    return [
        {
            "request": asked,
            "link": link(
                reverse("admin:support_supportrequest_change", args=[asked.pk]), asked.get_support_type_display()
            ),
            "at": moment(asked.created_at),
        }
        for asked in SupportRequest.objects.filter(booking=booking).order_by("created_at")
    ]
