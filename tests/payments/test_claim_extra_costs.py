"""POST /payment/{id}/claim-extra-costs …"""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Booking
from payments import services
from payments.errors import ClaimDecided, ClaimImpossible
from payments.models import Claim, JournalEntry
from tests.client import refused
from tests.journey import NOW, given_booking, given_offer, minutes, nothing_changes

COSTS = {"category": "REFUND", "amount": -1.5, "currencyCode": "EUR", "description": "The brake did not work."}


def claim(mp, booking, *, headers=None, **changes):
    body = {key: value for key, value in {**COSTS, **changes}.items() if value is not ...}
    return mp.post(f"/payment/{booking.id}/claim-extra-costs", body, **(headers or {}))


@pytest.fixture
def ridden(mp, clock):
    """10 minutes for 3.50."""
    booking = given_booking(mp.provider, state="STARTED")
    clock.move_to(NOW + minutes(10))
    mp.event(booking.id, "FINISH")
    return Booking.objects.get()


def proposed(**changes):
    """The one claim, as it is."""
    return Claim.objects.get(**changes)


def test_is_kept_for_review(mp, ridden):
    before = JournalEntry.objects.count()

    answer = claim(mp, ridden, vatRate=21, vatCountryCode="NL", meta={"ticket": 7}, number=2, numberType="LITER")

    costs = {"amount": -1.5, "currencyCode": "EUR", "vatRate": 21, "vatCountryCode": "NL", "category": "REFUND"}
    assert answer.status_code == 200
    assert answer.json() == {
        **costs,
        "amountExVat": -1.24,
        "journalId": str(ridden.id),
        "state": "TO_INVOICE",
        "comment": "under review",
        "details": {
            **costs,
            "amountExVat": -1.24,
            "description": "The brake did not work.",
            "number": 2,
            "numberType": "LITER",
            "meta": {"ticket": 7},
        },
    }
    assert proposed().state == "PROPOSED"
    assert JournalEntry.objects.count() == before
    assert len(mp.get("/payment/journal-entry", id=str(ridden.id)).json()) == before


def test_needs_no_currency(mp, ridden):
    assert claim(mp, ridden, currencyCode=...).json()["currencyCode"] == "EUR"


@pytest.mark.parametrize("category", ["ALL", "FARE", "TIPS"])
def test_is_refused_for_what_cannot_be_claimed(mp, ridden, category):
    refused(claim(mp, ridden, category=category), 400, 6002)

    assert not Claim.objects.exists()


@pytest.mark.parametrize("member", ["category", "amount", "description"])
def test_is_refused_without_what_it_must_say(mp, ridden, member):
    refused(claim(mp, ridden, **{member: ...}), 400, 6001)

    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "five"},
        {"amount": 0},
        {"amount": 0.004},
        {"amount": 1e12},
        {"amount": 1.5},  # a refund is money back
        {"currencyCode": "EURO"},
        {"currencyCode": "NOK"},  # the booking is in EUR
        {"description": 5},
        {"description": ""},
        {"vatRate": -1},
        {"vatCountryCode": "NLD"},
        {"number": -1},
        {"numberType": "BARREL"},
        {"account": "NL00"},
        {"meta": []},
    ],
    ids=str,
)
def test_is_refused_when_it_makes_no_sense(mp, ridden, changes):
    refused(claim(mp, ridden, **changes), 400, 6002)

    assert not Claim.objects.exists()


@pytest.mark.parametrize("unknown", ["00000000-0000-0000-0000-000000000007", "nonsense"])
def test_of_an_unknown_booking_leads_nowhere(mp, unknown):
    refused(mp.post(f"/payment/{unknown}/claim-extra-costs", COSTS), 404, 6204)


def test_of_another_providers_booking_or_an_offer_leads_nowhere(mp, other_mp, ridden):
    refused(claim(other_mp, ridden), 404, 6204)
    refused(claim(mp, given_offer(mp.provider)), 404, 6204)

    assert not Claim.objects.exists()


def test_sent_twice_with_one_key_is_one_claim(mp, ridden):
    first = claim(mp, ridden, headers={"Idempotency-Key": "k-1"})
    again = claim(mp, ridden, headers={"Idempotency-Key": "k-1"})

    assert again.json() == first.json()
    assert Claim.objects.count() == 1


# What staff decide


def test_changes_the_journal_when_approved(mp, ridden):
    claim(mp, ridden, vatRate=21, meta={"ticket": 7})

    services.approve(claim_id=proposed().pk, now=NOW + minutes(60), actor="ann", reason="photo shows it")

    entry = JournalEntry.objects.latest("id")
    assert (entry.category, entry.amount, entry.sequence) == ("REFUND", Decimal("-1.500"), 2)
    assert (entry.created_at, entry.actor, entry.reason) == (NOW + minutes(60), "ann", "photo shows it")
    decided = proposed()
    assert (decided.state, decided.entry, decided.decided_by) == ("APPROVED", entry, "ann")
    assert (decided.decided_at, decided.reason) == (NOW + minutes(60), "photo shows it")
    told = mp.get("/payment/journal-entry", category="REFUND").json()[0]
    assert told["details"]["meta"] == {"ticket": 7}
    assert told["comment"] == "You claimed this on 2026-06-01; approved."
    assert "photo shows it" not in str(told)


def test_changes_the_price_when_approved(mp, ridden):
    price = ridden.price
    claim(mp, ridden)

    services.approve(claim_id=proposed().pk, now=NOW)

    shown = mp.get(f"/bookings/{ridden.id}").json()["pricing"]
    assert [(part["amount"], part.get("name"), part.get("class")) for part in shown["parts"]] == [
        (float(price), None, None),
        (-1.5, "The brake did not work.", "ANCILLARY"),
    ]
    assert Booking.objects.get().price == price - Decimal("1.5")


def test_changes_nothing_when_rejected(mp, ridden):
    claim(mp, ridden)

    with nothing_changes():
        services.reject(claim_id=proposed().pk, now=NOW, actor="ann", reason="it did")

    decided = proposed()
    assert (decided.state, decided.entry, decided.decided_by, decided.reason) == ("REJECTED", None, "ann", "it did")


@pytest.mark.parametrize("first", [services.approve, services.reject])
@pytest.mark.parametrize("second", [services.approve, services.reject])
def test_is_decided_once(mp, ridden, first, second):
    claim(mp, ridden, amount=-0.5)
    first(claim_id=proposed().pk, now=NOW)

    with nothing_changes(), pytest.raises(ClaimDecided):
        second(claim_id=proposed().pk, now=NOW)


def test_cannot_give_back_more_than_was_charged(mp, ridden):
    claim(mp, ridden, amount=-100)

    with nothing_changes(), pytest.raises(ClaimImpossible, match="cannot be given back"):
        services.approve(claim_id=proposed().pk, now=NOW)

    assert proposed().state == "PROPOSED"


def test_may_make_good_for_more_than_was_charged(mp, ridden):
    claim(mp, ridden, category="CREDIT", amount=-100, description="Missed the train")

    services.approve(claim_id=proposed().pk, now=NOW)

    assert JournalEntry.objects.latest("id").amount == -100


def test_has_its_entry_exactly_when_approved_says_the_database(mp, ridden):
    claim(mp, ridden)

    with pytest.raises(IntegrityError, match="an_approved_claim_has_its_entry"), transaction.atomic():
        Claim.objects.update(state="APPROVED", decided_at=NOW)
    with pytest.raises(IntegrityError, match="a_decided_claim_says_when"), transaction.atomic():
        Claim.objects.update(state="REJECTED")
