"""What a colleague gives back is limited per customer and month, and above an amount it takes two colleagues …"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction

from bookings.models import Booking
from maas.models import Callback
from payments import services
from payments.errors import CapReached, ClaimDecided, ClaimImpossible, CorrectionDecided, OwnCorrection
from payments.models import Claim, Correction, JournalEntry
from tests.fleet_factories import ConditionFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes, report
from tests.trip_factories import ClaimFactory, CorrectionFactory, CustomerFactory, JournalEntryFactory

LATER = NOW + minutes(30)
NEXT_MONTH = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def ridden(mp):
    """10 minutes for 3.50, and a fine of 200.00 that no colleague wrote."""
    booking = given_booking(mp.provider, state="STARTED")
    report("FINISH")(booking.id, NOW + minutes(10))
    services.claim(booking_id=booking.pk, category="FINE", amount=200, description="Fine", now=NOW)
    Booking.objects.filter(pk=booking.pk).update(customer=CustomerFactory(provider=mp.provider))
    Callback.objects.all().delete()
    return Booking.objects.get(pk=booking.pk)


@pytest.fixture
def cap(settings):
    settings.TOMP_CORRECTION_CAP = Decimal(50)


@pytest.fixture
def two(settings):
    settings.TOMP_TWO_PERSONS_ABOVE = Decimal(100)


def refund(booking, amount, actor="ann", now=NOW, **more):
    return services.refund(booking_id=booking.pk, amount=Decimal(amount), actor=actor, reason="Rain", now=now, **more)


def supervisor(username="sue"):
    user = User.objects.create(username=username, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="exceed_correction_cap"))
    return username


def fine():
    return JournalEntry.objects.get(category="FINE")


def approve(correction, actor="ben", now=LATER):
    return services.approve_correction(correction_id=correction.pk, actor=actor, reason="Looks right", now=now)


# The cap


def test_up_to_the_cap(ridden, cap):
    refund(ridden, 30)
    refund(ridden, 20)

    assert Booking.objects.get().price == Decimal("153.5")
    assert services.allowance(booking=ridden, actor="ann", now=NOW).left == 0


def test_not_above_the_cap_whoever_gave_the_rest(ridden, cap):
    refund(ridden, 30, actor="ben")

    with nothing_changes(), pytest.raises(CapReached) as refusal:
        refund(ridden, "20.01")

    assert str(refusal.value) == (
        "This month 30.00 EUR was given back to this customer; 20.01 EUR more would be above the cap of 50.00 EUR. "
        "A colleague who may exceed the cap can do it."
    )


def test_over_all_bookings_of_the_customer(mp, ridden, cap):
    other = given_booking(mp.provider, state="FINISHED", now=NOW + minutes(60))
    Booking.objects.filter(pk=other.pk).update(customer=ridden.customer)
    services.claim(booking_id=other.pk, category="FINE", amount=100, description="Fine", now=NOW)
    refund(ridden, 40)

    with nothing_changes(), pytest.raises(CapReached):
        refund(other, "10.01")
    refund(other, 10)


def test_not_over_bookings_of_others(mp, ridden, cap):
    other = given_booking(mp.provider, state="FINISHED", now=NOW + minutes(60))
    services.claim(booking_id=other.pk, category="FINE", amount=100, description="Fine", now=NOW)
    refund(ridden, 40)

    refund(other, 50)
    with nothing_changes(), pytest.raises(CapReached, match="to this booking"):
        refund(other, "0.01")


def test_anew_each_month_of_the_operator(ridden, cap):
    refund(ridden, 50, now=datetime(2026, 6, 30, 23, 59, tzinfo=UTC))

    refund(ridden, 50, now=NEXT_MONTH)

    assert Booking.objects.get().price == Decimal("103.5")


@pytest.mark.parametrize("how", ["claim", "correct", "approve"])
def test_whichever_way_it_is_given(mp, ridden, cap, how):
    claim = ClaimFactory(booking=ridden, amount=Decimal(-60))
    ways = {
        "claim": lambda: services.claim(
            booking_id=ridden.pk, category="CREDIT", amount=-60, description="Sorry", actor="ann", now=NOW
        ),
        "correct": lambda: services.correct(entry_id=fine().pk, actor="ann", now=NOW),
        "approve": lambda: services.approve(claim_id=claim.pk, actor="ann", now=NOW),
    }

    with nothing_changes(), pytest.raises(CapReached):
        ways[how]()


def test_a_supervisor_exceeds_it(ridden, cap):
    refund(ridden, 50)

    refund(ridden, 150, actor=supervisor())

    assert Booking.objects.get().price == Decimal("3.5")


@pytest.mark.parametrize("change", [{"is_active": False}, {"username": "Sue"}])
def test_who_left_or_has_another_name_is_no_supervisor(ridden, cap, change):
    User.objects.filter(username=supervisor()).update(**change)

    with nothing_changes(), pytest.raises(CapReached):
        refund(ridden, 51, actor="sue")


def test_what_no_colleague_gives_back_is_not_limited(ridden, cap):
    refund(ridden, 200, actor="")

    assert services.allowance(booking=ridden, actor="", now=NOW).given == 0


def test_what_was_given_by_mistake_and_taken_back_does_not_count(ridden, cap):
    given = refund(ridden, 50)
    services.correct(entry_id=given.pk, actor="ann", now=NOW)

    refund(ridden, 50)

    assert services.allowance(booking=ridden, actor="ann", now=NOW).given == 50


def test_to_take_back_a_charge_of_ours_is_no_gift(ridden, cap):
    mistaken = services.claim(
        booking_id=ridden.pk, category="DAMAGE", amount=80, description="Scratch", actor="ann", now=NOW
    )

    services.correct(entry_id=mistaken.pk, actor="ann", now=NOW)

    assert services.allowance(booking=ridden, actor="ann", now=NOW).given == 0


def test_charges_are_not_limited(ridden, cap):
    services.claim(booking_id=ridden.pk, category="DAMAGE", amount=500, description="Wreck", actor="ann", now=NOW)

    assert Booking.objects.get().price == Decimal("703.5")


def test_a_deposit_is_the_travellers_own_money(mp, clock, cap):
    booking = given_booking(mp.provider, state="CONFIRMED")
    deposit = JournalEntryFactory(booking=booking, category="DEPOSIT", amount=60, sequence=1)

    refund(booking, 60, entry_id=deposit.pk)

    assert services.allowance(booking=booking, actor="ann", now=NOW).given == 0


def test_the_limits_are_told_before(ridden, cap, two):
    refund(ridden, 20)

    assert services.allowance(booking=ridden, actor=supervisor(), now=NOW) == services.Allowance(
        currency="EUR", given=Decimal(20), cap=Decimal(50), may_exceed=True, two_persons_above=Decimal(100)
    )


# Two persons


def test_above_the_amount_nothing_is_owed_until_a_second_colleague_agrees(mp, ridden, two):
    with_callbacks, before = mp.get(f"/bookings/{ridden.pk}").json(), JournalEntry.objects.count()

    waiting = refund(ridden, "100.01", entry_id=fine().pk)

    assert isinstance(waiting, Correction)
    assert (waiting.state, waiting.proposed_by, waiting.amount) == ("PROPOSED", "ann", Decimal("-100.01"))
    assert str(waiting) == "refund -100.01 EUR (waits for a colleague)"
    assert mp.get(f"/bookings/{ridden.pk}").json() == with_callbacks
    assert (JournalEntry.objects.count(), Callback.objects.count()) == (before, 0)


def test_up_to_the_amount_one_is_enough(ridden, two):
    assert isinstance(refund(ridden, 100), JournalEntry)


def test_a_second_colleague_approves(mp, ridden, two):
    mp.provider.base_url = "https://mp.example.org"
    mp.provider.save()
    waiting = refund(ridden, 150, entry_id=fine().pk)

    approved = approve(waiting)

    entry = JournalEntry.objects.latest("id")
    assert (entry.category, entry.amount, entry.refers_to, entry.actor) == ("REFUND", -150, fine(), "ann")
    assert entry.created_at == LATER
    assert (approved.state, approved.entry, approved.decided_by) == ("APPROVED", entry, "ben")
    assert Booking.objects.get().price == Decimal("53.5")
    shown = mp.get(f"/bookings/{ridden.pk}").json()["pricing"]["parts"]
    assert [(part["amount"], part.get("name")) for part in shown] == [(3.5, None), (200, "Fine"), (-150, "Refund")]
    [callback] = Callback.objects.all()
    assert (callback.body["amount"], callback.body["category"]) == (-150, "REFUND")
    assert [row["amount"] for row in mp.get("/payment/journal-entry", category="REFUND").json()] == [-150]


@pytest.mark.parametrize("decide", [services.approve_correction, services.refuse_correction])
@pytest.mark.parametrize("actor", ["ann", ""])
def test_never_the_one_who_proposed_it(ridden, two, decide, actor):
    waiting = refund(ridden, 150)

    with nothing_changes(), pytest.raises(OwnCorrection, match="ann proposed it: somebody else has to decide"):
        decide(correction_id=waiting.pk, actor=actor, now=NOW)


def test_the_database_keeps_it_apart_too(ridden):
    correction = CorrectionFactory(booking=ridden)

    with pytest.raises(IntegrityError, match="nobody_decides_their_own_correction"), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(state="REFUSED", decided_by="ann", decided_at=NOW)


def test_what_is_refused_changes_nothing_but_itself(ridden, two):
    waiting = refund(ridden, 150)
    before = (JournalEntry.objects.count(), Booking.objects.get().price, Callback.objects.count())

    services.refuse_correction(correction_id=waiting.pk, actor="ben", reason="Too much", now=NOW)

    refused = Correction.objects.get()
    assert (refused.state, refused.decided_by, refused.decided_because) == ("REFUSED", "ben", "Too much")
    assert (JournalEntry.objects.count(), Booking.objects.get().price, Callback.objects.count()) == before


@pytest.mark.parametrize("decide", [services.approve_correction, services.refuse_correction])
def test_is_decided_once(ridden, two, decide):
    waiting = refund(ridden, 150)
    approve(waiting)

    with nothing_changes(), pytest.raises(CorrectionDecided, match="It was approved by ben already"):
        decide(correction_id=waiting.pk, actor="cas", now=NOW)


def test_what_is_no_longer_there_is_not_given_back(ridden, two):
    waiting = refund(ridden, 150, entry_id=fine().pk)
    refund(ridden, 60, entry_id=fine().pk, actor="")

    with nothing_changes(), pytest.raises(ClaimImpossible, match=r"140\.00 is left"):
        approve(waiting)


def test_an_entry_that_changed_meanwhile_is_not_taken_back_unseen(ridden, two):
    waiting = services.correct(entry_id=fine().pk, actor="ann", now=NOW)
    refund(ridden, 60, entry_id=fine().pk, actor="")

    with nothing_changes(), pytest.raises(ClaimImpossible, match=r"By now it would be credit -140\.00 EUR"):
        approve(waiting)


def test_charges_take_two_as_well(ridden, two):
    waiting = services.claim(
        booking_id=ridden.pk, category="DAMAGE", amount=250, description="Wheel", vat_rate=Decimal(21), actor="ann",
        details={"meta": {"report": "A-7"}}, comment="bent", now=NOW,
    )  # fmt: skip

    approve(waiting)

    entry = JournalEntry.objects.latest("id")
    assert (entry.category, entry.amount, entry.amount_ex_vat) == ("DAMAGE", 250, Decimal("206.61"))
    assert entry.details == {"description": "Wheel", "meta": {"report": "A-7"}}
    assert (entry.comment, entry.actor) == ("bent", "ann")


def test_a_claim_of_the_provider_takes_two_as_well(ridden, two):
    claim = ClaimFactory(booking=ridden, amount=Decimal(-150))

    waiting = services.approve(claim_id=claim.pk, actor="ann", reason="Photo", now=NOW)

    assert (waiting.kind, Claim.objects.get().state) == ("THEIR_CLAIM", "PROPOSED")
    for decide in (services.approve, services.reject):
        with nothing_changes(), pytest.raises(CorrectionDecided, match="ann agreed to this claim"):
            decide(claim_id=claim.pk, actor="cas", now=NOW)

    approve(waiting)

    claim = Claim.objects.get()
    assert (claim.state, claim.decided_by, claim.entry.amount) == ("APPROVED", "ann", -150)
    assert not Callback.objects.exists()  # they asked for it
    with nothing_changes(), pytest.raises(ClaimDecided):
        services.approve(claim_id=claim.pk, actor="cas", now=NOW)


def test_a_claim_a_second_colleague_refused_is_under_review_again(ridden, two):
    claim = ClaimFactory(booking=ridden, amount=Decimal(-150))
    waiting = services.approve(claim_id=claim.pk, actor="ann", now=NOW)

    services.refuse_correction(correction_id=waiting.pk, actor="ben", now=NOW)
    services.reject(claim_id=claim.pk, actor="cas", now=NOW)

    assert Claim.objects.get().state == "REJECTED"


def test_the_cap_holds_when_it_is_approved(ridden, cap, two, settings):
    settings.TOMP_CORRECTION_CAP = Decimal(150)
    waiting = refund(ridden, 150)
    refund(ridden, 1)

    with nothing_changes(), pytest.raises(CapReached):
        approve(waiting)
    approve(waiting, actor=supervisor())

    assert Booking.objects.get().price == Decimal("52.5")


def test_a_deposit_given_back_is_no_part_of_the_price(mp, clock, two):
    booking = given_booking(mp.provider, state="CONFIRMED")
    ConditionFactory(asset_type=booking.legs.get().asset_type)
    deposit = JournalEntryFactory(booking=booking, category="DEPOSIT", amount=160)
    price = Booking.objects.get().price

    waiting = refund(booking, 160, entry_id=deposit.pk)
    approve(waiting)

    assert not waiting.is_part_of_the_price
    assert Booking.objects.get().price == price
