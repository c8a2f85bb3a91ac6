"""What was agreed with the traveller is told in the words of the office, wherever a leg is shown."""

import pytest
from django.utils.translation import override

from legs.admin.agreed import in_words
from tests.trip_factories import LegFactory

DEPOSIT = {"kind": "conditionDeposit", "amount": "50", "currency": "EUR", "vat_rate": "21"}
STEPS = {
    "kind": "conditionRequireOffboardingSteps",
    "steps": [
        {"action": "PARK_ASSIST", "text": {"en": "Park upright."}},
        {"action": "LOCK_ASSET", "type": "IMAGE", "url": "https://example.org/lock.png"},
    ],
}


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (DEPOSIT, ("deposit", "50.00 EUR")),
        (STEPS, ("steps to end the ride", "Park upright. · lock asset https://example.org/lock.png")),
        (
            {"kind": "conditionRequireBookingData", "required_fields": ["AGE", "PREFIX"], "minimum_age": 18},
            ("data required with the booking", "age, prefix · at least 18 years old"),
        ),
        (
            {"kind": "conditionPostponedCommit", "answer_by": "2026-06-01T12:05:00Z"},
            ("our answer comes later", "at the latest 2026-06-01 12:05:00"),
        ),
        (
            {
                "kind": "conditionReturnArea",
                "station_id": "hub",
                "hours": [{"days": ["MON", "TUE", "WED", "SUN"], "opens": "07:00", "closes": "22:00"}],
            },
            ("return area", "hub · Mon–Wed, Sun 07:00–22:00"),
        ),
        ({"kind": "conditionPayWhenFinished"}, ("payment at the end", "")),
        ({"kind": "conditionOfTomorrow"}, ("conditionOfTomorrow", "")),
    ],
    ids=lambda value: value.get("kind") if isinstance(value, dict) else "",
)
def test_a_condition_is_told(condition, told):
    kind, said = in_words(condition)

    assert (str(kind), said) == told


def test_a_condition_is_told_in_the_language_of_the_reader():
    with override("de"):
        kind, said = in_words(DEPOSIT)

        assert (str(kind), said) == ("Kaution", "50,00 EUR")


@pytest.mark.parametrize("page", ["legs/leg/{leg.pk}", "bookings/booking/{leg.booking_id}"])
def test_no_page_of_a_trip_names_a_condition_in_the_words_of_the_protocol(staff, page):
    leg = LegFactory(conditions=[DEPOSIT, STEPS])

    html = staff.get(f"/admin/{page.format(leg=leg)}/change/").content.decode()

    assert "<strong>deposit</strong> 50.00 EUR" in html
    assert "<strong>steps to end the ride</strong> Park upright." in html
    assert "conditionDeposit" not in html
    assert "PARK_ASSIST" not in html
