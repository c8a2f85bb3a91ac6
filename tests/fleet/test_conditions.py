"""What a booking asks of the provider …"""

import pytest

from fleet.conditions import conditions_for, demanded_evidence, required_booking_data
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
        ([], []),
        ([{"kind": STEPS, "steps": [{"action": "PARK_ASSIST"}, {"action": "SEND_EVIDENCE_PARKED"}]}], ["PARKED"]),
        ([{"kind": STEPS, "steps": [{"action": "PARK_ASSIST"}]}], []),
        ([{"kind": "conditionRequirePausingSteps", "steps": [{"action": "SEND_EVIDENCE_PARKED"}]}], []),
        ([{"kind": "conditionDeposit"}, {"kind": STEPS, "steps": [{"action": "SEND_EVIDENCE_CHARGER"}]}], ["CHARGING"]),
        ([{"kind": STEPS, "steps": [{"text": {"en": "Bye"}}]}], []),
        (
            [
                {
                    "kind": STEPS,
                    "steps": [{"action": f"SEND_EVIDENCE_{what}"} for what in ("HELMET", "PARKED", "PARKED")],
                }
            ],
            ["PARKED", "HELMET_IN_BASKET"],
        ),
    ],
)
def test_is_a_photo_of_each_thing_that_a_step_to_end_the_ride_names(conditions, demanded):
    assert demanded_evidence(conditions) == demanded


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("terms", "added"),
    [
        ({"minimum_age": 16}, {"required_fields": ["AGE"], "minimum_age": 16}),
        ({"licence": "B"}, {"required_fields": ["LICENSES"], "licence": "B"}),
        (
            {"minimum_age": 18, "licence": "AM"},
            {"required_fields": ["AGE", "LICENSES"], "minimum_age": 18, "licence": "AM"},
        ),
    ],
)
def test_is_to_tell_who_drives_where_not_everybody_may(terms, added):
    asset_type = AssetTypeFactory(**terms)
    assert conditions_for(asset_type, station=None, now=NOW) == [{"kind": "conditionRequireBookingData", **added}]

    ConditionFactory(
        asset_type=asset_type, kind=Condition.Kind.REQUIRE_BOOKING_DATA, details={"required_fields": ["NAME"]}
    )
    [merged] = conditions_for(AssetType.objects.get(), station=None, now=NOW)
    assert merged["required_fields"] == ["NAME", *added["required_fields"]]
    assert Condition.objects.get().details == {"required_fields": ["NAME"]}


def test_is_data_of_all_conditions_that_name_some():
    conditions = [
        {"kind": "conditionRequireBookingData", "required_fields": ["NAME", "EMAIL"]},
        {"kind": "conditionDeposit", "amount": "50.00"},
    ]

    assert required_booking_data(conditions) == ["NAME", "EMAIL"]
    assert required_booking_data([]) == []
