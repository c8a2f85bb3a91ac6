"""The button on the page of a leg …"""

import pytest

from legs.models import Leg, LegEvent
from maas.models import Callback
from tests.admin.test_actions import press
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import HERE, at, mp_client, nothing_changes
from tests.trip_factories import LegFactory


def address(leg, button="replace-asset"):
    return f"/admin/legs/leg/{leg.pk}/{button}/"


@pytest.mark.parametrize(("base_url", "level"), [("https://mp.example.org", "success"), ("", "error")])
def test_asks_the_provider_whether_the_vehicle_may_be_replaced(staff, base_url, level):
    leg = LegFactory(booking__provider=MaasProviderFactory(base_url=base_url))

    [(said, _text)] = press(staff, address(leg), reason="The brake is worn.")

    assert said == level
    assert [call.body["type"] for call in Callback.objects.all()] == ["REPLACE_ASSET"] * (level == "success")
    assert [(event.actor, event.comment) for event in LegEvent.objects.all()] == [("rita", "The brake is worn.")] * (
        level == "success"
    )


@pytest.mark.parametrize(("state", "shown"), [("CONFIRMED", True), ("STARTED", False), ("CANCELLED", False)])
def test_is_there_while_the_vehicle_can_be_replaced(staff, state, shown):
    leg = LegFactory(booking__state=state)

    page = staff.get(f"/admin/legs/leg/{leg.pk}/change/").content.decode()

    assert ("replace-asset" in page) is shown


@pytest.mark.parametrize(
    ("leg_state", "booking_state", "buttons"),
    [
        ("NOT_STARTED", "CONFIRMED", {"start-leg", "change-times", "replace-asset"}),
        ("PREPARING", "STARTED", {"start-leg", "change-times", "replace-asset"}),
        ("NOT_STARTED", "PENDING", set()),
        ("IN_USE", "STARTED", {"change-times"}),
        ("FINISHING", "STARTED", set()),
        ("CANCELLED", "CONFIRMED", set()),
    ],
)
def test_is_there_while_it_can_be_pressed(staff, leg_state, booking_state, buttons):
    leg = LegFactory(state=leg_state, booking__state=booking_state)

    page = staff.get(f"/admin/legs/leg/{leg.pk}/change/").content.decode()

    assert {button for button in ("start-leg", "change-times", "replace-asset") if button in page} == buttons


def test_asks_the_provider_whether_the_ride_may_begin(staff):
    leg = LegFactory(booking__provider=MaasProviderFactory(base_url="https://mp.example.org"))

    assert press(staff, address(leg, "start-leg"), reason="Their app is down.") == [
        ("success", "The provider is asked.")
    ]

    call = Callback.objects.get()
    assert (call.path, call.kind, call.body) == (f"legs/{leg.pk}/confirmation", "START_LEG", {"type": "START_LEG"})
    event = LegEvent.objects.get()
    assert (event.event, event.actor, event.comment) == ("START_LEG", "rita", "Their app is down.")


def test_refuses_to_ask_whether_a_ride_may_begin_that_did(staff):
    leg = LegFactory(booking__state="STARTED", state="IN_USE", booking__provider__base_url="https://mp.example.org")

    [(level, said)] = press(staff, address(leg, "start-leg"), reason="Why not.")

    assert (level, said.partition(":")[0]) == ("error", "START_LEG is not possible")
    assert not Callback.objects.exists()
    assert not LegEvent.objects.exists()


@pytest.mark.parametrize("button", ["start-leg", "change-times", "replace-asset"])
def test_needs_more_than_the_permission_to_view(signed_in, button):
    leg, client = LegFactory(), signed_in("view_leg", "view_booking")

    assert client.post(address(leg, button), {"_form_submitted": "True", "reason": "Mine"}).status_code == 403

    assert not LegEvent.objects.exists()


# Other times; the dialog shows the planned ones, to the second


@pytest.fixture
def promised(clock):
    """A bike promised from two to four, without a vehicle yet."""
    hub = StationFactory(station_id="hub")
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub, home_station=hub)
    times = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}
    mp = mp_client(auto_commit=True, base_url="https://mp.example.org")
    mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **times)
    return Leg.objects.get()


def test_changes_the_times_and_tells_the_provider(staff, promised):
    times = {"departs_at": "2026-06-01T15:00:00", "arrives_at": "2026-06-01T18:00"}

    [(level, said)] = press(staff, address(promised, "change-times"), reason="The road is closed.", **times)

    assert (level, said.partition(",")[0]) == ("success", "Planned now: 2026-06-01 15:00:00 – 2026-06-01 18:00:00")
    assert Callback.objects.values_list("method", "path").get() == ("PUT", f"legs/{promised.pk}")


@pytest.mark.parametrize("state", ["NOT_STARTED", "IN_USE"])
def test_shows_the_planned_times_and_no_departure_that_is_over(staff, state):
    leg = LegFactory(state=state, booking__state="CONFIRMED" if state == "NOT_STARTED" else "STARTED")

    form = staff.get(address(leg, "change-times")).context["form"]

    shown = [field.name for field in form.visible_fields()]
    assert shown == ["departs_at", "arrives_at", "reason"][state == "IN_USE" :]


def test_shows_why_the_times_stay(staff, promised):
    times = {"departs_at": "2026-06-01T14:00:00", "arrives_at": "2026-06-01T15:00:00"}

    with nothing_changes():
        said = press(staff, address(promised, "change-times"), reason="Shorter.", **times)

    assert said == [("error", "TIME_EXTEND is not possible: that is before the planned end.")]
    assert not Callback.objects.exists()
