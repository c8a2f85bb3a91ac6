"""POST /planning/inquiries, and the deprecated POST /plannings …"""

import pytest

from bookings.models import Booking
from tests.client import refused
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, at, nothing_changes


def without_ids(planning):
    [option] = planning["options"]
    [leg] = option["legs"]
    del option["id"], leg["id"]
    return planning


def test_answers_as_offers_do_but_without_ids(mp):
    AssetFactory()

    inquired, offered = mp.post("/planning/inquiries", at(HERE)), mp.offers(**at(HERE))

    assert (inquired.status_code, offered.status_code) == (201, 201)
    assert inquired.json() == without_ids(offered.json())


def test_keeps_nothing(mp):
    AssetFactory()

    with nothing_changes():
        answer = mp.post("/planning/inquiries", at(HERE))

    assert len(answer.json()["options"]) == 1


def test_finds_nothing_without_an_error(mp):
    answer = mp.post("/planning/inquiries", at(HERE))

    assert (answer.status_code, answer.json()) == (201, {"validUntil": "2026-06-01T12:10:00Z", "options": []})


@pytest.mark.parametrize("query", ["", "?booking-intent=false"])
def test_is_what_plannings_are_without_an_intent(mp, query):
    AssetFactory()

    with nothing_changes():
        answer = mp.post(f"/plannings{query}", at(HERE))

    assert "id" not in answer.json()["options"][0]


def test_becomes_an_offer_with_the_intent_to_book(mp):
    AssetFactory()

    answer = mp.post("/plannings?booking-intent=true", at(HERE))

    assert answer.json()["options"][0]["id"] == str(Booking.objects.get().id)


def test_is_refused_with_an_intent_nobody_understands(mp):
    refused(mp.post("/plannings?booking-intent=perhaps", at(HERE)), 400, 2002)
