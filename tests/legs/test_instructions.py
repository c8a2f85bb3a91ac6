"""What the user is told at a stage of the ride (TOMP userCommunication) …"""

import pytest

from tests.fleet_factories import AssetFactory, SystemFactory
from tests.journey import given_leg, mp_client

TEXTS = {
    "asset_type__opening_instructions": {"en": "Press the green button.", "nl": "Druk op de groene knop."},
    "asset_type__pausing_instructions": {"en": "Leave it upright."},
    "asset_type__closing_instructions": {"en": "Close the lock by hand.", "nl": "Sluit het slot met de hand."},
}


@pytest.mark.parametrize(
    ("before", "event", "text"),
    [
        ("NOT_STARTED", "PREPARE", "Press the green button."),
        ("IN_USE", "PAUSE", "Leave it upright."),
        ("IN_USE", "START_FINISHING", "Close the lock by hand."),
        ("PAUSED", "START_FINISHING", "Close the lock by hand."),
    ],
)
def test_is_in_the_answer_to_the_event(mp, before, event, text):
    leg = given_leg(mp.provider, AssetFactory(**TEXTS), state=before)

    answer = mp.event(leg.id, event)

    told = [{"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": text}]
    assert answer.json()["userCommunication"] == told
    assert mp.get(f"/legs/{leg.id}").json()["userCommunication"] == told


@pytest.mark.parametrize("state", ["NOT_STARTED", "IN_USE", "FINISHED"])
def test_is_nothing_where_there_is_nothing_to_do(mp, state):
    leg = given_leg(mp.provider, AssetFactory(**TEXTS), state=state)

    assert "userCommunication" not in mp.get(f"/legs/{leg.id}").json()


def test_is_nothing_where_nothing_was_written(mp):
    leg = given_leg(mp.provider, state="FINISHING")

    assert "userCommunication" not in mp.get(f"/legs/{leg.id}").json()


def test_is_in_the_language_of_the_reader(clock):
    SystemFactory()
    mp = mp_client()
    leg = given_leg(mp.provider, AssetFactory(**TEXTS), state="FINISHING")

    answer = mp.get(f"/legs/{leg.id}", headers={"Accept-Language": "nl"})

    assert answer.json()["userCommunication"][0]["text"] == "Sluit het slot met de hand."
