"""manage.py demo_fleet …"""

import stat
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from demo import credentials
from fleet.models import Alert, Asset, AssetPublicId, AssetType, FarePart, PricingPlan, Region, Station, System
from maas import services as maas
from maas.models import ApiKey, MaasProvider

pytestmark = pytest.mark.django_db
COUNTED = (System, Region, Station, PricingPlan, FarePart, AssetType, Asset, Alert, MaasProvider, get_user_model())


def demo_fleet():
    out = StringIO()
    call_command("demo_fleet", stdout=out)
    return out.getvalue()


def counts():
    return {model: model.objects.count() for model in COUNTED}


def test_builds_the_city_and_says_what_is_in_it():
    said = demo_fleet()

    assert "The demo city is built.\n790 vehicles:" in said
    assert "320 E-scooter (e-scooter)" in said
    assert "21 stations, 5 zones, 9 tariffs" in said
    assert System.objects.get().name["en"] == "Demo Mobility Utrecht"


def test_changes_nothing_the_second_time():
    demo_fleet()
    before, known = counts(), credentials.load()
    public_ids = set(Asset.objects.values_list("public_id", flat=True))

    said = demo_fleet()

    assert said == "The demo city is already there; nothing was changed.\n"
    assert counts() == before
    assert set(Asset.objects.values_list("public_id", flat=True)) == public_ids
    assert credentials.load() == known


def test_leaves_a_city_alone_that_has_lived():
    demo_fleet()
    Asset.objects.filter(vehicle_number="SC-0001").delete()
    AssetPublicId.objects.create(
        public_id="7b1a2d4e-3c5f-4a6b-8c7d-9e0f1a2b3c4d",
        asset=Asset.objects.get(vehicle_number="SC-0002"),
        replaced_at="2026-05-12T09:00:00Z",
    )

    demo_fleet()

    assert Asset.objects.count() == 789


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([Station(station_id="mine", name={"en": "Mine"}, lat=59.9, lon=10.7)], "stations"),
        ([System(system_id="mine", name={"en": "Mine"}, languages=["en"])], "operator information"),
    ],
)
def test_refuses_a_database_with_another_fleet(rows, named):
    for row in rows:
        row.save()
    before = counts()

    with pytest.raises(CommandError) as refusal:
        demo_fleet()

    assert str(refusal.value) == (
        f"There is another fleet in this database ({named}). The demo city needs an empty one."
    )
    assert counts() == before
    assert credentials.load() is None


def test_opens_an_account_for_a_provider_and_one_for_an_administrator():
    said = demo_fleet()

    known = credentials.load()
    provider = MaasProvider.objects.get()
    assert (provider.maas_id, provider.auto_commit) == ("demo-maas", False)
    assert ApiKey.objects.valid(timezone.now()).for_secret(known["api_key"]).get().provider == provider
    assert provider.oauth_client.client_id == known["maas_id"]
    admin = get_user_model().objects.get(username=known["admin_user"])
    assert admin.is_superuser
    assert admin.check_password(known["admin_password"])
    assert stat.S_IMODE(credentials.path().stat().st_mode) == 0o600
    assert known["api_key"] not in said
    assert str(credentials.path()) in said


def test_opens_no_account_where_there_is_a_provider():
    maas.create_provider(maas_id="mine")

    demo_fleet()

    assert [provider.maas_id for provider in MaasProvider.objects.all()] == ["mine"]
    assert not get_user_model().objects.exists()
    assert credentials.load() is None


def test_keeps_the_password_of_an_administrator_who_is_there():
    get_user_model().objects.create_superuser("admin", password="my own words")

    demo_fleet()

    assert get_user_model().objects.get(username="admin").check_password("my own words")
    assert credentials.load()["admin_password"] == "(as you set it)"


def test_opens_an_account_for_each_role():
    Group.objects.all().delete()
    finance = Group.objects.create(name="Finance team")

    demo_fleet()

    known, colleague = credentials.load(), get_user_model().objects.get(username="finance-team")
    assert known["staff_users"] == ["finance-team"]
    assert colleague.check_password(known["staff_password"])
    assert (colleague.is_staff, colleague.is_superuser, list(colleague.groups.all())) == (True, False, [finance])


def test_opens_no_account_for_a_role_where_there_are_colleagues():
    Group.objects.get_or_create(name="Finance")
    get_user_model().objects.create_user("ingrid")

    demo_fleet()

    assert {user.username for user in get_user_model().objects.all()} == {"admin", "ingrid"}
    assert credentials.load()["staff_users"] == []


def test_lets_one_add_to_a_cargo_bike_and_tells_how_a_scooter_works():
    demo_fleet()

    cargo, scooter = (AssetType.objects.get(type_id=type_id) for type_id in ("cargo-bike", "e-scooter"))
    assert cargo.has_trunk
    assert [str(ancillary) for ancillary in cargo.ancillaries.all()] == ["Child seat", "Helmet"]
    for text in (scooter.opening_instructions, scooter.pausing_instructions, scooter.closing_instructions):
        assert set(text) == {"en", "nl"}
