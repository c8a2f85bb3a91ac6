"""Headers, addresses, queries and bodies that nobody should send: refused in the words of the protocol, never a 5xx."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet_factories import AssetFactory, DeviceGroupFactory, RegionFactory, StationFactory
from tests.fuzz.hostile import NASTY_TEXTS, often, scalars, spoiled
from tests.journey import HERE, at, given_booking, given_leg, given_offer, mp_client
from tests.telemetry import KEY, dock, place, said
from tomp.operations import OPERATIONS

HEADERS = (
    "maas-id", "X-API-Key", "Authorization", "Api", "Api-Version", "Accept-Language", "Accept", "Accept-Encoding",
    "addressed-to", "Idempotency-Key", "Content-Type", "Content-Length", "notification-url", "X-Correlation-ID",
    "X-Request-ID", "If-None-Match", "If-Modified-Since", "Origin", "Host", "Cookie", "X-Forwarded-For",
    "X-Forwarded-Proto", "X-HTTP-Method-Override", "Expires", "traceparent",
)  # fmt: skip
ADDRESSES = (
    ("GET", "/tomp/operator/meta"), ("GET", "/tomp/operator/available-assets"), ("GET", "/tomp/bookings"),
    ("POST", "/tomp/bookings/one-stop"), ("POST", "/tomp/bookings/{id}/events"), ("GET", "/tomp/legs/{id}"),
    ("POST", "/tomp/customers"), ("POST", "/oauth/token"), ("POST", "/telemetry/"), ("GET", "/gbfs/3.0/gbfs.json"),
    ("GET", "/gbfs/2.3/en/vehicle_status.json"), ("GET", "/health/ready"), ("GET", "/schema/"), ("GET", "/"),
    ("GET", "/metrics"), ("GET", "/r/{id}"), ("GET", "/nowhere"), ("GET", "/admin/login/"),
)  # fmt: skip
NAMED = [f"{operation.method} {operation.path}" for operation in OPERATIONS if operation.method in ("GET", "DELETE")]
QUERIES = (
    "offset", "limit", "lat", "lon", "radius", "region-id", "station-id", "state", "min-time", "max-time", "min-price",
    "max-price", "contains-asset-type", "boundingbox", "location-only", "id", "category", "from", "to",
)  # fmt: skip


@pytest.fixture
def mp(clock):
    RegionFactory()
    return mp_client(maas_id="mp")


@pytest.fixture
def leg_id(mp):
    return str(given_leg(mp.provider, state="IN_USE").pk)


def as_wsgi(text):
    """What a server makes of the bytes in a header: no line breaks, and each byte a character."""
    return text.replace("\r", "").replace("\n", "").encode("utf-8", "surrogatepass").decode("latin-1")


def test_headers(mp, leg_id):
    DeviceGroupFactory(secret=KEY)

    @given(
        st.sampled_from(ADDRESSES),
        st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(NASTY_TEXTS) | st.text(max_size=30), max_size=4),
    )
    @often(150)
    def ask(address, made_up):
        method, path = address
        headers = mp.headers | {name: as_wsgi(text) for name, text in made_up.items()}
        content_type = headers.pop("Content-Type", "application/json")
        headers.pop("Content-Length", None)  # the server's to check
        answer = Client().generic(
            method, path.format(id=leg_id), b"{}" if method == "POST" else b"", content_type, headers=headers
        )
        assert answer.status_code < 500 or path == "/health/ready", (answer.status_code, answer.content[:300])

    ask()


@pytest.mark.parametrize("name", NAMED)
def test_addresses_and_queries(mp, leg_id, name):
    method, path = name.split(" ")

    @given(
        st.just(leg_id) | st.sampled_from(NASTY_TEXTS) | st.text(max_size=20),
        st.dictionaries(st.sampled_from(QUERIES), st.sampled_from(NASTY_TEXTS) | st.text(max_size=20), max_size=4),
    )
    @often(20)
    def ask(id_, query):
        known = quote(id_.replace("/", "-").encode("utf-8", "replace"), safe="") or "-"
        address = path
        for parameter in ("{id}", "{category}", "{number}"):
            address = address.replace(parameter, known)
        answer = mp.call(method, address, query=query, check=False)
        assert answer.status_code < 500, (answer.status_code, answer.content[:300])

    ask()


# Bodies that were right, with something in them that is not

CUSTOMER = {
    "id": "c-1", "firstName": "Ada", "lastName": "Lovelace", "birthDate": "1990-12-10", "email": "ada@example.org",
    "phones": [{"preferred": True, "number": "+31612345678", "kind": "MOBILE", "type": "PRIVATE"}],
    "address": {"streetAddress": "Straat 1", "areaReference": "Utrecht", "houseNumber": 1, "country": "NL"},
    "cards": [{"type": "ID", "validUntil": "2030-01-01", "cardNumber": "1"}], "age": 35,
    "licenses": [{"assetClass": "CAR", "licenseCode": "B", "validUntil": "2030-01-01", "number": "1"}],
    "requirements": {"abilities": [{"category": "HR", "number": "01", "type": "x", "memo": "m"}]}, "initials": "A",
    "isValidated": True,
}  # fmt: skip
TRIP = {
    **at(HERE, name="Here", stationId="hub"), "to": at(HERE)["from"], "radius": 300, "nrOfTravelers": 1,
    "travelers": [{"age": 30, "licenseTypes": [{"assetClass": "CAR"}], "referenceNumber": "1"}], "useAssetTypes": ["t"],
    "departureTime": "2026-06-01T12:00:00Z", "arrivalTime": "2026-06-01T13:00:00Z", "estimatedDistance": 1000,
    "userGroups": ["g"], "extraInfo": {"a": 1}, "customer": CUSTOMER, "callbackUrl": "https://mp.example.org",
}  # fmt: skip
EVENT = {
    "event": "PAUSE", "time": "2026-06-01T12:00:00Z", "comment": "c", "url": ["https://mp.example.org/1.jpg"],
    "asset": {"id": "x", "overriddenProperties": {"location": {"coordinates": {"lat": 52.09, "lng": 5.12, "alt": 0}}}},
    "userLocation": {"lat": 52.09, "lng": 5.12},
}  # fmt: skip
BODIES = {
    "POST /planning/offers": TRIP,
    "POST /planning/inquiries": TRIP,
    "POST /bookings/one-stop": TRIP,
    "POST /bookings": {"id": "{offer}", **at(HERE), "customer": CUSTOMER, "extraInfo": {"a": [1]}, "callbackUrl": ""},
    "PUT /bookings/{pending}": {
        "id": "{pending}", "departureTime": "2026-06-01T12:30:00Z", "arrivalTime": "2026-06-01T13:30:00Z",
        "to": at(HERE)["from"], "customer": CUSTOMER, "legs": [{"id": "x"}],
    },
    "POST /bookings/{pending}/events": {"operation": "EXTEND_EXPIRY_TIME", "origin": "MP", "extendReason": "OTHER"},
    "POST /bookings/{pending}/subscription": {"webhook": "https://mp.example.org"},
    "POST /bookings/{pending}/notifications": {
        "type": "ETA", "ETA": 3, "comment": "c", "minutes": 3, "legId": "l", "asset": {"id": "a"},
    },
    "POST /legs/{leg}/events": EVENT,
    "POST /support/": {
        "id": "{leg}", "supportType": "BROKEN_DOWN", "priority": "DISTURBING", "contactInformationEndUser": "06",
        "time": "2026-06-01T12:00:00Z", "comment": "c", "url": ["https://mp.example.org/1.jpg"],
        "location": at(HERE)["from"], "assetId": "x",
        "damage": {"vehicleComponentName": "TIRE", "description": "flat", "images": []},
    },
    "POST /payment/{leg}/claim-extra-costs": {
        "category": "FINE", "amount": 12.5, "currencyCode": "EUR", "description": "d", "amountExVat": 10, "vatRate": 21,
        "vatCountryCode": "NL", "bankAccount": {"number": "1"}, "number": "n",
    },
    "POST /customers": CUSTOMER,
    "PATCH /customers/c-1": CUSTOMER,
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_bodies(mp, leg_id, name):
    StationFactory(station_id="hub")
    AssetFactory(asset_type__type_id="t")
    ids = {
        "{leg}": leg_id,
        "{pending}": str(given_booking(mp.provider).pk),
        "{offer}": str(given_offer(mp.provider).pk),
    }
    method, path = name.split(" ")
    body = BODIES[name]
    for known_as, id_ in ids.items():
        path = path.replace(known_as, id_)
        body = {key: id_ if member == known_as else member for key, member in body.items()}
    kind = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}

    @given(spoiled(body))
    @often(40)
    def ask(spoiled_body):
        content = json.dumps(spoiled_body).encode()
        answer = mp.call(method, path, content, headers=kind, check=False)
        assert answer.status_code < 500, (answer.status_code, answer.content[:300], spoiled_body)

    ask()


def test_bodies_that_are_no_json(mp, leg_id):
    @given(
        st.binary(max_size=60)
        | st.sampled_from((b"\xef\xbb\xbf{}", b"[" * 5000, b'{"a":' * 3000, b'"\\ud800"', b"1e999"))
    )
    @often(60)
    def ask(content):
        answer = mp.call("POST", f"/legs/{leg_id}/events", content, check=False)
        assert answer.status_code == 400, (answer.status_code, content)

    ask()


# Vehicles


def telemetry(bike):
    station = bike.station
    return said(
        bike, -1, position=place(HERE), stateOfCharge=55.5, range=1200, odometer=10**6, lock="OPEN", speed=12,
        dock=dock(station, "3"), faults=["E12"], errors=["E12"],
    )  # fmt: skip


def test_reports_of_vehicles(mp):
    DeviceGroupFactory(secret=KEY)
    bike = AssetFactory(station=StationFactory())
    good = telemetry(bike)

    @given(st.lists(spoiled(good), min_size=1, max_size=3))
    @often(150)
    def tell(reports):
        body = json.dumps({"reports": [*reports, good]})
        answer = Client().post("/telemetry/", body, "application/json", headers={"X-API-Key": KEY})
        # Text that nobody can store, such as U+0000, is no JSON of ours; all else is said of each report.
        unstorable = answer.status_code == 400 and "not valid JSON" in answer.json()["detail"]
        assert answer.status_code == 200 or unstorable, (answer.status_code, answer.content[:300], reports)

    tell()


def test_what_is_no_batch_of_reports(mp):
    DeviceGroupFactory(secret=KEY)

    @given(scalars | st.dictionaries(st.sampled_from(("reports", "x")), scalars, max_size=2))
    @often(60)
    def tell(body):
        answer = Client().post("/telemetry/", json.dumps(body), "application/json", headers={"X-API-Key": KEY})
        assert answer.status_code == 400, (answer.status_code, body)

    tell()
