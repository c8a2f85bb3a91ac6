"""GET /operator/information, and who may read what the operator publishes …"""

import datetime

import pytest
from rest_framework.test import APIClient

from fleet.models import System
from tests.client import refused
from tests.fleet_factories import AssetTypeFactory, StationFactory, SystemFactory

LISTS = [
    "/operator/regions",
    "/operator/stations",
    "/operator/available-assets",
    "/operator/pricing-plans",
    "/operator/alerts",
    "/operator/operating-hours",
    "/operator/operating-calendar",
]


def test_tells_all_there_is_to_tell(mp):
    SystemFactory(
        system_id="utrecht",
        name={"en": "Utrecht Rides", "nl": "Utrecht Rijdt"},
        short_name={"en": "UR"},
        operator={"en": "Rides BV"},
        languages=["en", "nl"],
        timezone="Europe/Amsterdam",
        product_type=System.ProductType.RENTAL,
        url="https://rides.example",
        purchase_url="https://rides.example/join",
        terms={"en": "Be kind.", "nl": "Wees lief."},
        start_date=datetime.date(2024, 4, 1),
        phone_number="+31301234567",
        email="hello@rides.example",
        feed_contact_email="tech@rides.example",
        license_url="https://rides.example/license",
        rental_apps={
            "android": {"store_uri": "https://play.example/rides", "discovery_uri": "com.example.rides://"},
            "ios": {"store_uri": "https://apps.example/rides"},
        },
    )
    AssetTypeFactory(docked=True)
    AssetTypeFactory.create_batch(2)

    told = mp.get("/operator/information").json()

    assert told == {
        "systemId": "utrecht",
        "language": ["en", "nl"],
        "name": "Utrecht Rides",
        "shortName": "UR",
        "operator": "Rides BV",
        "url": "https://rides.example",
        "purchaseUrl": "https://rides.example/join",
        "discoveryUriAndroid": "com.example.rides://",
        "storeUriAndroid": "https://play.example/rides",
        "storeUriIOS": "https://apps.example/rides",
        "startDate": "2024-04-01",
        "phoneNumber": "+31301234567",
        "email": "hello@rides.example",
        "feedContactEmail": "tech@rides.example",
        "timezone": "Europe/Amsterdam",
        "licenseUrl": "https://rides.example/license",
        "typeOfSystem": "FREE_FLOATING",
        "conditions": "Be kind.",
        "productType": "RENTAL",
        "assetClasses": ["BICYCLE", "STEP"],
    }


def test_speaks_the_language_asked_for(mp):
    SystemFactory(languages=["en", "nl"], name={"en": "Utrecht Rides", "nl": "Utrecht Rijdt"})
    mp.headers["Accept-Language"] = "nl-BE, en;q=0.1"

    answer = mp.get("/operator/information")

    assert answer.json()["name"] == "Utrecht Rijdt"
    assert answer.headers["Content-Language"] == "nl"


def test_works_before_anything_is_filled_in(mp):
    assert mp.get("/operator/information").json() == {
        "systemId": "operator",
        "language": ["en"],
        "name": "Operator",
        "timezone": "UTC",
        "typeOfSystem": "FREE_FLOATING",
        "productType": "SHARING",
    }


def test_leaves_out_addresses_that_are_none(mp):
    SystemFactory(
        url="rides.example",
        license_url="see our site",
        email="hello at rides",
        rental_apps={"android": {"store_uri": 5}, "ios": None},
    )

    told = mp.get("/operator/information").json()

    assert told["name"] == "Utrecht Rides"
    assert not {"url", "licenseUrl", "email", "storeUriAndroid", "storeUriIOS"} & told.keys()


@pytest.mark.parametrize(
    ("virtual", "kind"),
    [
        ([], "FREE_FLOATING"),
        ([False], "STATION_BASED"),
        ([True, False], "STATION_BASED"),
        ([True, True], "VIRTUAL_STATION_BASED"),
    ],
)
def test_learns_the_type_of_system_from_the_stations(mp, virtual, kind):
    for is_virtual in virtual:
        StationFactory(is_virtual=is_virtual)

    assert mp.get("/operator/information").json()["typeOfSystem"] == kind


@pytest.mark.parametrize("path", ["/operator/information", *LISTS])
def test_is_for_providers(clock, path, settings):
    settings.TOMP_INFORMATION_IS_PUBLIC = False

    answer = APIClient().get(f"/tomp{path}", headers={"maas-id": "anybody"})

    refused(answer, 401, 7001)
    assert answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/operator/information", *LISTS])
def test_is_for_everybody_where_the_operator_says_so(clock, path, settings):
    settings.TOMP_INFORMATION_IS_PUBLIC = True

    assert APIClient().get(f"/tomp{path}").status_code == 200


def test_refuses_wrong_credentials_even_where_it_is_public(mp, settings):
    settings.TOMP_INFORMATION_IS_PUBLIC = True
    mp.headers["X-API-Key"] = "no-such-key"

    refused(mp.get("/operator/information"), 401, 7002)


def test_refuses_another_providers_name(mp):
    mp.headers["maas-id"] = "somebody-else"

    refused(mp.get("/operator/information"), 403, 7006)


@pytest.mark.parametrize("path", ["/operator/information", *LISTS, "/operator/ping", "/operator/meta"])
@pytest.mark.parametrize("language", ["en", "No_nb", "", "*"])
def test_says_on_every_answer_which_language_it_is_in(mp, path, language):
    mp.headers["Accept-Language"] = language

    answer = mp.get(path)

    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/operator/information", *LISTS])
def test_says_which_version_it_speaks(mp, api_version, path):
    assert mp.get(path).headers["Api-Version"] == api_version


@pytest.mark.parametrize("path", LISTS)
def test_lists_nothing_before_anything_is_filled_in(mp, path):
    assert mp.get(path).json() == []


@pytest.mark.parametrize("path", ["/operator/information", *LISTS, "/operator/ping", "/operator/meta"])
def test_is_reached_with_a_trailing_slash(mp, path):
    assert mp.get(path + "/").status_code == 200


@pytest.mark.parametrize("path", ["/operator/information", *LISTS])
def test_refuses_what_only_reads_to_be_written(mp, path):
    refused(mp.post(path, {}), 405, 1004)


def test_takes_three_statements(mp, django_assert_num_queries):
    SystemFactory()
    mp.get("/operator/information")  # the operator is known from now on

    with django_assert_num_queries(3):  # the key, the stations counted, the classes
        mp.get("/operator/information")
