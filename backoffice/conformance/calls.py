"""What were the calls of a provider like? As counted day by day (maas/remarks.py)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Max, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backoffice.conformance.findings import Finding, Rule, Seen, Severity
from maas.models import MaasProvider, Remark, RemarkKind
from tomp import errors, titles

MOST_REFUSALS = 50  # so many kinds of them are listed, the most frequent
HEADERS = "TOMP 1.6.1 request headers"
ERRORS = "TOMP 1.6.1 {operation}, error {code}"

MISSING_HEADER = Rule(
    name="header_missing",
    seen=_("{subject} was missing in {count} of {of} calls ({share})."),
    expected=_("{subject} with each call of the operations that declare it; without it we take what is usual here."),
    source=f"{HEADERS}, {{subject}}",
)
ODD_HEADER = Rule(
    name="header_unknown",
    seen=_("{name} is no header of the protocol; it came with {count} of {of} calls ({share})."),
    expected=_("{meant}, if that is what is meant: nobody reads the other."),
    source=f"{HEADERS}, {{meant}}",
)
OLD_NAME = Rule(
    name="old_name",
    seen=_("{operation} is an old name; it was called {count} ×."),
    expected=_("The present name of the operation."),
    source="TOMP 1.6.1 paths; docs/old-names.md",
    severity=Severity.NOTE,
)
ODD_MEMBER = Rule(
    name="member_unknown",
    seen=_("{operation}: the member {name} is not of the protocol; it came {count} ×."),
    expected=_("{meant}, if that is what is meant: nobody reads the other."),
    source="TOMP 1.6.1 {operation}",
)
WANTED = {  # by errorcode, else by its number, that is without its module; None: any other
    1: _("The required header or member: {subject}."),
    2: _("A value that fits its type and range: {subject}."),
    4: _("An event that the state of the booking or leg allows; read it before."),
    6: _("Only what your contract includes, with your own maas-id."),
    7: _("Fewer calls at a time; wait as long as Retry-After says."),
    8: _("A version that we serve: GET /operator/meta lists them."),
    9: _("Pages no larger than maxPageSize of /operator/meta."),
    201: _("No more bookings than the contract allows."),
    202: _("Book at once what was offered, and commit before Expires. Where others were faster, nobody is at fault."),
    203: _("CANCEL before the ride begins; after that, FINISH."),
    204: _("Ids that we gave you, of bookings that are yours."),
    209: _("No bookings for travellers we do not serve."),
    210: _("One account per customer."),
    211: _("Changes of what is not read-only: {subject}."),
    500: _("The end of a ride where it may end: look at the return areas of the leg."),
    501: _("FINISH after the vehicle was locked."),
    502: _("A photo for each step SEND_EVIDENCE_… in url of START_FINISHING or FINISH."),
    7204: _("An operation that GET /operator/meta lists, addressed to us by our own name."),
    None: _("A call as the specification has it."),
}
# Happens to everybody who follows the protocol: the contract is used up, others were faster, a traveller is blocked.
BUSINESS = {(403, 201), (406, 202), (410, 202), (403, 209), (428, 209)}
MALFORMED = {400, 405, 413, 415}
FEW = 3  # malformed calls so rare may be somebody trying something out


@dataclass(frozen=True)
class Calls:
    """What was counted: how many calls, how many refused, which events were, and what is to be said."""

    total: int
    refused: int
    refused_events: set[str]
    findings: list[Finding | None]


def about_calls(provider: MaasProvider, first: date, last: date) -> Calls:
    """What was counted from the first day to the last, both included, in one statement."""
    counted = Remark.objects.filter(provider=provider, day__gte=first, day__lte=last).order_by()
    rows = list(
        counted.values("kind", "operation", "status", "code", "subject")
        .annotate(times=Sum("count"), latest=Max("last_at"))
        .order_by("-times", "kind", "operation", "code", "subject")
    )
    total = sum(row["times"] for row in rows if row["kind"] == RemarkKind.CALL)
    refusals = [row for row in rows if row["kind"] == RemarkKind.REFUSAL]
    others = [_finding(row, total) for row in rows if row["kind"] in RULES]
    return Calls(
        total=total,
        refused=sum(row["times"] for row in refusals),
        refused_events={row["operation"].rpartition(" ")[2] for row in refusals},
        findings=[*(_refusal(row) for row in refusals[:MOST_REFUSALS]), *others],
    )


RULES = {
    RemarkKind.MISSING_HEADER: MISSING_HEADER,
    RemarkKind.ODD_HEADER: ODD_HEADER,
    RemarkKind.OLD_NAME: OLD_NAME,
    RemarkKind.ODD_MEMBER: ODD_MEMBER,
}


def _finding(row, total):
    name, _arrow, meant = row["subject"].partition(" → ")
    per_call = row["kind"] in (RemarkKind.MISSING_HEADER, RemarkKind.ODD_HEADER)
    seen = Seen(row["times"], max(total, row["times"]) if per_call else None, row["latest"])
    return RULES[row["kind"]].finding(seen, operation=row["operation"], subject=row["subject"], name=name, meant=meant)


def _refusal(row):
    number, subject = row["code"] % 1000, row["subject"]
    code, status = f"{row['status']}/{row['code']}", row["status"]
    rule = Rule(
        name=f"refused_{row['code']}",
        seen=_refusal_seen(number, subject),
        expected=_wanted(row["code"], number, subject),
        source=ERRORS if row["operation"] else f"{HEADERS}, Api-Version, error {{code}}",
        severity=_severity(status, number, row["times"]),
    )
    seen = Seen(row["times"], None, row["latest"])
    title = titles.in_words_of(get_language() or "en", title_of(number))
    return rule.finding(seen, operation=row["operation"], code=code, subject=subject, title=title)


@cache
def title_of(number: int) -> str:
    """What errors of this number are called: the first that has it."""
    kinds: tuple[type[errors.TompError], ...] = (errors.TompError, *errors.TompError.__subclasses__())
    return next((kind.title for kind in kinds if kind.number == number), errors.TompError.title)


def _wanted(code, number, subject):
    """What names a field says nothing where we do not know it."""
    names_field = number in (1, 2, 211)
    return WANTED[None] if names_field and not subject else WANTED.get(code) or WANTED.get(number, WANTED[None])


def _refusal_seen(number, subject):
    if number == 8:
        return (
            _("Version {subject} was asked for {count} ×; refused with {code}.")
            if subject
            else _("A version that is none was asked for {count} ×; refused with {code}.")
        )
    if subject:
        return _("{operation} was refused {count} × with {code} ({title}: {subject}).")
    return _("{operation} was refused {count} × with {code} ({title}).")


def _severity(status, number, times):
    if (status, number) in BUSINESS:
        return Severity.NOTE
    return Severity.MUST if status in MALFORMED and times >= FEW else Severity.SHOULD
