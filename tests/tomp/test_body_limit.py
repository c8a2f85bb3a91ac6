"""A body that is too large is refused by every operation that takes one, before anything is done."""

import json

import pytest
from django.conf import settings

from bookings.models import Booking
from customers.models import Customer
from tests.client import refused
from tests.journey import mp_client
from tomp.operations import OPERATIONS

SOME_ID = "5f0c2f0e-0000-4000-8000-000000000000"
TAKE_A_BODY = sorted({(each.method, each.path) for each in OPERATIONS if each.method in ("POST", "PUT", "PATCH")})


@pytest.fixture
def mp(clock):
    return mp_client(maas_id="mp")


@pytest.mark.parametrize(("method", "path"), TAKE_A_BODY, ids=str)
def test_is_413(mp, method, path):
    address = path.replace("{id}", SOME_ID).replace("{category}/{number}", "AV/07")
    body = json.dumps({"comment": "x" * settings.TOMP_MAX_BODY_BYTES}).encode()
    kind = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}

    answer = mp.call(method, address, body, headers=kind, check=False)

    assert answer.status_code == 413
    refused(answer, 413, json.loads(answer.content).get("errorcode") or 8002)
    assert (Booking.objects.count(), Customer.objects.count()) == (0, 0)
