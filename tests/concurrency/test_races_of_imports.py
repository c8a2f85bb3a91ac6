"""A fleet list is applied while travellers book: each vehicle goes to the one who was first."""

from functools import partial

import pytest

from fleet.models import Asset
from tests.concurrency.races import ROUNDS, assert_consistent, race
from tests.fleet.importing import applied
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import HERE, at, mp_client

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "all_adds_up"),
]


def test_a_list_stores_away_only_what_nobody_booked_first():
    mps, kind = [mp_client() for _ in range(2)], AssetTypeFactory(type_id="glider")
    for number in range(ROUNDS):
        assets = [AssetFactory(asset_type=kind, vehicle_number=f"V-{number}-{n}") for n in range(6)]
        away = "number,type,state\n" + "".join(f"{asset.vehicle_number},glider,stored\n" for asset in assets)
        wishes = [{**at(HERE), "useAssets": [str(asset.public_id)]} for asset in assets]

        batch, *answers = race(
            partial(applied, away), *(partial(mps[n % 2].one_stop, **wish) for n, wish in enumerate(wishes))
        )

        assert batch.state == "APPLIED"
        assert {answer.status_code for answer in answers} <= {201, 406}
        booked = {asset.pk for asset, answer in zip(assets, answers, strict=True) if answer.status_code == 201}
        states = dict(Asset.objects.filter(pk__in=[asset.pk for asset in assets]).values_list("pk", "state"))
        assert {pk for pk, state in states.items() if state == "RESERVED"} == booked
        assert {pk for pk, state in states.items() if state == "STORED"} == set(states) - booked
    assert_consistent()
