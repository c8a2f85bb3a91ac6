"""The page of a vehicle says whether it is offered now, and if not, why."""

from django.utils import timezone

from fleet.models.vehicles import AssetState
from tests.admin.test_actions import press
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, ReservationFactory, UserGroupFactory


def page(client, asset):
    return client.get(f"/admin/fleet/asset/{asset.pk}/change/").content.decode()


def test_a_vehicle_that_is_offered_says_so(staff):
    assert "yes, to everybody" in page(staff, AssetFactory())


def test_every_reason_is_shown_with_what_to_do(staff):
    asset = AssetFactory(state=AssetState.STORED, state_reason="winter", state_of_charge=3)
    asset.asset_type.min_charge_percent = 10
    asset.asset_type.save()

    shown = page(staff, asset)

    assert "Its state: in storage, winter." in shown
    assert "Its battery has 3 %, its type asks for 10 % to begin." in shown
    assert "Charge it or change its battery." in shown
    assert "yes, to everybody" not in shown


def test_the_trip_that_holds_it_is_one_click_away(staff):
    asset = AssetFactory(state=AssetState.RESERVED)
    held = ReservationFactory(asset=asset, asset_type=asset.asset_type, period=(timezone.now(), None))

    assert f'href="/admin/legs/leg/{held.leg_id}/change/"' in page(staff, asset)


def test_a_provider_is_asked_for(staff):
    asset, friend, stranger = AssetFactory(), MaasProviderFactory(), MaasProviderFactory()
    UserGroupFactory(providers=[friend], asset_types=[asset.asset_type])
    address = f"/admin/fleet/asset/{asset.pk}/offered-to/"

    [(yes_tag, yes)] = press(staff, address, provider=friend.pk)
    [(no_tag, no)] = press(staff, address, provider=stranger.pk)

    assert (yes_tag, yes) == ("success", f"{asset} is offered now to {friend}.")
    assert no_tag == "warning"
    assert "Its type is kept for user groups that this provider does not have." in no


def test_who_may_not_see_providers_cannot_ask_about_one(signed_in):
    asset, provider, client = AssetFactory(), MaasProviderFactory(), signed_in("view_asset")

    answer = client.post(
        f"/admin/fleet/asset/{asset.pk}/offered-to/", {"_form_submitted": "True", "provider": provider.pk}
    )

    assert answer.status_code == 403
