"""The provider's own sum …"""

from decimal import Decimal

import pytest

from demo import receipt
from demo.receipt import CannotCheck, Used

UNLOCKING = {"type": "FIXED", "amount": 1, "name": "Unlocking"}
RIDING = {"type": "FLEX", "amount": Decimal("0.25"), "unitType": "MINUTE", "units": 1, "name": "Riding"}
PARKED = {**RIDING, "amount": Decimal("0.05"), "assetState": "PAUSED", "name": "Parked"}
DAY = {"type": "MAX", "amount": 15, "scaleFrom": 0, "scaleTo": 24, "scaleType": "HOUR", "name": "Day maximum"}
SCOOTER = [UNLOCKING, RIDING, PARKED, DAY]


def total(parts, **used):
    return receipt.total(receipt.lines(parts, Used(**{"in_use_s": 0, "paused_s": 0} | used)))


@pytest.mark.parametrize(
    ("in_use_s", "paused_s", "amount"),
    [(0, 0, "1.00"), (1, 0, "1.25"), (60, 0, "1.25"), (61, 0, "1.50"), (600, 61, "3.60"), (7200, 0, "15.00")],
)
def test_charges_each_started_minute_up_to_the_maximum(in_use_s, paused_s, amount):
    assert total(SCOOTER, in_use_s=in_use_s, paused_s=paused_s) == Decimal(amount)


def test_lets_the_meter_run_where_parking_has_no_price():
    assert total([UNLOCKING, RIDING], in_use_s=60, paused_s=60) == Decimal("1.50")


def test_charges_only_what_is_inside_a_scale():
    first = {**RIDING, "scaleTo": 10, "scaleType": "MINUTE"}
    then = {**RIDING, "amount": 1, "scaleFrom": 10, "scaleType": "MINUTE"}

    assert total([first, then], in_use_s=12 * 60) == Decimal("4.50")


def test_charges_each_started_kilometre():
    kilometre = {"type": "FLEX", "amount": 3, "unitType": "KM", "units": 1}

    assert total([kilometre], distance_m=Decimal(2001)) == Decimal("9.00")


def test_takes_a_part_without_type_as_fixed():
    assert total([{"amount": Decimal("4.15")}]) == Decimal("4.15")


def test_shows_what_the_maximum_takes_off():
    lines = receipt.lines(SCOOTER, Used(in_use_s=7200, paused_s=0))

    assert [(line.name, line.amount) for line in lines] == [
        ("Unlocking", 1),
        ("Riding", 30),
        ("Parked", 0),
        ("Day maximum", -16),
    ]


@pytest.mark.parametrize(
    ("parts", "in_use_s"),
    [
        ([UNLOCKING, {**UNLOCKING, "assetState": "PAUSED"}], 60),
        ([{**RIDING, "unitType": "PERCENTAGE", "kind": "DISCOUNT", "amount": -10}], 60),
        (SCOOTER, 25 * 3600),
    ],
)
def test_refuses_to_guess(parts, in_use_s):
    with pytest.raises(CannotCheck):
        total(parts, in_use_s=in_use_s)
