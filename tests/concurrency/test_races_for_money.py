"""Two things are charged at the same moment: each once, with numbers that follow each other."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from bookings.models import Booking
from payments import services
from payments.models import Invoice, JournalEntry
from tests.concurrency.races import at_once, statuses
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, ConditionFactory
from tests.journey import NOW, given_booking, mp_client
from tests.trip_factories import CustomerFactory
from tomp.errors import TompError

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "all_adds_up"),
]


def test_a_deposit_is_taken_once_however_often_commit_comes():
    mp, asset = mp_client(), AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)
    booking = given_booking(mp.provider, asset)

    answers = at_once([partial(mp.operation, booking.id, "COMMIT")] * 6)

    assert statuses(answers) == {200: 1, 403: 5}
    assert JournalEntry.objects.get().category == "DEPOSIT"


def test_a_deposit_is_given_back_once_when_both_sides_end_the_trip():
    mp, asset = mp_client(cancellation_fee=5), AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)
    booking = given_booking(mp.provider, asset, state="CONFIRMED")

    at_once([partial(mp.operation, booking.id, "CANCEL"), partial(mp.event, booking.id, "CANCEL")] * 3)

    assert sorted(JournalEntry.objects.values_list("category", flat=True)) == ["DEPOSIT", "OTHER", "REFUND"]
    assert Booking.objects.get().price == 5


def test_entries_of_a_booking_are_numbered_without_a_gap():
    booking = given_booking(MaasProviderFactory(), state="FINISHED")

    at_once(
        partial(services.claim, booking_id=booking.pk, category="FINE", amount=n + 1, description=f"{n}", now=NOW)
        for n in range(8)
    )

    assert list(JournalEntry.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 10))
    assert Booking.objects.get().price == 1 + sum(range(1, 9))


def test_no_more_is_given_back_than_was_charged():
    booking = given_booking(MaasProviderFactory(), state="FINISHED")  # 1.00

    def refund():
        try:
            return services.refund(booking_id=booking.pk, amount=Decimal("0.6"), now=NOW).category
        except TompError as refusal:
            return type(refusal).__name__

    assert sorted(at_once([refund] * 4)) == ["ClaimImpossible"] * 3 + ["REFUND"]


def test_two_colleagues_do_not_share_out_one_rest_of_the_cap(settings):
    settings.TOMP_CORRECTION_CAP = Decimal(5)
    customer = CustomerFactory()
    bookings = [given_booking(customer.provider, AssetFactory(), state="FINISHED") for _each in range(6)]
    Booking.objects.update(customer=customer)
    for booking in bookings:
        services.claim(booking_id=booking.pk, category="FINE", amount=9, description="Fine", now=NOW)

    def give(booking):
        try:
            return services.refund(booking_id=booking.pk, amount=2, actor="ann", now=NOW).category
        except TompError as refusal:
            return type(refusal).__name__

    assert sorted(at_once(partial(give, booking) for booking in bookings)) == ["CapReached"] * 4 + ["REFUND"] * 2


def test_a_correction_is_decided_once(settings):
    settings.TOMP_TWO_PERSONS_ABOVE = Decimal(0)
    booking = given_booking(MaasProviderFactory(), state="FINISHED")
    waiting = services.claim(booking_id=booking.pk, category="FINE", amount=9, description="Fine", actor="ann", now=NOW)

    def decide(service):
        try:
            return service(correction_id=waiting.pk, actor="ben", now=NOW).state
        except TompError as refusal:
            return type(refusal).__name__

    decisions = at_once([partial(decide, services.approve_correction), partial(decide, services.refuse_correction)] * 3)

    decided = [each for each in decisions if each != "CorrectionDecided"]
    assert decided in (["APPROVED"], ["REFUSED"])
    assert JournalEntry.objects.filter(category="FINE").count() == (decided == ["APPROVED"])


def test_an_entry_is_invoiced_once_and_numbers_have_no_gap():
    providers = MaasProviderFactory.create_batch(3)
    for provider in providers:
        for _ in range(3):
            given_booking(provider, state="FINISHED")  # 1.00
    period = {"since": NOW, "until": NOW + timedelta(hours=1), "now": NOW + timedelta(hours=2)}

    at_once(partial(services.invoice, provider=provider, **period) for provider in providers * 3)

    assert sorted(Invoice.objects.values_list("serial", flat=True)) == [1, 2, 3]
    assert {invoice.total for invoice in Invoice.objects.all()} == {Decimal(3)}
    assert not JournalEntry.objects.filter(state="TO_INVOICE").exists()
