"""manage.py simulate …"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking
from demo import services
from demo.simulation import accounts
from demo.simulation.city import City, Pace
from demo.simulation.scenarios import GOOD, MISCHIEF
from fleet.models import Asset, DeviceGroup
from legs.models import Leg
from maas.models import ApiKey, Callback, MaasProvider
from payments.models import JournalEntry
from tests.demo.conftest import NOW
from tests.worker import working

HERE = "http://127.0.0.1:9/tomp"


def test_plays_every_scenario_and_finds_no_fault(live_server):
    services.build_city(now=NOW)
    pace = Pace(rides_per_minute=600, misbehaviour=0.2, ride_seconds=1)
    city = City(f"{live_server.url}/tomp", pace, seed="every scenario", say=str)

    with working():
        city.live(scenarios=iter((*GOOD, *MISCHIEF)))

    tally = city.tally
    assert tally.faults == []
    assert set(tally.scenarios) == {scenario.name for scenario in (*GOOD, *MISCHIEF)}
    assert not Booking.objects.booked().filter(state__in=("PENDING", "CONFIRMED", "STARTED")).exists()
    ridden = Leg.objects.filter(state="FINISHED").values_list("pk", flat=True)
    fares = JournalEntry.objects.filter(category="FARE").values_list("leg", flat=True)
    assert sorted(fares) == sorted(ridden)
    assert len(ridden) > 20
    assert not Asset.objects.exclude(state="AVAILABLE").exists()
    failures = sum(count for what, count in tally.callbacks.items() if what.startswith(("failed", "repeated")))
    assert Callback.objects.filter(state="DELIVERED").count() == sum(tally.callbacks.values()) - failures


def test_finds_the_accounts_of_the_last_time(city):
    first = accounts.open_accounts(port=8201)
    again = accounts.open_accounts(port=8202)

    assert again == first
    assert [each.maas_id for each in first[0]] == ["sim-city", "sim-classic", "sim-instant", "sim-rail"]
    assert MaasProvider.objects.get(maas_id="sim-rail").base_url == "http://127.0.0.1:8202/sim-rail"
    assert (ApiKey.objects.count(), DeviceGroup.objects.count()) == (4, 1)
    assert accounts.path().stat().st_mode & 0o777 == 0o600
    assert accounts.load()["port"] == 8202


def test_makes_new_keys_where_the_old_ones_were_lost(city):
    [first, *_others], device_key = accounts.open_accounts(port=8201)
    accounts.path().unlink()

    [again, *_others], new_device_key = accounts.open_accounts(port=8201)

    assert (again.maas_id, MaasProvider.objects.count()) == (first.maas_id, 4)
    assert ApiKey.objects.for_secret(again.api_key).get().provider.maas_id == "sim-city"
    assert DeviceGroup.objects.for_secret(new_device_key).exists()
    assert not DeviceGroup.objects.for_secret(device_key).exists()


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("https://example.org/tomp", "The simulator lives in the demo of this machine only"),
        ("here", "'here' is not an address"),
        ("http://:0x", "'http://:0x' is not an address"),
    ],
)
def test_refuses_the_servers_of_others(city, base_url, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("simulate", "--base-url", base_url)

    assert not MaasProvider.objects.exists()


def test_refuses_what_is_no_demo(city, settings):
    settings.IS_PUBLIC, settings.ALLOW_DEMO = True, False

    with pytest.raises(CommandError, match="This is no demo"):
        call_command("simulate", "--base-url", HERE)

    assert not MaasProvider.objects.exists()


def test_needs_the_demo_city(db):
    with pytest.raises(CommandError, match="There is no demo city"):
        call_command("simulate", "--base-url", HERE)

    assert not MaasProvider.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["--rides-per-minute", "0"], ["--misbehaviour", "101"], ["--misbehaviour", "much"], ["--for", "nan"]]
)
def test_refuses_nonsense(arguments):
    with pytest.raises(CommandError, match=f"argument {arguments[0]}"):
        call_command("simulate", *arguments)


@pytest.mark.django_db(transaction=True)
def test_says_that_nobody_answered():
    services.build_city(now=NOW)
    out = StringIO()

    with pytest.raises(CommandError, match="The operator was found at fault"):
        call_command("simulate", "--base-url", HERE, "--for", "1", "--rides-per-minute", "300", stdout=out)

    assert "got no answer" in out.getvalue()
    assert not Booking.objects.exists()
