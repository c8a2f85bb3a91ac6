"""POST /support/ …"""

import pytest

from support import services
from support.models import SupportRequest
from tests.client import refused
from tests.fleet_factories import AssetFactory, StationFactory
from tests.journey import NOW, given_booking, given_offer, minutes, nothing_changes

WISH = {
    "supportType": "NOT_CLEAN",
    "priority": "DISTURBING_ISSUE",
    "time": "2026-06-01T11:58:00Z",
    "comment": "mud everywhere",
    "contactInformationEndUser": "+31-48934758",
    "location": {"coordinates": {"lat": 52.09, "lng": 5.12}},
    "requestedResponseTime": 10,
    "urls": ["https://mp.example.org/mud.jpg"],
}


def ask(mp, **body):
    return mp.post("/support/", body)


def test_opens_a_request_about_a_booking(mp):
    booking = given_booking(mp.provider, state="STARTED")

    answer = ask(mp, id=str(booking.id), **WISH)

    assert (answer.status_code, answer.json()) == (
        200,
        {"id": str(booking.id), "status": "PROCESSING", "order": 0, **WISH},
    )
    kept = SupportRequest.objects.get()
    assert (kept.booking, kept.provider, kept.reference) == (booking, mp.provider, str(booking.id))
    assert (kept.created_at, kept.occurred_at) == (NOW, NOW - minutes(2))


def test_needs_little(mp):
    booking = given_booking(mp.provider)

    answer = ask(mp, id=str(booking.id))

    assert answer.json() == {
        "id": str(booking.id),
        "supportType": "OTHER",
        "priority": "OTHER",
        "status": "PROCESSING",
        "order": 0,
    }


@pytest.mark.parametrize("kind", SupportRequest.Type.values)
def test_knows_every_trouble(mp, kind):
    booking = given_booking(mp.provider)

    assert ask(mp, id=str(booking.id), supportType=kind).json()["supportType"] == kind


@pytest.mark.parametrize("state", ["PENDING", "FINISHED", "CANCELLED", "EXPIRED"])
def test_helps_before_and_after_the_ride_too(mp, state):
    booking = given_booking(mp.provider, state=state)

    assert ask(mp, id=str(booking.id), **WISH).status_code == 200


def test_joins_a_request_that_is_open_already(mp):
    booking = given_booking(mp.provider)
    ask(mp, id=str(booking.id), supportType="UNABLE_TO_CLOSE", comment="stuck")

    again = ask(mp, id=str(booking.id), supportType="UNABLE_TO_CLOSE", comment="still stuck")

    assert (again.json()["order"], again.json()["comment"]) == (1, "still stuck")
    assert (SupportRequest.objects.count(), SupportRequest.objects.get().comment) == (1, "stuck")


def test_a_repetition_adds_what_is_new(mp):
    booking = given_booking(mp.provider)
    ask(mp, id=str(booking.id), **WISH)

    again = ask(
        mp, id=str(booking.id), supportType="NOT_CLEAN", priority="ERROR_CANNOT_CONTINUE",
        urls=["https://mp.example.org/more.jpg", *WISH["urls"]], contactInformationEndUser="+31-1",
    )  # fmt: skip

    assert again.json()["priority"] == "ERROR_CANNOT_CONTINUE"
    assert again.json()["urls"] == [*WISH["urls"], "https://mp.example.org/more.jpg"]
    assert again.json()["contactInformationEndUser"] == "+31-1"
    assert ask(mp, id=str(booking.id), supportType="NOT_CLEAN").json()["priority"] == "ERROR_CANNOT_CONTINUE"


def test_a_repetition_answers_our_question(mp):
    booking = given_booking(mp.provider)
    ask(mp, id=str(booking.id), **WISH)
    services.answer(
        request_id=SupportRequest.objects.get().pk, status="UPDATE_REQUESTED", comment="Where?",
        resolution_minutes=None, now=NOW, actor="ann",
    )  # fmt: skip

    again = ask(mp, id=str(booking.id), supportType="NOT_CLEAN", comment="On the saddle")

    assert (again.json()["status"], again.json()["order"]) == ("PROCESSING", 2)
    assert SupportRequest.objects.get().status == "PROCESSING"


def test_opens_another_about_another_trouble(mp):
    booking = given_booking(mp.provider)
    ask(mp, id=str(booking.id), supportType="UNABLE_TO_CLOSE")

    other = ask(mp, id=str(booking.id), supportType="NOT_CLEAN")

    assert (other.json()["order"], SupportRequest.objects.count()) == (1, 2)


@pytest.mark.parametrize(("status", "count"), [("UPDATE_REQUESTED", 1), ("RESOLVED", 2), ("CANCELLED", 2)])
def test_opens_another_once_the_first_is_closed(mp, status, count):
    booking = given_booking(mp.provider)
    ask(mp, id=str(booking.id), **WISH)
    SupportRequest.objects.update(status=status)

    answer = ask(mp, id=str(booking.id), **WISH)

    assert SupportRequest.objects.count() == count
    assert answer.json()["order"] == 1


@pytest.mark.parametrize("named", ["157103", "AB-12-CD", "public id", "with codespace"])
def test_takes_a_report_about_a_vehicle_nobody_booked(mp, settings, named, api_version):
    settings.TOMP_CODESPACE = "YAL"
    asset = AssetFactory(vehicle_code="157103", license_plate="AB-12-CD")
    names = {"public id": str(asset.public_id), "with codespace": f"YAL:Vehicle:{asset.public_id}"}
    damage = {"vehicleComponent": "TIRE", "description": "flat"}

    answer = ask(mp, assetId=names.get(named, named), supportType="BROKEN_DOWN", damage=damage)

    kept = SupportRequest.objects.get()
    assert (kept.asset, kept.booking, kept.asset_reference) == (asset, None, names.get(named, named))
    assert answer.json()["id"] == kept.reference
    if api_version == "1.6.1":
        assert (answer.json()["assetId"], answer.json()["damage"]) == (names.get(named, named), damage)
    else:
        assert not {"assetId", "damage"} & set(answer.json())


def test_takes_a_report_about_a_vehicle_we_do_not_know(mp):
    answer = ask(mp, assetId="painted over", comment="in the canal")

    kept = SupportRequest.objects.get()
    assert (answer.status_code, kept.asset, kept.asset_reference) == (200, None, "painted over")


@pytest.mark.parametrize("booking_id", ["00000000-0000-0000-0000-000000000007", "nonsense"])
def test_does_not_find_an_unknown_booking(mp, booking_id):
    with nothing_changes():
        answer = ask(mp, id=booking_id, **WISH)

    refused(answer, 404, 5204)


def test_does_not_find_an_offer(mp):
    offer = given_offer(mp.provider)

    with nothing_changes():
        answer = ask(mp, id=str(offer.id), **WISH)

    refused(answer, 404, 5204)


def test_does_not_find_the_booking_of_another_provider(mp, other_mp):
    booking = given_booking(other_mp.provider)

    with nothing_changes():
        answer = ask(mp, id=str(booking.id), **WISH)

    refused(answer, 404, 5204)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 5001),
        ({"id": None, "assetId": None}, 5001),
        ({"id": "", "assetId": ""}, 5001),
        ({"id": "x", "supportType": "BORED"}, 5002),
        ({"id": "x", "priority": "NOW"}, 5002),
        ({"id": "x", "time": "soon"}, 5002),
        ({"id": "x", "requestedResponseTime": -1}, 5002),
        ({"id": "x", "comment": 5}, 5002),
        ({"id": "x", "location": {"name": "somewhere"}}, 5001),
        ({"id": "x", "urls": ["photo.jpg"]}, 5002),
        ({"assetId": "x", "damage": "flat"}, 5002),
        ({"assetId": "x", "damage": {"vehicleComponent": "TIRE"}}, 5001),
        ({"assetId": "x", "damage": {"vehicleComponent": "SOUL", "description": "gone"}}, 5002),
        ({"assetId": "x", "damage": {"vehicleComponent": "TIRE", "description": "", "pictures": []}}, 5002),
        ({"assetId": "x", "damage": {"vehicleComponent": "TIRE", "description": "flat", "pictures": ["me"]}}, 5002),
    ],
    ids=str,
)
def test_refuses_what_makes_no_sense(mp, change, code):
    with nothing_changes():
        answer = ask(mp, **change)

    refused(answer, 400, code)


def test_says_where_the_station_is_at_which_help_is_needed(mp):
    hub = StationFactory(station_id="hub")
    booking = given_booking(mp.provider)

    answer = ask(mp, id=str(booking.id), location={"stationId": "hub"})

    there = {"stationId": "hub", "coordinates": {"lat": hub.lat, "lng": hub.lon}}
    assert answer.json()["location"] == there


def test_helps_whoever_is_at_a_station_we_do_not_know(mp):
    booking = given_booking(mp.provider)

    answer = ask(mp, id=str(booking.id), location={"stationId": "moon"})

    assert answer.status_code == 200
    assert "location" not in answer.json()
    assert SupportRequest.objects.get().location == {"station_id": "moon"}
