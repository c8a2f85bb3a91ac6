"""What happens to a leg without the provider's doing, the provider will hear."""

import pytest

from bookings.models import Party
from legs import services
from legs.errors import IllegalEvent
from legs.models import LegState
from maas.models import Callback
from tests.journey import NOW, given_leg, minutes, mp_client, nothing_changes

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def provider(clock):
    return mp_client(maas_id="mp", base_url="https://mp.example.org/tomp").provider


def given(provider, state):
    """A leg in this state of which everything so far was told."""
    leg = given_leg(provider, state=state)
    Callback.objects.all().delete()
    return leg


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (LegState.NOT_STARTED, "PREPARE"),
        (LegState.NOT_STARTED, "SET_IN_USE"),
        (LegState.IN_USE, "PAUSE"),
        (LegState.IN_USE, "FINISH"),
        (LegState.PREPARING, "CANCEL"),
    ],
)
def test_an_event_of_the_operator_is_told(provider, state, event):
    leg = given(provider, state)
    at = NOW + minutes(5)

    services.apply(event, leg_id=leg.pk, at=at, now=at, asked_by=Party.TO, comment="Seen by the dock.")

    callback = Callback.objects.get()
    assert callback.url == f"https://mp.example.org/tomp/legs/{leg.pk}/events"
    told = {name: callback.body[name] for name in ("time", "event", "comment")}
    assert told == {"time": "2026-06-01T12:05:00Z", "event": event, "comment": "Seen by the dock."}
    assert callback.body["asset"]["id"] == str(leg.asset_public_id)
    assert (callback.booking_id, callback.created_at) == (leg.booking_id, at)


def test_an_event_of_the_provider_is_not_echoed(provider):
    leg = given(provider, LegState.NOT_STARTED)

    for number, event in enumerate(("PREPARE", "SET_IN_USE", "PAUSE", "SET_IN_USE", "START_FINISHING", "FINISH")):
        services.apply(event, leg_id=leg.pk, at=NOW + minutes(number), now=NOW + minutes(number))

    assert not Callback.objects.exists()


def test_the_same_report_twice_is_told_once(provider):
    leg = given(provider, LegState.NOT_STARTED)

    for _ in range(2):
        services.apply("SET_IN_USE", leg_id=leg.pk, at=NOW, now=NOW, asked_by=Party.TO)

    assert Callback.objects.count() == 1


def test_an_event_that_is_refused_is_not_told(provider):
    leg = given(provider, LegState.NOT_STARTED)

    with nothing_changes(), pytest.raises(IllegalEvent):
        services.apply("PAUSE", leg_id=leg.pk, at=NOW, now=NOW, asked_by=Party.TO)

    assert not Callback.objects.exists()
