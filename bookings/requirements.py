"""Does a booking come with the data it must come with, and do they fit? Pure (conditionRequireBookingData).

What is absent, or says nothing, is 400/3001; what was sent and proves that the traveller may not drive is 400/3002:
other data, of somebody who may, would be accepted (semantics §4.2, §10.1).
"""

import unicodedata

from django.utils.dateparse import parse_date

from fleet.conditions import REQUIRE_BOOKING_DATA, required_booking_data
from fleet.licences import DRIVING_LICENCES, allows
from tomp.errors import Invalid, Missing

CARDS = {
    "BANK_CARDS": ("BANK",),
    "DISCOUNT_CARDS": ("DISCOUNT",),
    "TRAVEL_CARDS": ("TRAVEL",),
    "CREDIT_CARDS": ("CREDIT",),
    "ID_CARDS": ("ID", "PASSPORT"),
}
MEMBERS = {
    "BIRTHDATE": ("birthDate",),
    "EMAIL": ("email",),
    "PERSONAL_ADDRESS": ("address",),
    "PHONE_NUMBERS": ("phones",),
    "LICENSES": ("licenses",),
    **dict.fromkeys(DRIVING_LICENCES, ("licenses",)),
    "NAME": ("firstName", "lastName"),
    "FIRST_NAME": ("firstName",),
    "LAST_NAME": ("lastName",),
    "MIDDLE_NAME": ("middleName",),
    "PREFIX": ("prefix",),
    "POSTFIX": ("postfix",),
    "AGE": ("age",),
    "KNOWN_IDENTIFIER": ("knownIdentifier",),
    "KNOWN_IDENTIFIER_PROVIDER": ("knownIdentifierProvider",),
    "BLOCKCHAIN_CLAIMS": ("knownIdentifierProvider",),
}
PLACES = {"FROM_ADDRESS": "from", "TO_ADDRESS": "to"}


def check(conditions, *, customer, from_place, to_place, on):
    """Raises Missing or Invalid, naming the member, unless the data are those the conditions ask for.

    `on` is the day of the trip: a licence or card must be valid then, a traveller old enough.
    """
    customer = customer or {}
    demanded = required_booking_data(conditions)
    absent = missing_member(demanded, customer=customer, from_place=from_place, to_place=to_place)
    if absent:
        raise Missing(f"Field: {absent}, Reason: conditionRequireBookingData demands it.", module=3)
    for rules in conditions:
        if rules["kind"] == REQUIRE_BOOKING_DATA:
            _check_cards(rules["required_fields"], customer, on)
            _check_licences(rules, customer, on)
            _check_age(rules.get("minimum_age"), customer, on)


def missing_member(required_fields, *, customer, from_place, to_place):
    """The first member of the request that is required and absent, e.g. "customer.firstName"; else None."""
    for required in required_fields:
        absent = _absent(required, customer or {}, {"from": from_place, "to": to_place})
        if absent:
            return absent
    return None


def _absent(required, customer, places):
    if required in PLACES:
        name = PLACES[required]
        return None if (places[name] or {}).get("address") else f"{name}.physicalAddress"
    if required in CARDS:
        return None if _cards(required, customer) else "customer.cards"
    if required == "AGE" and (customer.get("birthDate") or customer.get("age") is not None):
        return None
    if required == "PHONE_NUMBERS" and not any(_says(phone.get("number")) for phone in customer.get("phones") or []):
        return "customer.phones"
    return next((f"customer.{member}" for member in MEMBERS.get(required, ()) if not _says(customer.get(member))), None)


def _says(value):
    """Whether there is something in it; in a text, something that can be read."""
    if isinstance(value, str):
        return any(unicodedata.category(character)[0] in "LNPS" for character in value)
    return bool(value)


def _cards(required, customer):
    cards = customer.get("cards") or []
    return [card for card in cards if card.get("type") in CARDS[required] and _says(card.get("cardNumber"))]


# -- what was sent must fit


def _check_cards(fields, customer, on):
    for required in fields:
        if required in CARDS:
            _check_one_is_valid(_cards(required, customer), "customer.cards", on)


def _check_licences(rules, customer, on):
    """One licence for each category that is asked for; where none is named any licence will do."""
    licences = customer.get("licenses") or []
    fields = rules["required_fields"]
    categories = {DRIVING_LICENCES[field] for field in fields if field in DRIVING_LICENCES}
    if rules.get("licence"):
        categories.add(rules["licence"])
    for category in sorted(categories):
        fitting = [licence for licence in licences if allows(licence, category)]
        if not fitting:
            raise _unfit("customer.licenses", f"a driving licence of category {category} is needed")
        _check_one_is_valid(fitting, "customer.licenses", on)
    if "LICENSES" in fields:
        _check_one_is_valid(licences, "customer.licenses", on)


def _check_one_is_valid(papers, member, on):
    days = [_day(paper.get("validUntil"), f"{member}.validUntil") for paper in papers]
    if all(day is not None and day < on for day in days):
        raise _unfit(f"{member}.validUntil", f"it is not valid on {on}")


def _check_age(minimum, customer, on):
    """Both are believed, so the lower one counts."""
    born = _day(customer.get("birthDate"), "customer.birthDate")
    ages = {"customer.birthDate": born and years_between(born, on), "customer.age": customer.get("age")}
    for member, age in ages.items():
        if minimum is not None and age is not None and age < minimum:
            raise _unfit(member, f"whoever drives must be {minimum} or older")


def years_between(born, on):
    """How old somebody is on that day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _day(text, member):
    if not text:
        return None
    try:
        day = parse_date(text)
    except (TypeError, ValueError):
        day = None
    if day is None:
        raise _unfit(member, "a day is expected: 2030-12-31")
    return day


def _unfit(member, reason):
    return Invalid(f"Field: {member}, Reason: {reason}.", module=3)
