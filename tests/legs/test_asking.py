"""What we do only after the provider agreed …"""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bookings.timeline import timeline
from fleet.errors import NoAssetLeft
from fleet.models import Asset, Reservation
from legs import asking
from legs.errors import IllegalEvent
from legs.models import Leg, LegEvent
from maas import delivery
from maas.delivery import NotYet
from maas.models import Callback, CallbackKind, CallbackState
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_leg, minutes, mp_client, nothing_changes
from tests.receiver import Receiver


@pytest.fixture
def receiver():
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
def mp(clock, api_version, receiver):
    return mp_client(api_version, maas_id="mp", base_url=receiver.url)


@pytest.fixture
def leg(mp):
    leg = given_leg(mp.provider, AssetFactory(vehicle_number="broken"))
    Callback.objects.all().delete()
    return leg


@pytest.fixture
def spare(leg):
    return AssetFactory(vehicle_number="spare", asset_type=leg.asset_type)


def ask(leg, kind=CallbackKind.REPLACE_ASSET):
    asking.ask(kind, leg_id=leg.pk, now=NOW, actor="rita", reason="The brake is worn.")
    return Callback.objects.latest("id")


def answer(receiver, callback, body, status=200):
    """The provider is asked, and what it says is heard, twice."""
    receiver.answer(status, body=body)
    delivery.deliver(callback_id=callback.pk, now=NOW + minutes(1))
    job = ProcrastinateJob.objects.get(task_name="legs.tasks.hear_answer")
    for _ in range(2):
        asking.hear(**job.args, now=NOW + minutes(2))
    return Callback.objects.get(pk=callback.pk)


def story(leg):
    return list(LegEvent.objects.filter(leg=leg).values_list("event", "asked_by", "actor", "comment"))


ASKED = ("REPLACE_ASSET", "TO", "rita", "The brake is worn.")


def test_the_provider_is_asked(leg, receiver):
    callback = ask(leg)

    assert (callback.path, callback.method) == (f"legs/{leg.pk}/confirmation", "POST")
    assert callback.body == {"type": "REPLACE_ASSET", "assetTypeId": leg.asset_type.type_id}
    assert story(leg) == [ASKED]


def test_with_a_yes_the_leg_has_another_vehicle(leg, spare, receiver):
    former_code = leg.access_code

    callback = answer(receiver, ask(leg), b"true")

    assert (callback.state, callback.answer) == (CallbackState.DELIVERED, True)
    leg = Leg.objects.select_related("asset").get()
    assert (leg.asset, leg.asset_public_id) == (spare, spare.public_id)
    assert leg.access_code not in ("", former_code)
    assert {asset.vehicle_number: asset.state for asset in Asset.objects.all()} == {
        "broken": "AVAILABLE",
        "spare": "RESERVED",
    }
    assert Reservation.objects.get().asset == spare
    assert story(leg) == [
        ASKED,
        ("REPLACE_ASSET", "MP", "", "The provider agrees."),
        ("ASSIGN_ASSET", "TO", "", ""),
    ]
    told = Callback.objects.order_by("id")[1:]
    assert [(call.method, call.path) for call in told] == [
        ("POST", f"legs/{leg.pk}/events"),
        ("PUT", f"legs/{leg.pk}"),
    ]
    assert (told[0].body["event"], told[0].body["asset"]["id"]) == ("ASSIGN_ASSET", str(spare.public_id))
    assert (told[1].body["id"], told[1].body["asset"]["id"]) == (str(leg.pk), str(spare.public_id))
    assert "assetAccessData" not in told[1].body


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"false", 200, "The provider does not agree."),
        (b'{"ok": 1}', 200, "The provider gave no answer."),
        (b"", 204, "The provider gave no answer."),
        (b"true", 404, "The provider gave no answer."),
    ],
)
def test_without_a_yes_it_stays(leg, spare, receiver, body, status, said):
    answer(receiver, ask(leg), body, status)

    assert Leg.objects.get().asset == leg.asset
    assert story(leg) == [ASKED, ("REPLACE_ASSET", "MP", "", said)]
    assert said in [entry.detail for entry in timeline(leg.booking_id)]


def test_while_nobody_answers_nothing_is_done(leg, spare, receiver):
    callback = ask(leg)
    receiver.answer(503)

    with pytest.raises(NotYet):
        delivery.deliver(callback_id=callback.pk, now=NOW)

    assert not ProcrastinateJob.objects.filter(task_name="legs.tasks.hear_answer").exists()


def test_a_yes_without_another_vehicle_is_said_to_staff(leg, receiver):
    answer(receiver, ask(leg), b"true")

    assert Leg.objects.get().asset == leg.asset
    assert story(leg)[-1] == ("REPLACE_ASSET", "TO", "", "Not done: No other vehicle is free.")


def test_a_yes_that_comes_after_the_ride_began_changes_nothing(mp, leg, spare, receiver):
    callback = ask(leg)
    mp.event(leg.pk, "SET_IN_USE")

    answer(receiver, callback, b"true")

    assert Leg.objects.get().asset == leg.asset
    assert story(leg)[-1][3].startswith("Not done: REPLACE_ASSET is not possible")


def test_with_a_yes_we_begin_the_ride(leg, receiver):
    callback = ask(leg, CallbackKind.START_LEG)
    assert callback.body == {"type": "START_LEG"}

    answer(receiver, callback, b"true")

    assert Leg.objects.get().state == "IN_USE"


@pytest.mark.parametrize("state", ["IN_USE", "FINISHED", "CANCELLED"])
def test_nothing_is_asked_of_a_leg_that_began(mp, state):
    leg = given_leg(mp.provider, state=state)
    with nothing_changes(), pytest.raises(IllegalEvent):
        ask(leg)


def test_nothing_is_asked_twice_at_a_time(leg):
    ask(leg)

    with nothing_changes(), pytest.raises(IllegalEvent, match="being asked already"):
        ask(leg)


def test_nothing_is_asked_of_a_provider_without_an_address(clock):
    leg = given_leg(mp_client(maas_id="mute").provider)

    with nothing_changes(), pytest.raises(IllegalEvent, match="no address"):
        ask(leg)


def test_nothing_is_replaced_by_nothing(leg):
    with nothing_changes(), pytest.raises(NoAssetLeft):
        asking.replace_asset(leg_id=leg.pk, now=NOW)
