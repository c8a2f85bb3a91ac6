"""Where is what somebody quotes? One box for ids, numbers, codes, plates and names, and how each thing stands.

Each kind is asked for in one statement, every way to name it by an index of its own: a condition with “or” between the
ways would read the whole table. What begins with the term follows what is it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import User
from django.db.models import CharField, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Collate, Upper
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingState
from customers.models import Customer, CustomerStatus
from fleet import ids
from fleet.admin.wording import money
from fleet.models import Asset, AssetPublicId, Station
from fleet.models.vehicles import AssetState
from legs.models import Leg, LegState
from maas.models import MaasProvider
from payments.models import Invoice, JournalEntry
from support.models import SupportRequest
from tomp.admin import has_id, moment, uuid_range
from tomp.language import in_any_language

SHORTEST, LONGEST = 2, 200
EACH = 6
LARGEST_NUMBER = 2**31 - 1
AFTER_ALL = "\U0010ffff"  # sorts behind every other character


@dataclass(frozen=True)
class Hit:
    """Something that was found; `is_it` when the term is one of its names, not just the beginning of one."""

    title: str
    description: str
    link: str
    icon: str
    is_it: bool


@dataclass
class Term:
    """What was typed, and what was found so far that leads on to other things."""

    text: str
    user: User
    vehicles: set[int] = field(default_factory=set)  # those named by it
    customers: set[Any] = field(default_factory=set)
    bookings: set[Any] = field(default_factory=set)  # of the legs that were found

    @property
    def is_id(self) -> bool:
        return uuid_range(self.text) is not None

    @property
    def number(self) -> int | None:
        is_number = self.text.isascii() and self.text.isdigit() and int(self.text) <= LARGEST_NUMBER
        return int(self.text) if is_number else None

    def names(self, *values: Any) -> bool:
        """Whether one of these is what was typed; an id with or without dashes."""
        return any(_plain(str(value)) == _plain(self.text) for value in values if value)


def find(user: User, text: str) -> list[Hit]:
    """What this member of staff may see of what the text names; at most eight statements."""
    text = ids.bare_id(text.strip()).replace("\x00", "")
    if not SHORTEST <= len(text) <= LONGEST:
        return []
    term = Term(text, user)
    hits = [hit for permission, ask in ASKED.items() if user.has_perm(permission) for hit in ask(term)]
    hits += _places_and_providers(term)
    return sorted(hits, key=lambda hit: (not hit.is_it, ORDER.index(hit.icon)))


def _vehicles(term: Term) -> Iterator[Hit]:
    ways = [
        *(
            _beginning(Asset.objects.all(), column, term.text)
            for column in ("vehicle_number", "vehicle_code", "license_plate")
        ),
        *(Asset.objects.filter(**{f"{column}__startswith": term.text.upper()}) for column in ("imei", "mac", "nfc_id")),
    ]
    if term.is_id:
        former = AssetPublicId.objects.filter(has_id("public_id", term.text)).values("asset")[:EACH]
        ways += [Asset.objects.filter(has_id("public_id", term.text)), Asset.objects.filter(pk__in=former)]
    names = ("vehicle_number", "vehicle_code", "license_plate", "imei", "mac", "nfc_id", "public_id")
    shown = ("pk", "state", "asset_type__name", "asset_type__type_id", *names)
    found = {row["pk"]: row for row in _any_of(ways, *shown)}
    is_former = set()
    for row in found.values():
        is_one_of_its_names = term.names(*(row[name] for name in names))
        if term.is_id and not any(_plain(str(row[name])).startswith(_plain(term.text)) for name in names):
            is_former.add(row["pk"])
            is_one_of_its_names = len(_plain(term.text)) == len(_plain(str(row["public_id"])))
        if is_one_of_its_names:
            term.vehicles.add(row["pk"])
        what = in_any_language(row["asset_type__name"]) or row["asset_type__type_id"]
        plate = row["license_plate"] or row["vehicle_code"]
        told = _("under a former public id") if row["pk"] in is_former else plate
        yield _hit(
            row["vehicle_number"],
            (_("Vehicle"), what, AssetState(row["state"]).label, told),
            "fleet_asset", row["pk"], "pedal_bike", is_one_of_its_names,
        )  # fmt: skip


def _customers(term: Term) -> Iterator[Hit]:
    known = Customer.objects.all()
    email = known.alias(email=Collate(Upper(KT("data__email")), "C"))
    ways = [_beginning(known, "external_id", term.text), _within(email, "email", term.text)]
    ways += [known.filter(data__contains={"phones": [{"number": number}]}) for number in _phone_numbers(term.text)]
    if term.is_id:
        ways.append(known.filter(has_id("id", term.text)))
    for row in _any_of(ways, "pk", "external_id", "status", "data", "erased_at"):
        names = (row["data"].get(part) for part in ("firstName", "middleName", "lastName"))
        name = " ".join(name for name in names if name)
        numbers = [phone.get("number") for phone in row["data"].get("phones", []) if isinstance(phone, dict)]
        is_it = term.names(row["pk"], row["external_id"], row["data"].get("email"), *numbers) or bool(
            {*_phone_numbers(term.text)} & {*map(str, numbers)}
        )
        if is_it:
            term.customers.add(row["pk"])
        state = _("erased") if row["erased_at"] else CustomerStatus(row["status"]).label
        yield _hit(
            name or row["external_id"] or str(row["pk"]),
            (_("Customer"), state, row["external_id"] or "", row["data"].get("email") or ""),
            "customers_customer", row["pk"], "person", is_it,
        )  # fmt: skip


def _legs(term: Term) -> Iterator[Hit]:
    ways: list[QuerySet] = []
    if term.is_id:
        ways += [Leg.objects.filter(has_id(column, term.text)) for column in ("id", "asset_public_id")]
    if term.vehicles:
        ways.append(Leg.objects.filter(asset__in=term.vehicles))
    latest = [way.order_by("-departs_at", "-pk") for way in ways]
    for row in _any_of(latest, "pk", "booking_id", "state", "departs_at", "asset__vehicle_number", "asset_public_id"):
        term.bookings.add(row["booking_id"])
        yield _hit(
            str(row["pk"]),
            (_("Leg"), LegState(row["state"]).label, row["asset__vehicle_number"] or "", moment(row["departs_at"])),
            "legs_leg", row["pk"], "electric_scooter", term.names(row["pk"], row["asset_public_id"]),
        )  # fmt: skip


def _bookings(term: Term) -> Iterator[Hit]:
    ways: list[QuerySet] = []
    if term.is_id:
        ways.append(Booking.objects.filter(has_id("id", term.text)))
    if term.bookings:
        ways.append(Booking.objects.filter(pk__in=term.bookings))
    if term.customers:
        ways.append(Booking.objects.filter(customer__in=term.customers))
    latest = [way.order_by("-created_at", "-pk") for way in ways]
    for row in _any_of(latest, "pk", "state", "created_at", "provider__name"):
        yield _hit(
            str(row["pk"]),
            (_("Booking"), BookingState(row["state"]).label, row["provider__name"], moment(row["created_at"])),
            "bookings_booking", row["pk"], "bookmark", term.names(row["pk"]),
        )  # fmt: skip


def _support(term: Term) -> Iterator[Hit]:
    ways: list[QuerySet] = []
    if term.is_id:
        ways.append(SupportRequest.objects.filter(reference__startswith=_dashed(term.text)))
    if term.number is not None:
        ways.append(SupportRequest.objects.filter(pk=term.number))
    if term.vehicles:
        ways.append(SupportRequest.objects.filter(asset__in=term.vehicles))
    latest = [way.order_by("-created_at", "-pk") for way in ways]
    for row in _any_of(latest, "pk", "reference", "support_type", "status", "created_at"):
        yield _hit(
            f"{capfirst(SupportRequest.Type(row['support_type']).label)} #{row['pk']}",
            (_("Support"), SupportRequest.Status(row["status"]).label, moment(row["created_at"])),
            "support_supportrequest", row["pk"], "support_agent", term.names(row["pk"], row["reference"]),
        )  # fmt: skip


def _journal(term: Term) -> Iterator[Hit]:
    ways: list[QuerySet] = []
    if term.is_id:
        ways.append(JournalEntry.objects.filter(has_id("booking_id", term.text)))
    if term.number is not None:
        ways.append(JournalEntry.objects.filter(pk=term.number))
    shown = ("pk", "booking_id", "sequence", "category", "amount", "currency", "state", "created_at")
    for row in _any_of([way.order_by("-pk") for way in ways], *shown):
        category = JournalEntry.Category(row["category"]).label
        yield _hit(
            f"{capfirst(category)} {money(row['amount'], row['currency'])}",
            (_("Journal"), JournalEntry.State(row["state"]).label, moment(row["created_at"])),
            "payments_journalentry", row["pk"], "receipt_long", term.names(row["pk"], row["booking_id"]),
        )  # fmt: skip


def _invoices(term: Term) -> Iterator[Hit]:
    ways = [Invoice.objects.filter(number__startswith=term.text.upper())]
    for row in _any_of(ways, "pk", "number", "provider__name", "total", "currency"):
        yield _hit(
            row["number"],
            (_("Invoice"), row["provider__name"], money(row["total"], row["currency"])),
            "payments_invoice", row["pk"], "request_quote", term.names(row["number"]),
        )  # fmt: skip


def _places_and_providers(term: Term) -> Iterator[Hit]:
    """Both are few: they are found by any part of their names, in one statement."""
    ways: list[QuerySet] = []
    if term.user.has_perm("fleet.view_station"):
        ways.append(_named(Station.objects.all(), "station", "station_id", term.text))
    if term.user.has_perm("maas.view_maasprovider"):
        ways.append(_named(MaasProvider.objects.all(), "provider", "maas_id", term.text))
    told = {
        "station": (_("Station"), "fleet_station", "location_on"),
        "provider": (_("Provider"), "maas_maasprovider", "handshake"),
    }
    for row in _any_of(ways, "pk", "kind", "code", "label"):
        what, page, icon = told[row["kind"]]
        yield _hit(row["code"], (what,), page, row["pk"], icon, term.names(row["code"]))


def _named(rows: QuerySet, kind: str, code: str, text: str) -> QuerySet:
    rows = rows.annotate(kind=Value(kind, CharField()), code=Cast(code, TextField()), label=Cast("name", TextField()))
    return rows.filter(Q(code__icontains=text) | Q(label__icontains=text)).order_by("code")


def _beginning(rows: QuerySet, column: str, text: str) -> QuerySet:
    """Rows whose column begins so, in capitals or not, what is shorter first; there is an index for it."""
    return _within(rows.alias(found=Collate(Upper(column), "C")), "found", text)


def _within(rows: QuerySet, alias: str, text: str) -> QuerySet:
    text = text.upper()
    return rows.filter(**{f"{alias}__gte": text, f"{alias}__lt": text + AFTER_ALL}).order_by(alias)


def _any_of(ways: list[QuerySet], *columns: str) -> Iterable[dict]:
    """The first rows of each way, each row once; one statement."""
    if not ways:
        return []
    first, *others = [way.values(*columns)[:EACH] for way in ways]
    rows = first.union(*others, all=True) if others else first
    return {row["pk"]: row for row in rows}.values()


def _phone_numbers(text: str) -> list[str]:
    """How the number may be written where it is kept: as typed, without spaces, with + for 00 and without either."""
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) < 6 or any(character.isalpha() for character in text):
        return []
    local = digits.removeprefix("00")
    return list(dict.fromkeys([text, digits, f"+{local}", local]))


def _dashed(text: str) -> str:
    """The beginning of an id as it is written in text, with or without its dashes."""
    digits = text.replace("-", "").lower()
    cuts = (0, 8, 12, 16, 20, 32)
    return "-".join(part for start, end in pairwise(cuts) if (part := digits[start:end]))


def _plain(text: str) -> str:
    return text.replace("-", "").replace(" ", "").upper()


def _hit(title: str, parts: Iterable[Any], page: str, pk: Any, icon: str, is_it: bool) -> Hit:
    description = " · ".join(str(part) for part in parts if part)
    return Hit(title, description, reverse(f"admin:{page}_change", args=[pk]), icon, is_it)


# The order of asking: vehicles and customers lead to their trips, legs to their bookings.
ASKED: dict[str, Callable[[Term], Iterable[Hit]]] = {
    "fleet.view_asset": _vehicles,
    "customers.view_customer": _customers,
    "legs.view_leg": _legs,
    "bookings.view_booking": _bookings,
    "support.view_supportrequest": _support,
    "payments.view_journalentry": _journal,
    "payments.view_invoice": _invoices,
}
ORDER = (
    "bookmark", "pedal_bike", "person", "support_agent", "request_quote", "receipt_long", "electric_scooter",
    "location_on", "handshake",
)  # fmt: skip
