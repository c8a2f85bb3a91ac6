"""A body that is missing, empty or null, is refused by every operation that needs one, and nothing is done."""

import pytest

from tests.client import refused
from tests.journey import given_booking, mp_client, nothing_changes
from tests.trip_factories import CustomerFactory

MISSING = {
    ("POST", "/planning/inquiries"): (2001, "from"),
    ("POST", "/planning/offers"): (2001, "from"),
    ("POST", "/plannings"): (2001, "from"),
    ("POST", "/bookings"): (3001, "id"),
    ("POST", "/bookings/one-stop"): (3001, "from"),
    ("PUT", "/bookings/{booking}"): (3001, "body"),
    ("POST", "/bookings/{booking}/events"): (3001, "operation"),
    ("POST", "/bookings/{booking}/notifications"): (3001, "type"),
    ("POST", "/legs/{booking}/events"): (4001, "event"),
    ("POST", "/support/"): (5001, "body"),
    ("POST", "/payment/{booking}/claim-extra-costs"): (6001, "amount"),
    ("POST", "/customers"): (8001, "body"),
    ("PATCH", "/customers/{customer}"): (8001, "body"),
}


@pytest.fixture
def mp(clock):
    return mp_client(maas_id="mp")


@pytest.mark.parametrize("body", [None, b"null"], ids=["empty", "null"])
@pytest.mark.parametrize(("method", "path"), MISSING, ids=str)
def test_is_400(mp, method, path, body):
    booking, customer = given_booking(mp.provider), CustomerFactory(provider=mp.provider)
    address = path.format(booking=booking.pk, customer=customer.pk)
    kind = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}
    code, member = MISSING[method, path]

    with nothing_changes():
        answer = mp.call(method, address, body, headers=kind)

    assert refused(answer, 400, code)["detail"] == f"Field: {member}, Reason: This field is required."


def test_is_not_an_object_without_members(mp):
    booking, customer = given_booking(mp.provider), CustomerFactory(provider=mp.provider)

    answers = [
        mp.put(f"/bookings/{booking.pk}", {}),
        mp.patch(f"/customers/{customer.pk}", {}),
        mp.post("/customers", {}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
