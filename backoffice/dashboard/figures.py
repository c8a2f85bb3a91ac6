"""How does the day go? Rides, revenue, utilisation and availability: today, and the thirteen days before.

A day begins at the operator's midnight. Each figure is that of the list it leads to; the sandbox counts nowhere.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.dashboard.needs import address
from backoffice.dashboard.sparkline import Bar, bars
from backoffice.models import FleetCount
from fleet import information
from fleet.admin.wording import money
from fleet.models.vehicles import TRIP_STATES
from legs.models import RUNNING_STATES, Leg
from payments.models import JournalEntry
from tomp.words import grouped

DAYS = 14
PERCENT = 100


@dataclass(frozen=True)
class Link:
    text: str
    address: str


@dataclass(frozen=True)
class Figure:
    """A number of today with what it is made of, and the same of each day before; the last bar is today."""

    title: str
    value: str
    icon: str
    address: str
    links: list[Link]
    bars: list[Bar]


@dataclass(frozen=True)
class Span:
    """The days that are shown, as the operator counts them."""

    days: list[date]
    since: datetime
    until: datetime
    zone: ZoneInfo

    @classmethod
    def ending(cls, now: datetime) -> "Span":
        today = information.local(now).date()
        days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
        since, until = information.days(days[0], days[-1])
        return cls(days, since, until, information.zone())

    def rows(self, queryset: Any, field: str, *more: str) -> Any:
        """The rows of these days, to be summed up by the column `day`."""
        within = queryset.filter(**{f"{field}__gte": self.since, f"{field}__lt": self.until}).order_by()
        return within.annotate(day=TruncDate(field, tzinfo=self.zone)).values("day", *more)


def today(user: User, now: datetime) -> list[Figure]:
    """The figures this member of staff may see; at most six statements."""
    span = Span.ending(now)
    return [each for permission, make in MADE.items() if user.has_perm(permission) for each in make(span, now)]


def _rides(span: Span, now: datetime) -> Iterable[Figure]:
    # A leg that departed is booked. All are counted by index alone, and those of the sandbox, which are few, taken off.
    sandbox = Leg.objects.filter(booking__provider__is_sandbox=True)
    of_all, of_sandbox = _by_day(span, Leg.objects.all()), _by_day(span, sandbox)
    begun = {day: count - of_sandbox.get(day, 0) for day, count in of_all.items()}
    running = Leg.objects.filter(state__in=RUNNING_STATES, booking__provider__is_sandbox=False).count()

    def of_day(day: Any) -> str:
        return address("legs_leg", days=day, sandbox="real")

    count = begun.get(span.days[-1], 0)
    under_way = address("legs_leg", state="running", sandbox="real")
    yield Figure(
        title=_("Rides begun"),
        value=grouped(count),
        icon="electric_scooter",
        address=of_day("today"),
        links=[Link(_("%(n)s under way") % {"n": grouped(running)}, under_way)],
        bars=bars(span.days, {day: begun.get(day, 0) for day in span.days}, grouped, of_day),
    )


def _by_day(span: Span, legs: Any) -> dict[date, int]:
    return dict(span.rows(legs, "departed_at").annotate(n=Count("*")).values_list("day", "n"))


def _revenue(span: Span, now: datetime) -> Iterable[Figure]:
    earned = JournalEntry.objects.filter(provider__is_sandbox=False).earned()
    rows = list(span.rows(earned, "created_at", "currency").annotate(total=Sum("amount"), n=Count("pk")))
    last = span.days[-1]

    def of_day(day: Any) -> str:
        return address("payments_journalentry", days=day, deposits="without", sandbox="real")

    currency = _main_currency(rows)
    totals = {row["day"]: row["total"] for row in rows if row["currency"] == currency}
    of_today = [row for row in rows if row["day"] == last]
    others = [_amount(row["total"], row["currency"]) for row in of_today if row["currency"] != currency]
    entries = sum(row["n"] for row in of_today)
    made_of = ngettext("%(n)s entry of the journal", "%(n)s entries of the journal", entries) % {"n": grouped(entries)}
    yield Figure(
        title=_("Revenue, VAT included"),
        value=_amount(totals.get(last, Decimal(0)), currency),
        icon="payments",
        address=of_day("today"),
        links=[Link(" + ".join([made_of, *others]), of_day("today"))],
        bars=bars(
            span.days, {day: totals.get(day, 0) for day in span.days}, lambda total: _amount(total, currency), of_day
        ),
    )


def _main_currency(rows: list[dict]) -> str:
    """That of most entries; nothing while there are none."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["currency"]] = counts.get(row["currency"], 0) + row["n"]
    return max(sorted(counts), key=lambda currency: counts[currency], default="")


def _amount(amount: Decimal, currency: str) -> str:
    return money(Decimal(amount), currency) if currency else "0"


def _fleet(span: Span, now: datetime) -> Iterable[Figure]:
    count = FleetCount.of(now)
    sums = span.rows(FleetCount.objects.all(), "at")
    kept = {row["day"]: row for row in sums.annotate(*(Sum(name) for name in ("vehicles", "usable", "on_a_trip")))}
    broken = count.vehicles - count.usable
    yield Figure(
        title=_("Utilisation now"),
        value=_percent(count.on_a_trip, count.usable),
        icon="speed",
        address=address("fleet_asset", state__exact=list(TRIP_STATES)),
        links=[
            Link(
                _("%(n)s on a trip") % {"n": grouped(count.on_a_trip)},
                address("fleet_asset", state__exact=list(TRIP_STATES)),
            ),
            Link(
                _("%(n)s free") % {"n": grouped(count.usable - count.on_a_trip)}, address("fleet_asset", usable="free")
            ),
        ],
        bars=bars(span.days, _shares(kept, "on_a_trip", "usable"), _rounded),
    )
    yield Figure(
        title=_("Availability now"),
        value=_percent(count.usable, count.vehicles),
        icon="check_circle",
        address=address("fleet_asset", usable="yes"),
        links=[
            Link(_("%(n)s usable") % {"n": grouped(count.usable)}, address("fleet_asset", usable="yes")),
            Link(_("%(n)s not") % {"n": grouped(broken)}, address("fleet_asset", usable="no")),
        ],
        bars=bars(span.days, _shares(kept, "usable", "vehicles"), _rounded),
    )


def _shares(kept: dict, part: str, whole: str) -> dict:
    """The mean of each day in percent, of the days something was counted on."""
    return {
        day: Decimal(PERCENT) * row[f"{part}__sum"] / row[f"{whole}__sum"]
        for day, row in kept.items()
        if row[f"{whole}__sum"]
    }


def _percent(part: int, whole: int) -> str:
    return _rounded(Decimal(PERCENT) * part / whole) if whole else "–"


def _rounded(percent: Decimal) -> str:
    return f"{percent:.0f}\u00a0%"


MADE: dict[str, Callable[[Span, datetime], Iterable[Figure]]] = {
    "legs.view_leg": _rides,
    "payments.view_journalentry": _revenue,
    "fleet.view_asset": _fleet,
}
