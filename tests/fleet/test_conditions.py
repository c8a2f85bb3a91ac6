"""What a booking asks of the provider …"""

import pytest

from fleet.conditions import conditions_for, demands_parking_photo, required_booking_data
from fleet.models import AssetType, Condition
from tests.fleet_factories import AssetTypeFactory, ConditionFactory, StationFactory
from tests.journey import NOW

STEPS = "conditionRequireOffboardingSteps"


@pytest.mark.django_db
def test_is_nothing_by_itself():
    assert conditions_for(AssetTypeFactory(), station=None, now=NOW) == []


@pytest.mark.django_db
def test_is_what_the_type_says_in_order():
    asset_type = AssetTypeFactory()
    ConditionFactory(asset_type=asset_type, kind=Condition.Kind.PAY_WHEN_FINISHED, details={}, position=2)
    ConditionFactory(asset_type=asset_type, position=1)

    assert conditions_for(asset_type, station=None, now=NOW) == [
        {"kind": "conditionDeposit", "amount": "50.00", "currency": "EUR", "vat_rate": "0"},
        {"kind": "conditionPayWhenFinished"},
    ]


@pytest.mark.django_db
def test_is_to_wait_where_staff_confirm():
    asset_type = AssetTypeFactory(response_minutes=10)

    assert conditions_for(asset_type, station=None, now=NOW) == [
        {"kind": "conditionPostponedCommit", "answer_by": "2026-06-01T12:10:00Z"}
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", AssetType.ReturnRule)
def test_is_to_come_back_where_the_trip_is_a_round_trip(rule):
    asset_type, station = AssetTypeFactory(return_rule=rule), StationFactory(station_id="hub")
    back = {"kind": "conditionReturnArea", "station_id": "hub", "coordinates": {"lat": 52.09, "lng": 5.12}}

    assert conditions_for(asset_type, station=station, now=NOW) == ([back] if rule == "roundtrip_station" else [])
    assert conditions_for(asset_type, station=None, now=NOW) == []


@pytest.mark.parametrize(
    ("conditions", "demanded"),
    [
        ([], False),
        ([{"kind": STEPS, "steps": [{"action": "PARK_ASSIST"}, {"action": "SEND_EVIDENCE_PARKED"}]}], True),
        ([{"kind": STEPS, "steps": [{"action": "PARK_ASSIST"}]}], False),
        ([{"kind": "conditionRequirePausingSteps", "steps": [{"action": "SEND_EVIDENCE_PARKED"}]}], False),
        ([{"kind": "conditionDeposit"}, {"kind": STEPS, "steps": [{"action": "SEND_EVIDENCE_PARKED"}]}], True),
        ([{"kind": STEPS, "steps": [{"text": {"en": "Bye"}}]}], False),
    ],
)
def test_is_a_photo_when_a_step_to_end_the_ride_says_so(conditions, demanded):
    assert demands_parking_photo(conditions) is demanded


def test_is_data_of_all_conditions_that_name_some():
    conditions = [
        {"kind": "conditionRequireBookingData", "required_fields": ["NAME", "EMAIL"]},
        {"kind": "conditionDeposit", "amount": "50.00"},
    ]

    assert required_booking_data(conditions) == ["NAME", "EMAIL"]
    assert required_booking_data([]) == []
