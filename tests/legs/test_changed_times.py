"""Other times that staff decide …"""

import pytest

from bookings.models import Booking
from fleet.models import Reservation
from legs import services
from legs.errors import IllegalEvent, LegNotFound
from legs.models import Leg, LegEvent
from maas.models import Callback
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ReservationFactory, StationFactory
from tests.journey import HERE, NOW, at, given_leg, given_offer, minutes, mp_client, nothing_changes

TWO, THREE, FOUR, SIX = (NOW + minutes(60 * hours) for hours in (2, 3, 4, 6))


@pytest.fixture
def mp(clock, api_version):
    return mp_client(api_version, maas_id="mp", auto_commit=True, base_url="https://mp.example.org")


@pytest.fixture
def promised(mp):
    """The one bike of its type, from two to four."""
    hub = StationFactory(station_id="hub")
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub, home_station=hub)
    times = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}
    mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **times)
    return Leg.objects.get()


def change(leg, departs_at=None, arrives_at=None):
    return services.change_times(
        leg_id=leg.pk, departs_at=departs_at or leg.departs_at, arrives_at=arrives_at, now=NOW, actor="rita",
        reason="The road is closed.",
    )  # fmt: skip


def planned():
    leg, booking, period = Leg.objects.get(), Booking.objects.get(), Reservation.objects.get().period
    assert (booking.departs_at, booking.arrives_at) == (leg.departs_at, leg.arrives_at)
    assert (period.lower, period.upper) == (leg.departs_at, leg.arrives_at)
    return leg.departs_at, leg.arrives_at


def story():
    return list(LegEvent.objects.order_by("id").values_list("event", "at", "asked_by", "actor", "comment"))


def test_are_those_of_leg_booking_and_reservation_and_the_provider_gets_the_leg(promised):
    change(promised, THREE, SIX)

    assert planned() == (THREE, SIX)
    assert story() == [
        ("TIME_POSTPONE", THREE, "TO", "rita", "The road is closed."),
        ("TIME_EXTEND", SIX, "TO", "rita", "The road is closed."),
    ]
    [call] = Callback.objects.all()
    assert (call.method, call.path) == ("PUT", f"legs/{promised.pk}")
    assert (call.body["departureTime"], call.body["arrivalTime"]) == ("2026-06-01T15:00:00Z", "2026-06-01T18:00:00Z")


def test_may_be_a_later_departure_alone(promised):
    change(promised, THREE)

    assert planned() == (THREE, FOUR)
    assert [event for event, *_ in story()] == ["TIME_POSTPONE"]


def test_move_the_end_along_when_the_departure_reaches_it(promised):
    change(promised, FOUR)

    assert planned() == (FOUR, SIX)


def test_may_be_a_later_end_of_a_ride(mp):
    leg = given_leg(mp.provider, state="IN_USE")
    Callback.objects.all().delete()

    change(leg, arrives_at=SIX)

    assert Leg.objects.get().arrives_at == SIX
    assert [(call.method, call.body["arrivalTime"]) for call in Callback.objects.all()] == [
        ("PUT", "2026-06-01T18:00:00Z")
    ]


def test_are_not_echoed_to_a_provider_that_asked_for_them(mp, promised):
    mp.event(promised.pk, "TIME_POSTPONE", time="2026-06-01T15:00:00Z")
    mp.event(promised.pk, "TIME_EXTEND", time="2026-06-01T18:00:00Z")

    assert planned() == (THREE, SIX)
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    ("departs_at", "arrives_at", "why"),
    [
        (NOW, None, "before the planned departure"),
        (NOW - minutes(1), None, "in the past"),
        (None, THREE, "before the planned end"),
        (THREE, TWO, "before the departure"),
        (None, NOW + minutes(60 * 24 * 40), "31 days"),
        (NOW + minutes(60 * 24 * 365), None, "later than a vehicle can be kept"),
        (None, None, "These are the planned times already"),
    ],
)
def test_that_do_not_fit_change_nothing(promised, departs_at, arrives_at, why):
    with nothing_changes(), pytest.raises(IllegalEvent, match=why):
        change(promised, departs_at, arrives_at)

    assert not Callback.objects.exists()


def test_leave_to_others_what_they_were_promised(promised):
    period = (FOUR, SIX)
    ReservationFactory(asset_type=promised.asset_type, station=promised.station, period=period)

    with nothing_changes(), pytest.raises(IllegalEvent, match="No vehicle of this type is left"):
        change(promised, arrives_at=NOW + minutes(300))

    assert not Callback.objects.exists()


@pytest.mark.parametrize(("state", "departs_at"), [("IN_USE", TWO), ("FINISHING", None), ("FINISHED", None)])
def test_of_what_is_over_stay(mp, state, departs_at):
    leg = given_leg(mp.provider, state=state)
    Callback.objects.all().delete()

    with nothing_changes(), pytest.raises(IllegalEvent, match=f"is {state}|is FINISHED"):
        change(leg, departs_at, SIX)

    assert not Callback.objects.exists()


def test_are_no_matter_of_a_mere_offer(mp):
    leg = given_offer(mp.provider).legs.get()

    with nothing_changes(), pytest.raises(LegNotFound):
        change(leg, arrives_at=SIX)
