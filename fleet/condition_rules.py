"""What belongs to a condition of each kind, and what is nonsense? Pure (TOMP conditions, semantics §10.1).

`details` as they are kept: a deposit {"amount": "50.00", "currency": "EUR", "vat_rate": "21", "vat_country": "NL"},
booking data {"required_fields": ["NAME"], "claims": ["ABOVE_18"]}, steps {"steps": [see fleet/steps.py]}, a return area
{"station_id": "hub"}, {"area": GeoJSON Polygon} or {"coordinates": {"lat": 52.09, "lng": 5.12}}, each with
"hours": [{"days": ["MON"], "opens": "07:00", "closes": "22:00"}] where it has some. Any may have an "id".
"""

import re
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fleet import steps
from fleet.licences import DRIVING_LICENCES
from fleet.polygons import check_polygon
from fleet.pricing import minor_units
from tomp.components.conditions import ConditionRequireBookingData
from tomp.components.words import WeekDay
from tomp.versions import LATEST

# NAME says in both versions what these two would: the official list of 1.6 misspells them (reading 18).
WRITTEN_AS_NAME = ("LAST_NAME", "MIDDLE_NAME")
_FIELDS: Any = ConditionRequireBookingData().fields["requiredFields"].child  # type: ignore[attr-defined]
BOOKING_DATA = (
    *(word for word in _FIELDS.words_in(LATEST) if word not in WRITTEN_AS_NAME),
    *DRIVING_LICENCES,
)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def announced(required_fields, version):
    """The official words for these data, each once; what the version has no word for is left out."""
    known = set(_FIELDS.words_in(version)).difference(WRITTEN_AS_NAME)
    words = (_official(field, known) for field in required_fields)
    return list(dict.fromkeys(word for word in words if word in known))


def _official(field, known):
    if field in DRIVING_LICENCES:
        return "LICENSES"
    if field in WRITTEN_AS_NAME or (field == "FIRST_NAME" and field not in known):
        return "NAME"
    return field


def check(kind, details):
    """Raises ValidationError unless a condition of this kind may have these details."""
    members = MEMBERS.get(kind, {}) | {"id": _check_identifier}
    if not isinstance(details, dict):
        raise ValidationError(_("An object is expected: {…}."))
    if missing := sorted(NEEDED.get(kind, set()) - set(details)):
        raise ValidationError(_("Missing: %(names)s.") % {"names": ", ".join(missing)})
    if unknown := sorted(set(details) - set(members)):
        raise ValidationError(_("This condition has no %(names)s.") % {"names": ", ".join(unknown)})
    for name, value in details.items():
        members[name](value)
    if kind == "conditionDeposit":
        _check_decimals(details)
    if kind == "conditionReturnArea" and len(PLACES & set(details)) != 1:
        raise ValidationError(_("A return area is a station, a polygon or a point: one of them."))


def _check_identifier(value):
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        raise ValidationError(_("An id is a text of at most 100 characters."))


# -- deposit


def _number(value):
    """As a Decimal; amounts are kept as texts, so that none is rounded."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValidationError(_("Write amounts as texts: “50.00”."))
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValidationError(_("%(value)r is not a number.") % {"value": value}) from None
    if not number.is_finite():
        raise ValidationError(_("%(value)r is not a number.") % {"value": value})
    return number


def _check_amount(value):
    if not 0 < _number(value) < 10**7:
        raise ValidationError(_("A deposit is more than nothing, and less than ten million."))


def _check_decimals(details):
    places = minor_units(details["currency"])
    if round(number := _number(details["amount"]), places) != number:
        raise ValidationError(
            _("%(currency)s has %(places)d decimals.") % {"currency": details["currency"], "places": places}
        )


def _check_currency(value):
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        raise ValidationError(_("A currency is three capitals: EUR (ISO 4217)."))


def _check_rate(value):
    if value not in (None, "") and not 0 <= _number(value) <= 100:
        raise ValidationError(_("VAT is a percentage."))


def _check_country(value):
    if value not in (None, "") and not (isinstance(value, str) and re.fullmatch("[A-Z]{2}", value)):
        raise ValidationError(_("A country is two capitals: NL (ISO 3166-1)."))


# -- booking data


def _check_required_fields(value):
    if not isinstance(value, list) or not value:
        raise ValidationError(_("Name at least one piece of data."))
    for word in value:
        if word in WRITTEN_AS_NAME:
            raise ValidationError(_("Instead of %(word)s write NAME.") % {"word": word})
        if word not in BOOKING_DATA:
            raise ValidationError(
                _("%(word)r is none of %(known)s.") % {"word": word, "known": ", ".join(BOOKING_DATA)}
            )


def _check_claims(value):
    if not isinstance(value, list) or not all(isinstance(claim, str) and claim for claim in value):
        raise ValidationError(_("Claims are a list of words: ABOVE_18."))


# -- return area


def _check_station(value):
    if not isinstance(value, str) or not value:
        raise ValidationError(_("A station is named by its id."))


def _check_point(value):
    is_point = isinstance(value, dict) and set(value) == {"lat", "lng"} and {*map(type, value.values())} <= {int, float}
    if not is_point or abs(value["lat"]) > 90 or abs(value["lng"]) > 180:
        raise ValidationError(_("A point has lat and lng, in degrees."))


def _check_hours(value):
    if not isinstance(value, list) or not all(_are_hours(row) for row in value):
        raise ValidationError(_('Hours are [{"days": ["MON"], "opens": "07:00", "closes": "22:00"}].'))


def _are_hours(row):
    if not isinstance(row, dict) or set(row) != {"days", "opens", "closes"}:
        return False
    days, times = row["days"], (row["opens"], row["closes"])
    return (
        isinstance(days, list)
        and bool(days)
        and all(day in WeekDay.words for day in days)
        and all(isinstance(time, str) and _TIME.fullmatch(time) for time in times)
    )


PLACES = {"station_id", "area", "coordinates"}
NEEDED: dict[str, set[str]] = {
    "conditionDeposit": {"amount", "currency"},
    "conditionRequireBookingData": {"required_fields"},
    **{kind: {"steps"} for kind in steps.CONDITIONS},
}
MEMBERS: dict[str, dict[str, Any]] = {
    "conditionDeposit": {
        "amount": _check_amount,
        "currency": _check_currency,
        "vat_rate": _check_rate,
        "vat_country": _check_country,
    },
    "conditionRequireBookingData": {"required_fields": _check_required_fields, "claims": _check_claims},
    "conditionReturnArea": {
        "station_id": _check_station,
        "area": check_polygon,
        "coordinates": _check_point,
        "hours": _check_hours,
    },
    **{kind: {"steps": partial(steps.check_steps, name)} for kind, name in steps.CONDITIONS.items()},
}
