"""A version is a value: major and minor count, and nothing else is served."""

import pytest

from tests.client import MpClient, refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import SystemFactory
from tomp.errors import UnsupportedVersion
from tomp.operations import is_since
from tomp.versions import LATEST, LOWEST, V1_5, V1_6, VERSIONS, parse


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.5", V1_5),
        ("1.5.0", V1_5),
        ("1.5.99", V1_5),
        ("1.6", V1_6),
        ("1.6.0", V1_6),
        ("1.6.1", V1_6),
        ("1.6.999999", V1_6),
        (" 1.6 ", V1_6),
    ],
)
def test_major_and_minor_count(text, version):
    assert parse(text) is version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.",
        "1.4",
        "1.4.0",
        "1.7",
        "2.0",
        "1.60",
        "01.5",
        "1.5.x",
        "v1.5",
        "1.5.0.0",
        "1,5",
        "-1.6",
        "1.5 1.6",
        "١.٥",
        "1.6.1' OR 1=1",
        "9" * 5000,
        "1." + "5" * 5000,
    ],
    ids=lambda text: text[:15],
)
def test_nothing_else_is_served(text):
    with pytest.raises(UnsupportedVersion) as refused:
        parse(text)

    assert "Served: 1.5.0, 1.6.1." in refused.value.detail
    assert len(refused.value.detail) < 120


def test_versions_are_listed_from_the_lowest_to_the_latest():
    assert list(VERSIONS.values()) == [LOWEST, LATEST] == [V1_5, V1_6]


def test_a_version_reaches_what_came_before_it():
    assert is_since(V1_5, V1_5)
    assert is_since(V1_5, V1_6)
    assert is_since(V1_6, V1_6)
    assert not is_since(V1_6, V1_5)


@pytest.fixture
def mp(db):
    return MpClient(MaasProviderFactory())


@pytest.mark.parametrize(
    ("asked", "answered"), [(None, "1.5.0"), ("1.5", "1.5.0"), ("1.6.0", "1.6.1"), ("1.6.1", "1.6.1")]
)
def test_the_header_decides_and_the_lowest_is_spoken_without_it(mp, asked, answered):
    response = mp.get("/bookings", headers={"Api-Version": asked})

    assert response.status_code == 200
    assert response.headers["Api-Version"] == answered


def test_another_version_is_refused_before_anything_else_is_looked_at(mp):
    response = mp.get("/bookings", headers={"Api-Version": "2.0", "X-API-Key": None})

    refused(response, 400, 7008)
    assert "Api-Version" not in response.headers


@pytest.mark.parametrize("family", ["TOMP", "tomp", " Tomp ", None])
def test_the_family_is_tomp(mp, family):
    assert mp.get("/bookings", headers={"Api": family}).status_code == 200


@pytest.mark.parametrize("family", ["OSDM", "TOMP-API", "T" * 4000])
def test_another_family_is_refused(mp, family):
    refused(mp.get("/bookings", headers={"Api": family}), 400, 7002)


def test_what_is_addressed_to_somebody_else_is_refused(mp, settings):
    settings.TOMP_OPERATOR_ID = "YAL:Operator:Altair"

    assert mp.get("/bookings", headers={"addressed-to": "YAL:Operator:Altair"}).status_code == 200
    assert mp.get("/bookings").status_code == 200
    refused(mp.get("/bookings", headers={"addressed-to": "YAL:Operator:Vega"}), 404, 7204)


def test_without_the_setting_we_are_called_as_in_the_system_information(mp):
    SystemFactory(system_id="utrecht")

    assert mp.get("/bookings", headers={"addressed-to": "utrecht"}).status_code == 200
    refused(mp.get("/bookings", headers={"addressed-to": "rotterdam"}), 404, 7204)
