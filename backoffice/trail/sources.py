"""Where is written who changed what? Each source is a query with the same columns, so that all can be one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from bookings.models import BookingEvent, Notification, Party
from customers.models import BY_PROVIDER, Customer
from fleet.models import Restriction
from legs.models import LegEvent
from payments.models import Claim, Correction, Invoice, JournalEntry
from support.models import SupportStatus

LOG = "log"
COLUMNS = ("t_at", "t_row", "t_source", "t_actor", "t_provider", "t_object", "t_before", "t_after", "t_what", "t_why")
ACTS = {"+": "added", "~": "changed", "-": "deleted"}


class WholeRow(Func):
    """The row of the table as a JSON text; made with its primary key."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, tuple]:
        column, _params = compiler.compile(self.source_expressions[0])
        return f"to_jsonb({column.rpartition('.')[0]})::text", ()


@dataclass(frozen=True)
class Source:
    """Rows about one model (`about`), whose view permission they need; of the log it is any."""

    name: str
    about: type[Model]
    rows: Callable[[], QuerySet]

    def may_be_seen_by(self, user: User) -> bool:
        return self.name == LOG or user.has_perm(f"{self.about._meta.app_label}.view_{self.about._meta.model_name}")


def text(value: Any) -> Cast:
    return Cast(value, TextField())


NOTHING = text(Value(""))
NOBODY = Cast(Value(None), BigIntegerField())


def _columns(rows: QuerySet, source: str, at: Any, **columns: Any) -> QuerySet:
    told = {
        "t_at": Cast(at, DateTimeField()), "t_row": text(F("pk")), "t_source": text(Value(source)), "t_actor": NOTHING,
        "t_provider": NOBODY, "t_object": NOTHING, "t_before": NOTHING, "t_after": NOTHING, "t_what": NOTHING,
        "t_why": NOTHING,
    } | columns  # fmt: skip
    return rows.order_by().values(**told).values_list(*COLUMNS)


def with_history() -> list[type[Model]]:
    """The models that keep their former versions."""
    return [model for model in apps.get_models() if hasattr(model, "history") and hasattr(model.history, "model")]


def _history(model: type[Any]) -> QuerySet:
    """Each version with the one before it."""
    key = model._meta.pk.attname
    versions = model.history.model.objects
    former = versions.filter(
        Q(history_date__lt=OuterRef("history_date")) | Q(history_date=OuterRef("history_date"), pk__lt=OuterRef("pk")),
        **{key: OuterRef(key)},
    ).order_by("-history_date", "-pk")
    why = Coalesce(text(F("history_change_reason")), NOTHING)
    by_provider = {}
    if model is Customer:
        theirs = Q(history_change_reason=BY_PROVIDER) | Q(history_type="+")  # nobody else makes customers
        provider = Case(When(theirs, then=F("provider_id")), output_field=BigIntegerField())
        by_provider = {"t_provider": Cast(provider, BigIntegerField())}
    return _columns(
        versions.all(),
        model._meta.label_lower,
        F("history_date"),
        t_actor=Coalesce(text(F("history_user__username")), NOTHING),
        t_object=text(F(key)),
        t_before=Coalesce(Subquery(former.annotate(whole=WholeRow("pk")).values("whole")[:1]), NOTHING),
        t_after=WholeRow("pk"),
        t_what=text(F("history_type")),
        t_why=why,
        **by_provider,
    )


def _log() -> QuerySet:
    """The log of the back office, but for what the history of the same model tells."""
    kept = [model._meta for model in with_history()]
    of_them = Q()
    for meta in kept:
        of_them |= Q(content_type__app_label=meta.app_label, content_type__model=meta.model_name)
    told_nowhere_else = Q()
    for needle in _told_by_the_log():
        told_nowhere_else |= Q(change_message__contains=needle)
    entries = LogEntry.objects.exclude(
        of_them & (Q(change_message__startswith="[") | Q(action_flag=DELETION)) & ~told_nowhere_else
    )
    return _columns(
        entries,
        LOG,
        F("action_time"),
        t_actor=text(F("user__username")),
        t_object=Coalesce(text(F("object_id")), NOTHING),
        t_before=text(Concat("content_type__app_label", Value("."), "content_type__model", output_field=CharField())),
        t_after=text(F("object_repr")),
        t_what=text(F("action_flag")),
        t_why=text(F("change_message")),
    )


@cache
def _told_by_the_log() -> list[str]:
    """How an entry of the log looks that tells of a part, or of a set of others, which no history keeps."""
    parts = {
        str(inline.model._meta.verbose_name)
        for site in admin.site._registry.values()
        for inline in site.inlines
        if not hasattr(inline.model, "history")
    }
    sets = {field.name for model in with_history() for field in model._meta.many_to_many}
    return [*(f'"name": "{part}"' for part in sorted(parts)), *(f'"{name}": [' for name in sorted(sets))]


def _by_provider(asked_by: str, provider: str) -> Cast:
    """The provider, when it was one that asked."""
    ours = Case(When(**{asked_by: Party.TO}, then=NOBODY), default=F(provider), output_field=BigIntegerField())
    return Cast(ours, BigIntegerField())


def _booking_events() -> QuerySet:
    former = BookingEvent.objects.filter(booking=OuterRef("booking"), pk__lt=OuterRef("pk")).order_by("-pk")
    return _columns(
        BookingEvent.objects.all(), BookingEvent._meta.label_lower, F("at"),
        t_actor=text(F("actor")), t_provider=_by_provider("asked_by", "booking__provider_id"),
        t_object=text(F("booking_id")), t_before=Coalesce(text(Subquery(former.values("state")[:1])), NOTHING),
        t_after=text(F("state")), t_what=text(F("operation")), t_why=text(F("reason")),
    )  # fmt: skip


def _leg_events() -> QuerySet:
    former = LegEvent.objects.filter(leg=OuterRef("leg"), pk__lt=OuterRef("pk")).order_by("-pk")
    return _columns(
        LegEvent.objects.all(), LegEvent._meta.label_lower, F("received_at"),
        t_actor=text(F("actor")), t_provider=_by_provider("asked_by", "leg__booking__provider_id"),
        t_object=text(F("leg_id")), t_before=Coalesce(text(Subquery(former.values("state")[:1])), NOTHING),
        t_after=text(F("state")), t_what=text(F("event")), t_why=text(F("comment")),
    )  # fmt: skip


def _messages() -> QuerySet:
    """Those of providers; what a colleague sends is in the log."""
    return _columns(
        Notification.objects.exclude(sent_by=Party.TO), Notification._meta.label_lower, F("at"),
        t_provider=Cast(F("booking__provider_id"), BigIntegerField()), t_object=text(F("booking_id")),
        t_after=text(F("type")), t_what=text(Value("message")), t_why=text(F("comment")),
    )  # fmt: skip


def _entries() -> QuerySet:
    return _columns(
        JournalEntry.objects.exclude(actor=""), JournalEntry._meta.label_lower, F("created_at"),
        t_actor=text(F("actor")), t_object=text(F("pk")), t_what=text(F("category")),
        t_after=text(Concat(text(F("amount")), Value(" "), F("currency"), output_field=TextField())),
        t_why=text(F("reason")),
    )  # fmt: skip


def _claims(*, decided: bool) -> QuerySet:
    sum_ = Concat(text(F("amount")), Value(" "), F("currency"), output_field=TextField())
    if not decided:
        return _columns(
            Claim.objects.all(), Claim._meta.label_lower, F("created_at"),
            t_provider=Cast(F("provider_id"), BigIntegerField()), t_object=text(F("pk")), t_after=text(sum_),
            t_what=text(F("category")), t_why=text(F("description")),
        )  # fmt: skip
    return _decisions(Claim, why="reason")


def _corrections(*, decided: bool) -> QuerySet:
    if not decided:
        return _columns(
            Correction.objects.all(), Correction._meta.label_lower, F("proposed_at"),
            t_actor=text(F("proposed_by")), t_object=text(F("pk")), t_what=text(F("category")), t_why=text(F("reason")),
            t_after=text(Concat(text(F("amount")), Value(" "), F("currency"), output_field=TextField())),
        )  # fmt: skip
    return _decisions(Correction, why="decided_because")


def _decisions(proposal: Any, *, why: str) -> QuerySet:
    """What colleagues decided about claims or corrections; `why` is the column of their reason."""
    return _columns(
        proposal.objects.exclude(decided_at=None), proposal._meta.label_lower, F("decided_at"),
        t_actor=text(F("decided_by")), t_object=text(F("pk")), t_before=text(Value(proposal.State.PROPOSED)),
        t_after=text(F("state")), t_what=text(F("category")), t_why=text(F(why)),
    )  # fmt: skip


def _support() -> QuerySet:
    former = SupportStatus.objects.filter(request=OuterRef("request"), pk__lt=OuterRef("pk")).order_by("-pk")
    return _columns(
        SupportStatus.objects.all(), SupportStatus._meta.label_lower, F("at"),
        t_actor=text(F("actor")), t_provider=_by_provider("said_by", "request__provider_id"),
        t_object=text(F("request_id")), t_before=Coalesce(text(Subquery(former.values("status")[:1])), NOTHING),
        t_after=text(F("status")), t_what=text(Value("status")), t_why=text(F("comment")),
    )  # fmt: skip


def _invoices() -> QuerySet:
    return _columns(
        Invoice.objects.all(), Invoice._meta.label_lower, F("made_at"), t_actor=text(F("made_by")),
        t_object=text(F("pk")), t_after=text(F("number")), t_what=text(Value("added")),
    )  # fmt: skip


def _restrictions() -> QuerySet:
    return _columns(
        Restriction.objects.all(), Restriction._meta.label_lower, F("created_at"), t_actor=text(F("created_by")),
        t_object=text(F("pk")), t_after=text(F("state")), t_what=text(Value("added")), t_why=text(F("reason")),
    )  # fmt: skip


def sources(user: User) -> Iterator[Source]:
    """All that this member of staff may read."""
    events: list[tuple[type[Model], Callable[[], QuerySet]]] = [
        (BookingEvent, _booking_events), (LegEvent, _leg_events), (Notification, _messages), (JournalEntry, _entries),
        (Claim, partial(_claims, decided=False)), (Claim, partial(_claims, decided=True)), (SupportStatus, _support),
        (Correction, partial(_corrections, decided=False)), (Correction, partial(_corrections, decided=True)),
        (Invoice, _invoices), (Restriction, _restrictions),
    ]  # fmt: skip
    every = [Source(LOG, LogEntry, partial(_log_for, user))]
    every += [Source(model._meta.label_lower, model, partial(_history, model)) for model in with_history()]
    every += [Source(model._meta.label_lower, model, rows) for model, rows in events]
    return (source for source in every if source.may_be_seen_by(user))


def _log_for(user: User) -> QuerySet:
    """What of the log is about something this member of staff may view."""
    if user.is_superuser:
        return _log()
    seen = [
        kind.pk
        for kind in ContentType.objects.get_for_models(*apps.get_models()).values()
        if user.has_perm(f"{kind.app_label}.view_{kind.model}")
    ]
    return _log().filter(content_type__in=seen)
