"""What needs somebody now? Each line leads to the list of exactly the rows it counts.

Providers of the sandbox try things out, and virtual vehicles are no vehicles: neither needs anybody.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from customers.models import Customer, CustomerStatus
from fleet import information
from fleet.admin.wording import duration
from fleet.models import VehicleAlert
from legs.models import RUNNING_STATES, Evidence, Leg, LegState
from maas.models import Callback
from payments.models import Claim, ClaimState, Correction, CorrectionState
from support.models import SupportRequest

GIVEN_UP_DAYS = 7
MINUTE = 60
Kind, Priority = VehicleAlert.Kind, SupportRequest.Priority


class Severity(IntEnum):
    """How much it matters; what matters most is on top."""

    URGENT = 0
    SOON = 1
    SOMETIME = 2


@dataclass(frozen=True)
class Need:
    """So many rows of a list, and since when the oldest of them waits."""

    title: str
    icon: str
    severity: Severity
    count: int
    address: str
    detail: str = ""

    @property
    def tone(self) -> str:
        return self.severity.name.lower()


def look(user: User, now: datetime) -> list[Need]:
    """Every need this member of staff may see, none included, the most urgent first; a statement for each list."""
    found = [need for permission, ask in ASKED.items() if user.has_perm(permission) for need in ask(now)]
    return sorted(found, key=lambda need: need.severity)  # stable: within, as in ASKED


def address(model: str, **query: Any) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(query, doseq=True)}"


def _support(now: datetime) -> Iterator[Need]:
    asked = SupportRequest.objects.in_inbox().filter(provider__is_sandbox=False)
    counted = _count_by("priority", asked, "created_at")
    severities = {Priority.ERROR_CANNOT_CONTINUE: Severity.URGENT, Priority.ERROR_CAN_CONTINUE: Severity.SOON}
    for priority in Priority:
        count, since = counted[priority]
        where = {"inbox": "open", "priority__exact": priority, "sandbox": "real"}
        yield Need(
            title=_("Support: %(priority)s") % {"priority": priority.label},
            icon="support_agent",
            severity=severities.get(priority, Severity.SOMETIME),
            count=count,
            address=address("support_supportrequest", **where),
            detail=_oldest(since, now),
        )


def _bookings(now: datetime) -> Iterator[Need]:
    waiting = Booking.objects.to_confirm(now).filter(provider__is_sandbox=False)
    row = waiting.aggregate(n=Count("pk"), until=Min("expires_at"))
    left = _("the first lapses in %(time)s") % {"time": _time(row["until"] - now)} if row["n"] else ""
    yield Need(
        title=_("Bookings wait for our confirmation"),
        icon="bookmark",
        severity=Severity.URGENT,
        count=row["n"],
        address=address("bookings_booking", state="to_confirm", sandbox="real"),
        detail=left,
    )


def _rides(now: datetime) -> Iterator[Need]:
    running = Leg.objects.filter(state__in=RUNNING_STATES, booking__provider__is_sandbox=False)
    is_overdue, has_issue = Q(overdue_at__isnull=False), Q(state=LegState.ISSUE_REPORTED)
    row = running.aggregate(
        issues=Count("pk", filter=has_issue),
        overdue=Count("pk", filter=is_overdue),
        since=Min("departed_at", filter=is_overdue),
    )
    yield Need(
        title=_("Riders reported an issue and cannot go on"),
        icon="report",
        severity=Severity.URGENT,
        count=row["issues"],
        address=address("legs_leg", state=LegState.ISSUE_REPORTED, sandbox="real"),
    )
    yield Need(
        title=_("Rides take too long or were forgotten"),
        icon="timer",
        severity=Severity.SOON,
        count=row["overdue"],
        address=address("legs_leg", overdue="yes", sandbox="real"),
        detail=_("the longest for %(time)s") % {"time": _time(now - row["since"])} if row["since"] else "",
    )


def _callbacks(now: datetime) -> Iterator[Need]:
    real = Callback.objects.filter(provider__is_sandbox=False)
    failing = real.failing().aggregate(n=Count("pk"), since=Min("created_at"))
    since, until = information.days(*_last_days(now))
    given_up = real.given_up().filter(created_at__gte=since, created_at__lt=until)
    yield Need(
        title=_("Calls to providers fail"),
        icon="outbound",
        severity=Severity.SOON,
        count=failing["n"],
        address=address("maas_callback", failing="yes", sandbox="real"),
        detail=_oldest(failing["since"], now),
    )
    yield Need(
        title=_("Calls to providers were given up"),
        icon="call_missed_outgoing",
        severity=Severity.SOON,
        count=given_up.count(),
        address=address("maas_callback", state__exact="GIVEN_UP", days=GIVEN_UP_DAYS, sandbox="real"),
        detail=_("in the last %(n)s days") % {"n": GIVEN_UP_DAYS},
    )


def _last_days(now: datetime) -> tuple[date, date]:
    today = information.local(now).date()
    return today - timedelta(days=GIVEN_UP_DAYS - 1), today


def _alerts(now: datetime) -> Iterator[Need]:
    counted = _count_by("kind", VehicleAlert.objects.open().real(), "since")
    lines = {
        Kind.MOVED_UNBOOKED: (_("Vehicles moved without a booking"), "moving", Severity.SOON),
        Kind.FAULT: (_("Vehicles report a fault"), "build", Severity.SOON),
        Kind.OUTSIDE_AREA: (_("Vehicles stand outside the area"), "wrong_location", Severity.SOON),
        Kind.SILENT: (_("Vehicles are silent"), "sensors_off", Severity.SOON),
        Kind.LOW_CHARGE: (_("Vehicles have a low battery"), "battery_alert", Severity.SOMETIME),
    }
    for kind, (title, icon, severity) in lines.items():
        count, since = counted[kind]
        where = {"is": "open", "kind__exact": kind}
        yield Need(title, icon, severity, count, address("fleet_vehiclealert", **where), _oldest(since, now))


def _claims(now: datetime) -> Iterator[Need]:
    proposed = Claim.objects.filter(state=ClaimState.PROPOSED, provider__is_sandbox=False)
    row = proposed.aggregate(n=Count("pk"), since=Min("created_at"))
    where = address("payments_claim", state__exact=ClaimState.PROPOSED, sandbox="real")
    yield Need(_("Claims to decide"), "gavel", Severity.SOMETIME, row["n"], where, _oldest(row["since"], now))


def _corrections(now: datetime) -> Iterator[Need]:
    waiting = Correction.objects.filter(state=CorrectionState.PROPOSED, booking__provider__is_sandbox=False)
    row = waiting.aggregate(n=Count("pk"), since=Min("proposed_at"))
    where = address("payments_correction", state__exact=CorrectionState.PROPOSED, sandbox="real")
    oldest = _oldest(row["since"], now)
    yield Need(_("Corrections wait for a second person"), "how_to_vote", Severity.SOON, row["n"], where, oldest)


def _customers(now: datetime) -> Iterator[Need]:
    waiting = Customer.objects.known().filter(status=CustomerStatus.TO_PENDING_VALIDATION, provider__is_sandbox=False)
    row = waiting.aggregate(n=Count("pk"), since=Min("created_at"))
    where = address(
        "customers_customer", status__exact=CustomerStatus.TO_PENDING_VALIDATION, erased="no", sandbox="real"
    )
    yield Need(_("Customers to approve"), "how_to_reg", Severity.SOON, row["n"], where, _oldest(row["since"], now))


def _photos(now: datetime) -> Iterator[Need]:
    photos = Evidence.objects.to_review().filter(leg__booking__provider__is_sandbox=False)
    row = photos.aggregate(n=Count("leg", distinct=True), since=Min("received_at"))
    where = address("legs_leg", photos="to_review", sandbox="real")
    oldest = _oldest(row["since"], now)
    yield Need(_("Rides with photos to look at"), "photo_camera", Severity.SOMETIME, row["n"], where, oldest)


def _count_by(field: str, rows: QuerySet, moment: str) -> defaultdict[str, tuple[int, datetime | None]]:
    """{value of the field: (how many rows, the moment of the oldest)}; (0, None) for the others."""
    counted: defaultdict[str, tuple[int, datetime | None]] = defaultdict(lambda: (0, None))
    for value, count, oldest in rows.order_by().values_list(field).annotate(Count("pk"), Min(moment)):
        counted[value] = (count, oldest)
    return counted


def _time(span: timedelta) -> str:
    """To the minute: nobody waits by the second."""
    seconds = int(span.total_seconds())
    return duration(seconds - seconds % MINUTE if seconds >= MINUTE else seconds)


def _oldest(since: datetime | None, now: datetime) -> str:
    return _("the oldest for %(time)s") % {"time": _time(now - since)} if since else ""


ASKED = {
    "support.view_supportrequest": _support,
    "bookings.view_booking": _bookings,
    "legs.view_leg": _rides,
    "maas.view_callback": _callbacks,
    "fleet.view_vehiclealert": _alerts,
    "customers.view_customer": _customers,
    "payments.view_claim": _claims,
    "payments.view_correction": _corrections,
    "legs.view_evidence": _photos,
}
