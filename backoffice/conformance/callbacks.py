"""How were our calls received by a provider? Those owed in the period."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from backoffice.conformance.findings import Example, Finding, Rule, Seen, Severity
from backoffice.conformance.tally import FirstOf, tally
from maas.models import Callback, CallbackChannel, CallbackKind, CallbackState, MaasProvider

ASKED = (CallbackKind.REPLACE_ASSET, CallbackKind.START_LEG)
SILENT_FOR = timedelta(hours=1)
SOURCE = "TOMP 1.6.1, operations tagged MP; docs/callbacks.md"

REFUSED = Rule(
    name="callbacks_refused",
    seen=_("{count} of {of} of our calls were refused with {status} ({share})."),
    expected=_("2xx to each call, also to one that came before; 410 only for bookings that are over."),
    source=SOURCE,
    severity=Severity.MUST,
    from_share=0.01,
    milder=Severity.SHOULD,
)
UNREACHED = Rule(
    name="callbacks_unreached",
    seen=_("{count} of {of} of our calls were given up: nobody answered, or the address may not be called ({share})."),
    expected=_("A server that answers at the registered address, by https."),
    source=SOURCE,
    severity=Severity.MUST,
)
RETRIED = Rule(
    name="callbacks_repeated",
    seen=_("{count} of {of} delivered calls needed more than one attempt ({share})."),
    expected=_("An answer to the first attempt: what happened at the vehicle is not known there until it came."),
    source=SOURCE,
    from_share=0.1,
)
WAITING = Rule(
    name="callbacks_waiting",
    seen=_("{count} of {of} of our calls were tried in vain and are still owed ({share})."),
    expected=_("2xx: later calls about the same booking wait for it."),
    source=SOURCE,
)
UNANSWERED = Rule(
    name="questions_unanswered",
    seen=_("{count} of {of} questions were not answered with true or false ({share})."),
    expected=_("A JSON boolean: may we replace the vehicle, may we begin the ride?"),
    source="TOMP 1.6.1 POST /legs/{{id}}/confirmation",
)
SILENT = Rule(
    name="silent",
    seen=_("Nobody has answered our calls for {hours} hours."),
    expected=_("A server that answers at the registered address."),
    source=SOURCE,
    severity=Severity.MUST,
)


def about_callbacks(
    provider: MaasProvider, since: datetime, until: datetime, now: datetime
) -> tuple[int, list[Finding | None]]:
    """How many were tried, and what was found. Advice that was withdrawn untried says nothing about anybody."""
    rows = Callback.objects.filter(provider=provider, created_at__gte=since, created_at__lt=until, attempts__gt=0)
    rows = rows.order_by()
    delivered, given_up = Q(state=CallbackState.DELIVERED), Q(state=CallbackState.GIVEN_UP)
    asked = Q(kind__in=ASKED) & ~Q(state=CallbackState.OWED)
    about = {
        "all": Q(),
        "delivered": delivered,
        "retried": delivered & Q(attempts__gt=1),
        "unreached": given_up & Q(status__isnull=True),
        "waiting": Q(state=CallbackState.OWED),
        "asked": asked,
        "unanswered": asked & Q(answer__isnull=True),
    }
    seen = tally(rows, about, at="attempted_at", example="id", kind="callback")
    found = [
        UNREACHED.finding(_of(seen["unreached"], seen["all"])),
        RETRIED.finding(_of(seen["retried"], seen["delivered"])),
        WAITING.finding(_of(seen["waiting"], seen["all"])),
        UNANSWERED.finding(_of(seen["unanswered"], seen["asked"])),
        *_refusals(rows.filter(given_up, status__isnull=False), seen["all"].count),
        _silence(provider, until, now),
    ]
    return seen["all"].count, found


def _refusals(refused, total):
    """One finding for each status."""
    latest = ArrayAgg("id", order_by="-attempted_at")
    by_status = refused.values("status").annotate(times=Count("pk"), at=Max("attempted_at"), ids=FirstOf(latest))
    return [
        REFUSED.finding(
            Seen(row["times"], total, row["at"], tuple(Example("callback", pk) for pk in row["ids"][:5])),
            status=row["status"],
        )
        for row in by_status.order_by("status")
    ]


def _silence(provider, until, now):
    """As it is now, if the period lasts until now."""
    channel = CallbackChannel.objects.filter(provider=provider, failing_since__lte=now - SILENT_FOR).first()
    if channel is None or until < now:
        return None
    hours = int((now - channel.failing_since).total_seconds() // 3600)
    return SILENT.finding(Seen(1, None, now), hours=hours)


def _of(part, whole):
    return replace(part, of=whole.count)
