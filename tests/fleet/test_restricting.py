"""Vehicles are restricted for a while …"""

from datetime import timedelta

import pytest
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet import restricting, services
from fleet.errors import NoAssetLeft, NotPossible
from fleet.models import Asset, RestrictedAsset, Restriction
from fleet.models.vehicles import AssetState
from legs import services as legs
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ReservationFactory, StationFactory
from tests.journey import NOW, given_leg

HOUR = timedelta(hours=1)


def drafted(*assets, starts_at=NOW, ends_at=NOW + HOUR, state="OUT_OF_SERVICE"):
    chosen = Asset.objects.filter(pk__in=[asset.pk for asset in assets])
    return restricting.draft(
        assets=chosen, state=state, reason="New tyres", starts_at=starts_at, ends_at=ends_at, actor="rita", now=NOW
    )


def restricted(*assets, **when):
    restriction = drafted(*assets, **when)
    return restricting.decide(restriction_id=restriction.pk, bookings="LEAVE", actor="rita", now=NOW)


def state(asset):
    return Asset.objects.values_list("state", "state_reason").get(pk=asset.pk)


def note(asset):
    return RestrictedAsset.objects.values_list("note", flat=True).get(asset=asset)


pytestmark = pytest.mark.usefixtures("clock")


def test_from_the_beginning_to_the_end():
    asset = AssetFactory()
    restricted(asset, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)

    assert restricting.carry_out(now=NOW) == 0
    assert state(asset) == ("AVAILABLE", "")
    assert [restricting.carry_out(now=NOW + HOUR) for _ in range(2)] == [1, 0]
    assert state(asset) == ("OUT_OF_SERVICE", "New tyres")
    assert [restricting.carry_out(now=NOW + 2 * HOUR) for _ in range(2)] == [1, 0]
    assert state(asset) == ("AVAILABLE", "")


def test_in_storage():
    asset = AssetFactory()
    restricted(asset, state="STORED")

    restricting.carry_out(now=NOW)

    assert state(asset) == ("STORED", "New tyres")


def test_until_staff_end_it():
    asset = AssetFactory()
    restriction = restricted(asset, ends_at=None)
    restricting.carry_out(now=NOW)
    assert restricting.carry_out(now=NOW + 1000 * HOUR) == 0

    restricting.call_off(restriction_id=restriction.pk, now=NOW + HOUR)
    restricting.carry_out(now=NOW + HOUR)

    assert state(asset) == ("AVAILABLE", "")


def test_not_at_all_when_called_off_before():
    asset = AssetFactory()
    restriction = restricted(asset, starts_at=NOW + HOUR, ends_at=None)

    restricting.call_off(restriction_id=restriction.pk, now=NOW)
    restricting.carry_out(now=NOW + 2 * HOUR)

    assert (state(asset), note(asset)) == (("AVAILABLE", ""), "never began")


def test_by_a_draft_never():
    asset = AssetFactory()
    drafted(asset)

    assert restricting.carry_out(now=NOW) == 0
    assert state(asset) == ("AVAILABLE", "")


def test_when_their_trip_ends():
    asset = AssetFactory()
    leg = given_leg(MaasProviderFactory(), asset, state="IN_USE")
    restricted(asset)
    restricting.carry_out(now=NOW)
    assert (state(asset), note(asset)) == (("IN_USE", ""), restricting.WAITS)

    legs.apply("FINISH", leg_id=leg.pk, at=NOW, now=NOW)

    assert state(asset) == ("OUT_OF_SERVICE", "New tyres")
    assert restricting.carry_out(now=NOW) == 1
    assert (state(asset), note(asset)) == (("OUT_OF_SERVICE", "New tyres"), "")
    restricting.carry_out(now=NOW + HOUR)
    assert state(asset) == ("AVAILABLE", "")


def test_unless_the_trip_takes_longer():
    asset = AssetFactory()
    leg = given_leg(MaasProviderFactory(), asset, state="IN_USE")
    restricted(asset)
    restricting.carry_out(now=NOW)

    restricting.carry_out(now=NOW + HOUR)
    legs.apply("FINISH", leg_id=leg.pk, at=NOW, now=NOW + HOUR)

    assert (state(asset), note(asset)) == (("AVAILABLE", ""), "never began: it was on a trip")


@pytest.mark.parametrize("before", [AssetState.MISSING, AssetState.OUT_OF_SERVICE, AssetState.RETIRED])
def test_but_stay_as_they_are_when_they_were_out_already(before):
    asset = AssetFactory(state=before, state_reason="Stolen")
    restricted(asset)

    restricting.carry_out(now=NOW)
    restricting.carry_out(now=NOW + HOUR)

    assert state(asset) == (before, "Stolen")
    with override("en"):
        assert note(asset) == f"was {before.label} already: left as it is"
    with override("nl"):
        assert restricting.told(note(asset)) == f"was al {before.label}: zo gelaten"


def test_and_what_staff_did_meanwhile_stays():
    asset = AssetFactory()
    restricted(asset)
    restricting.carry_out(now=NOW)
    services.change_service_state(asset_id=asset.pk, move="retire", reason="Scrap", now=NOW)

    restricting.carry_out(now=NOW + HOUR)

    assert (state(asset), note(asset)) == (("RETIRED", "Scrap"), "was retired by then: left as it is")


def test_are_told_of_in_the_language_of_the_reader():
    with override("nl"):
        assert [restricting.told(each) for each in ("", restricting.WAITS, "50 % done")] == [
            "", "is op een rit: het gaat buiten dienst als de rit eindigt", "50 % done"
        ]  # fmt: skip


def test_until_the_last_of_two_restrictions_ends():
    asset = AssetFactory()
    restricted(asset)
    restricted(asset, ends_at=NOW + 2 * HOUR)
    restricting.carry_out(now=NOW)

    restricting.carry_out(now=NOW + HOUR)
    assert state(asset) == ("OUT_OF_SERVICE", "New tyres")
    restricting.carry_out(now=NOW + 2 * HOUR)
    assert state(asset) == ("AVAILABLE", "")


def test_and_not_promised_for_that_time():
    station, asset_type = StationFactory(), AssetTypeFactory(ahead=True)
    restricted(AssetFactory(asset_type=asset_type, station=station), starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    kind = {"asset_type_id": asset_type.pk, "station_id": station.pk, "is_virtual": False}

    left = [
        services.places_left(**kind, period=(NOW + begins * HOUR, NOW + ends * HOUR), now=NOW)
        for begins, ends in ((0, 1), (0.5, 1.5), (1, 2), (2, 3))
    ]

    assert left == [1, 0, 0, 1]


def test_and_not_assigned_into_that_time():
    station, asset_type = StationFactory(), AssetTypeFactory(ahead=True)
    asset = AssetFactory(asset_type=asset_type, station=station)
    held = ReservationFactory(asset_type=asset_type, station=station, period=(NOW, NOW + 2 * HOUR))
    restricted(asset, starts_at=NOW + HOUR, ends_at=None)

    with pytest.raises(NoAssetLeft):
        services.assign(leg_id=held.leg_id, now=NOW)

    assert state(asset) == ("AVAILABLE", "")


def test_by_thousands(django_assert_max_num_queries):
    asset_type = AssetTypeFactory()
    Asset.objects.bulk_create(
        [Asset(vehicle_number=str(number), asset_type=asset_type) for number in range(3000)], batch_size=500
    )

    with django_assert_max_num_queries(6):
        restriction = restricting.draft(
            assets=Asset.objects.all(), state="OUT_OF_SERVICE", reason="Storm", starts_at=NOW, ends_at=None,
            actor="rita", now=NOW,
        )  # fmt: skip

    assert restriction.vehicles.count() == 3000


@pytest.mark.parametrize("times", [{"ends_at": NOW}, {"starts_at": NOW + 2 * HOUR}])
def test_only_until_a_moment_that_comes_after_the_beginning(times):
    asset = AssetFactory()

    with pytest.raises(NotPossible, match="end in the future"):
        drafted(asset, **times)

    assert not Restriction.objects.exists()


def test_only_if_there_are_any():
    with pytest.raises(NotPossible, match="at least one"):
        drafted()

    assert not Restriction.objects.exists()


def test_by_a_decision_that_is_made_once():
    restriction = restricted(AssetFactory())
    jobs = ProcrastinateJob.objects.count()

    with pytest.raises(NotPossible, match="already"):
        restricting.decide(restriction_id=restriction.pk, bookings="CANCEL", actor="otto", now=NOW)

    assert Restriction.objects.get().bookings == "LEAVE"
    assert ProcrastinateJob.objects.count() == jobs


def test_never_by_what_is_over():
    restriction = drafted(AssetFactory())

    with pytest.raises(NotPossible, match="passed"):
        restricting.decide(restriction_id=restriction.pk, bookings="LEAVE", actor="rita", now=NOW + HOUR)
    with pytest.raises(NotPossible, match="does not hold"):
        restricting.call_off(restriction_id=restriction.pk, now=NOW)

    assert Restriction.objects.get().decided_at is None
