"""Our own word about a booking: confirm, deny, expire …"""

import pytest

from bookings import services
from bookings.models import Booking, BookingEvent
from fleet.models import Asset, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.factories import MaasProviderFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes
from tomp.errors import IllegalOperation

pytestmark = pytest.mark.django_db
BY_ANN = {"actor": "ann", "reason": "the driver called"}


@pytest.fixture
def conditional():
    """Committed at NOW; our answer is owed until ten past."""
    return given_booking(MaasProviderFactory(), state="CONDITIONAL_CONFIRMED")


def test_yes_confirms_and_gives_access(conditional):
    services.confirm(booking_id=conditional.id, now=NOW + minutes(5), **BY_ANN)

    booking = Booking.objects.get()
    assert (booking.state, booking.expires_at) == ("CONFIRMED", None)
    assert len(Leg.objects.get().access_code) == 20
    assert Asset.objects.get().state == AssetState.RESERVED
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by) == ("CONFIRM", "CONFIRMED", "TO")
    assert (event.actor, event.reason, event.at) == ("ann", "the driver called", NOW + minutes(5))


def test_yes_comes_too_late_when_the_time_is_over(conditional):
    with nothing_changes(), pytest.raises(IllegalOperation):
        services.confirm(booking_id=conditional.id, now=NOW + minutes(10), **BY_ANN)


def test_no_rejects_and_frees_the_vehicle(conditional):
    services.deny(booking_id=conditional.id, now=NOW + minutes(5), **BY_ANN)

    booking = Booking.objects.get()
    assert (booking.state, booking.expires_at) == ("REJECTED", None)
    assert Leg.objects.get().state == "CANCELLED"
    assert Asset.objects.get().state == AssetState.AVAILABLE
    assert not Reservation.objects.exists()
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by, event.actor) == ("DENY", "REJECTED", "TO", "ann")


def test_an_end_of_the_wait_may_come_early():
    booking = given_booking(MaasProviderFactory())

    services.expire(booking_id=booking.id, now=NOW, even_if_not_due=True, **BY_ANN)

    assert Booking.objects.get().state == "EXPIRED"
    assert Asset.objects.get().state == AssetState.AVAILABLE
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by, event.actor) == ("EXPIRE", "EXPIRED", "TO", "ann")


@pytest.mark.parametrize(
    "state", ["CONFIRMED", "CONDITIONAL_CONFIRMED", "STARTED", "FINISHED", "RELEASED", "EXPIRED", "REJECTED"]
)
def test_an_end_of_the_wait_needs_somebody_who_waits(state):
    booking = given_booking(MaasProviderFactory(), state=state)

    with nothing_changes(), pytest.raises(IllegalOperation):
        services.expire(booking_id=booking.id, now=NOW, even_if_not_due=True, **BY_ANN)


@pytest.mark.parametrize("state", ["PENDING", "CONFIRMED", "CONDITIONAL_CONFIRMED", "STARTED", "CANCELLED", "EXPIRED"])
def test_an_expiry_that_is_not_due_changes_nothing(state):
    booking = given_booking(MaasProviderFactory(), state=state)

    with nothing_changes():
        services.expire(booking_id=booking.id, now=NOW + minutes(9))


@pytest.mark.parametrize(("state", "due"), [("PENDING", 15), ("CONDITIONAL_CONFIRMED", 10)])
def test_an_expiry_that_is_due_frees_the_vehicle(state, due):
    booking = given_booking(MaasProviderFactory(), state=state)

    services.expire(booking_id=booking.id, now=NOW + minutes(due))

    expired = Booking.objects.get()
    assert (expired.state, expired.expires_at) == ("EXPIRED", NOW + minutes(due))  # the moment stays readable
    assert Leg.objects.get().state == "CANCELLED"
    assert Asset.objects.get().state == AssetState.AVAILABLE
    assert not Reservation.objects.exists()
