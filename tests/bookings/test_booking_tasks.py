"""What the clock does to bookings …"""

import pytest

from bookings import services, tasks
from bookings.models import Booking, BookingEvent
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.factories import MaasProviderFactory
from tests.journey import NOW, given_booking, given_offer, minutes, nothing_changes


@pytest.fixture
def provider(clock):
    return MaasProviderFactory()


def states():
    return {booking.pk: booking.state for booking in Booking.objects.all()}


def test_expires_all_that_waited_too_long(provider, clock):
    pending = given_booking(provider)
    conditional = given_booking(provider, state="CONDITIONAL_CONFIRMED")
    others = [given_booking(provider, state=state) for state in ("CONFIRMED", "STARTED", "CANCELLED")]
    in_time = given_booking(provider, now=NOW + minutes(1))
    clock.move_to(NOW + minutes(15))

    assert tasks.expire_bookings(timestamp=0) == 2

    assert states() == {
        pending.pk: "EXPIRED",
        conditional.pk: "EXPIRED",
        in_time.pk: "PENDING",
        **{other.pk: other.state for other in others},
    }
    assert {leg.pk for leg in Leg.objects.filter(state="CANCELLED")} >= {pending.pk, conditional.pk}
    assert Asset.objects.filter(state=AssetState.RESERVED).count() == 2  # CONFIRMED, and the one in time


def test_has_nothing_to_do_the_second_time(provider, clock):
    given_booking(provider)
    clock.move_to(NOW + minutes(15))
    tasks.expire_bookings(timestamp=0)

    with nothing_changes():
        assert tasks.expire_bookings(timestamp=0) == 0


def test_says_once_that_a_booking_expired(provider, clock):
    booking = given_booking(provider)
    clock.move_to(NOW + minutes(15))

    for _ in range(2):
        services.expire(booking_id=booking.pk, now=NOW + minutes(15))

    assert BookingEvent.objects.filter(operation="EXPIRE").count() == 1


def test_lets_one_broken_booking_stop_no_other(provider, clock, monkeypatch, caplog):
    first, broken, last = (given_booking(provider, now=NOW + minutes(minute)) for minute in range(3))
    expire = services.expire

    def stumble(*, booking_id, now):
        if booking_id == broken.pk:
            raise RuntimeError("broken")
        return expire(booking_id=booking_id, now=now)

    monkeypatch.setattr(services, "expire", stumble)
    clock.move_to(NOW + minutes(30))

    assert tasks.expire_bookings(timestamp=0) == 2

    assert states() == {first.pk: "EXPIRED", broken.pk: "PENDING", last.pk: "EXPIRED"}
    assert str(broken.pk) in caplog.text


def test_forgets_offers_a_day_after_they_lapsed(provider, clock):
    """The offers are valid until ten past twelve."""
    booked = given_booking(provider)
    given_offer(provider)
    remembered = given_offer(provider, now=NOW + minutes(1))
    clock.move_to(NOW + minutes(10 + 24 * 60 + 1))

    assert tasks.forget_offers(timestamp=0) == 1

    assert {booking.pk for booking in Booking.objects.all()} == {booked.pk, remembered.pk}
    assert {leg.pk for leg in Leg.objects.all()} == {booked.pk, remembered.pk}


def test_has_no_offers_to_forget_the_second_time(provider, clock):
    given_offer(provider)
    clock.move_to(NOW + minutes(3 * 24 * 60))
    tasks.forget_offers(timestamp=0)

    assert tasks.forget_offers(timestamp=0) == 0


def test_is_planned_every_ten_seconds_and_every_hour():
    app = tasks.app
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert crons["bookings.tasks.expire_bookings"] == "* * * * * */10"
    assert crons["bookings.tasks.forget_offers"] == "17 * * * *"
