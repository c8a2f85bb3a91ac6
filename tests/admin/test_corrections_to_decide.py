"""What waits for a second colleague is decided in the back office."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from bookings.models import Booking
from maas.models import Callback
from payments.models import Correction, JournalEntry
from tests.admin.test_actions import press
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes, report
from tests.trip_factories import CorrectionFactory, CustomerFactory
from tomp_operator.audit import audit

SORRY = {"entry": "", "amount": "3", "description": "Sorry", "reason": "Rain"}


@pytest.fixture
def ridden(clock):
    """10 minutes for 3.50."""
    provider = MaasProviderFactory(base_url="https://mp.example.org/tomp")
    booking = given_booking(provider, AssetFactory(), state="STARTED")
    report("FINISH")(booking.pk, NOW + minutes(10))
    return booking


@pytest.fixture
def by_ben(client, ridden):
    """Ann's correction of the ride, in the browser of Ben."""
    client.force_login(User.objects.create(username="ben", is_staff=True, is_superuser=True))
    return client


def page(correction, name="change"):
    return f"/admin/payments/correction/{correction.pk}/{name}/"


def violated():
    return {invariant.name for invariant, found in audit(now=NOW, show=5) if found.violations}


def test_a_refund_above_the_amount_waits_and_says_so(staff, ridden, settings):
    settings.TOMP_TWO_PERSONS_ABOVE = Decimal(2)

    messages = press(staff, f"/admin/bookings/booking/{ridden.pk}/refund/", **SORRY)

    assert "refund -3.00 EUR (waits for a colleague)" in messages[0][1]
    assert (Correction.objects.get().proposed_by, Correction.objects.get().reason) == ("rita", "Rain")
    assert JournalEntry.objects.count() == 1


def test_taking_back_an_entry_waits_and_says_so(staff, ridden, settings):
    settings.TOMP_TWO_PERSONS_ABOVE = Decimal(2)

    messages = press(staff, f"/admin/payments/journalentry/{JournalEntry.objects.get().pk}/correct/", reason="Wrong")

    what = "credit -3.50 EUR (waits for a colleague)"
    assert messages == [("success", f"Proposed: {what}. Nothing is owed until a second colleague approves it.")]


def test_the_page_shows_what_it_does(by_ben, ridden, settings):
    settings.TOMP_CORRECTION_CAP = Decimal(50)
    correction = CorrectionFactory(booking=ridden, amount=Decimal(-3))

    html = by_ben.get(page(correction)).content.decode()

    assert "3.50 EUR → <strong>0.50 EUR</strong>" in html
    assert "0.00 EUR of at most 50.00 EUR" in html


def test_an_approved_one_is_in_the_journal_the_price_and_a_callback(by_ben, ridden):
    correction = CorrectionFactory(booking=ridden, amount=Decimal(-3))

    messages = press(by_ben, page(correction, "approve"), reason="Saw the photo")

    assert messages == [("success", "Approved: refund -3.00 EUR.")]
    correction, entry = Correction.objects.get(), JournalEntry.objects.latest("id")
    assert (correction.decided_by, correction.decided_because, correction.entry) == ("ben", "Saw the photo", entry)
    assert (entry.amount, entry.actor, entry.reason) == (-3, "ann", "The brake did not work.")
    assert Booking.objects.get().price == Decimal("0.5")
    assert Callback.objects.get().body["amount"] == -3
    assert violated() == set()


def test_a_refused_one_leaves_everything_as_it_is(by_ben, ridden):
    correction = CorrectionFactory(booking=ridden, amount=Decimal(-3))

    assert press(by_ben, page(correction, "refuse"), reason="No") == [
        ("success", "Refused: refund -3.00 EUR (refused).")
    ]

    assert (JournalEntry.objects.count(), Callback.objects.count()) == (1, 0)
    assert Booking.objects.get().price == Decimal("3.5")
    assert violated() == set()


def test_nobody_is_offered_to_decide_their_own(by_ben, ridden):
    correction = CorrectionFactory(booking=ridden, amount=Decimal(-3), proposed_by="ben")

    html = by_ben.get(page(correction)).content.decode()

    assert page(correction, "approve") not in html
    with nothing_changes():
        messages = press(by_ben, page(correction, "approve"), reason="Mine")
    assert messages == [("error", "ben proposed it: somebody else has to decide.")]


@pytest.mark.parametrize("others", [1, 20])
def test_the_page_needs_the_same_queries_for_any_story(by_ben, ridden, django_assert_max_num_queries, others):
    Booking.objects.update(customer=CustomerFactory(provider=ridden.provider))
    correction = CorrectionFactory(booking=ridden, amount=Decimal(-3))
    for _each in range(others):
        CorrectionFactory(booking=ridden)
    by_ben.get(page(correction))

    with django_assert_max_num_queries(10):
        by_ben.get(page(correction))
