"""Before an event is true, its vehicle is told what to do …"""

import pytest

from fleet.gateway import commands
from fleet.models import AssetType, Command, Gateway
from legs.models import Leg
from maas.models import Milestone
from tests.client import refused
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    GatewayFactory,
    RegionFactory,
    StationFactory,
)
from tests.journey import (
    FAR_AWAY,
    HERE,
    NOW,
    at,
    given_booking,
    given_leg,
    located,
    minutes,
    mp_client,
    nothing_changes,
)
from tests.receiver import Receiver


@pytest.fixture
def locks(clock, receiver):
    """The server of whoever made the locks."""
    GatewayFactory(name="locks", kind=Gateway.Kind.HTTP, url=f"{receiver.url}/commands", secret="s3cret")
    return receiver


@pytest.fixture
def scooter(locks):
    kind = AssetTypeFactory(gateway=Gateway.objects.get(), has_trunk=True)
    commands.forget()
    return AssetFactory(asset_type=kind, marked=True)


@pytest.fixture
def mp(clock):
    return mp_client(maas_id="mp")


def told(locks):
    return [sent.json["command"] for sent in locks.received]


def logged():
    return list(Command.objects.order_by("pk").values_list("kind", "event", "state"))


def test_all_the_way(mp, scooter, locks, clock):
    leg = given_leg(mp.provider, scooter)
    for minute, event in enumerate(("PREPARE", "SET_IN_USE", "OPEN_TRUNK", "PAUSE", "SET_IN_USE", "START_FINISHING")):
        clock.move_to(NOW + minutes(minute))
        assert mp.event(leg.id, event).status_code == 200
    assert mp.event(leg.id, "FINISH", **located(HERE)).json()["state"] == "FINISHED"

    assert told(locks) == ["UNLOCK", "OPEN_TRUNK", "LOCK", "UNLOCK", "LOCK"]
    sent, command = locks.received[0], Command.objects.order_by("pk").first()
    assert (sent.path, sent.headers["authorization"]) == ("/commands", "Bearer s3cret")
    assert sent.headers["idempotency-key"] == str(command.pk)
    assert sent.json == {
        "id": str(command.pk),
        "command": "UNLOCK",
        "vehicle": scooter.vehicle_number,
        "imei": scooter.imei,
        "leg": str(leg.pk),
    }
    assert logged() == [
        ("UNLOCK", "SET_IN_USE", "DONE"),
        ("OPEN_TRUNK", "OPEN_TRUNK", "DONE"),
        ("LOCK", "PAUSE", "DONE"),
        ("UNLOCK", "SET_IN_USE", "DONE"),
        ("LOCK", "FINISH", "DONE"),
    ]


def test_once_for_an_event_that_is_repeated(mp, scooter, locks):
    leg = given_leg(mp.provider, scooter)
    for _ in range(2):
        body = {"event": "SET_IN_USE", "time": "2026-06-01T12:00:00Z"}
        assert mp.post(f"/legs/{leg.id}/events", body, **{"Idempotency-Key": "one"}).status_code == 200
        assert mp.post(f"/legs/{leg.id}/events", body).status_code == 200
        assert mp.event(leg.id, "SET_IN_USE", time="2026-06-01T11:59:59Z").status_code == 200  # it is in use already

    assert told(locks) == ["UNLOCK"]


def test_and_nothing_changes_when_it_does_not_answer(mp, scooter, locks):
    leg = given_leg(mp.provider, scooter)
    locks.answer(500, body=b"no signal")

    with nothing_changes():
        answer = mp.event(leg.id, "SET_IN_USE")

    refused(answer, 503, 4005)
    assert answer.headers["Retry-After"] == "5"
    assert logged() == [("UNLOCK", "SET_IN_USE", "FAILED")]
    assert Command.objects.get().outcome == "500: no signal"

    assert mp.event(leg.id, "SET_IN_USE").json()["state"] == "IN_USE"
    assert logged()[1:] == [("UNLOCK", "SET_IN_USE", "DONE")]


def test_and_nothing_changes_when_nobody_is_there(mp, scooter, locks):
    Gateway.objects.update(url=f"http://127.0.0.1:{_closed_port()}/")
    commands.forget()
    leg = given_leg(mp.provider, scooter)

    with nothing_changes():
        refused(mp.event(leg.id, "SET_IN_USE"), 503, 4005)


def _closed_port():
    server = Receiver().server
    server.server_close()
    return server.server_port


def test_not_when_the_event_is_impossible(mp, scooter, locks):
    RegionFactory()
    leg = given_leg(mp.provider, scooter)

    with nothing_changes():
        refused(mp.event(leg.id, "PAUSE"), 403, 4004)
        refused(mp.event(leg.id, "FINISH"), 403, 4004)
    mp.event(leg.id, "SET_IN_USE")
    with nothing_changes():
        refused(mp.event(leg.id, "FINISH", time="2026-06-01T12:00:01Z", **located(FAR_AWAY)), 403, 4500)

    assert told(locks) == ["UNLOCK"]


def test_not_about_another_providers_leg(mp, scooter, locks):
    leg = given_leg(mp.provider, scooter)

    refused(mp_client(maas_id="other").event(leg.id, "SET_IN_USE"), 404, 4204)

    assert told(locks) == []


def test_not_to_lock_what_the_next_one_rides(scooter, locks):
    terms = {"release_asset_on": Milestone.START_FINISHING, "auto_commit": True}
    entur = mp_client(maas_id="entur", **terms)
    leg = given_leg(entur.provider, scooter)
    for event in ("SET_IN_USE", "START_FINISHING", "FINISH"):
        assert entur.event(leg.id, event).status_code == 200

    assert logged() == [("UNLOCK", "SET_IN_USE", "DONE"), ("LOCK", "START_FINISHING", "DONE")]


def test_not_to_lock_in_a_pause_that_leaves_it_open(mp, scooter, locks):
    step = {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "action": "PARK_ASSIST", "text": {"en": "Stay near."}}
    ConditionFactory(asset_type=scooter.asset_type, kind="conditionRequirePausingSteps", details={"steps": [step]})
    leg = given_leg(mp.provider, scooter)
    mp.event(leg.id, "SET_IN_USE")
    paused = mp.event(leg.id, "PAUSE")

    assert (paused.status_code, told(locks)) == (200, ["UNLOCK"])


def test_that_was_assigned_before_it_is_opened(mp, locks, clock):
    """Booked by type: the vehicle that opens is the one the leg has, also when it does not answer at first."""
    kind, hub = AssetTypeFactory(ahead=True, gateway=Gateway.objects.get(), type_id="cargo"), StationFactory()
    commands.forget()
    for _ in range(2):
        AssetFactory(asset_type=kind, station=hub, home_station=hub)
    today = {"departureTime": "2026-06-01T14:00:00Z", "arrivalTime": "2026-06-01T16:00:00Z"}
    leg_id = mp.one_stop(**at(HERE), useAssetTypes=["cargo"], **today).json()["id"]
    mp.operation(leg_id, "COMMIT")
    clock.move_to(NOW + minutes(120))
    locks.answer(500)

    refused(mp.event(leg_id, "SET_IN_USE"), 503, 4005)
    assert mp.event(leg_id, "SET_IN_USE").json()["state"] == "IN_USE"

    opened = {sent.json["vehicle"] for sent in locks.received}
    assert opened == {Leg.objects.select_related("asset").get().asset.vehicle_number}


def test_through_a_simulation(mp, scooter):
    Gateway.objects.update(kind=Gateway.Kind.SIMULATED)
    commands.forget()
    leg = given_leg(mp.provider, scooter)

    assert mp.event(leg.id, "SET_IN_USE").status_code == 200
    assert logged() == [("UNLOCK", "SET_IN_USE", "DONE")]


def test_by_nobody_where_the_app_opens_it(mp, scooter, locks):
    AssetType.objects.update(gateway=None)
    commands.forget()
    leg = given_leg(mp.provider, scooter)

    mp.event(leg.id, "SET_IN_USE")

    assert (told(locks), logged()) == ([], [])


@pytest.mark.parametrize(
    ("state", "minute", "status", "sent"), [("SENT", 0, 503, 0), ("SENT", -2, 200, 1), ("DONE", -2, 200, 0)]
)
def test_once_while_another_request_waits_for_the_answer(mp, scooter, locks, state, minute, status, sent):
    """A command whose sender was killed is sent again after a minute; one that was done is not."""
    leg = given_leg(mp.provider, scooter)
    told_before = {"asset": scooter, "kind": "UNLOCK", "leg_id": leg.pk, "event": "SET_IN_USE", "event_at": NOW}
    Command.objects.create(**told_before, state=state, at=NOW + minutes(minute))

    answer = mp.event(leg.id, "SET_IN_USE", time="2026-06-01T12:00:00Z")

    assert answer.status_code == status
    assert len(told(locks)) == sent
    assert Leg.objects.get().state == ("IN_USE" if status == 200 else "NOT_STARTED")


def test_a_booking_that_begins_at_once_waits_for_it(scooter, locks):
    eager = mp_client(maas_id="eager", atomic_set_in_use=True, auto_commit=True)

    booked = eager.one_stop(**at(HERE), useAssets=[str(scooter.public_id)]).json()

    assert (booked["state"], told(locks)) == ("CONFIRMED", [])
    assert eager.event(booked["id"], "SET_IN_USE").json()["state"] == "IN_USE"
    assert told(locks) == ["UNLOCK"]


def test_not_before_the_booking_is_committed(mp, scooter, locks):
    booking = given_booking(mp.provider, scooter)  # not committed: nothing may be opened

    refused(mp.event(booking.pk, "SET_IN_USE"), 403, 4004)

    assert (told(locks), logged()) == ([], [])


class TestByStaff:
    @pytest.fixture
    def page(self, scooter, admin_user, client):
        client.force_login(admin_user)
        return f"/admin/fleet/asset/{scooter.pk}/"

    def press(self, client, page):
        answer = client.post(f"{page}locate/", {"_form_submitted": "True"}, follow=True)
        return [(message.level_tag, message.message) for message in answer.context["messages"]]

    def test_it_makes_itself_known(self, scooter, locks, client, page):
        assert b"Locate" in client.get(f"{page}change/").content

        assert self.press(client, page) == [("success", f"{scooter} was told to make itself known.")]

        assert (told(locks), logged()) == (["LOCATE"], [("LOCATE", "", "DONE")])

    def test_it_may_be_silent(self, locks, client, page):
        locks.answer(404)

        assert self.press(client, page) == [
            ("error", "The vehicle did not answer the command LOCATE; nothing has changed.")
        ]

    def test_it_cannot_be_told_without_a_gateway(self, scooter, locks, client, page):
        AssetType.objects.update(gateway=None)
        commands.forget()

        assert b"Locate" not in client.get(f"{page}change/").content
        assert [level for level, _text in self.press(client, page)] == ["error"]
        assert told(locks) == []
