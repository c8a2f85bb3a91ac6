"""A body that is streamed in chunks says no length: it is read as any other, and has the same greatest size."""

import http.client
import json
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone

from bookings.models import Booking
from maas import services
from maas.models import MaasProvider
from tests.fleet_factories import AssetFactory, DeviceGroupFactory
from tests.journey import HERE, at
from tests.telemetry import KEY

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def streamed(app, path, body, **headers):
    """(status, answer) to a body that was sent in three chunks."""
    third = len(body) // 3
    parts = body[:third], body[third:-third], body[-third:]
    call = http.client.HTTPConnection(app.base_url.removeprefix("http://"), timeout=20)
    try:
        call.request("POST", path, iter(parts), {"Content-Type": "application/json"} | headers, encode_chunked=True)
        answer = call.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        call.close()


def test_is_read_by_all_that_machines_call(app):
    asset = AssetFactory()
    DeviceGroupFactory(secret=KEY)
    secret = services.rotate_client_secret(provider=MaasProvider.objects.get())
    wish = {**at(HERE), "useAssets": [str(asset.public_id)]}
    report = {"vehicle": asset.vehicle_number, "at": timezone.now().isoformat(), "stateOfCharge": 50}
    form = {"grant_type": "client_credentials", "client_id": "mp", "client_secret": secret}

    booked = streamed(app, "/tomp/bookings/one-stop", json.dumps(wish).encode(), **app.headers)
    told = streamed(app, "/telemetry/", json.dumps({"reports": [report]}).encode(), **{"X-API-Key": KEY})
    token = streamed(app, "/oauth/token", urlencode(form).encode(), **FORM)

    assert (booked[0], booked[1]["id"]) == (201, str(Booking.objects.get().pk))
    assert told == (200, {"accepted": 1, "repeated": 0, "late": 0, "unknown": [], "wrong": []})
    assert (token[0], token[1]["token_type"]) == (200, "Bearer")


def test_is_413_when_it_is_too_large(app):
    DeviceGroupFactory(secret=KEY)
    body = b" " * (settings.TOMP_MAX_BODY_BYTES + 1)

    answers = [
        streamed(app, "/tomp/bookings/one-stop", body, **app.headers),
        streamed(app, "/telemetry/", body, **{"X-API-Key": KEY}),
        streamed(app, "/oauth/token", body, **FORM),
    ]

    assert [status for status, _answer in answers] == [413, 413, 413]
    assert Booking.objects.count() == 0
