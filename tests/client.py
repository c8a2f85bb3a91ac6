"""A MaaS provider's app. Whatever it is answered is compared with what we publish, so every API test is one of
conformance, too."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from tests.contract import HAS_OFFICIAL_FILES, official, ours
from tests.factories import ApiKeyFactory
from tomp.aliases import old_name_of
from tomp.versions import LATEST, parse


class MpClient:
    """The app of one provider in one version. Paths are those of the protocol: `mp.get("/bookings")`.

    Answers are Django's. Headers given with a call replace the usual ones; None leaves a header out. A test about
    something we do not promise says `check=False`.
    """

    def __init__(self, provider, api_version=LATEST.full):
        self.provider = provider
        self.version = parse(api_version)
        secret = f"secret-of-{provider.maas_id}-{provider.api_keys.count()}"
        ApiKeyFactory(provider=provider, secret=secret)
        self.headers = {
            "maas-id": provider.maas_id,
            "X-API-Key": secret,
            "Api": "TOMP",
            "Api-Version": api_version,
            "Accept-Language": "en",
        }

    def get(self, path, *, headers=None, check=True, **query):
        return self.call("GET", path, query=query, headers=headers, check=check)

    def post(self, path, body=None, *, check=True, **headers):
        return self.call("POST", path, body, headers=headers, check=check)

    def put(self, path, body=None, *, check=True, **headers):
        return self.call("PUT", path, body, headers=headers, check=check)

    def patch(self, path, body=None, *, check=True, **headers):
        merge_patch = {"Content-Type": "application/merge-patch+json"}
        return self.call("PATCH", path, body, headers=merge_patch | headers, check=check)

    def delete(self, path, *, check=True, **headers):
        return self.call("DELETE", path, headers=headers, check=check)

    def call(self, method, path, body=None, *, query=None, headers=None, check=True):
        """One request. A body of bytes is sent as it is."""
        __tracebackhide__ = True
        sent = {"Content-Type": "application/json"} | self.headers | (headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        content_type = sent.pop("Content-Type", "")
        if body is None:
            body, content_type = b"", ""
        elif not isinstance(body, bytes):
            body = json.dumps(body).encode()
        response = Client().generic(
            method, f"/tomp{path}", body, content_type=content_type, headers=sent, query_params=query
        )
        if check:
            self.check(method, path, response)
        return response

    def check(self, method, path, response):
        """Fails the test if the answer is not what we publish, or not what the official file has."""
        __tracebackhide__ = True
        contracts = {"we publish": (ours(self.version.minor), path)}
        if HAS_OFFICIAL_FILES and not self.provider.pascal_case_types:  # a spelling the official file does not have
            old = old_name_of(path)
            present_path = old.present_path(path) if old else path
            contracts["the official file has"] = (official(self.version.minor), present_path)
        problems = [f"it is not JSON with the error of TOMP: {text}" for text in _wrong_refusal(path, response)]
        for whose, (contract, known_as) in contracts.items():
            found = contract.violations(method, known_as, response)
            problems += [f"not what {whose} for {self.version.full}: {text}" for text in found]
        if problems:
            answer = response.content[:2000].decode(errors="replace")
            pytest.fail("\n  ".join([f"{method} {path} → {response.status_code}", *problems, answer]), pytrace=False)

    # What apps do all the time

    def offers(self, **body):
        return self.post("/planning/offers", body)

    def book(self, offer_id, **body):
        return self.post("/bookings", {"id": str(offer_id), **body})

    def one_stop(self, **body):
        return self.post("/bookings/one-stop", body)

    def operation(self, booking_id, operation, **body):
        return self.post(f"/bookings/{booking_id}/events", {"operation": operation, **body})

    def event(self, leg_id, event, **body):
        return self.post(f"/legs/{leg_id}/events", {"event": event, "time": timezone.now().isoformat(), **body})


def refused(response, status, code):
    """The error of a refusal with this status and this code."""
    assert response.status_code == status, response.content[:1000]
    error = the_error(response)
    assert error["errorcode"] == code, error
    return error


def the_error(response):
    """The error in the answer; the customer module puts it in an envelope."""
    body = json.loads(response.content)
    return body["errors"][0] if "errors" in body else body


def _wrong_refusal(path, response):
    """What every refusal must be, whether or not its operation and status are declared."""
    if response.status_code < 400:
        return
    try:
        error = the_error(response)
    except ValueError:
        yield response.headers.get("Content-Type", "no content type")
        return
    if error["errorcode"] != error["errorCode"]:
        yield "errorcode and errorCode differ"
    if error["status"] != response.status_code:
        yield f"status {error['status']} differs from HTTP's"
    for member in ("type", "title", "detail", "instance"):
        if not error[member]:
            yield f"{member} is empty"
    if response.status_code == 405 and "Allow" not in response.headers:
        yield "405 does not say what is allowed"
