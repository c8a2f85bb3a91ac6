"""A vehicle is offered to travellers …"""

import pytest

from fleet.models import AssetType
from planning.travelers import may_use


@pytest.mark.parametrize(
    ("terms", "traveler", "shown"),
    [
        ({}, {}, True),
        ({"minimum_age": 16}, {"age": 15}, False),
        ({"minimum_age": 16}, {"age": 16}, True),
        ({"minimum_age": 16}, {}, True),
        ({"licence": "B"}, {}, True),
        ({"licence": "B"}, {"licenseTypes": []}, True),
        ({"licence": "B"}, {"licenseTypes": [{"assetClass": "CAR"}]}, True),
        ({"licence": "B"}, {"licenseTypes": [{"assetClass": "MOPED"}, {"assetClass": "CAR"}]}, True),
        ({"licence": "B"}, {"licenseTypes": [{"assetClass": "MOPED"}]}, False),
        ({"licence": "AM"}, {"licenseTypes": [{"assetClass": "CAR"}]}, True),
        ({}, {"requirements": {"abilities": [{"category": "HR", "number": "01"}]}}, False),
        ({}, {"requirements": {"bringAlong": [{"category": "AV", "number": "03"}]}}, False),
        ({}, {"requirements": {"abilities": [], "bringAlong": []}}, True),
        ({}, {"requirements": {}}, True),
        (
            {"properties": {"requirements": ["HR01", "AV03"]}},
            {"requirements": {"abilities": [{"category": "hr", "number": "01"}]}},
            True,
        ),
        (
            {"properties": {"requirements": ["HR01"]}},
            {"requirements": {"abilities": [{"category": "HR", "number": "01"}, {"category": "HR", "number": "02"}]}},
            False,
        ),
    ],
)
def test_who_do_not_say_that_they_may_not_use_it(terms, traveler, shown):
    assert may_use(AssetType(**terms), [traveler]) is shown
    assert may_use(AssetType(**terms), [{}, traveler]) is shown
