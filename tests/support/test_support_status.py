"""GET /support/{id}/status …"""

import pytest

from support import services
from support.models import SupportRequest
from tests.client import refused
from tests.journey import NOW, given_booking, given_offer


def answer(kind, becomes, comment, *, minutes=None):
    """What staff say about the request of that kind."""
    asked = SupportRequest.objects.get(support_type=kind)
    return services.answer(
        request_id=asked.pk, status=becomes, comment=comment, resolution_minutes=minutes, now=NOW, actor="ann"
    )


def status(mp, reference):
    return mp.get(f"/support/{reference}/status")


def test_lists_everything_that_was_said_the_latest_last(mp):
    booking = given_booking(mp.provider)
    for kind in ("NOT_CLEAN", "ACCIDENT"):
        mp.post("/support/", {"id": str(booking.id), "supportType": kind, "comment": kind.lower()})
    answer("NOT_CLEAN", "RESOLVED", "We will wash it", minutes=20)
    mp.post("/support/", {"id": str(booking.id), "supportType": "ACCIDENT", "comment": "my knee"})

    found = status(mp, booking.id).json()

    assert [(said["order"], said["supportType"], said["status"], said["comment"]) for said in found] == [
        (0, "NOT_CLEAN", "PROCESSING", "not_clean"),
        (1, "ACCIDENT", "PROCESSING", "accident"),
        (2, "NOT_CLEAN", "RESOLVED", "We will wash it"),
        (3, "ACCIDENT", "PROCESSING", "my knee"),
    ]
    assert [said.get("timeToResolution") for said in found] == [None, None, 20, None]


def test_an_answer_of_ours_is_remembered_with_who_gave_it(mp):
    booking = given_booking(mp.provider)
    mp.post("/support/", {"id": str(booking.id), "supportType": "NOT_CLEAN"})

    said = answer("NOT_CLEAN", "CANCELLED", "")

    asked = SupportRequest.objects.get()
    assert (asked.status, said.said_by, said.actor, said.at) == ("CANCELLED", "TO", "ann", NOW)
    assert "comment" not in status(mp, booking.id).json()[-1]


def test_more_can_be_said_under_a_minted_id(mp):
    minted = mp.post("/support/", {"assetId": "157103", "comment": "bent"}).json()["id"]

    mp.post("/support/", {"id": minted, "comment": "very"})
    mp.post("/support/", {"id": minted, "supportType": "NOT_CLEAN", "comment": "and dirty"})

    assert [said["comment"] for said in status(mp, minted).json()] == ["bent", "very", "and dirty"]
    assert SupportRequest.objects.count() == 2


def test_finds_the_booking_however_its_id_is_written(mp):
    booking = given_booking(mp.provider)
    mp.post("/support/", {"id": str(booking.id).upper(), "comment": "help"})

    for reference in (str(booking.id), str(booking.id).upper()):
        assert [entry["comment"] for entry in status(mp, reference).json()] == ["help"]


def test_follows_a_report_about_a_vehicle_nobody_booked(mp):
    reported = mp.post("/support/", {"assetId": "157103", "comment": "bent"}).json()

    assert status(mp, reported["id"]).json() == [reported]


def test_is_empty_for_a_booking_nobody_complained_about(mp):
    assert status(mp, given_booking(mp.provider).id).json() == []


@pytest.mark.parametrize("reference", ["00000000-0000-0000-0000-000000000007", "nonsense"])
def test_does_not_find_what_is_unknown(mp, reference):
    refused(status(mp, reference), 404, 5204)


def test_is_private(mp, other_mp):
    booking = given_booking(mp.provider)
    mp.post("/support/", {"id": str(booking.id), "comment": "help"})
    minted = mp.post("/support/", {"assetId": "157103"}).json()["id"]

    refused(status(other_mp, booking.id), 404, 5204)
    refused(status(other_mp, minted), 404, 5204)
    refused(other_mp.post("/support/", {"id": minted, "comment": "me too"}), 404, 5204)
    refused(status(mp, given_offer(mp.provider).id), 404, 5204)
