"""GET /operator/meta and /operator/ping …"""

import uuid
from urllib.parse import urlsplit

import pytest
import yaml
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import path
from rest_framework.test import APIClient

from fleet.models import Condition
from gbfs import memory, store
from tests.client import refused, the_error
from tests.contract import HAS_OFFICIAL_FILES, NO_OFFICIAL_FILES, OFFICIAL_FILES, OFFICIAL_FOLDER
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory, StationFactory, SystemFactory
from tests.journey import HERE, at, mp_client
from tomp.operations import OPERATIONS
from tomp.versions import V1_5, V1_6
from tomp.views import TompViewSet
from tomp_operator import meta


class ThingViewSet(TompViewSet):
    """Some operations of the protocol, as an engineer would write them."""

    meta_events = {"events": ("COMMIT",)}
    paged_actions = ("list",)

    def list(self, request): ...

    def retrieve(self, request, id): ...

    def events(self, request, id): ...

    def subscribe(self, request, id): ...

    subscribe.not_implemented = True


class NewViewSet(TompViewSet):
    since = V1_6

    def create(self, request): ...

    def ask(self, request): ...


PATTERNS = [
    path("bookings", ThingViewSet.as_view({"get": "list"})),
    path("bookings/<str:pk>", ThingViewSet.as_view({"get": "retrieve"})),
    path("bookings/<uuid:booking_id>/events", ThingViewSet.as_view({"post": "events"})),
    path("bookings/<str:id>/subscription", ThingViewSet.as_view({"post": "subscribe"})),
    path("customers", NewViewSet.as_view({"post": "create"})),
    path("support", NewViewSet.as_view({"post": "ask"})),
    path("legs/<str:id>", ThingViewSet.as_view({"put": "retrieve"})),  # an operation of the other side
]


def endpoints_of(version):
    """What meta makes of PATTERNS: (method, path, event) → the endpoint."""
    listed = [
        endpoint
        for implementation in meta.implementations(PATTERNS, provider=None)
        if implementation["version"] == version.full
        for endpoint in implementation["endpoints"]
    ]
    found = {(e["method"], e["path"], e.get("eventType")): e for e in listed}
    assert len(found) == len(listed)
    return found


# What is made of routes


@pytest.mark.django_db
class TestEndpoints:
    def test_are_implemented_when_routed(self):
        found = endpoints_of(V1_5)

        assert found["GET", "/bookings/{id}", None] == {
            "method": "GET",
            "path": "/bookings/{id}",
            "status": "IMPLEMENTED",
        }
        assert found["PUT", "/bookings/{id}", None]["status"] == "NOT_IMPLEMENTED"
        assert found["GET", "/operator/ping", None]["status"] == "NOT_IMPLEMENTED"

    def test_are_not_implemented_when_the_action_says_so(self):
        assert endpoints_of(V1_6)["POST", "/bookings/{id}/subscription", None]["status"] == "NOT_IMPLEMENTED"

    def test_say_how_they_are_paged(self, settings):
        settings.TOMP_MAX_PAGE_SIZE = 250

        assert endpoints_of(V1_5)["GET", "/bookings", None] == {
            "method": "GET",
            "path": "/bookings",
            "status": "IMPLEMENTED",
            "supportsPaging": True,
            "maxPageSize": 250,
        }

    def test_list_events_one_by_one(self):
        found = endpoints_of(V1_5)

        assert {
            event: endpoint["status"]
            for (_method, template, event), endpoint in found.items()
            if template == "/bookings/{id}/events"
        } == {"COMMIT": "IMPLEMENTED", "CANCEL": "NOT_IMPLEMENTED"}
        assert {
            event for (_method, template, event) in found if template == "/legs/{id}/events"
        } == {
            "PREPARE",
            "ASSIGN_ASSET",
            "SET_IN_USE",
            "PAUSE",
            "OPEN_TRUNK",
            "START_FINISHING",
            "FINISH",
            "CANCEL",
        }  # fmt: skip

    def test_begin_with_the_version_of_their_view(self):
        assert endpoints_of(V1_6)["POST", "/support/", None]["status"] == "IMPLEMENTED"
        assert endpoints_of(V1_5)["POST", "/support/", None]["status"] == "NOT_IMPLEMENTED"

    def test_are_those_the_version_knows(self):
        assert endpoints_of(V1_6)["POST", "/customers", None]["status"] == "IMPLEMENTED"
        assert ("POST", "/customers", None) not in endpoints_of(V1_5)

    def test_are_the_operators_side_only(self):
        assert ("PUT", "/legs/{id}", None) not in endpoints_of(V1_6)


@pytest.mark.skipif(not HAS_OFFICIAL_FILES, reason=NO_OFFICIAL_FILES)
@pytest.mark.parametrize("version", [V1_5, V1_6], ids=lambda version: version.full)
def test_operations_are_those_of_the_official_file(version):
    paths = yaml.safe_load((OFFICIAL_FOLDER / OFFICIAL_FILES[version.minor]).read_text())["paths"]
    official = {
        (method.upper(), template)
        for template, item in paths.items()
        for method, operation in item.items()
        if method != "parameters"
        if "TO" in operation["tags"] or template.startswith("/customers") or template.endswith("claim-extra-costs")
    }

    listed = [(operation.method, operation.path) for operation in OPERATIONS if operation.is_in(version)]

    assert len(listed) == len(set(listed))
    assert set(listed) == official


# What the service says about itself


def entries(answer):
    assert answer.status_code == 200, answer.content
    return {entry["version"]: entry for entry in answer.json()}


def official(entry):
    """The operations of the protocol."""
    return [endpoint for endpoint in entry["endpoints"] if "externalType" not in endpoint]


def feeds(entry):
    """The files of other standards, by their addresses."""
    return {endpoint["path"]: endpoint for endpoint in entry["endpoints"] if "externalType" in endpoint}


def test_has_one_entry_per_version(clock, settings):
    settings.TOMP_PUBLIC_URL = "https://rides.example"

    told = entries(mp_client().get("/operator/meta"))

    assert list(told) == ["1.5.0", "1.6.1"]
    for entry in told.values():
        assert entry.keys() == {"version", "baseUrl", "endpoints", "scenarios", "processIdentifiers"}
        assert entry["baseUrl"] == "https://rides.example/tomp"


def test_tells_what_is_really_routed(clock):
    mp = mp_client()

    for entry in entries(mp.get("/operator/meta")).values():
        mp.headers["Api-Version"] = entry["version"]
        for endpoint in official(entry):
            address = "/tomp" + endpoint["path"].format(id=uuid.UUID(int=1), category="HR", number="01")
            answer = APIClient().generic(
                endpoint["method"], address, "{}", content_type="application/json", headers=mp.headers
            )
            code = the_error(answer)["errorcode"] if answer.status_code >= 400 else None
            if endpoint["status"] == "NOT_IMPLEMENTED":
                assert answer.status_code in (403, 404, 405, 501), endpoint
            else:
                assert answer.status_code not in (405, 501), endpoint
                assert answer.status_code != 404 or code % 1000 == 204, endpoint


def test_pages_the_lists_the_protocol_pages(clock):
    for entry in entries(mp_client().get("/operator/meta")).values():
        paged = {e["path"] for e in entry["endpoints"] if e["path"].startswith("/operator") and e.get("supportsPaging")}
        assert paged == {
            "/operator/regions",
            "/operator/stations",
            "/operator/available-assets",
            "/operator/alerts",
        }


# The feeds beside it


FILES = (
    "manifest 2.3/gbfs 2.3/gbfs_versions 2.3/system_information 2.3/vehicle_types 2.3/free_bike_status "
    "2.3/station_information 2.3/station_status 2.3/system_pricing_plans 2.3/system_regions 2.3/geofencing_zones "
    "2.3/system_alerts 2.3/system_hours 2.3/system_calendar "
    "3.0/gbfs 3.0/gbfs_versions 3.0/system_information 3.0/vehicle_types 3.0/vehicle_status "
    "3.0/station_information 3.0/station_status 3.0/system_pricing_plans 3.0/system_regions 3.0/geofencing_zones "
    "3.0/system_alerts"
)


@pytest.fixture
def files(clock):
    """The feeds are built anew."""
    store.forget()
    memory.forget()
    yield
    store.forget()
    memory.forget()


def test_names_every_gbfs_file_in_each_version(clock, settings):
    settings.TOMP_PUBLIC_URL = "https://rides.example"
    root = "https://rides.example/gbfs/"
    taken = {
        "2.3/vehicle_types": {"useAssetTypes": ["vehicle_type_id"]},
        "2.3/free_bike_status": {"useAssetTypes": ["vehicle_type_id"], "useAssets": ["bike_id"]},
        "2.3/station_status": {"useAssetTypes": ["vehicle_type_id"]},
        "3.0/vehicle_types": {"useAssetTypes": ["vehicle_type_id"]},
        "3.0/vehicle_status": {"useAssetTypes": ["vehicle_type_id"], "useAssets": ["vehicle_id"]},
        "3.0/station_status": {"useAssetTypes": ["vehicle_type_id"]},
    }

    for entry in entries(mp_client().get("/operator/meta")).values():
        assert list(feeds(entry).values()) == [
            {
                "method": "GET",
                "path": f"{root}{name}.json",
                "status": "IMPLEMENTED",
                "externalType": "GBFS",
                **taken.get(name, {}),
            }
            for name in FILES.split()
        ]


def test_names_files_in_the_language_that_is_there(files):
    SystemFactory(languages=["nl", "en"])

    [first, second] = entries(mp_client().get("/operator/meta")).values()

    assert list(feeds(first)) == list(feeds(second))
    for address in feeds(first):
        assert Client().get(urlsplit(address).path).status_code == 200, address


def test_names_what_planning_takes_of_a_file(files, mp):
    """A scooter in the street, booked as such; a cargo bike at its station, booked by its type."""
    AssetFactory(asset_type=AssetTypeFactory(type_id="scooter"))
    hub = StationFactory()
    AssetFactory(asset_type=AssetTypeFactory(ahead=True, type_id="cargo"), station=hub, home_station=hub)
    found = {}

    [*_earlier, latest] = entries(mp.get("/operator/meta")).values()
    for address, endpoint in feeds(latest).items():
        told = Client().get(urlsplit(address).path).json()["data"]
        for wanted in ("useAssets", "useAssetTypes"):
            for value in {value for name in endpoint.get(wanted, ()) for value in values_of(told, name)}:
                options = mp.offers(**at(HERE), **{wanted: [value]}).json()["options"]
                found.setdefault(address.partition("/gbfs/")[2], []).append((wanted, len(options)))

    assert {name: sorted(taken) for name, taken in found.items()} == {
        "2.3/vehicle_types.json": [("useAssetTypes", 1)] * 2,
        "2.3/free_bike_status.json": [("useAssetTypes", 1), ("useAssets", 1)],
        "2.3/station_status.json": [("useAssetTypes", 1)],
        "3.0/vehicle_types.json": [("useAssetTypes", 1)] * 2,
        "3.0/vehicle_status.json": [("useAssetTypes", 1), ("useAssets", 1)],
        "3.0/station_status.json": [("useAssetTypes", 1)],
    }


def values_of(told, name):
    """Each value that a member of this name has, however deep."""
    children = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    own = [told[name]] if isinstance(told, dict) and name in told else []
    return own + [value for child in children for value in values_of(child, name)]


# What depends on who asks


def identifiers(answer):
    first, second = (entry["processIdentifiers"] for entry in entries(answer).values())
    assert first == second
    return first


def test_declares_how_we_work(clock):
    AssetTypeFactory()

    assert identifiers(mp_client().get("/operator/meta")) == {
        "operatorInformation": [],
        "planning": [
            "ASSET_BASED",
            "EXACT_ID",
            "QR_SCAN",
            "BARCODE_SCAN",
            "NFC_SCAN",
            "MANUAL_ENTRY",
            "BLUETOOTH_SCAN",
            "PLANNING_BASED",
            "SPECIFIC_LOCATION_BASED",
        ],
        "booking": [
            "NORMAL",
            "ONE_STOP",
            "ALLOW_EXTEND_BOOKING_EXPIRY_TIME",
            "ACCESS_CODE_BY_TO",
            "ACCESS_CODE_TOKEN",
            "ACCESS_CODE_IN_COMMIT_EVENT",
            "ACCESS_CODE_IN_PREPARE_EVENT",
            "ACCESS_CODE_IN_ASSIGN_ASSET_EVENT",
            "ACCESS_CODE_IN_GET_LEG",
        ],
        "tripExecution": ["LOCK_UNLOCK_REMOTELY", "LOCK_CODE_IN_PAUSE_EVENT", "LOCK_CODE_IN_FINISHING_EVENT"],
        "support": [],
        "payment": [],
        "general": [],
    }


@pytest.mark.parametrize(
    ("terms", "declared"),
    [
        ({}, ["ALLOW_EXTEND_BOOKING_EXPIRY_TIME"]),
        ({"auto_commit": True}, ["ALLOW_EXTEND_BOOKING_EXPIRY_TIME", "AUTO_COMMIT"]),
        ({"auto_commit": True, "max_extensions": 0}, ["AUTO_COMMIT"]),
        ({"max_extensions": 0}, []),
    ],
    ids=str,
)
def test_shows_a_provider_its_own_contract(clock, terms, declared):
    booking = set(identifiers(mp_client(**terms).get("/operator/meta"))["booking"])

    assert sorted(booking & {"AUTO_COMMIT", "ALLOW_EXTEND_BOOKING_EXPIRY_TIME"}) == declared


def test_shows_anybody_the_usual_contract(clock):
    mp_client(auto_commit=True)

    booking = identifiers(APIClient().get("/tomp/operator/meta"))["booking"]

    assert "AUTO_COMMIT" not in booking
    assert "ALLOW_EXTEND_BOOKING_EXPIRY_TIME" in booking


@pytest.mark.parametrize("header", ["Api", "Api-Version", "maas-id", "Accept-Language"])
def test_needs_no_header(clock, header):
    mp = mp_client(auto_commit=True)
    del mp.headers[header]

    assert "AUTO_COMMIT" in identifiers(mp.get("/operator/meta"))["booking"]


def test_tells_which_versions_there_are_to_who_speaks_another(clock):
    answer = APIClient().get("/tomp/operator/meta", headers={"Api-Version": "2.0.0"})

    assert list(entries(answer)) == ["1.5.0", "1.6.1"]


def test_refuses_wrong_credentials(clock):
    answer = APIClient().get("/tomp/operator/meta", headers={"X-API-Key": "no-such-key"})

    refused(answer, 401, 7002)


def test_refuses_another_providers_name(clock):
    mp = mp_client()
    mp.headers["maas-id"] = "somebody-else"

    refused(mp.get("/operator/meta"), 403, 7006)


def test_refuses_what_is_addressed_to_another_operator(clock):
    SystemFactory(system_id="utrecht")
    client = APIClient()

    refused(client.get("/tomp/operator/meta", headers={"addressed-to": "rotterdam"}), 404, 7204)

    assert client.get("/tomp/operator/meta", headers={"addressed-to": "utrecht"}).status_code == 200


# Scenarios


def scenarios(answer):
    first, second = (entry["scenarios"] for entry in entries(answer).values())
    assert first == second
    return first


def test_names_a_scenario_only_if_it_applies_to_all_trips(clock):
    mp = mp_client()
    assert scenarios(mp.get("/operator/meta")) == []

    scooter = AssetTypeFactory(response_minutes=10)
    ConditionFactory(asset_type=scooter, kind=Condition.Kind.DEPOSIT)
    ConditionFactory(
        asset_type=scooter, kind=Condition.Kind.ONBOARDING_STEPS, details={"steps": [{"action": "UNLOCK_ASSET"}]}
    )
    assert scenarios(mp.get("/operator/meta")) == ["DEPOSIT", "POSTPONED_COMMIT"]

    cargo_bike = AssetTypeFactory(ahead=True)
    ConditionFactory(asset_type=cargo_bike, kind=Condition.Kind.DEPOSIT)
    assert scenarios(mp.get("/operator/meta")) == ["DEPOSIT"]

    AssetTypeFactory()
    assert scenarios(mp.get("/operator/meta")) == []


@pytest.mark.parametrize(
    ("kind", "details", "scenario"),
    [
        (Condition.Kind.PAY_WHEN_FINISHED, {}, "PAY_WHEN_FINISHED"),
        (Condition.Kind.REQUIRE_BOOKING_DATA, {"required_fields": ["NAME"]}, "REQUIRE_BOOKING_DATA"),
        (Condition.Kind.RETURN_AREA, {"station_id": "hub"}, "RETURN_AREA"),
        (Condition.Kind.UPFRONT_PAYMENT, {}, "UPFRONT_PAYMENT"),
    ],
)
def test_knows_a_scenario_by_its_condition(clock, kind, details, scenario):
    ConditionFactory(kind=kind, details=details)

    assert scenarios(mp_client().get("/operator/meta")) == [scenario]


def test_knows_the_scenario_of_what_returns_to_its_station(clock):
    AssetTypeFactory(ahead=True)

    assert scenarios(mp_client().get("/operator/meta")) == ["RETURN_AREA"]


def test_takes_three_statements_once_the_operator_is_known(clock, django_assert_num_queries):
    mp = mp_client()
    ConditionFactory.create_batch(3)
    mp.get("/operator/meta")  # the operator's languages are known from now on

    with django_assert_num_queries(3):  # the key, the types, their conditions
        mp.get("/operator/meta")


# Ping


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [{}, {"Api-Version": "9.9"}, {"X-API-Key": "no-such-key"}, {"Accept-Language": "xx"}], ids=str
)
def test_ping_answers_anybody(headers):
    answer = APIClient().get("/tomp/operator/ping", headers=headers)

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [OperationalError("the database system is shutting down"), InterfaceError("it is closed")], ids=str
)
def test_ping_says_when_the_database_is_gone(monkeypatch, error):
    def is_gone():
        raise error

    monkeypatch.setattr(connection, "cursor", is_gone)

    refused(APIClient().get("/tomp/operator/ping"), 500, 1005)


@pytest.mark.django_db
def test_ping_refuses_another_api_family():
    answer = APIClient().get("/tomp/operator/ping", headers={"Api": "OSDM"})

    refused(answer, 400, 7002)


# Steps


def steps(answer):
    return {version: entry.get("steps") for version, entry in entries(answer).items()}


def test_tells_the_steps_that_are_the_same_for_all_types(clock):
    mp = mp_client()
    unlock = {"steps": [{"action": "UNLOCK_ASSET", "text": {"en": "Open it.", "nl": "Open hem."}}]}
    assert set(steps(mp.get("/operator/meta")).values()) == {None}

    ConditionFactory(kind=Condition.Kind.ONBOARDING_STEPS, details=unlock)
    second = ConditionFactory(kind=Condition.Kind.ONBOARDING_STEPS, details=unlock)
    told = [{"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "action": "UNLOCK_ASSET", "text": "Open it."}]
    assert list(steps(mp.get("/operator/meta")).values()) == [{"onboarding": told}] * 2

    second.details = {"steps": [{"action": "START_ASSET"}]}
    second.save()
    assert set(steps(mp.get("/operator/meta")).values()) == {None}


def test_tells_the_steps_of_planning_and_booking_in_the_words_of_each_version(clock, api_version):
    SystemFactory(
        planning_steps=[{"action": "SHOW_TERMS_CONDITIONS", "goal": "TERMS_CONDITIONS", "text": {"en": "Be kind."}}],
        booking_steps=[{"action": "PENDING", "goal": "SALES", "type": "URL", "url": "https://a.example"}],
    )

    first, second = steps(mp_client(api_version).get("/operator/meta")).values()

    pending = {"type": "URL", "goal": "SALES", "action": "PENDING", "url": "https://a.example"}
    terms = {"type": "PLAIN_TEXT", "goal": "TERMS_CONDITIONS", "action": "SHOW_TERMS_CONDITIONS", "text": "Be kind."}
    assert first == {"booking": [pending]}
    assert second == {"planning": [terms], "booking": [pending]} if api_version == "1.6.1" else first
