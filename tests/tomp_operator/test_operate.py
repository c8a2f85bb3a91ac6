"""manage.py operate …"""

import uuid

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking, BookingEvent
from customers.models import Customer
from fleet.models import Asset
from legs.models import Leg, LegEvent
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.journey import given_booking, given_leg, nothing_changes
from tests.trip_factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ann(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ann")


@pytest.fixture
def provider(clock):
    return MaasProviderFactory()


def operate(capsys, *args):
    call_command("operate", *args)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("action", "state", "becomes", "operation"),
    [
        ("confirm", "CONDITIONAL_CONFIRMED", "CONFIRMED", "CONFIRM"),
        ("deny", "CONDITIONAL_CONFIRMED", "REJECTED", "DENY"),
        ("cancel", "PENDING", "CANCELLED", "CANCEL"),
        ("cancel", "CONFIRMED", "CANCELLED", "CANCEL"),
        ("expire", "PENDING", "EXPIRED", "EXPIRE"),
        ("no-show", "CONFIRMED", "CANCELLED", "NO_SHOW"),
    ],
)
def test_does_to_a_booking_what_it_is_told_and_writes_down_who_and_why(
    provider, capsys, action, state, becomes, operation
):
    booking = given_booking(provider, state=state)

    printed = operate(capsys, action, str(booking.id), "--reason", "storm")

    assert printed == f"{action} {booking.id}: done.\n"
    assert Booking.objects.get().state == becomes
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state) == (operation, becomes)
    assert (event.asked_by, event.actor, event.reason) == ("TO", "ann", "storm")


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "FINISHING"])
def test_finishes_a_leg_and_charges_it(provider, capsys, state):
    leg = given_leg(provider, state=state)

    printed = operate(capsys, "finish", str(leg.id), "--reason", "battery is empty")

    assert printed == f"finish {leg.id}: done.\n"
    assert Leg.objects.get().state == "FINISHED"
    assert Booking.objects.get().state == "FINISHED"
    assert Asset.objects.get().state == "AVAILABLE"
    assert JournalEntry.objects.count() == 1
    event = LegEvent.objects.latest("id")
    assert (event.event, event.asked_by, event.actor, event.comment) == ("FINISH", "TO", "ann", "battery is empty")


def test_blocks_a_customer_and_lets_it_come_back(capsys):
    CustomerFactory(external_id="c-1")
    CustomerFactory(external_id="c-2")

    assert operate(capsys, "block", "c-1", "--reason", "vandalism") == "block c-1: done.\n"
    assert dict(Customer.objects.values_list("external_id", "status")) == {"c-1": "BLOCKED", "c-2": "ACTIVE"}
    assert Customer.objects.get(external_id="c-1").blocked_reason == "vandalism"

    assert operate(capsys, "unblock", "c-1") == "unblock c-1: done.\n"
    customer = Customer.objects.get(external_id="c-1")
    assert (customer.status, customer.blocked_reason) == ("ACTIVE", "")


def test_blocks_a_number_at_one_provider_if_told_so(provider, capsys):
    for where in (provider, MaasProviderFactory()):
        CustomerFactory(provider=where, external_id="c-1")

    for action in ("block", "unblock"):
        operate(capsys, "block", "c-1")
        operate(capsys, action, "c-1", "--provider", provider.maas_id)
        assert Customer.objects.exclude(provider=provider).get().status == "BLOCKED"
    assert Customer.objects.get(provider=provider).status == "ACTIVE"


def test_takes_a_provider_only_where_it_says_something(provider):
    booking = given_booking(provider)

    with nothing_changes(), pytest.raises(CommandError):
        call_command("operate", "cancel", str(booking.id), "--provider", provider.maas_id)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("confirm", "PENDING"),
        ("confirm", "CONFIRMED"),
        ("deny", "PENDING"),
        ("deny", "CONFIRMED"),
        ("cancel", "STARTED"),
        ("cancel", "FINISHED"),
        ("expire", "CONFIRMED"),
        ("expire", "STARTED"),
        ("expire", "EXPIRED"),
        ("no-show", "STARTED"),
        ("finish", "CONFIRMED"),
        ("finish", "PENDING"),
    ],
)
def test_says_in_one_line_what_cannot_be_done(provider, capsys, action, state):
    booking = given_booking(provider, state=state)

    with nothing_changes(), pytest.raises(CommandError) as refused:
        call_command("operate", action, str(booking.id))

    assert "\n" not in str(refused.value)
    assert str(booking.id) in str(refused.value)
    assert refused.value.returncode == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("action", ["confirm", "deny", "cancel", "expire", "no-show", "finish", "block", "unblock"])
@pytest.mark.parametrize("unknown", [str(uuid.UUID(int=7)), "nonsense"])
def test_knows_what_it_does_not_know(action, unknown):
    with pytest.raises(CommandError) as refused:
        call_command("operate", action, unknown)

    assert "\n" not in str(refused.value)
    assert unknown in str(refused.value)


@pytest.mark.parametrize("args", [[], ["cancel"], ["explode", "x"]], ids=str)
def test_refuses_what_it_cannot_understand(args):
    with pytest.raises(CommandError):
        call_command("operate", *args)
