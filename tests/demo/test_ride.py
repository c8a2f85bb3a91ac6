"""manage.py ride …"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking
from demo import credentials, services
from demo.journey import Bill
from demo.receipt import Line, Used
from fleet import geo
from fleet.models import Asset
from legs.models import Leg
from maas import services as maas
from maas.models import MaasProvider
from payments.models import JournalEntry
from tests.demo.conftest import NOW


@pytest.fixture
def operator(live_server):
    """A server with the demo city; its address."""
    services.build_city(now=NOW)
    services.open_accounts(now=NOW)
    return f"{live_server.url}/tomp"


def ride(operator, *arguments):
    out = StringIO()
    call_command("ride", "--base-url", operator, "--seconds", "1", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("version", ["1.5", "1.6"])
def test_rides_a_scooter_and_finds_the_price_right(operator, version):
    said = ride(operator, "--api-version", version)

    assert [line.split()[2] for line in said.splitlines() if line.startswith("→ POST /planning")] == [
        "/planning/offers"
    ]
    assert '"event": "START_FINISHING"' in said
    assert "Receipt: 3 s in use, 1 s paused" in said
    assert said.endswith("The price is right.\n")
    assert Booking.objects.booked().get().state == "FINISHED"
    assert Leg.objects.get(state="FINISHED").asset_type.type_id == "e-scooter"
    assert str(JournalEntry.objects.get(category="FARE").amount) == "1.300"


def test_leaves_the_vehicle_free_for_the_next(operator):
    ride(operator)

    assert Asset.objects.free().count() == 790


@pytest.mark.parametrize(
    ("asset_type", "begins_at", "ends_at"), [("e-scooter", None, None), ("station-bike", "neude", "vredenburg")]
)
def test_ends_two_metres_from_another_of_its_type_that_stands_some_way_off(operator, asset_type, begins_at, ends_at):
    ride(operator, "--asset-type", asset_type)

    leg = Leg.objects.get(state="FINISHED")
    left = leg.asset
    others = Asset.objects.filter(asset_type=left.asset_type).exclude(pk=left.pk)
    beside = min(geo.distance_m(left.lat, left.lon, other.lat, other.lon) for other in others)
    began = leg.from_place["coordinates"]
    assert 1.5 < beside < 2.5
    assert 220 < geo.distance_m(left.lat, left.lon, began["lat"], began["lng"]) < 400
    assert (leg.station and leg.station.station_id, left.station and left.station.station_id) == (begins_at, ends_at)


def test_ends_where_it_began_if_the_vehicle_has_to_come_back(operator):
    ride(operator, "--asset-type", "cargo-bike")

    leg = Leg.objects.get(state="FINISHED")
    assert leg.asset.station == leg.station


def test_rides_a_type_without_commit_where_the_contract_needs_none(operator):
    MaasProvider.objects.update(auto_commit=True)

    said = ride(operator, "--asset-type", "cargo-bike")

    assert '"operation": "COMMIT"' not in said
    assert said.endswith("The price is right.\n")
    assert Leg.objects.get(state="FINISHED").asset is not None
    assert str(JournalEntry.objects.get(category="FARE").amount) == "6.000"


def test_gives_a_taxi_the_data_it_asks_for_and_cancels_when_nobody_confirms(operator):
    with pytest.raises(CommandError) as failure:
        ride(operator, "--asset-type", "taxi", "--patience", "0")

    booking = Booking.objects.booked().get()
    assert booking.customer_data["lastName"] == "Lovelace"
    assert booking.state == "CANCELLED"
    assert str(failure.value) == (
        f"The operator did not agree to booking {booking.id} in time. The booking was cancelled."
    )


def test_says_that_the_ride_goes_on_where_only_the_dock_can_end_it(operator):
    with pytest.raises(CommandError) as failure:
        ride(operator, "--asset-type", "smart-dock-bike", "--at", "52.1001,5.0667")

    leg = Leg.objects.get(state="FINISHING")
    assert "was answered 403" in str(failure.value)
    assert str(failure.value).endswith(f"The ride goes on; end it with: manage.py operate finish {leg.id}")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--asset-type", "airship"], "No vehicle of type airship is available."),
        (["--asset", "no-such-vehicle"], "Nothing is offered for no-such-vehicle."),
        (["--maas-id", "demo-maas"], "Give both --maas-id and --api-key, or neither."),
    ],
)
def test_says_in_one_line_why_there_is_no_ride(operator, arguments, reason):
    with pytest.raises(CommandError) as failure:
        ride(operator, *arguments)

    assert str(failure.value) == reason
    assert not Booking.objects.booked().exists()


def test_says_what_the_operator_answered(operator):
    with pytest.raises(CommandError, match=r"^GET /operator/available-assets was answered 401: .*700"):
        ride(operator, "--maas-id", "demo-maas", "--api-key", "wrong")


def test_says_that_nobody_answered():
    with pytest.raises(CommandError, match=r"^GET http://127.0.0.1:9/tomp/operator/available-assets got no answer"):
        ride("http://127.0.0.1:9/tomp", "--maas-id", "demo-maas", "--api-key", "x")


def test_needs_somebody_to_ride_for():
    with pytest.raises(CommandError, match=r"^There is no demo provider"):
        ride("http://127.0.0.1:9/tomp")


@pytest.mark.parametrize(
    "arguments", [["--seconds", "0"], ["--at", "Utrecht"], ["--base-url", "here"], ["--base-url", "http://:0x"]]
)
def test_refuses_nonsense(arguments):
    with pytest.raises(CommandError, match=f"argument {arguments[0]}"):
        ride("http://127.0.0.1:9/tomp", *arguments)


def test_rides_for_another_provider(operator):
    created = maas.create_provider(maas_id="other-maas")
    assert created.provider.maas_id != credentials.load()["maas_id"]

    said = ride(operator, "--maas-id", "other-maas", "--api-key", created.api_key_secret, "--asset-type", "e-bike")

    assert said.startswith("other-maas rides at ")
    assert Booking.objects.booked().get().provider == created.provider


@pytest.mark.parametrize(("charged", "shown"), [("1.31", "1.30"), ("1.30", "1.31")])
def test_finds_a_price_wrong_that_differs_from_the_tariff(charged, shown):
    bill = Bill(
        entry={"amount": charged},
        leg={"pricing": {"parts": [{"amount": shown}]}},
        used=Used(in_use_s=1, paused_s=1),
        expected=[Line("Everything", 1), Line("More", 0)],
    )

    assert not bill.is_right
