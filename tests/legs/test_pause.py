"""PAUSE, and what pauses cost …"""

from decimal import Decimal

import pytest

from fleet.models import Asset
from legs.models import Leg
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, PricingPlanFactory
from tests.journey import NOW, given_leg, minutes, pause_plan, report


def ride(asset_type_plan, *events, **terms):
    """A ride of these (event, minute); the leg after it."""
    leg = given_leg(MaasProviderFactory(**terms), AssetFactory(asset_type__default_plan=asset_type_plan))
    for event, minute in events:
        report(event)(leg.id, NOW + minutes(minute))
    return Leg.objects.get(pk=leg.pk)


def test_keeps_the_vehicle(mp):
    leg = given_leg(mp.provider, state="IN_USE")

    answer = mp.event(leg.id, "PAUSE")

    assert (answer.status_code, answer.json()["state"]) == (200, "PAUSED")
    assert Asset.objects.get().state == "IN_USE"
    assert answer.json()["assetAccessData"]  # to open it again


def test_goes_back_from_finishing(mp):
    leg = given_leg(mp.provider, state="FINISHING")

    assert mp.event(leg.id, "PAUSE").json()["state"] == "PAUSED"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("events", "total", "net", "used_s"),
    [
        ([("SET_IN_USE", 0), ("FINISH", 10)], "3.00", "2.48", 600),
        ([("SET_IN_USE", 0), ("PAUSE", 10), ("SET_IN_USE", 40), ("FINISH", 50)], "6.50", "5.37", 3000),
        ([("SET_IN_USE", 0), ("PAUSE", 10), ("FINISH", 40)], "4.50", "3.72", 2400),
        ([("SET_IN_USE", 0), ("PAUSE", 0), ("FINISH", 60)], "4.00", "3.31", 3600),
        ([("SET_IN_USE", 0), ("PAUSE", 0.5), ("SET_IN_USE", 1), ("FINISH", 1.5)], "1.25", "1.03", 90),
        ([("SET_IN_USE", 0), ("PAUSE", 1), ("START_FINISHING", 2), ("FINISH", 3)], "1.30", "1.07", 180),
        ([("SET_IN_USE", 0), ("START_FINISHING", 2), ("PAUSE", 3), ("FINISH", 5)], "1.70", "1.40", 300),
        ([("PREPARE", 0), ("SET_IN_USE", 5), ("FINISH", 5)], "1.00", "0.83", 0),
    ],
    ids=["no pause", "docs", "till the end", "at once", "half minutes", "then finishing", "while finishing", "no ride"],
)
def test_costs_its_own_price(events, total, net, used_s):
    """1.00 to unlock, 0.20 a minute riding, 0.05 a minute paused; started minutes count; 21 % VAT."""
    leg = ride(pause_plan(), *events)

    entry = JournalEntry.objects.get()
    assert leg.price(NOW).total == entry.amount == Decimal(total)
    assert entry.amount_ex_vat == Decimal(net)
    assert entry.used_s == used_s


@pytest.mark.django_db
@pytest.mark.parametrize(("as_use", "total"), [(True, "11.00"), (False, "3.50")])
def test_costs_what_the_plan_says_where_it_has_no_price(as_use, total):
    """1.00 to unlock, 0.25 a minute: ten minutes of riding, half an hour of pause."""
    plan = PricingPlanFactory(pause_billed_as_use=as_use)

    leg = ride(plan, ("SET_IN_USE", 0), ("PAUSE", 10), ("FINISH", 40))

    assert leg.price(NOW).total == Decimal(total)


def test_is_shown_in_the_price_while_it_lasts(mp, clock):
    leg = given_leg(mp.provider, AssetFactory(asset_type__default_plan=pause_plan()), state="PAUSED")
    clock.move_to(NOW + minutes(20))

    [part] = mp.get(f"/bookings/{leg.id}").json()["pricing"]["parts"]

    assert part["amount"] == 2  # 1.00 and 20 × 0.05
