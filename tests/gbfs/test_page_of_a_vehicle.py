"""The page of a vehicle …"""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from fleet import services
from fleet.models import Asset
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory, SystemFactory, UserGroupFactory
from tests.journey import HERE, NOW

ID = UUID("6c0f29f2-4c53-4d6c-9a27-2f3bb0d9f1aa")


def page(public_id=ID, **headers):
    return Client().get(f"/r/{public_id}", headers=headers)


@pytest.fixture(autouse=True)
def operator():
    SystemFactory(url="https://rides.example")


def test_says_what_it_is_and_nothing_that_outlives_the_id():
    asset = AssetFactory(
        marked=True,
        public_id=ID,
        asset_type=AssetTypeFactory(docked=True),
        station=StationFactory(name={"en": "Cathedral"}),
    )

    text = page().content.decode()

    assert "<h1>Bike</h1>" in text
    assert "can be booked now" in text
    assert "At Cathedral" in text
    assert "Charged to 80 %" in text
    known = (asset.vehicle_number, asset.vehicle_code, asset.license_plate, asset.imei, asset.name, asset.serial_number)
    assert [word for word in known if word in text] == []


def test_leads_to_the_apps_that_can_be_found_and_installed():
    SystemFactory().delete()
    app = {"store_uri": "https://play.example/rides", "discovery_uri": "rides://open"}
    SystemFactory(rental_apps={"android": app})
    AssetFactory(public_id=ID)

    text = page().content.decode()

    assert 'href="rides://open"' in text
    assert 'href="https://play.example/rides">get the app for Android<' in text


def test_is_in_the_language_of_its_reader():
    AssetFactory(public_id=ID)

    answer = page(**{"Accept-Language": "nl"})

    assert answer.headers["Content-Language"] == "nl"

    assert "<h1>E-step</h1>" in answer.content.decode()


@pytest.mark.parametrize(("wish", "tag"), [("de-AT,de;q=0.9", "de"), ("nb", "nb"), ("fr", "fr"), ("fi", "en")])
def test_is_written_in_the_one_of_our_languages_that_its_reader_likes_best(wish, tag):
    AssetFactory(public_id=ID)

    answer = page(**{"Accept-Language": wish})

    assert f'<html lang="{tag}">' in answer.content.decode()
    assert answer.headers["Content-Language"] == tag


@pytest.mark.parametrize("state", ["RESERVED", "IN_USE", "OUT_OF_SERVICE", "STORED", "MISSING", "RETIRED"])
def test_says_that_a_vehicle_cannot_be_had_and_not_why(state):
    AssetFactory(public_id=ID, state=state)

    text = page().content.decode()

    assert "cannot be booked now" in text
    assert state not in text.upper().replace(" ", "_").replace("CANNOT_BE_BOOKED_NOW", "")


def test_keeps_no_cookie_and_may_not_be_kept():
    AssetFactory(public_id=ID)

    answer = page()

    assert answer.cookies == {}
    assert answer.headers["Cache-Control"] == "no-store"


def test_is_gone_after_the_ride():
    asset = AssetFactory(public_id=ID)
    held = services.reserve_asset(asset_id=asset.pk, public_id=ID, leg_id=uuid4(), now=NOW)
    services.take(asset=held)
    leg_id = services.Reservation.objects.get().leg_id
    services.end_use(leg_id=leg_id, asset=held, place=HERE, now=NOW)
    now_called = Asset.objects.get().public_id

    answer = page()

    assert answer.status_code == 410
    assert str(now_called) not in answer.content.decode()
    assert "E-scooter" not in answer.content.decode()
    assert page(now_called).status_code == 200


def test_is_none_for_what_is_no_vehicle_of_everybody():
    secret = AssetTypeFactory()
    UserGroupFactory(asset_types=[secret])
    others = [AssetFactory(asset_type=secret).public_id, AssetFactory(script="WORKS").public_id, uuid4()]

    assert [page(public_id).status_code for public_id in others] == [404, 404, 404]
    assert Client().get("/r/scooter-7").status_code == 404


def test_cannot_be_posted_to():
    for strict in (False, True):
        assert Client(enforce_csrf_checks=strict).post(f"/r/{ID}").status_code == 405
