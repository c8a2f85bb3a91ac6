"""When nobody comes for a confirmed booking …"""

from decimal import Decimal

import pytest

from bookings import services, tasks, unstarted
from bookings.models import Booking, BookingEvent, Notification, Party
from fleet import information
from fleet.models import Asset, Reservation, System
from fleet.models.vehicles import AssetState
from maas.models import Callback, Unstarted
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, SystemFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes
from tests.trip_factories import BookingFactory, LegFactory

HELD = 30  # minutes after the departure, by the type


@pytest.fixture
def provider(clock):
    return MaasProviderFactory(base_url="https://mp.example.org", no_show_fee=Decimal(5))


@pytest.fixture
def booking(provider):
    return given_booking(provider, state="CONFIRMED")


def settle(clock, minute):
    clock.move_to(NOW + minutes(minute))
    return tasks.settle_unstarted(timestamp=0)


def warn(clock, minute):
    clock.move_to(NOW + minutes(minute))
    return tasks.warn_unstarted(timestamp=0)


def said():
    return [(message.comment, message.type, message.at) for message in Notification.objects.order_by("id")]


def by_type(departs_at, arrives_at):
    """A confirmed booking of any vehicle of a type that may be held for half an hour."""
    booking = BookingFactory(departs_at=departs_at, arrives_at=arrives_at)
    asset = AssetFactory(asset_type__booked_by="TYPE", asset_type__hold_minutes=HELD)
    LegFactory(booking=booking, asset=None, asset_type=asset.asset_type, asset_public_id=None,
               departs_at=departs_at, arrives_at=arrives_at,
               tariff=asset.asset_type.default_plan.tariff().as_json())  # fmt: skip
    return booking


def test_it_is_kept_as_long_as_its_type_says(booking, clock):
    clock.move_to(NOW + minutes(HELD - 1))

    with nothing_changes():
        assert settle(clock, HELD - 1) == 0


def test_it_is_called_off_by_the_operator_for_nothing(booking, clock):
    assert settle(clock, HELD) == 1

    assert Booking.objects.get().state == "CANCELLED"
    assert Asset.objects.get().state == AssetState.AVAILABLE
    assert not Reservation.objects.exists()
    assert not JournalEntry.objects.exists()
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.asked_by, event.reason) == (
        "CANCEL",
        Party.TO,
        "Nobody came while the vehicle was held.",
    )
    call = Callback.objects.get()
    assert (call.path, call.body) == (f"bookings/{booking.pk}/events", {"operation": "CANCEL", "origin": "TO"})


def test_it_is_called_off_once(booking, clock):
    settle(clock, HELD)

    with nothing_changes():
        assert settle(clock, HELD + 1) == 0
        assert unstarted.settle(booking_id=booking.pk, now=NOW + minutes(HELD)) is False
    assert Callback.objects.count() == 1


def test_the_no_show_fee_is_owed_where_that_was_agreed(booking, clock):
    booking.provider.unstarted = Unstarted.NO_SHOW
    booking.provider.save()

    assert settle(clock, HELD) == 1

    assert Booking.objects.get().state == "CANCELLED"
    assert JournalEntry.objects.get().amount == Decimal("5.000")
    assert Notification.objects.get().type == "USER_NO_SHOW"


def test_it_stays_where_that_was_agreed(booking, clock):
    booking.provider.unstarted = Unstarted.KEEP
    booking.provider.save()

    with nothing_changes():
        assert (warn(clock, HELD - 1), settle(clock, HELD + 100)) == (0, 0)


@pytest.mark.parametrize("state", ["PENDING", "CONDITIONAL_CONFIRMED", "STARTED", "FINISHED", "CANCELLED"])
def test_others_stay_as_they_are(provider, clock, state):
    given_booking(provider, state=state)

    with nothing_changes():
        assert (warn(clock, HELD - 1), settle(clock, HELD + 1)) == (0, 0)


def test_a_booking_by_type_is_kept_until_its_planned_end_and_a_little_more(clock):
    by_type(NOW, NOW + minutes(120))

    assert settle(clock, 120 + HELD - 1) == 0
    assert settle(clock, 120 + HELD) == 1


def test_a_booking_by_type_without_an_end_is_kept_for_the_time_it_is_planned_with(clock):
    by_type(NOW, None)

    assert settle(clock, 120 + HELD - 1) == 0
    assert settle(clock, 120 + HELD) == 1


def test_one_that_cannot_be_called_off_stops_no_other(provider, clock, monkeypatch, caplog):
    first, broken, last = (given_booking(provider, state="CONFIRMED", now=NOW + minutes(m)) for m in range(3))
    cancel = services.cancel

    def stumble(*, booking_id, **more):
        if booking_id == broken.pk:
            raise RuntimeError("broken")
        return cancel(booking_id=booking_id, **more)

    monkeypatch.setattr(services, "cancel", stumble)

    assert settle(clock, HELD + 10) == 2

    states = {booking.pk: booking.state for booking in Booking.objects.all()}
    assert states == {first.pk: "CANCELLED", broken.pk: "CONFIRMED", last.pk: "CANCELLED"}
    assert str(broken.pk) in caplog.text


class TestBefore:
    def test_the_traveller_is_warned_once(self, booking, clock):
        assert [warn(clock, minute) for minute in (HELD - 6, HELD - 5, HELD - 4)] == [0, 1, 0]

        assert said() == [
            ("Your reservation ends at 12:30. Start the ride before then.", "MESSAGE_TO_END_USER", NOW + minutes(25))
        ]
        call = Callback.objects.get()
        assert call.path == f"bookings/{booking.pk}/notifications"
        assert call.body["legId"] == str(booking.pk)

    def test_in_the_language_and_the_time_of_the_operator(self, booking, clock):
        System.objects.all().delete()
        SystemFactory(languages=["nb", "en"], timezone="Europe/Oslo")

        information.forget()
        warn(clock, HELD - 5)

        assert said()[0][0] == "Reservasjonen din går ut kl. 14:30. Start turen før det."

    def test_again_when_the_departure_was_put_off(self, booking, clock):
        warn(clock, HELD - 5)
        later = NOW + minutes(20)
        Booking.objects.update(departs_at=later)
        booking.legs.update(departs_at=later)

        assert [warn(clock, minute) for minute in (HELD + 10, HELD + 15, HELD + 16)] == [0, 1, 0]

    @pytest.mark.parametrize("notice", [None, 60])
    def test_nobody_is_warned_who_need_not_be(self, booking, clock, notice):
        booking.provider.lapse_warning_minutes = notice
        booking.provider.save()

        assert [warn(clock, minute) for minute in (-1, HELD)] == [0, 0]

    def test_nobody_is_warned_after_the_ride_began(self, booking, clock):
        clock.move_to(NOW + minutes(HELD - 5))
        Booking.objects.filter(pk=booking.pk).update(state="STARTED", departed_at=NOW)

        assert unstarted.warn(booking_id=booking.pk, now=NOW + minutes(HELD - 5)) is False
        assert said() == []
