"""What is charged besides the fare, the provider will hear; the fare it finds in the journal."""

import pytest

from fleet.models import Condition
from maas.models import Callback
from payments import services
from payments.errors import ClaimImpossible
from tests.fleet_factories import AssetFactory, ConditionFactory
from tests.journey import NOW, commit, given_booking, minutes, mp_client, nothing_changes, report

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def provider(clock):
    return mp_client(maas_id="mp", base_url="https://mp.example.org/tomp").provider


@pytest.fixture
def asset(clock):
    asset = AssetFactory()
    ConditionFactory(
        asset_type=asset.asset_type,
        kind=Condition.Kind.DEPOSIT,
        details={"amount": "50.00", "currency": "EUR", "vat_rate": "0"},
    )
    return asset


def told():
    """(category, amount) of every claim we owe, in order."""
    bodies = [callback.body for callback in Callback.objects.order_by("id") if "amount" in callback.body]
    return [(body["category"], body["amount"]) for body in bodies]


def test_a_deposit_is_claimed_after_commit_and_refunded_after_the_ride(provider, asset):
    booking = given_booking(provider, asset)
    assert told() == []

    commit(booking.pk, NOW)
    assert told() == [("DEPOSIT", 50)]
    report("SET_IN_USE")(booking.pk, NOW)
    report("FINISH")(booking.pk, NOW + minutes(5))

    assert told() == [("DEPOSIT", 50), ("REFUND", -50)]
    deposit, refund = Callback.objects.order_by("id")
    assert deposit.url == f"https://mp.example.org/tomp/payment/{booking.pk}/claim-extra-costs"
    assert deposit.body["description"] == "Deposit"
    assert refund.body["meta"] == {"refund_for": {"journalId": str(booking.pk), "journalSequenceId": "1"}}


def test_extra_costs_are_claimed(provider):
    booking = given_booking(provider, state="FINISHED")

    services.claim(booking_id=booking.pk, category="FINE", amount=200, description="Parking fine", now=NOW)

    assert told() == [("FINE", 200)]


def test_what_the_provider_claimed_itself_is_not_told_when_it_is_approved(provider):
    booking = given_booking(provider, state="FINISHED")
    claim = services.propose(booking=booking, category="CREDIT", amount=-5, description="Flat tyre", now=NOW)

    services.approve(claim_id=claim.pk, now=NOW)

    assert told() == []


def test_what_is_refused_is_not_told(provider):
    booking = given_booking(provider, state="FINISHED")

    with nothing_changes(), pytest.raises(ClaimImpossible):
        services.claim(booking_id=booking.pk, category="FARE", amount=5, description="Once more", now=NOW)

    assert not Callback.objects.exists()


def test_the_net_of_extra_costs_is_that_of_the_journal(provider):
    """50.00 at 21 % is 41.3223… without it."""
    booking = given_booking(provider, state="FINISHED")

    entry = services.claim(
        booking_id=booking.pk, category="FINE", amount=50, vat_rate=21, description="Parking fine", now=NOW
    )

    (called,) = [callback.body for callback in Callback.objects.all() if "amount" in callback.body]
    assert (called["amountExVat"], float(entry.amount_ex_vat)) == (41.32, 41.32)
