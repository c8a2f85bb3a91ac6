"""CANCEL (POST /bookings/{id}/events) …"""

import pytest

from bookings import services
from bookings.models import Booking, BookingEvent, Party
from fleet.models import Asset, Reservation
from fleet.models.vehicles import AssetState
from legs.models import Leg
from payments.models import JournalEntry
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import HERE, NOW, at, given_booking, minutes, nothing_changes

FREED = [("PENDING", "RELEASED"), ("CONFIRMED", "CANCELLED"), ("CONDITIONAL_CONFIRMED", "CANCELLED")]


@pytest.mark.parametrize(("state", "becomes"), FREED)
def test_gives_the_vehicle_back(mp, state, becomes):
    asset = AssetFactory()
    booking = given_booking(mp.provider, asset, state=state)

    answer = mp.operation(booking.id, "CANCEL")

    assert (answer.status_code, answer.json()["state"]) == (200, becomes)
    assert answer.json()["legs"][0]["state"] == Leg.objects.get().state == "CANCELLED"
    stored = Booking.objects.get()
    assert (stored.state, stored.expires_at) == (becomes, None)
    assert not Reservation.objects.exists()
    freed = Asset.objects.get()
    assert (freed.state, freed.public_id) == (AssetState.AVAILABLE, asset.public_id)
    assert Leg.objects.get().access_code == ""


def test_costs_nothing(mp):
    booking = given_booking(mp.provider, state="CONFIRMED")

    answer = mp.operation(booking.id, "CANCEL")

    pricing = answer.json()["pricing"]
    assert (pricing["parts"][0]["amount"], pricing["estimated"]) == (0, False)
    assert not JournalEntry.objects.exists()


def test_makes_room_for_the_next(mp, other_mp):
    asset = AssetFactory()
    booking = given_booking(mp.provider, asset)
    mp.operation(booking.id, "CANCEL")

    answer = other_mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)])

    assert answer.status_code == 201


def test_gives_a_promise_back(mp):
    hub = StationFactory()
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub, home_station=hub)
    request = {**at(HERE), "useAssetTypes": ["cargo"]}
    booking_id = mp.one_stop(**request).json()["id"]
    assert mp.one_stop(**request).status_code == 406

    mp.operation(booking_id, "CANCEL")

    assert not Reservation.objects.exists()
    assert mp.one_stop(**request).status_code == 201


def test_tells_only_1_6_how_long_it_would_have_held(mp, api_version):
    booking = given_booking(mp.provider)

    answer = mp.operation(booking.id, "CANCEL")

    expected = {"1.5.0": None, "1.6.1": "Mon, 01 Jun 2026 14:00:00 GMT"}
    assert answer.headers.get("Expires") == expected[api_version]


@pytest.mark.parametrize(("state", "becomes"), FREED)
def test_is_no_harm_twice(mp, state, becomes):
    booking = given_booking(mp.provider, state=state)
    mp.operation(booking.id, "CANCEL")

    with nothing_changes():
        answer = mp.operation(booking.id, "CANCEL")

    assert (answer.status_code, answer.json()["state"]) == (200, becomes)


def test_does_not_free_a_vehicle_somebody_else_has_by_now(mp, other_mp):
    asset = AssetFactory()
    booking = given_booking(mp.provider, asset, state="CANCELLED")
    given_booking(other_mp.provider, asset)

    with nothing_changes():
        mp.operation(booking.id, "CANCEL")


@pytest.mark.parametrize(
    ("origin", "asked_by"), [(None, "MP"), ("MP", "MP"), ("END_USER", "END_USER"), ("OTHER", "MP"), ("TO", "MP")]
)
def test_remembers_on_whose_behalf(mp, origin, asked_by):
    booking = given_booking(mp.provider)

    mp.operation(booking.id, "CANCEL", origin=origin)

    event = BookingEvent.objects.latest("id")
    assert (event.operation, event.state, event.asked_by) == ("CANCEL", "RELEASED", asked_by)


def test_by_us_is_never_a_release(clock):
    booking = given_booking(MaasProviderFactory())

    services.cancel(booking_id=booking.id, now=NOW, asked_by=Party.TO, actor="ann", reason="broken brake")

    assert Booking.objects.get().state == "CANCELLED"
    event = BookingEvent.objects.latest("id")
    assert (event.asked_by, event.actor, event.reason) == ("TO", "ann", "broken brake")


def test_comes_too_late_for_a_ride_that_began(mp):
    booking = given_booking(mp.provider, state="STARTED")

    with nothing_changes():
        answer = mp.operation(booking.id, "CANCEL")

    refused(answer, 403, 3203)


def test_finds_a_lapsed_booking_expired(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(15))

    answer = mp.operation(booking.id, "CANCEL")

    refused(answer, 403, 3004)
    assert Booking.objects.get().state == "EXPIRED"


def test_of_another_providers_booking_leads_nowhere(mp, other_mp):
    booking = given_booking(other_mp.provider)

    with nothing_changes():
        answer = mp.operation(booking.id, "CANCEL")

    refused(answer, 404, 3204)
