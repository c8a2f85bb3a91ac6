"""What was agreed with this provider, in sentences, and who wrote it when?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from maas.models import MaasProvider


@dataclass(frozen=True)
class Contract:
    sentences: list[str]
    changed_at: datetime | None
    changed_by: str


def contract(provider: MaasProvider) -> Contract:
    """Its terms, with the last edit; a button that was pressed is none. One statement."""
    edits = provider.history.filter(history_change_reason__isnull=True).order_by("-history_date", "-history_id")
    last = edits.values("history_date", "history_user__username").first() or {}
    who = last.get("history_user__username") or ""
    return Contract(list(_sentences(provider)), last.get("history_date"), who)


def _sentences(provider: MaasProvider) -> Iterator[str]:
    if provider.is_sandbox:
        yield _("They are in the sandbox: virtual vehicles only, and nothing is owed.")
    yield from _booking(provider)
    yield from _ride(provider)
    yield from _fees(provider)
    if provider.base_url:
        yield _("We call them at %(address)s, each time in the version of the booking.") % {
            "address": provider.base_url
        }
    else:
        yield _("They have no address for calls of ours.")


def _booking(provider: MaasProvider) -> Iterator[str]:
    if provider.auto_commit or provider.atomic_set_in_use:
        yield _("Bookings are confirmed at once.")
    else:
        told = {"minutes": provider.pending_minutes, "times": provider.max_extensions}
        yield _("A booking waits %(minutes)s min for COMMIT and may be extended %(times)s times.") % told
    if provider.atomic_set_in_use:
        yield _("A booking for now begins the ride.")
    if provider.max_open_bookings is not None:
        yield _("At most %(n)s bookings are open at a time.") % {"n": provider.max_open_bookings}
    if provider.max_bookings is not None:
        yield _("At most %(n)s vehicles are booked per %(period)s.") % {
            "n": provider.max_bookings,
            "period": provider.get_quota_period_display(),
        }
    if provider.customers_need_approval:
        yield _("Only customers we approved may book.")


def _ride(provider: MaasProvider) -> Iterator[str]:
    yield _("The meter stops %(when)s.") % {"when": provider.get_bill_until_display()}
    yield _("The vehicle is free again %(when)s.") % {"when": provider.get_release_asset_on_display()}
    if provider.longest_ride_hours is not None:
        told = {"hours": provider.longest_ride_hours}
        yield (
            _("A ride is ended by us after %(hours)s h.") % told
            if provider.end_longest_ride
            else _("Of a ride longer than %(hours)s h everybody is told.") % told
        )


def _fees(provider: MaasProvider) -> Iterator[str]:
    if provider.cancellation_fee is not None:
        told = {"fee": _plain(provider.cancellation_fee), "minutes": provider.free_cancellation_minutes or 0}
        yield _("Calling off costs %(fee)s from %(minutes)s min after COMMIT.") % told
    if provider.no_show_fee is not None:
        yield _("Not coming costs %(fee)s.") % {"fee": _plain(provider.no_show_fee)}


def _plain(amount: Decimal) -> str:
    """At least two decimals: 2.50, 0.125; as readers of the language write them."""
    exact = amount.normalize()
    return number_format(exact, max(2, -int(exact.as_tuple().exponent)))
