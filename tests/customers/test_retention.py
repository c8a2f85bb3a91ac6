"""Personal data older than the settings keep them …"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.models import Booking, Notification
from customers import services, tasks
from customers.models import Customer
from fleet import care
from fleet.models import Asset, Damage
from legs.models import Evidence, Leg, LegEvent
from maas.models import Callback, CallbackState
from payments.models import Claim, JournalEntry
from support.models import SupportRequest, SupportStatus
from tests.factories import CallbackFactory
from tests.fleet_factories import AssetFactory
from tests.journey import nothing_changes
from tests.trip_factories import (
    BOOKED_AT,
    BookingFactory,
    ClaimFactory,
    CustomerFactory,
    EvidenceFactory,
    JournalEntryFactory,
    LegEventFactory,
    LegFactory,
    NotificationFactory,
    SupportRequestFactory,
    SupportStatusFactory,
)

pytestmark = pytest.mark.django_db
LATER = BOOKED_AT + timedelta(days=366)
AT = {"lat": 52.1, "lng": 5.1}
HOME = {"firstName": "Ada", "phones": [{"number": "+31 6 12345678"}]}


def a_trip(state="FINISHED", **fields):
    """With everything that tells whose it was."""
    place = {"coordinates": AT, "address": {"street": "Dom 1"}}
    known = {"customer_data": HOME, "extra_info": {"note": "blue coat"}, "from_place": place}
    booking = BookingFactory(state=state, **known, **fields)
    leg = LegFactory(booking=booking, from_place=place, track=[[0, 52.1, 5.1], [1000, 52.2, 5.2]], distance_m=900)
    LegEventFactory(leg=leg, lat=52.1, lon=5.1, comment="Ada was here.")
    EvidenceFactory(leg=leg)
    NotificationFactory(booking=booking, comment="I am Ada.", asset={"id": "x"})
    ClaimFactory(booking=booking, description="Ada wants it back.", details={"account": "NL02"})
    SupportRequestFactory(booking=booking, contact="ada@example.org")
    call = CallbackFactory(provider=booking.provider, booking_id=booking.pk)
    call.attempt(at=BOOKED_AT, status=200)
    call.deliver()
    call.save()
    return booking


def nobody_can_tell():
    """Whose the one trip was; that it was made stays."""
    kept = Booking.objects.get()
    assert (kept.customer_data, kept.extra_info) == (None, None)
    leg = Leg.objects.get()
    assert (leg.track, leg.distance_m, leg.fare is not None) == ([], 900, True)
    event = LegEvent.objects.get()
    assert (event.event, event.lat, event.lon, event.comment) == ("SET_IN_USE", None, None, "")
    message = Notification.objects.get()
    assert (message.type, message.comment, message.asset) == ("MESSAGE_TO_DRIVER", "", None)
    claim = Claim.objects.get()
    assert (claim.amount, claim.description, claim.details) == (-1.5, "", {})
    assert SupportRequest.objects.get().contact == ""
    assert not Evidence.objects.exists()
    assert not Callback.objects.exists()
    for planned in (kept, leg):
        assert planned.from_place == {"coordinates": AT}
        assert planned.to_place is None
    return kept


def forget(now=LATER):
    with time_machine.travel(now, tick=False):
        return tasks.forget_people(timestamp=0)


def test_are_gone_and_trip_and_ledger_stay():
    booking = a_trip()
    JournalEntryFactory(booking=booking)

    assert forget() == 1

    kept = nobody_can_tell()
    assert (kept.customer, kept.anonymised_at) == (None, LATER)
    assert (kept.state, kept.price, kept.departed_at) == ("FINISHED", booking.price, booking.departed_at)
    assert JournalEntry.objects.get().amount == 3.5


def test_are_forgotten_once():
    a_trip()
    forget()

    with nothing_changes():
        assert forget(LATER + timedelta(days=1)) == 0


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "STARTED"])
def test_are_kept_while_the_booking_is_open(state):
    a_trip(state)

    with nothing_changes():
        assert services.unused(LATER).count() == 0
        with time_machine.travel(BOOKED_AT + timedelta(days=364), tick=False):
            assert tasks.forget_people(timestamp=0) == 0
    assert forget() == 0
    assert Booking.objects.get().customer_data == HOME


def test_are_kept_for_that_long_after_the_end_of_a_long_trip():
    booking = a_trip(created_at=BOOKED_AT - timedelta(days=30))

    assert forget(booking.arrived_at + timedelta(days=365)) == 0
    assert forget(booking.arrived_at + timedelta(days=365, seconds=1)) == 1


def test_a_call_that_is_still_owed_is_made():
    booking = a_trip()
    CallbackFactory(provider=booking.provider, booking_id=booking.pk)

    forget()

    assert Callback.objects.get().state == CallbackState.OWED


def test_are_forgotten_in_batches(monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    for _ in range(5):
        a_trip()

    assert forget() == 5
    assert not Booking.objects.filter(anonymised_at=None).exists()


def test_are_kept_as_long_as_the_settings_say(settings):
    settings.TOMP_RETENTION_DAYS = 30
    a_trip()

    assert forget(BOOKED_AT + timedelta(days=30)) == 0
    assert forget(BOOKED_AT + timedelta(days=31)) == 1


class TestOfAnAccount:
    def test_are_gone_at_once_with_all_its_trips_when_it_is_erased(self):
        customer = CustomerFactory(data=HOME)
        booking = a_trip(customer=customer)

        services.erase(customer_id=customer.pk, now=BOOKED_AT + timedelta(days=1))

        kept = nobody_can_tell()
        assert (kept.customer, kept.anonymised_at, kept.price) == (customer, None, booking.price)

    def heard_of(self, at):
        with time_machine.travel(at, tick=False):
            return CustomerFactory(data=HOME)

    def test_are_erased_when_nothing_was_heard_of_it(self):
        silent, changed, riding = (self.heard_of(at) for at in (BOOKED_AT, LATER - timedelta(days=9), BOOKED_AT))
        BookingFactory(customer=riding, state="FINISHED", created_at=LATER - timedelta(days=9))

        forget()

        assert {customer.pk: bool(customer.data) for customer in Customer.objects.all()} == {
            silent.pk: False,
            changed.pk: True,
            riding.pk: True,
        }
        assert Customer.objects.get(pk=silent.pk).erased_at == LATER

    def test_are_kept_while_something_is_booked_for_it(self, caplog):
        customer = self.heard_of(BOOKED_AT)
        BookingFactory(customer=customer, state="STARTED", created_at=BOOKED_AT)

        forget()

        assert Customer.objects.get().data == HOME
        assert not caplog.records

    def test_one_that_cannot_be_erased_stops_no_other(self, monkeypatch, caplog):
        first, second = self.heard_of(BOOKED_AT), self.heard_of(BOOKED_AT)
        erase = services.erase

        def stumble(*, customer_id, now):
            if customer_id == first.pk:
                raise RuntimeError("broken")
            return erase(customer_id=customer_id, now=now)

        monkeypatch.setattr(services, "erase", stumble)

        forget()

        assert list(Customer.objects.filter(erased_at=None)) == [first]
        assert str(first.pk) in caplog.text
        assert Customer.objects.get(pk=second.pk).data == {}


def test_the_contact_of_a_request_without_a_booking_is_forgotten_too():
    SupportRequestFactory(booking=None, reference="r", provider=BookingFactory().provider, contact="ada@example.org")

    forget(datetime(2030, 1, 1, tzinfo=UTC))

    assert SupportRequest.objects.get().contact == ""


class TestOfWhatWasSaidWithARequest:
    """… are the words, places and photos; what is broken stays."""

    def a_damage(self, at=BOOKED_AT, **fields):
        """Ada told of a flat tyre; staff took the vehicle out of service for it."""
        damage = {
            "vehicleComponent": "TIRE",
            "description": "Ada fell, 12 High Street",
            "pictures": ["https://p.example/1"],
        }
        asked = SupportRequestFactory(
            contact="ada@example.org", comment="I am Ada.", location={"lat": 52}, urls=["https://p.example/2"],
            damage=damage, asset=AssetFactory(damages=[damage]), created_at=at, **fields,
        )  # fmt: skip
        SupportStatusFactory(request=asked, comment="Ada called again.", at=at)
        care.report(request_id=asked.pk, asset_id=asked.asset_id, told=damage, reported_by="mp", now=at)
        care.take_out_of_service(damage=Damage.objects.get())
        return asked

    def said(self):
        """Everything that is kept of it, as text."""
        models = (SupportRequest, SupportStatus, Damage, Damage.history, Asset, Asset.history)
        return str([list(getattr(model, "objects", model).values()) for model in models])

    def traces(self):
        said = self.said()
        return [text for text in ("ada@", "Ada", "p.example", "'lat': 52}") if text in said]

    def test_are_gone_with_everything_that_was_copied_from_it(self):
        asked = self.a_damage()
        assert self.traces() == ["ada@", "Ada", "p.example", "'lat': 52}"]

        forget()

        assert self.traces() == []
        damage = Damage.objects.get()
        assert (damage.part, damage.description, damage.pictures, str(damage)) == ("TIRE", "", [], "tyre")
        asset = Asset.objects.get(pk=asked.asset_id)
        assert (asset.state, asset.state_reason) == ("OUT_OF_SERVICE", "tyre")
        assert asset.damages == [{"vehicleComponent": "TIRE", "description": ""}]
        assert SupportRequest.objects.get().forgotten_at == LATER

    def test_are_kept_until_then_and_while_it_is_talked_about(self):
        asked = self.a_damage()
        SupportStatusFactory(request=asked, comment="Still at it.", at=LATER - timedelta(days=300))

        with nothing_changes():
            forget(LATER - timedelta(days=2))
        said = self.said()
        forget()
        assert self.said() == said

        forget(LATER + timedelta(days=70))
        assert "Ada" not in self.said()

    def test_are_gone_at_once_when_the_customer_is_erased_and_of_nobody_else(self):
        customer = CustomerFactory(data=HOME)
        self.a_damage(booking=BookingFactory(customer=customer, state="FINISHED"))
        SupportRequestFactory(comment="I am Bob.")

        services.erase(customer_id=customer.pk, now=BOOKED_AT + timedelta(days=1))

        assert "Ada" not in self.said()
        assert "I am Bob." in self.said()
