"""GET /support/{id}/status …"""

import pytest

from support.models import SupportRequest
from tests.client import refused
from tests.journey import given_booking, given_offer
from tests.trip_factories import SupportRequestFactory


def status(mp, reference):
    return mp.get(f"/support/{reference}/status")


def test_lists_all_requests_about_a_booking_the_latest_last(mp):
    booking = given_booking(mp.provider)
    for order, kind in enumerate(("NOT_CLEAN", "ACCIDENT", "OTHER")):
        SupportRequestFactory(booking=booking, support_type=kind, order=order)
    SupportRequest.objects.filter(order=1).update(status="RESOLVED", resolution_minutes=20)

    answer = status(mp, booking.id)

    assert [(entry["supportType"], entry["status"], entry["order"]) for entry in answer.json()] == [
        ("NOT_CLEAN", "PROCESSING", 0),
        ("ACCIDENT", "RESOLVED", 1),
        ("OTHER", "PROCESSING", 2),
    ]
    assert answer.json()[1]["timeToResolution"] == 20


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
    refused(status(mp, given_offer(mp.provider).id), 404, 5204)
