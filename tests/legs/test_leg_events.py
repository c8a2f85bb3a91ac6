"""Any event (POST /legs/{id}/events) …"""

import uuid

import pytest

from bookings.models import Party
from fleet.models import Asset
from legs import services
from legs.models import Leg, LegEvent
from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, NOW, given_booking, given_leg, given_offer, located, minutes, nothing_changes


def iso(minute, second=0):
    return f"2026-06-01T12:{minute:02}:{second:02}Z"


# When it happened


@pytest.mark.parametrize(
    ("reported", "believed"),
    [
        (iso(10), iso(10)),
        (iso(7), iso(7)),
        (iso(0), iso(0)),
        (iso(10, 1), iso(10)),
        (iso(11), iso(10)),
        (iso(40), iso(10)),
        ("2026-06-01T11:59:59Z", iso(10)),
        ("2026-06-01T14:07:00+02:00", iso(7)),
        ("1970-01-01T00:00:00Z", iso(10)),
        ("9999-12-31T23:59:59Z", iso(10)),
    ],
)
def test_happened_when_it_was_reported_unless_that_cannot_be(mp, clock, reported, believed):
    """It is ten past twelve; the booking was made at twelve."""
    leg = given_leg(mp.provider)
    clock.move_to(NOW + minutes(10))

    answer = mp.event(leg.id, "SET_IN_USE", time=reported)

    assert answer.json()["actualDepartureTime"] == believed
    assert LegEvent.objects.get().received_at == NOW + minutes(10)


def test_did_not_happen_before_the_one_before_it(mp, clock):
    leg = given_leg(mp.provider)
    clock.move_to(NOW + minutes(20))
    mp.event(leg.id, "SET_IN_USE", time=iso(10))

    mp.event(leg.id, "PAUSE", time=iso(9))

    assert Leg.objects.get().segments == [["IN_USE", 600], ["PAUSED", 0]]


def test_is_kept_as_it_was_reported(mp, clock):
    leg = given_leg(mp.provider)
    clock.move_to(NOW + minutes(10))

    mp.event(leg.id, "SET_IN_USE", time=iso(11), comment="off we go", **located())

    event = LegEvent.objects.get()
    assert (event.event, event.state, event.asked_by) == ("SET_IN_USE", "IN_USE", "MP")
    assert (event.at, event.received_at) == (NOW + minutes(11), NOW + minutes(10))
    assert (event.lat, event.lon, event.comment) == (*HERE, "off we go")


# Twice


@pytest.mark.parametrize("event", ["PREPARE", "SET_IN_USE", "FINISH", "CANCEL"])
def test_is_answered_again_and_changes_nothing(mp, clock, event):
    leg = given_leg(mp.provider, state="IN_USE" if event == "FINISH" else "NOT_STARTED")
    clock.move_to(NOW + minutes(10))
    first = mp.event(leg.id, event, time=iso(10))
    clock.move_to(NOW + minutes(20))

    with nothing_changes():
        again = mp.event(leg.id, event, time=iso(10))

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


def test_that_comes_again_late_does_not_turn_back_the_clock(mp, clock):
    leg = given_leg(mp.provider)
    clock.move_to(NOW + minutes(20))
    mp.event(leg.id, "SET_IN_USE", time=iso(5))
    mp.event(leg.id, "PAUSE", time=iso(10))

    with nothing_changes():
        answer = mp.event(leg.id, "SET_IN_USE", time=iso(5))

    assert answer.json()["state"] == "PAUSED"


def test_at_another_time_is_another_one(mp, clock):
    leg = given_leg(mp.provider)
    clock.move_to(NOW + minutes(12))

    for minute in (5, 6):
        assert mp.event(leg.id, "SET_IN_USE", time=iso(minute)).json()["actualDepartureTime"] == iso(5)

    assert LegEvent.objects.count() == 2


def test_about_another_vehicle_is_no_repetition(mp):
    leg = given_leg(mp.provider)
    mp.event(leg.id, "SET_IN_USE", asset={"id": str(leg.asset.public_id)})

    with nothing_changes():
        again = mp.event(leg.id, "SET_IN_USE", asset={"id": str(leg.asset.public_id)})
        other = mp.event(leg.id, "SET_IN_USE", asset={"id": str(AssetFactory.build().public_id)})

    assert again.json()["state"] == "IN_USE"
    refused(other, 403, 4002)


def test_that_was_refused_is_not_remembered(mp):
    leg = given_leg(mp.provider)
    refused(mp.event(leg.id, "PAUSE"), 403, 4004)
    mp.event(leg.id, "SET_IN_USE")

    answer = mp.event(leg.id, "PAUSE")

    assert answer.json()["state"] == "PAUSED"


def test_of_another_party_at_the_same_time_counts_as_well(mp):
    leg = given_leg(mp.provider)
    mp.event(leg.id, "SET_IN_USE")

    services.apply("SET_IN_USE", leg_id=leg.id, at=NOW, now=NOW, asked_by=Party.TO)

    assert list(LegEvent.objects.values_list("event", "asked_by")) == [("SET_IN_USE", "MP"), ("SET_IN_USE", "TO")]


# About which vehicle


def test_shows_the_booked_vehicle_though_none_is_named(mp):
    asset = AssetFactory()
    leg = given_leg(mp.provider, asset)

    assert mp.event(leg.id, "PREPARE").json()["asset"]["id"] == str(asset.public_id)


@pytest.mark.parametrize("name", ["public id", "PUBLIC ID", "former id", "vehicle code", "with codespace"])
def test_may_name_the_vehicle_by_any_id_it_has_or_had(mp, settings, name):
    settings.TOMP_CODESPACE = "YAL"
    asset = AssetFactory(vehicle_code="157103")
    former = asset.public_id
    given_leg(mp.provider, asset, state="FINISHED")
    asset = Asset.objects.get()
    leg = given_leg(mp.provider, asset)
    names = {
        "public id": str(asset.public_id),
        "PUBLIC ID": str(asset.public_id).upper(),
        "former id": str(former),
        "vehicle code": "157103",
        "with codespace": f"YAL:Vehicle:{asset.public_id}",
    }

    answer = mp.event(leg.id, "SET_IN_USE", asset={"id": names[name]})

    assert answer.json()["state"] == "IN_USE"
    assert answer.json()["asset"]["id"] == f"YAL:Vehicle:{asset.public_id}"


@pytest.mark.parametrize("event", ["PREPARE", "SET_IN_USE", "CANCEL"])
@pytest.mark.parametrize("name", [str(uuid.UUID(int=7)), "nonsense", "x" * 36, "", "another"])
def test_is_refused_about_another_vehicle(mp, event, name):
    another = str(AssetFactory().public_id)
    leg = given_leg(mp.provider)

    with nothing_changes():
        answer = mp.event(leg.id, event, asset={"id": another if name == "another" else name})

    if name == "":
        refused(answer, 400, 4002)
    else:
        refused(answer, 403, 4002)


# Whose leg


@pytest.mark.parametrize("leg_id", [uuid.UUID(int=7), "nonsense", "x" * 300])
def test_of_an_unknown_leg_leads_nowhere(mp, leg_id):
    refused(mp.event(leg_id, "PREPARE"), 404, 4204)


@pytest.mark.parametrize("event", ["PREPARE", "SET_IN_USE", "FINISH", "CANCEL", "OPEN_TRUNK"])
def test_of_another_providers_leg_leads_nowhere(mp, other_mp, event):
    leg = given_leg(other_mp.provider)

    with nothing_changes():
        answer = mp.event(leg.id, event)

    refused(answer, 404, 4204)


def test_of_an_offer_leads_nowhere(mp):
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = mp.event(offer.id, "SET_IN_USE")

    refused(answer, 404, 4204)


def test_comes_too_late_for_a_booking_that_lapsed(mp, clock):
    booking = given_booking(mp.provider)
    clock.move_to(NOW + minutes(15))

    answer = mp.event(booking.id, "SET_IN_USE")

    refused(answer, 403, 4004)
    assert mp.get(f"/bookings/{booking.id}").json()["state"] == "EXPIRED"


# How it is written


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"time": iso(0)}, 4001),
        ({"event": "PREPARE"}, 4001),
        ({"event": None, "time": iso(0)}, 4001),
        ({"event": "FLY", "time": iso(0)}, 4002),
        ({"event": "prepare", "time": iso(0)}, 4002),
        ({"event": "ISSUE", "time": iso(0)}, 4002),
        ({"event": 5, "time": iso(0)}, 4002),
        ({"event": "PREPARE", "time": "now"}, 4002),
        ({"event": "PREPARE", "time": 0}, 4002),
        ({"event": "PREPARE", "time": "2026-06-01"}, 4002),
        ({"event": "PREPARE", "time": "2026-06-01T12:00:00"}, 4002),
        ({"event": "PREPARE", "time": iso(0), "asset": "bike"}, 4002),
        ({"event": "PREPARE", "time": iso(0), "asset": {"id": 5}}, 4002),
        ({"event": "PREPARE", "time": iso(0), "comment": 5}, 4002),
        ({"event": "FINISH", "time": iso(0), "url": "photo.jpg"}, 4002),
        ({"event": "FINISH", "time": iso(0), "url": ["not a url"]}, 4002),
        ({"event": "FINISH", "time": iso(0), **located((95, 5))}, 4002),
        ([], 4002),
    ],
    ids=str,
)
def test_is_refused_when_it_makes_no_sense(mp, body, code):
    leg = given_leg(mp.provider)

    with nothing_changes():
        answer = mp.post(f"/legs/{leg.id}/events", body)

    refused(answer, 400, code)


def test_may_have_members_that_are_null(mp):
    leg = given_leg(mp.provider)

    answer = mp.event(leg.id, "PREPARE", comment=None, url=None, asset=None, userLocation=None)

    assert answer.json()["state"] == "PREPARING"


@pytest.mark.parametrize("asset", [{}, {"id": None}, {"overriddenProperties": None}, {"overriddenProperties": {}}])
def test_may_say_little_about_the_vehicle(mp, asset):
    leg = given_leg(mp.provider)

    assert mp.event(leg.id, "PREPARE", asset=asset).json()["state"] == "PREPARING"


def test_keeps_nothing_of_where_the_user_is(mp):
    leg = given_leg(mp.provider)

    mp.event(leg.id, "SET_IN_USE", userLocation={"coordinates": {"lat": 52.5, "lng": 5.5}})

    event = LegEvent.objects.get()
    assert (event.lat, event.lon) == (None, None)
