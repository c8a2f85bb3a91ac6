"""What opens a vehicle …"""

import re
from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime

from fleet.access import new_code
from legs.access import keys, valid_until
from legs.models import Leg
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import NOW, given_leg, given_offer, mp_client
from tomp import qr

DETAILS = {
    "DEEPLINK": {"url": "rides.app://open?with={code}"},
    "PDF": {"url": "https://rides.example/{code}.pdf"},
    "HTML": {"url": "https://rides.example/?code={code}"},
    "PHYSICAL-KEY": {"text": {"en": "Box 7", "nl": "Kluis 7"}, "url": "https://rides.example/box-7"},
}


def vehicle(*methods, **fields):
    return AssetFactory(asset_type=AssetTypeFactory(access_methods=methods, access_details=DETAILS), **fields)


def shown(mp, leg):
    """The leg's access data, as reading the leg tells them."""
    answer = mp.get(f"/legs/{leg.id}").json()
    return answer.get("assetAccessData"), answer.get("allAssetAccessData")


def the_token(mp, *methods, **fields):
    leg = given_leg(mp.provider, vehicle(*methods, **fields))
    token, several = shown(mp, leg)
    assert several is None
    assert token["tokenType"] == token["tokenData"]["tokenType"]
    return leg, token


@pytest.mark.parametrize("methods", [(), ("TOMP-API",)], ids=str)
def test_is_the_address_of_the_events_where_we_open_it(mp, methods):
    leg, token = the_token(mp, *methods)

    assert token == {
        "validFrom": "2026-06-01T12:00:00Z",
        "validUntil": "2026-06-02T12:00:00Z",
        "tokenType": "tokenDefault",
        "tokenData": {
            "tokenType": "tokenDefault",
            "accessMethod": "TOMP-API",
            "accessCode": leg.access_code,
            "url": f"http://127.0.0.1:8000/tomp/legs/{leg.id}/events",
        },
    }


def test_is_a_picture_of_a_qr_code(mp):
    leg, token = the_token(mp, "QR")

    picture, version = qr.picture(leg.access_code)
    assert token["tokenData"] == {"tokenType": "tokenQR", "base64": picture, "version": version}
    assert version == "1"


def test_is_a_link_that_knows_the_way_back(mp):
    leg, token = the_token(mp, "DEEPLINK")

    assert token["tokenData"] == {
        "tokenType": "tokenDeeplink",
        "url": f"rides.app://open?with={leg.access_code}",
        "knownParameters": ["return-url", "error-url", "error-code", "error-description"],
    }


@pytest.mark.parametrize(
    ("method", "url"), [("PDF", "https://rides.example/{}.pdf"), ("HTML", "https://rides.example/?code={}")]
)
def test_is_the_address_of_what_is_shown(mp, method, url):
    leg, token = the_token(mp, method)

    assert token["tokenData"] == {
        "tokenType": "tokenDefault",
        "accessMethod": method,
        "accessCode": leg.access_code,
        "url": url.format(leg.access_code),
    }


def test_says_in_the_readers_language_where_the_key_is(mp):
    mp.headers["Accept-Language"] = "nl"
    leg, token = the_token(mp, "PHYSICAL-KEY")

    assert token["tokenData"] == {
        "tokenType": "tokenDefault",
        "accessMethod": "PHYSICAL-KEY",
        "accessCode": leg.access_code,
        "url": "https://rides.example/box-7",
        "text": "Box 7",  # we publish English only
    }


def test_is_a_key_for_the_lock_of_this_vehicle(mp):
    leg, token = the_token(mp, "AXA-EKEY-OTP", mac="02:DE:30:00:00:01", name="LB 1")

    data = token["tokenData"]
    assert token["tokenType"] == "tokenEKey"
    assert data["lock"] == {"bdAddress": "02:DE:30:00:00:01", "deviceName": "LB 1"}
    assert len(data["ekey"]["key"]) == 64
    assert [len(passkey) for passkey in data["ekey"]["passkey"].split("-")] == [16] * 8
    assert shown(mp, leg)[0] == token


@pytest.mark.parametrize("methods", [("NONE",), ("OVC",), ("EMV",), ("AXA-EKEY-OTP",)], ids=str)
def test_is_nothing_where_we_have_nothing_to_give(mp, methods):
    """The last one has a lock whose address nobody entered."""
    leg = given_leg(mp.provider, vehicle(*methods))

    assert shown(mp, leg) == (None, None)


def test_is_all_of_them_where_there_are_several(mp):
    leg = given_leg(mp.provider, vehicle("TOMP-API", "NONE", "DEEPLINK", "QR"))

    first, several = shown(mp, leg)

    assert [token["tokenType"] for token in several] == ["tokenDefault", "tokenDeeplink", "tokenQR"]
    assert several[0] == first


def test_is_spelled_as_the_contract_says(clock, api_version):
    mp = mp_client(api_version, pascal_case_types=True)
    leg = given_leg(mp.provider, vehicle("DEEPLINK", "QR", "AXA-EKEY-OTP", mac="02:DE:30:00:00:01"))

    _first, several = shown(mp, leg)

    assert [(t["tokenType"], t["tokenData"]["tokenType"]) for t in several] == [
        ("TokenDeeplink", "TokenDeeplink"),
        ("TokenQR", "TokenQR"),
        ("TokenEKey", "TokenEKey"),
    ]


def test_is_not_in_an_offer(mp):
    offer = given_offer(mp.provider, vehicle("QR"))
    Leg.objects.update(access_code="left over")

    answer = mp.offers(**{"from": {"coordinates": {"lat": 52.09, "lng": 5.12}}})

    assert mp.get(f"/bookings/{offer.id}").status_code == 404
    assert all("assetAccessData" not in leg for option in answer.json()["options"] for leg in option["legs"])


@pytest.mark.parametrize("state", ["FINISHED", "CANCELLED"])
def test_ends_with_the_leg(mp, state):
    leg = given_leg(mp.provider, vehicle("QR", "DEEPLINK"), state=state)

    assert leg.access_code == ""
    assert shown(mp, leg) == (None, None)


def test_ends_when_the_vehicle_is_given_back(clock, api_version):
    mp = mp_client(api_version, release_asset_on="START_FINISHING", bill_until="START_FINISHING")
    leg = given_leg(mp.provider, vehicle("TOMP-API", "QR"), state="FINISHING")

    assert leg.access_code != ""
    assert shown(mp, leg) == (None, None)


# Until when


@pytest.mark.parametrize(
    ("arrives_after", "asked_after", "valid"),
    [
        (None, timedelta(0), timedelta(days=1)),
        (timedelta(hours=2), timedelta(0), timedelta(days=1, hours=2)),
        (timedelta(hours=2), timedelta(days=1, hours=1), timedelta(days=1, hours=2)),
        (timedelta(hours=2), timedelta(days=1, hours=1, seconds=1), timedelta(days=2, hours=2)),
        (timedelta(hours=2), timedelta(days=9), timedelta(days=9, hours=2)),
    ],
    ids=str,
)
def test_is_valid_beyond_the_planned_end_and_while_the_ride_goes_on(arrives_after, asked_after, valid):
    leg = Leg(departs_at=NOW, arrives_at=arrives_after and NOW + arrives_after)

    assert valid_until(leg, NOW + asked_after) == NOW + valid


def test_is_fresh_when_a_ride_goes_on_the_next_day(mp, clock):
    leg = given_leg(mp.provider, vehicle("AXA-EKEY-OTP", mac="02:DE:30:00:00:01"), state="PAUSED")
    before = mp.get(f"/legs/{leg.id}").json()["assetAccessData"]
    clock.shift(timedelta(days=2))

    after = mp.event(leg.id, "SET_IN_USE").json()["assetAccessData"]

    assert parse_datetime(after["validUntil"]) == NOW + timedelta(days=3)
    assert after["tokenData"]["ekey"] != before["tokenData"]["ekey"]
    assert after["tokenData"]["lock"] == before["tokenData"]["lock"]


# Who makes the keys


class OneKey:
    """A supplier who has a single key."""

    def issue(self, *, leg_id, secret, lock, until):
        return keys.EKey(key=f"for {lock.address}", passkey="1")


def test_comes_from_the_supplier_of_the_type(mp, settings):
    settings.TOMP_KEY_SUPPLIERS = {"one": f"{__name__}.OneKey"}
    keys.supplier.cache_clear()
    asset_type = AssetTypeFactory(access_methods=["AXA-EKEY-OTP"], access_details={"AXA-EKEY-OTP": {"supplier": "one"}})
    leg = given_leg(mp.provider, AssetFactory(asset_type=asset_type, mac="02:DE:30:00:00:01"))

    token, _several = shown(mp, leg)

    assert token["tokenData"]["ekey"] == {"key": "for 02:DE:30:00:00:01", "passkey": "1"}
    assert token["tokenData"]["lock"]["deviceName"] == "02:DE:30:00:00:01"


def test_differs_between_legs_locks_times_and_services(settings):
    lock, other = keys.Lock("02:DE:30:00:00:01", "LB 1"), keys.Lock("02:DE:30:00:00:02", "LB 1")
    usual = {"leg_id": "a", "secret": "s", "lock": lock, "until": NOW}
    issue = keys.SimulatedKeys().issue

    issued = [issue(**usual | change) for change in ({}, {"leg_id": "b"}, {"secret": "t"}, {"lock": other})]
    issued.append(issue(**usual | {"until": NOW + timedelta(days=1)}))
    again = issue(**usual)
    settings.SECRET_KEY = "another service's secret"
    issued.append(issue(**usual))

    assert again == issued[0]
    assert len({key.key for key in issued}) == len({key.passkey for key in issued}) == 6


def test_the_code_fits_the_smallest_qr_code_and_can_be_read_aloud():
    codes = {new_code() for _ in range(50)}

    assert len(codes) == 50
    assert all(re.fullmatch("[A-Z2-7]{20}", code) for code in codes)
