"""A process identifier …"""

import pytest

from fleet.models import Condition
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetTypeFactory, ConditionFactory, RegionFactory, StationFactory, SystemFactory
from tests.journey import given_offer, mp_client
from tomp.versions import V1_5, V1_6
from tomp_operator.identifiers import IDENTIFIERS, MODULES


def test_is_in_one_of_the_seven_lists_once():
    names = [identifier.name for identifier in IDENTIFIERS]

    assert len(names) == len(set(names))
    assert {identifier.module for identifier in IDENTIFIERS} <= set(MODULES)


def declared(mp):
    """What meta declares to this provider in its version."""
    answer = mp.get("/operator/meta")
    (entry,) = (entry for entry in answer.json() if entry["version"] == mp.version.full)
    return {name for names in entry["processIdentifiers"].values() for name in names}


# What makes them true


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ([], ["ACCESS_CODE_TOKEN", "LOCK_UNLOCK_REMOTELY"]),
        (["TOMP-API"], ["ACCESS_CODE_TOKEN", "LOCK_UNLOCK_REMOTELY"]),
        (["AXA-EKEY-OTP"], ["ACCESS_CODE_AXA_EKEY_OTP", "LOCK_UNLOCK_APP", "LOCK_UNLOCK_BLUETOOTH"]),
        (["DEEPLINK"], ["ACCESS_CODE_DEEPLINK", "LOCK_UNLOCK_APP", "LOCK_UNLOCK_DEEPLINK"]),
        (["QR"], ["ACCESS_CODE_QR", "LOCK_UNLOCK_APP", "LOCK_UNLOCK_SHOW_ACCESS_CODE"]),
        (["PDF"], ["ACCESS_CODE_PDF", "LOCK_UNLOCK_APP", "LOCK_UNLOCK_SHOW_ACCESS_CODE"]),
        (["HTML"], ["ACCESS_CODE_HTML", "LOCK_UNLOCK_APP", "LOCK_UNLOCK_SHOW_ACCESS_CODE"]),
        (["PHYSICAL-KEY"], ["ACCESS_CODE_PHYSICAL_KEY", "LOCK_UNLOCK_APP", "LOCK_UNLOCK_OTHER"]),
        (["NONE"], []),
        (["OVC", "EMV"], []),
    ],
    ids=str,
)
def test_says_how_vehicles_open(mp, methods, expected):
    AssetTypeFactory(access_methods=methods)
    AssetTypeFactory(access_methods=["NONE"])

    found = {
        name
        for name in declared(mp)
        if name.startswith(("ACCESS_CODE_", "LOCK_UNLOCK_")) and not name.startswith("ACCESS_CODE_IN_")
    }

    assert found == {*expected, "ACCESS_CODE_BY_TO"}


@pytest.mark.parametrize(
    ("kind", "details", "name"),
    [
        (Condition.Kind.DEPOSIT, {"amount": "50", "currency": "EUR"}, "DEPOSIT"),
        (Condition.Kind.PAY_WHEN_FINISHED, {}, "PAY_WHEN_FINISHED"),
        (Condition.Kind.UPFRONT_PAYMENT, {}, "UPFRONT_PAYMENT"),
        (Condition.Kind.OFFBOARDING_STEPS, {"steps": [{"action": "SEND_EVIDENCE_PARKED"}]}, "OFF_BOARDING_REQUIRED"),
    ],
)
def test_speaks_of_all_trips(mp, kind, details, name):
    assert name not in declared(mp)
    ConditionFactory(kind=kind, details=details)
    assert name in declared(mp)
    AssetTypeFactory()
    assert name not in declared(mp)


def test_of_postponed_commits_speaks_of_all_trips(mp):
    AssetTypeFactory(response_minutes=10)
    assert "POSTPONED_COMMIT" in declared(mp)
    AssetTypeFactory()
    assert "POSTPONED_COMMIT" not in declared(mp)


# The operator's own demands

BOX = "52.08,52.10,5.11,5.13"
WISHES = {"REGION": {"regionId": "centre"}, "STATION": {"stationId": "dom"}, "ON_SPOT": {"boundingbox": BOX}}
NAMES = {
    "REGION": "AVAILABILITY_REGION_MANDATORY",
    "STATION": "AVAILABILITY_STATION_MANDATORY",
    "ON_SPOT": "AVAILABILITY_ON_SPOT",
}


@pytest.mark.parametrize("version", [V1_5, V1_6], ids=lambda version: version.full)
@pytest.mark.parametrize("needs", [[], ["REGION"], ["STATION"], ["ON_SPOT"], ["REGION", "ON_SPOT"]], ids=str)
def test_availability_is_told_to_who_names_what_is_needed(clock, version, needs):
    SystemFactory(availability_needs=needs)
    RegionFactory(region_id="centre")
    StationFactory(station_id="dom")
    mp = mp_client(version.full)
    counted = [need for need in needs if need != "ON_SPOT" or version is V1_6]

    for wish, query in {"nothing": {}, **WISHES}.items():
        answer = mp.get("/operator/available-assets", **query)
        if counted and wish not in counted:
            refused(answer, 400, 1001)
        else:
            assert answer.status_code == 200, wish

    assert declared(mp) & set(NAMES.values()) == {NAMES[need] for need in counted}


def test_availability_by_an_empty_name_is_by_none(mp):
    SystemFactory(availability_needs=["STATION"])

    refused(mp.get("/operator/available-assets", stationId=""), 400, 1001)


def test_who_does_not_address_us_is_refused_where_we_insist(mp):
    SystemFactory(must_be_addressed=True)
    offer = given_offer(mp.provider)

    refused(mp.book(offer.id), 400, 7001)
    refused(mp.get("/bookings", headers={"addressed-to": ""}), 400, 7001)

    assert mp.get("/bookings", headers={"addressed-to": "utrecht"}).status_code == 200
    assert mp.get("/operator/ping").status_code == 200
    assert "TO_OPERATOR_REQUIRED" in declared(mp)


def test_of_being_addressed_is_not_declared_where_we_do_not_insist(mp):
    SystemFactory()

    assert mp.get("/bookings").status_code == 200
    assert "TO_OPERATOR_REQUIRED" not in declared(mp)


# Contracts


def test_is_part_of_the_contract_of_one_provider(clock):
    MaasProviderFactory(auto_commit=True, location_required_on=["FINISH"], access_code_in=["GET_BOOKING"])

    found = declared(mp_client())

    assert not {"AUTO_COMMIT", "LEG_EVENT_LOCATION_REQUIRED_FINISH", "ACCESS_CODE_IN_GET_BOOKING"} & found
    assert "ACCESS_CODE_IN_GET_LEG" in found
