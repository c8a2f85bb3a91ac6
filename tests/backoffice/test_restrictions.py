"""A restriction of vehicles and the bookings it hits …"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from procrastinate.contrib.django.models import ProcrastinateJob

from backoffice import restricting
from bookings.models import Booking
from fleet import restricting as fleet
from fleet.models import Asset, RestrictedAsset, Restriction
from legs.models import Leg
from maas.models import Callback
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, StationFactory
from tests.journey import NOW, at, given_leg, mp_client

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def provider():
    return MaasProviderFactory(base_url="https://mp.example.org/tomp")


def draft(*assets, starts_at=NOW, ends_at=NOW + 3 * HOUR):
    return fleet.draft(
        assets=Asset.objects.filter(pk__in=[asset.pk for asset in assets]), state="OUT_OF_SERVICE",
        reason="Storm", starts_at=starts_at, ends_at=ends_at, actor="rita", now=NOW,
    )  # fmt: skip


def decided(restriction, bookings):
    fleet.decide(restriction_id=restriction.pk, bookings=bookings, actor="rita", now=NOW)
    [job] = ProcrastinateJob.objects.filter(task_name="backoffice.tasks.carry_out_restriction").values_list(
        "args", flat=True
    )
    for _ in range(2):  # a job may be done twice
        restricting.carry_out(job["restriction_id"], actor=job["actor"], now=NOW)
    return Restriction.objects.get(pk=restriction.pk)


def hit(restriction):
    return [(found.leg.pk, found.asset) for found in restricting.hits(restriction, now=NOW)]


def state(asset):
    return Asset.objects.values_list("state", "state_reason").get(pk=asset.pk)


def booking_state(leg):
    return Booking.objects.get(pk=leg.booking_id).state


# Which


def test_are_those_that_wait_for_one_of_its_vehicles(provider):
    held, riding, other = (
        given_leg(provider, AssetFactory(), state=s) for s in ("NOT_STARTED", "IN_USE", "NOT_STARTED")
    )

    assert hit(draft(held.asset, riding.asset)) == [(held.pk, held.asset)]
    assert other.asset not in (held.asset, riding.asset)


def test_are_not_those_that_end_before_it_begins(provider):
    leg = given_leg(provider, AssetFactory())

    assert hit(draft(leg.asset, starts_at=NOW + 2 * HOUR)) == []
    assert hit(draft(leg.asset, starts_at=NOW + HOUR)) == [(leg.pk, leg.asset)]


@pytest.fixture
def cargo():
    """Three cargo bikes at a station, two of which are promised for the next two hours."""
    station, asset_type = StationFactory(), AssetTypeFactory(ahead=True)
    bikes = [AssetFactory(asset_type=asset_type, station=station) for _ in range(3)]
    app = mp_client(maas_id="cargo-mp", auto_commit=True, base_url="https://mp.example.org/tomp")
    place = at((station.lat, station.lon))
    booked = [app.one_stop(**place, useAssetTypes=[asset_type.type_id]).json()["id"] for _ in range(2)]
    return bikes, [Leg.objects.get(pk=pk) for pk in booked]


def test_are_promises_that_too_few_vehicles_are_left_for_the_latest_first(cargo):
    (first, second, third), (_early, late) = cargo

    assert hit(draft(first)) == []
    assert hit(draft(first, second)) == [(late.pk, None)]
    assert len(hit(draft(first, second, third))) == 2


# What becomes of them


def test_they_are_left_if_staff_say_so(provider):
    leg = given_leg(provider, AssetFactory())
    calls = Callback.objects.count()

    restriction = decided(draft(leg.asset), "LEAVE")

    assert (booking_state(leg), state(leg.asset)) == ("CONFIRMED", ("RESERVED", ""))
    assert (restriction.settled, Callback.objects.count()) == ([], calls)


def test_they_get_another_vehicle_and_the_provider_hears_of_it(provider):
    leg = given_leg(provider, AssetFactory())
    spare = AssetFactory(asset_type=leg.asset_type)

    restriction = decided(draft(leg.asset), "MOVE")

    assert Leg.objects.get(pk=leg.pk).asset == spare
    assert state(leg.asset) == ("OUT_OF_SERVICE", "Storm")
    assert restriction.settled == [{"booking": str(leg.booking_id), "done": True, "text": "moved"}]
    assert "ASSIGN_ASSET" in [callback.body.get("event") for callback in Callback.objects.all()]


def test_they_never_get_another_vehicle_of_the_same_restriction(provider):
    leg = given_leg(provider, AssetFactory())
    also_restricted = AssetFactory(asset_type=leg.asset_type)

    restriction = decided(draft(leg.asset, also_restricted, starts_at=NOW + HOUR), "MOVE")

    assert Leg.objects.get(pk=leg.pk).asset == leg.asset
    assert restriction.settled == [
        {"booking": str(leg.booking_id), "done": False, "text": "left: No other vehicle is free."}
    ]


def test_they_are_cancelled_and_the_provider_hears_of_it(provider):
    leg = given_leg(provider, AssetFactory())

    restriction = decided(draft(leg.asset), "CANCEL")

    assert (booking_state(leg), state(leg.asset)) == ("CANCELLED", ("OUT_OF_SERVICE", "Storm"))
    assert restriction.settled == [{"booking": str(leg.booking_id), "done": True, "text": "cancelled"}]
    assert Callback.objects.latest("id").body["operation"] == "CANCEL"
    assert not RestrictedAsset.objects.filter(began_at=None).exists()


def test_promises_are_cancelled_too(cargo):
    (first, second, _third), (early, late) = cargo

    decided(draft(first, second), "CANCEL")

    assert (booking_state(early), booking_state(late)) == ("CONFIRMED", "CANCELLED")


# The pages


@pytest.fixture
def sign_in(client):
    def sign_in(*codenames):
        user = User.objects.create(username="ingrid", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return sign_in


FLEET = ("view_asset", "change_asset", "view_restriction")
ANSWERS = {
    "_form_submitted": "True", "state": "OUT_OF_SERVICE", "reason": "Storm", "starts_at": "2026-06-01T12:30:00",
    "ends_at": "",
}  # fmt: skip


def choose(client, *assets, **answers):
    chosen = {"action": "restrict", "_selected_action": [asset.pk for asset in assets]}
    return client.post("/admin/fleet/asset/", chosen | answers)


def press_decide(client, bookings):
    address = f"/admin/fleet/restriction/{Restriction.objects.get().pk}/decide/"
    return client.post(address, {"_form_submitted": "True", "bookings": bookings})


def test_are_shown_before_anything_happens(sign_in, provider):
    leg, free = given_leg(provider, AssetFactory()), AssetFactory()
    client = sign_in(*FLEET, "view_leg")

    answer = choose(client, leg.asset, free, **ANSWERS)
    page = client.get(answer.url).content.decode()

    assert f'<a href="/admin/legs/leg/{leg.pk}/change/"' in page
    assert "draft: not decided" in page
    assert Restriction.objects.get().vehicles.count() == 2
    assert state(free) == ("AVAILABLE", "")
    assert not ProcrastinateJob.objects.filter(task_name="backoffice.tasks.carry_out_restriction").exists()


def test_are_shown_without_a_link_to_who_may_not_open_them(sign_in, provider):
    leg = given_leg(provider, AssetFactory())
    client = sign_in(*FLEET)

    page = client.get(choose(client, leg.asset, **ANSWERS).url).content.decode()

    assert f"{str(leg.pk)[:8]}…" in page
    assert "/admin/legs/" not in page


def test_a_reason_is_asked_for(sign_in):
    answer = choose(sign_in(*FLEET), AssetFactory(), **ANSWERS | {"reason": " "})

    assert "This field is required." in answer.content.decode()
    assert not Restriction.objects.exists()


def test_all_vehicles_that_match_the_filter_are_meant(sign_in):
    AssetFactory.create_batch(120, asset_type=AssetTypeFactory())

    choose(sign_in(*FLEET), Asset.objects.first(), select_across="1", **ANSWERS)

    assert Restriction.objects.get().vehicles.count() == 120


def test_who_may_not_change_bookings_cannot_cancel_them(sign_in, provider):
    leg = given_leg(provider, AssetFactory())
    client = sign_in(*FLEET)
    choose(client, leg.asset, **ANSWERS)

    answer = press_decide(client, "CANCEL")

    assert "You may not change bookings" in answer.content.decode()
    assert Restriction.objects.get().decided_at is None
    press_decide(client, "LEAVE")
    assert Restriction.objects.get().decided_at == NOW


def test_who_may_only_look_cannot_restrict(sign_in):
    client = sign_in("view_asset", "view_restriction")
    choose(client, AssetFactory(), **ANSWERS)
    assert not Restriction.objects.exists()

    draft(AssetFactory())

    assert press_decide(client, "LEAVE").status_code == 403
    assert Restriction.objects.get().decided_at is None
