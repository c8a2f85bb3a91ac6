"""How does the month go with this provider, beside the one before? Each figure is that of the list it leads to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.dashboard.needs import address
from bookings.models import Booking, BookingState
from fleet import information
from fleet.admin.wording import money
from legs.models import Leg
from maas.models import Callback, CallbackState, MaasProvider
from payments.models import JournalEntry
from tomp.words import grouped


@dataclass(frozen=True)
class Month:
    """A month of the operator's calendar, as the filters of the lists name it: 2026-05."""

    first: date

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    def within(self, field: str) -> Q:
        since, until = information.days(*information.month(self.first))
        return Q(**{f"{field}__gte": since, f"{field}__lt": until})


@dataclass(frozen=True)
class Cell:
    text: str
    address: str


@dataclass(frozen=True)
class Row:
    """A figure, of this month and of the one before."""

    title: str | Promise
    cells: list[Cell]


def months(now: datetime) -> list[Month]:
    """This month and the one before."""
    this, _last = information.month(information.local(now).date())
    return [Month(this), Month((this - timedelta(days=1)).replace(day=1))]


def figures(provider: MaasProvider, user: User, now: datetime) -> list[Row]:
    """What this colleague may see; at most four statements."""
    shown = months(now)
    return [row for permission, make in MADE.items() if user.has_perm(permission) for row in make(provider, shown)]


def _bookings(provider: MaasProvider, shown: list[Month]) -> Iterator[Row]:
    rows: Any = Booking.objects.booked().for_provider(provider)
    called_off = Q(state=BookingState.CANCELLED)
    counts = _counted(rows, "created_at", shown, all=Q(), called_off=called_off)
    where = {"provider__id__exact": provider.pk}
    yield _row(_("Bookings made"), counts["all"], shown, "bookings_booking", **where)
    yield _row(_("of them cancelled"), counts["called_off"], shown, "bookings_booking", state="CANCELLED", **where)


def _legs(provider: MaasProvider, shown: list[Month]) -> Iterator[Row]:
    counts = _counted(Leg.objects.filter(booking__provider=provider), "departed_at", shown, all=Q())
    yield _row(_("Rides begun"), counts["all"], shown, "legs_leg", booking__provider__id__exact=provider.pk)


def _revenue(provider: MaasProvider, shown: list[Month]) -> Iterator[Row]:
    earned = JournalEntry.objects.filter(provider=provider).earned().order_by("currency")
    sums = {f"sum_{at}": Sum("amount", filter=month.within("created_at")) for at, month in _at(shown)}
    found = list(earned.filter(_any(shown, "created_at")).values("currency").annotate(**sums))
    texts = [" + ".join(money(row[name], row["currency"]) for row in found if row[name] is not None) for name in sums]
    where = {"provider__id__exact": provider.pk, "deposits": "without"}
    cells = [
        Cell(text or "0", address("payments_journalentry", days=month.name, **where))
        for text, month in zip(texts, shown, strict=True)
    ]
    yield Row(_("Revenue, VAT included"), cells)


def _callbacks(provider: MaasProvider, shown: list[Month]) -> Iterator[Row]:
    titles = {
        CallbackState.DELIVERED: _("Calls of ours delivered"),
        CallbackState.GIVEN_UP: _("given up"),
        CallbackState.OWED: _("still owed"),
    }
    states = {state.value: Q(state=state) for state in titles}
    counts = _counted(Callback.objects.filter(provider=provider), "created_at", shown, **states)
    for state, title in titles.items():
        where = {"provider__id__exact": provider.pk, "state__exact": state.value}
        yield _row(title, counts[state.value], shown, "maas_callback", **where)


def _counted(rows: Any, field: str, shown: list[Month], **kinds: Q) -> dict[str, list[int]]:
    """{kind: how many in each month}; one statement."""
    found = rows.filter(_any(shown, field)).order_by().aggregate(
        **{
            f"{kind}_{at}": Count("pk", filter=condition & month.within(field))
            for kind, condition in kinds.items()
            for at, month in _at(shown)
        }
    )  # fmt: skip
    return {kind: [found[f"{kind}_{at}"] for at, _month in _at(shown)] for kind in kinds}


def _any(shown: list[Month], field: str) -> Q:
    condition = Q()
    for month in shown:
        condition |= month.within(field)
    return condition


def _at(shown: list[Month]) -> list[tuple[int, Month]]:
    return list(enumerate(shown))


def _row(title: str | Promise, counts: list[int], shown: list[Month], model: str, **where: Any) -> Row:
    cells = [
        Cell(grouped(count), address(model, days=month.name, **where))
        for count, month in zip(counts, shown, strict=True)
    ]
    return Row(title, cells)


MADE: dict[str, Callable[[MaasProvider, list[Month]], Iterator[Row]]] = {
    "bookings.view_booking": _bookings,
    "legs.view_leg": _legs,
    "payments.view_journalentry": _revenue,
    "maas.view_callback": _callbacks,
}
