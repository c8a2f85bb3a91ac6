"""The answers that carry what opens a vehicle: those of the contract and no other."""

import pytest

from maas.models import AccessAnswer
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import at, given_booking, given_leg, given_offer, mp_client

DETAILS = {"DEEPLINK": {"url": "rides.app://{code}"}}
LOCKS, SHOWN = ("TOMP-API", "AXA-EKEY-OTP", "DEEPLINK"), ("QR",)


def vehicle(methods, **fields):
    asset_type = AssetTypeFactory(access_methods=methods, access_details=DETAILS)
    return AssetFactory(asset_type=asset_type, mac="02:DE:30:00:00:01", **fields)


def committed(mp, asset):
    return mp.operation(given_booking(mp.provider, asset).id, "COMMIT")


def event(name, *, state):
    def report(mp, asset):
        return mp.event(given_leg(mp.provider, asset, state=state).id, name)

    return report


def assigned(mp, asset):
    leg = given_leg(mp.provider, asset)
    return mp.event(leg.id, "ASSIGN_ASSET", asset={"id": str(asset.public_id)})


def read_leg(mp, asset):
    return mp.get(f"/legs/{given_leg(mp.provider, asset).id}")


def read_booking(mp, asset):
    return mp.get(f"/bookings/{given_leg(mp.provider, asset).id}")


def booked(mp, asset):
    return mp.book(given_offer(mp.provider, asset).id)


def listed(mp, asset):
    given_leg(mp.provider, asset)
    return mp.get("/bookings")


def cancelled(mp, asset):
    return mp.operation(given_booking(mp.provider, asset).id, "CANCEL")


def extended(mp, asset):
    return mp.operation(given_booking(mp.provider, asset).id, "EXTEND_EXPIRY_TIME")


ANSWERS = {
    "COMMIT_EVENT": committed,
    "PREPARE_EVENT": event("PREPARE", state="NOT_STARTED"),
    "ASSIGN_ASSET_EVENT": assigned,
    "GET_LEG": read_leg,
    "GET_BOOKING": read_booking,
    "BOOKING": booked,
    "GET /bookings": listed,
    "CANCEL": cancelled,
    "EXTEND_EXPIRY_TIME": extended,
    "SET_IN_USE": event("SET_IN_USE", state="NOT_STARTED"),
    "SET_IN_USE again": event("SET_IN_USE", state="PAUSED"),
    "PAUSE": event("PAUSE", state="IN_USE"),
    "START_FINISHING": event("START_FINISHING", state="IN_USE"),
    "FINISH": event("FINISH", state="IN_USE"),
    "CANCEL of the leg": event("CANCEL", state="NOT_STARTED"),
}
ABOUT_THE_LOCK = ("SET_IN_USE", "SET_IN_USE again", "PAUSE", "START_FINISHING")


def opens(answer):
    """The token types in the answer."""
    assert answer.status_code in (200, 201), answer.content
    told = answer.json()
    told = told[0] if isinstance(told, list) else told
    (leg,) = told.get("legs", [told])
    first, several = leg.get("assetAccessData"), leg.get("allAssetAccessData")
    return [token["tokenType"] for token in several or ([first] if first else [])]


def declared(mp):
    """The answers that meta says carry access data."""
    booking = mp.get("/operator/meta").json()[0]["processIdentifiers"]["booking"]
    prefix = "ACCESS_CODE_IN_"
    return [name.removeprefix(prefix) for name in booking if name.startswith(prefix)]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("agreed", [name for name in AccessAnswer.values if name != "BOOKING"])
def test_what_is_shown_comes_in_the_agreed_answer_only(clock, agreed, answer):
    mp = mp_client(access_code_in=[agreed])

    found = opens(ANSWERS[answer](mp, vehicle(SHOWN)))

    assert found == (["tokenQR"] if answer == agreed else [])
    assert declared(mp) == [agreed]


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_works_the_lock_comes_with_what_is_about_the_lock(clock, answer):
    mp = mp_client(access_code_in=[])

    found = opens(ANSWERS[answer](mp, vehicle(LOCKS + SHOWN)))

    assert found == (["tokenDefault", "tokenEKey", "tokenDeeplink"] if answer in ABOUT_THE_LOCK else [])
    assert declared(mp) == []


@pytest.mark.parametrize(
    ("agreed", "found", "identifiers"),
    [
        (["BOOKING"], ["tokenQR"], ["BOOKING"]),
        (["COMMIT_EVENT"], ["tokenQR"], ["BOOKING"]),
        (["GET_LEG"], [], ["GET_LEG"]),
        ([], [], []),
    ],
    ids=str,
)
def test_without_commit_the_booking_is_its_answer(clock, api_version, agreed, found, identifiers):
    mp = mp_client(api_version, auto_commit=True, access_code_in=agreed)
    asset = vehicle(SHOWN)

    assert opens(booked(mp, asset)) == found
    assert declared(mp) == identifiers


def test_a_ride_begun_with_the_booking_is_given_what_works_its_lock(clock, api_version):
    mp = mp_client(api_version, atomic_set_in_use=True, access_code_in=[])
    asset = vehicle(LOCKS + SHOWN)

    answer = mp.one_stop(**at((asset.lat, asset.lon)), useAssets=[str(asset.public_id)])

    assert answer.json()["state"] == "STARTED"
    assert opens(answer) == ["tokenDefault", "tokenEKey", "tokenDeeplink"]


@pytest.mark.parametrize("state", ["CONDITIONAL_CONFIRMED", "REJECTED", "EXPIRED", "RELEASED", "CANCELLED", "PENDING"])
def test_nothing_opens_what_is_not_confirmed(clock, state):
    mp = mp_client(access_code_in=AccessAnswer.values)
    booking = given_booking(mp.provider, vehicle(SHOWN), state=state)
    booking.legs.update(access_code="left over")

    assert opens(mp.get(f"/bookings/{booking.id}")) == []
    assert opens(mp.get(f"/legs/{booking.id}")) == []


def test_nothing_opens_a_vehicle_that_is_not_known_yet(clock):
    mp = mp_client(access_code_in=AccessAnswer.values)
    station = StationFactory(station_id="hub")
    asset_type = AssetTypeFactory(type_id="cargo", ahead=True, access_methods=["QR"])
    AssetFactory(asset_type=asset_type, station=station, home_station=station)
    booking = mp.one_stop(**at((station.lat, station.lon), stationId="hub"), useAssetTypes=["cargo"]).json()

    assert opens(mp.operation(booking["id"], "COMMIT")) == []
    assert opens(mp.get(f"/legs/{booking['id']}")) == []
    assert opens(mp.event(booking["id"], "SET_IN_USE")) == []  # it is known now, but to be shown it must be asked for
    assert opens(mp.get(f"/legs/{booking['id']}")) == ["tokenQR"]
