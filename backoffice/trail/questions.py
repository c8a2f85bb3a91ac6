"""Which changes are asked for? Filters, narrowed in each source, and the one statement that reads them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware

from backoffice.trail.sources import LOG, Source, sources
from fleet.information import is_far
from maas.models import MaasProvider

BY = ("staff", "providers", "itself")
LONGEST = 200
NEWEST_FIRST = ("-t_at", "-t_row")


@dataclass(frozen=True)
class Question:
    """What the page was asked; empty is everything."""

    by: str = ""
    who: str = ""
    model: str = ""
    object: str = ""
    first: date | None = None
    last: date | None = None


def question(asked: QueryDict) -> Question:
    """The filters of an address; what makes no sense is left out."""
    by = asked.get("by", "")
    return Question(
        by=by if by in BY else "",
        who=_said(asked, "who"),
        model=_said(asked, "model").lower(),
        object=_said(asked, "object"),
        first=_day(asked.get("from", "")),
        last=_day(asked.get("to", "")),
    )


def _said(asked: QueryDict, name: str) -> str:
    return asked.get(name, "").replace("\x00", "").strip()[:LONGEST]


def _day(said: str) -> date | None:
    try:
        day = parse_date(said)
    except ValueError:
        return None
    return None if day is None or is_far(day) else day


def changes(user: User, asked: Question, first: int, count: int) -> list[tuple]:
    """So many rows from the first on, newest first, in one statement: no source gives more than can be needed."""
    parts = [rows.order_by(*NEWEST_FIRST)[: first + count] for rows in _asked(user, asked)]
    return list(_together(parts)[first : first + count]) if parts else []


def all_changes(user: User, asked: Question) -> Iterable[tuple]:
    """All rows, newest first, read in portions."""
    parts = [rows.order_by(*NEWEST_FIRST) if asked.model else rows for rows in _asked(user, asked)]
    return _together(parts).iterator(chunk_size=2000) if parts else ()


def models_of(user: User) -> list[str]:
    """What can be filtered for: the models this member of staff may see the changes of."""
    named = {source.name for source in sources(user) if source.name != LOG}
    return sorted(named | {"auth.user", "auth.group"} if user.has_perm("auth.view_user") else named)


def _together(parts: list[QuerySet]) -> QuerySet:
    return parts[0].union(*parts[1:], all=True).order_by(*NEWEST_FIRST) if len(parts) > 1 else parts[0]


def _asked(user: User, asked: Question) -> Iterable[QuerySet]:
    providers = _providers(asked.who)
    for source in sources(user):
        if asked.model and source.name not in (asked.model, LOG):
            continue
        rows = source.rows()
        if asked.model and source.name == LOG:
            rows = rows.filter(t_before=asked.model)
        yield _narrowed(rows, source, asked, providers)


def _narrowed(rows: QuerySet, source: Source, asked: Question, providers: list[int]) -> QuerySet:
    if asked.first:
        rows = rows.filter(t_at__gte=_midnight(asked.first))
    if asked.last:
        rows = rows.filter(t_at__lt=_midnight(asked.last + timedelta(days=1)))
    if asked.who:
        rows = rows.filter(Q(t_actor__iexact=asked.who) | Q(t_provider__in=providers))
    if asked.by:
        by_provider = Q(t_provider__isnull=False, t_actor="")
        meant = {"staff": ~Q(t_actor=""), "providers": by_provider, "itself": Q(t_actor="", t_provider__isnull=True)}
        rows = rows.filter(meant[asked.by])
    return rows.filter(_about(source, asked.object)) if asked.object else rows


def _about(source: Source, named: str) -> Q:
    """The object has this id, or the name its row or its page is searched by."""
    if source.name == LOG:
        return Q(t_object=named) | Q(object_repr__icontains=named)
    meant = Q(t_object__iexact=named)
    if hasattr(source.about, "history"):
        for field in ("vehicle_number", "maas_id", "station_id", "type_id", "plan_id", "region_id"):
            if any(each.name == field for each in source.about._meta.fields):
                meant |= Q(**{f"{field}__iexact": named})
    return meant


def _providers(who: str) -> list[int]:
    if not who:
        return []
    named = MaasProvider.objects.filter(Q(maas_id__iexact=who) | Q(name__iexact=who))
    return list(named.values_list("pk", flat=True))


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def title_of(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
