"""COMMIT (POST /bookings/{id}/events) …"""

import pytest

from bookings import services
from bookings.errors import BookingLapsed
from bookings.models import Booking, BookingEvent
from fleet.models import Asset, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, MpClient, given_booking, minutes, nothing_changes


def postponed():
    return AssetFactory(asset_type__response_minutes=10)


def test_confirms_and_gives_access(mp):
    booking = given_booking(mp.provider)

    answer = mp.operation(booking.id, "COMMIT")

    assert (answer.status_code, answer.json()["state"]) == (200, "CONFIRMED")
    [leg] = answer.json()["legs"]
    assert leg["state"] == "NOT_STARTED"
    assert leg["assetAccessData"]["tokenData"]["accessCode"] == Leg.objects.get().access_code
    assert len(Leg.objects.get().access_code) == 20
    stored = Booking.objects.get()
    assert (stored.state, stored.expires_at) == ("CONFIRMED", None)
    assert Asset.objects.get().state == AssetState.RESERVED
    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by, event.at) == ("COMMIT", "CONFIRMED", "MP", NOW)


def test_is_refused_the_second_time(mp):
    booking = given_booking(mp.provider)
    mp.operation(booking.id, "COMMIT")

    with nothing_changes():
        answer = mp.operation(booking.id, "COMMIT")

    refused(answer, 403, 3004)


@pytest.mark.parametrize("with_seconds", [899, 900])
def test_comes_in_time_until_the_booking_expires(mp, clock, with_seconds):
    booking = given_booking(mp.provider)
    clock.shift(with_seconds)

    answer = mp.operation(booking.id, "COMMIT")

    if with_seconds == 899:
        assert answer.json()["state"] == "CONFIRMED"
    else:
        refused(answer, 403, 3202)
        assert Booking.objects.get().state == "EXPIRED"  # noticed on the way
        assert Leg.objects.get().state == "CANCELLED"
        assert Asset.objects.get().state == AssetState.AVAILABLE
        assert not Reservation.objects.exists()


@pytest.mark.django_db
def test_changes_nothing_when_it_is_too_late():
    booking = given_booking(MaasProviderFactory())

    with nothing_changes(), pytest.raises(BookingLapsed):
        services.commit(booking_id=booking.id, now=NOW + minutes(15))


def test_waits_for_our_answer_where_staff_confirm(mp, clock):
    booking = given_booking(mp.provider, postponed())
    clock.move_to(NOW + minutes(5))

    answer = mp.operation(booking.id, "COMMIT")

    assert answer.json()["state"] == "CONDITIONAL_CONFIRMED"
    assert answer.headers["Expires"] == "Mon, 01 Jun 2026 12:15:00 GMT"
    assert "assetAccessData" not in answer.json()["legs"][0]
    assert Leg.objects.get().access_code == ""
    assert Booking.objects.get().expires_at == NOW + minutes(15)


def test_lapses_when_we_do_not_answer_in_time(mp, clock):
    booking = given_booking(mp.provider, postponed(), state="CONDITIONAL_CONFIRMED")
    clock.move_to(NOW + minutes(10))

    answer = mp.get(f"/bookings/{booking.id}")

    assert answer.json()["state"] == Booking.objects.get().state == "EXPIRED"
    assert Asset.objects.get().state == AssetState.AVAILABLE


def test_of_another_providers_booking_leads_nowhere(mp, other_mp):
    booking = given_booking(other_mp.provider)

    with nothing_changes():
        answer = mp.operation(booking.id, "COMMIT")

    refused(answer, 404, 3204)


def test_tells_1_6_how_long_it_holds_and_1_5_only_what_may_lapse(clock):
    """Reading 30: the header is on every answer of 1.6, and where something can lapse in 1.5."""
    providers = MaasProviderFactory(), MaasProviderFactory()
    answers = {}
    for provider, api_version in zip(providers, ("1.5.0", "1.6.1"), strict=True):
        booking = given_booking(provider)
        answers[api_version] = MpClient(provider, api_version).operation(booking.id, "COMMIT")

    assert "Expires" not in answers["1.5.0"].headers
    assert answers["1.6.1"].headers["Expires"] == "Mon, 01 Jun 2026 14:00:00 GMT"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 3001),
        ({"operation": None}, 3001),
        ({"operation": "EXPIRE"}, 3002),
        ({"operation": "commit"}, 3002),
        ({"operation": 7}, 3002),
        ({"operation": "COMMIT", "origin": "NOBODY"}, 3002),
        ({"operation": "EXTEND_EXPIRY_TIME", "extendReason": "BECAUSE"}, 3002),
    ],
    ids=str,
)
def test_must_be_spelled_as_the_protocol_does(mp, body, code):
    booking = given_booking(mp.provider)

    with nothing_changes():
        answer = mp.post(f"/bookings/{booking.id}/events", body)

    refused(answer, 400, code)
