"""GET /payment/journal-entry …"""

from decimal import Decimal

import pytest

from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking, given_leg, minutes, nothing_changes, pause_plan, report
from tests.trip_factories import JournalEntryFactory

PATH = "/payment/journal-entry"


def ids(answer):
    assert answer.status_code == 200
    return [entry["journalId"] for entry in answer.json()]


@pytest.fixture
def three(mp):
    """Entries of three bookings, made at 12:00, 12:10 and 12:20."""
    return [
        JournalEntryFactory(booking__provider=mp.provider, created_at=NOW + minutes(10 * number)) for number in range(3)
    ]


def booking_ids(*entries):
    return [str(entry.booking_id) for entry in entries]


# What it says


def test_tells_what_a_ride_costs_and_why(mp, clock):
    leg = given_leg(mp.provider, AssetFactory(asset_type__default_plan=pause_plan()))
    for event, minute in (("SET_IN_USE", 0), ("PAUSE", 10), ("SET_IN_USE", 40), ("FINISH", 50)):
        report(event)(leg.id, NOW + minutes(minute))

    answer = mp.get(PATH)

    vat = {"currencyCode": "EUR", "vatRate": 21, "vatCountryCode": "NL"}
    assert answer.json() == [
        {
            "amount": 6.5,
            "amountExVat": 5.37,
            **vat,
            "category": "FARE",
            "journalId": str(leg.id),
            "journalSequenceId": "1",
            "state": "TO_INVOICE",
            "distance": 0,
            "distanceType": "KM",
            "usedTime": 3000,
            "details": {
                "estimated": False,
                "parts": [
                    {"amount": 1, "amountExVat": 0.83, **vat, "type": "FIXED", "name": "Unlocking"},
                    {"amount": 4, "amountExVat": 3.3, **vat, "type": "FIXED", "name": "Riding"},
                    {"amount": 1.5, "amountExVat": 1.24, **vat, "type": "FIXED", "name": "Pause"},
                ],
            },
        }
    ]


def test_tells_when_an_entry_was_invoiced(mp):
    JournalEntryFactory(
        booking__provider=mp.provider, state="INVOICED", invoice_number="2026-7", invoiced_at=NOW, comment="thank you"
    )

    [entry] = mp.get(PATH).json()

    assert (entry["state"], entry["invoiceId"], entry["invoiceDate"]) == ("INVOICED", "2026-7", "2026-06-01T12:00:00Z")
    assert entry["comment"] == "thank you"


def test_shows_credits_as_negative(mp):
    JournalEntryFactory(booking__provider=mp.provider, category="REFUND", amount=Decimal("-50.00"))

    assert mp.get(PATH).json()[0]["amount"] == -50


def test_has_nothing_to_tell_before_the_end_of_a_ride(mp):
    given_leg(mp.provider, state="IN_USE")
    given_booking(mp.provider, state="CANCELLED")

    assert mp.get(PATH).json() == []


# Which entries


def test_is_in_the_order_in_which_it_was_written(mp, three):
    assert ids(mp.get(PATH)) == booking_ids(*three)


def test_is_private(mp, other_mp, three):
    assert ids(other_mp.get(PATH)) == []
    assert ids(other_mp.get(PATH, id=str(three[0].booking_id))) == []


@pytest.mark.parametrize(
    ("period", "shown"),
    [
        ({"from": "2026-06-01T12:10:00Z"}, [1, 2]),
        ({"from": "2026-06-01T12:10:01Z"}, [2]),
        ({"to": "2026-06-01T12:10:00Z"}, [0, 1]),
        ({"from": "2026-06-01T14:05:00+02:00", "to": "2026-06-01T14:15:00+02:00"}, [1]),
        ({"from": "2027-01-01T00:00:00Z"}, []),
    ],
    ids=str,
)
def test_is_of_a_period(mp, three, period, shown):
    assert ids(mp.get(PATH, **period)) == booking_ids(*(three[number] for number in shown))


def test_is_of_a_booking_or_a_leg(mp, three):
    leg = given_leg(mp.provider, state="FINISHED")

    assert ids(mp.get(PATH, id=str(three[1].booking_id))) == booking_ids(three[1])
    assert ids(mp.get(PATH, id=str(leg.id))) == [str(leg.id)]


@pytest.mark.parametrize("unknown", ["00000000-0000-0000-0000-000000000007", "nonsense"])
def test_is_empty_for_what_is_unknown(mp, three, unknown):
    assert ids(mp.get(PATH, id=unknown)) == []


def test_is_of_a_state_or_a_category(mp, three):
    invoiced = JournalEntryFactory(
        booking__provider=mp.provider, state="INVOICED", invoice_number="2026-7", invoiced_at=NOW, category="DAMAGE"
    )

    assert ids(mp.get(PATH, state="INVOICED")) == booking_ids(invoiced)
    assert len(ids(mp.get(PATH, state="TO_INVOICE"))) == 3
    assert ids(mp.get(PATH, category="DAMAGE")) == booking_ids(invoiced)
    assert len(ids(mp.get(PATH, category="ALL"))) == 4


def test_comes_in_pages(mp, three, settings):
    settings.TOMP_MAX_PAGE_SIZE = 2

    assert ids(mp.get(PATH)) == booking_ids(*three[:2])
    assert ids(mp.get(PATH, offset=2)) == booking_ids(three[2])
    assert ids(mp.get(PATH, offset=1, limit=1)) == booking_ids(three[1])
    assert ids(mp.get(PATH, limit=0)) == []
    refused(mp.get(PATH, limit=3), 400, 6009)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"to": "2026-13-01T00:00:00Z"},
        {"to": "2026-06-01T12:00:00"},
        {"state": "PAID"},
        {"category": "TIP"},
        {"offset": "-1"},
        {"limit": "few"},
    ],
    ids=str,
)
def test_is_refused_when_the_question_makes_no_sense(mp, query):
    with nothing_changes():
        answer = mp.get(PATH, **query)

    refused(answer, 400, 6002)


def test_reads_as_many_tables_for_one_entry_as_for_twenty(mp, django_assert_num_queries):
    JournalEntryFactory(booking__provider=mp.provider)
    with django_assert_num_queries(2):  # credentials, entries
        mp.get(PATH)
    JournalEntryFactory.create_batch(19, booking__provider=mp.provider)

    with django_assert_num_queries(2):
        answer = mp.get(PATH)

    assert len(answer.json()) == 20
