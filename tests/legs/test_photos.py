"""A photo on the server of a provider …"""

import pytest

from legs import photos
from tests.trip_factories import EvidenceFactory

JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture(autouse=True)
def nobody_is_silent():
    photos.forget()


@pytest.fixture
def photo(receiver, db):
    return EvidenceFactory(url=f"{receiver.url}/1.jpg")


def address(photo, leg_id=None):
    return f"/admin/legs/leg/{leg_id or photo.leg_id}/photo/{photo.pk}/"


def test_is_shown_from_our_address(admin_client, photo, receiver):
    receiver.answer(200, JPEG, b"the picture")

    answer = admin_client.get(address(photo))

    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"the picture", "image/jpeg")
    assert answer["Cache-Control"] == "private, max-age=86400"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert [(call.method, call.path) for call in receiver.received] == [("GET", "/1.jpg")]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (404, JPEG, b""),
        (302, {**JPEG, "Location": "http://127.0.0.1/"}, b""),
        (200, {"Content-Type": "text/html"}, b"<script>"),
        (200, {"Content-Type": "image/svg+xml"}, b"<svg>"),
        (200, {}, b"?"),
        (200, JPEG, b"x" * (photos.LARGEST_BYTES + 1)),
    ],
)
def test_is_passed_on_only_if_it_is_one(admin_client, photo, receiver, status, headers, body):
    receiver.answer(status, headers, body)

    answer = admin_client.get(address(photo))

    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")
    assert len(receiver.received) == 1


def test_of_a_server_that_does_not_answer_is_not_waited_for_twice(admin_client, db, monkeypatch):
    photo = EvidenceFactory(url="http://127.0.0.1:1/1.jpg")

    first = admin_client.get(address(photo))
    monkeypatch.setattr(photos.egress, "call", None)  # would fail if it were asked
    second = admin_client.get(address(photo))

    assert (first.status_code, second.status_code) == (404, 404)
    assert second.content == b"127.0.0.1:1 does not answer at the moment."


def test_inside_a_network_is_not_asked_for(admin_client, photo, receiver, settings):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False

    assert admin_client.get(address(photo)).status_code == 404

    assert receiver.received == []


def test_is_for_who_may_see_legs(client, django_user_model, photo, receiver):
    client.force_login(django_user_model.objects.create(username="ingrid", is_staff=True))

    assert client.get(address(photo)).status_code == 403

    assert receiver.received == []


def test_belongs_to_its_leg(admin_client, photo, receiver):
    other = EvidenceFactory()

    assert admin_client.get(address(photo, leg_id=other.leg_id)).status_code == 404

    assert receiver.received == []
