"""A process identifier …"""

import re
from pathlib import Path

import pytest

from fleet.models import Condition
from tests.client import refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetTypeFactory, ConditionFactory, RegionFactory, StationFactory, SystemFactory
from tests.journey import given_offer, mp_client
from tomp.versions import V1_5, V1_6
from tomp_operator.identifiers import IDENTIFIERS, MODULES

TESTS = Path(__file__).parent.parent
OFFERS, DELIVERY, TOKENS = "planning/test_offers.py", "legs/test_access_delivery.py", "legs/test_access_tokens.py"
LOCATION, HERE_IN = "legs/test_event_location.py", "tomp_operator/test_identifiers.py"

# Which test shows that we do what the identifier promises.
SHOWN_BY = {
    "AVAILABILITY_REGION_MANDATORY": f"{HERE_IN}::test_availability_is_told_to_who_names_what_is_needed",
    "AVAILABILITY_STATION_MANDATORY": f"{HERE_IN}::test_availability_is_told_to_who_names_what_is_needed",
    "AVAILABILITY_ON_SPOT": f"{HERE_IN}::test_availability_is_told_to_who_names_what_is_needed",
    "ASSET_BASED": f"{OFFERS}::test_are_for_exactly_the_named_vehicles",
    "EXACT_ID": f"{OFFERS}::test_are_for_exactly_the_named_vehicles",
    "QR_SCAN": f"{OFFERS}::test_find_the_vehicle_by_what_the_user_scans",
    "BARCODE_SCAN": f"{OFFERS}::test_find_the_vehicle_by_what_the_user_scans",
    "NFC_SCAN": f"{OFFERS}::test_find_the_vehicle_by_what_the_user_scans",
    "MANUAL_ENTRY": f"{OFFERS}::test_find_the_vehicle_by_what_the_user_scans",
    "BLUETOOTH_SCAN": f"{OFFERS}::test_find_the_vehicle_by_what_the_user_scans",
    "PLANNING_BASED": f"{OFFERS}::test_show_the_nearest_of_each_type",
    "SPECIFIC_LOCATION_BASED": f"{OFFERS}::test_are_from_the_named_station",
    "NORMAL": "journeys/test_free_floating.py::test_from_the_map",
    "ONE_STOP": "journeys/test_free_floating.py::test_in_one_step",
    "POSTPONED_COMMIT": "journeys/test_postponed_commit.py::test_confirmed_by_staff",
    "AUTO_COMMIT": "bookings/test_book.py::test_is_confirmed_at_once_with_auto_commit",
    "ATOMIC_BOOKING_SET_IN_USE": "bookings/test_at_once.py::test_is_a_ride_at_once",
    "ALLOW_EXTEND_BOOKING_EXPIRY_TIME": "bookings/test_extend.py::test_gives_the_pending_time_once_more_from_now",
    "ACCESS_CODE_BY_TO": "bookings/test_commit.py::test_confirms_and_gives_access",
    "ACCESS_CODE_TOKEN": f"{TOKENS}::test_is_the_address_of_the_events_where_we_open_it",
    "ACCESS_CODE_AXA_EKEY_OTP": f"{TOKENS}::test_is_a_key_for_the_lock_of_this_vehicle",
    "ACCESS_CODE_DEEPLINK": f"{TOKENS}::test_is_a_link_that_knows_the_way_back",
    "ACCESS_CODE_QR": f"{TOKENS}::test_is_a_picture_of_a_qr_code",
    "ACCESS_CODE_PHYSICAL_KEY": f"{TOKENS}::test_says_in_the_readers_language_where_the_key_is",
    "ACCESS_CODE_PDF": f"{TOKENS}::test_is_the_address_of_what_is_shown",
    "ACCESS_CODE_HTML": f"{TOKENS}::test_is_the_address_of_what_is_shown",
    "ACCESS_CODE_IN_BOOKING": f"{DELIVERY}::test_without_commit_the_booking_is_its_answer",
    "ACCESS_CODE_IN_COMMIT_EVENT": f"{DELIVERY}::test_what_is_shown_comes_in_the_agreed_answer_only",
    "ACCESS_CODE_IN_PREPARE_EVENT": f"{DELIVERY}::test_what_is_shown_comes_in_the_agreed_answer_only",
    "ACCESS_CODE_IN_ASSIGN_ASSET_EVENT": f"{DELIVERY}::test_what_is_shown_comes_in_the_agreed_answer_only",
    "ACCESS_CODE_IN_GET_LEG": f"{DELIVERY}::test_what_is_shown_comes_in_the_agreed_answer_only",
    "ACCESS_CODE_IN_GET_BOOKING": f"{DELIVERY}::test_what_is_shown_comes_in_the_agreed_answer_only",
    "LOCK_UNLOCK_REMOTELY": f"{TOKENS}::test_is_the_address_of_the_events_where_we_open_it",
    "LOCK_UNLOCK_APP": f"{TOKENS}::test_is_all_of_them_where_there_are_several",
    "LOCK_UNLOCK_BLUETOOTH": f"{TOKENS}::test_is_a_key_for_the_lock_of_this_vehicle",
    "LOCK_UNLOCK_DEEPLINK": f"{TOKENS}::test_is_a_link_that_knows_the_way_back",
    "LOCK_UNLOCK_SHOW_ACCESS_CODE": f"{TOKENS}::test_is_a_picture_of_a_qr_code",
    "LOCK_UNLOCK_OTHER": f"{TOKENS}::test_says_in_the_readers_language_where_the_key_is",
    "LOCK_CODE_IN_PAUSE_EVENT": f"{DELIVERY}::test_what_works_the_lock_comes_with_what_is_about_the_lock",
    "LOCK_CODE_IN_FINISHING_EVENT": f"{DELIVERY}::test_what_works_the_lock_comes_with_what_is_about_the_lock",
    "LEG_EVENT_LOCATION_REQUIRED_ASSIGN_ASSET": f"{LOCATION}::test_is_demanded_of_the_agreed_event",
    "LEG_EVENT_LOCATION_REQUIRED_SET_IN_USE": f"{LOCATION}::test_is_demanded_of_the_agreed_event",
    "LEG_EVENT_LOCATION_REQUIRED_PAUSE": f"{LOCATION}::test_is_demanded_of_the_agreed_event",
    "LEG_EVENT_LOCATION_REQUIRED_OPEN_TRUNK": f"{LOCATION}::test_is_demanded_of_the_agreed_event",
    "LEG_EVENT_LOCATION_REQUIRED_TIME_EXTEND": f"{LOCATION}::test_is_demanded_of_the_agreed_event",
    "LEG_EVENT_LOCATION_REQUIRED_FINISH": f"{LOCATION}::test_is_demanded_of_the_agreed_event",
    "LEG_EVENT_LOCATION_IS_USER_LOCATION": f"{LOCATION}::test_of_a_person_moves_no_vehicle_and_is_not_kept",
    "OFF_BOARDING_REQUIRED": "legs/test_finish.py::test_demands_the_photo_of_the_conditions",
    "DEPOSIT": f"{OFFERS}::test_tell_all_a_traveller_needs",
    "PAY_WHEN_FINISHED": f"{OFFERS}::test_tell_all_a_traveller_needs",
    "UPFRONT_PAYMENT": f"{OFFERS}::test_tell_all_a_traveller_needs",
    "TO_OPERATOR_REQUIRED": f"{HERE_IN}::test_who_does_not_address_us_is_refused_where_we_insist",
}


def test_is_never_declared_without_a_test_that_shows_it():
    assert set(SHOWN_BY) == {identifier.name for identifier in IDENTIFIERS}


@pytest.mark.parametrize("shown_by", sorted(set(SHOWN_BY.values())))
def test_is_shown_by_a_test_that_exists(shown_by):
    file, name = shown_by.split("::")

    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE)


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
