"""What does a leg ask of its traveller? Its conditions (fleet/conditions.py) in the words of staff."""

from decimal import Decimal

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from fleet.admin.wording import money, place_text
from fleet.conditions import REQUIRE_BOOKING_DATA
from fleet.models import Condition
from fleet.models.schedule import days_in_words
from tomp.admin import moment
from tomp.language import in_any_language
from tomp.words import grouped

KINDS = {
    **dict(Condition.Kind.choices),
    "conditionPostponedCommit": _("our answer comes later"),
    "conditionRequireEvidence": _("photo at the end of the ride"),
}
BOOKING_DATA = {
    "AGE": _("age"),
    "BANK_CARDS": _("bank cards"),
    "BIRTHDATE": _("date of birth"),
    "CREDIT_CARDS": _("credit cards"),
    "DISCOUNT_CARDS": _("discount cards"),
    "DRIVER_LICENSE_CAR": _("driving licence for cars"),
    "DRIVER_LICENSE_MOPED": _("driving licence for mopeds"),
    "DRIVER_LICENSE_TRUCK": _("driving licence for lorries"),
    "EMAIL": _("e-mail address"),
    "FIRST_NAME": _("first name"),
    "FROM_ADDRESS": _("address of departure"),
    "ID_CARDS": _("identity cards"),
    "LICENSES": _("licences"),
    "NAME": _("name"),
    "PERSONAL_ADDRESS": _("home address"),
    "PHONE_NUMBERS": _("phone numbers"),
    "TO_ADDRESS": _("address of arrival"),
    "TRAVEL_CARDS": _("travel cards"),
}


def in_words(condition):
    """(what kind of condition it is, what it says)"""
    kind = condition.get("kind", "")
    tells = WORDS.get(kind, _steps)
    return KINDS.get(kind, kind), " · ".join(str(word) for word in tells(condition) if word)


def _deposit(condition):
    yield money(Decimal(str(condition["amount"])), condition["currency"])


def _answer(condition):
    yield _("at the latest %(moment)s") % {"moment": moment(parse_datetime(condition["answer_by"]))}


def _booking_data(condition):
    yield ", ".join(str(BOOKING_DATA.get(word, _plain(word))) for word in condition["required_fields"])
    if "minimum_age" in condition:
        yield _("at least %(n)d years old") % {"n": condition["minimum_age"]}
    if "licence" in condition:
        yield _("driving licence %(name)s") % {"name": condition["licence"]}
    yield ", ".join(_plain(claim) for claim in condition.get("claims") or ())


def _return_area(condition):
    if area := condition.get("area"):
        yield _("an area of %(n)s points") % {"n": grouped(sum(len(ring) for ring in area["coordinates"]))}
    yield place_text(condition)
    for row in condition.get("hours") or ():
        yield f"{days_in_words(row['days'])} {row['opens']}–{row['closes']}"


def _steps(condition):
    """What the traveller reads; a step without a text says what is to be done."""
    for step in condition.get("steps") or ():
        said = in_any_language(step["text"]) if step.get("text") else _plain(step.get("action", ""))
        yield f"{said} {step['url']}" if step.get("url") else said


def _plain(word):
    """PARK_ASSIST: park assist"""
    return word.replace("_", " ").lower()


WORDS = {
    "conditionDeposit": _deposit,
    "conditionPostponedCommit": _answer,
    "conditionReturnArea": _return_area,
    REQUIRE_BOOKING_DATA: _booking_data,
}
