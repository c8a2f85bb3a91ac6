"""What a condition may say …"""

import pytest
from django.core.exceptions import ValidationError

from fleet.condition_rules import BOOKING_DATA, announced, check
from fleet.models import Condition
from fleet.steps import CONDITIONS, LISTS, actions, check_steps, goals
from tests.fleet_factories import AssetTypeFactory, ConditionFactory, StationFactory, square
from tomp.versions import V1_5, V1_6

DEPOSIT = {"amount": "50.00", "currency": "EUR"}
MONDAY = {"days": ["MON"], "opens": "07:00", "closes": "22:00"}
POINT = {"lat": 52.09, "lng": 5.12}


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("conditionDeposit", DEPOSIT),
        ("conditionDeposit", {**DEPOSIT, "vat_rate": "21", "vat_country": "NL", "id": "deposit50eu"}),
        ("conditionDeposit", {"amount": 500, "currency": "JPY", "vat_rate": None, "vat_country": ""}),
        ("conditionUpfrontPayment", {}),
        ("conditionPayWhenFinished", {"id": "later"}),
        ("conditionRequireBookingData", {"required_fields": list(BOOKING_DATA), "claims": ["ABOVE_18"]}),
        ("conditionReturnArea", {"station_id": "hub"}),
        ("conditionReturnArea", {"area": square()}),
        (
            "conditionReturnArea",
            {"coordinates": POINT, "hours": [{"days": ["MON"], "opens": "07:00", "closes": "01:00"}]},
        ),
        *((kind, {"steps": [{"action": action} for action in actions(name)]}) for kind, name in CONDITIONS.items()),
    ],
)
def test_is_what_belongs_to_its_kind(kind, details):
    check(kind, details)


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("conditionDeposit", [], "An object is expected"),
        ("conditionDeposit", {}, "Missing: amount, currency."),
        ("conditionDeposit", {**DEPOSIT, "vat": "21"}, "This condition has no vat."),
        ("conditionDeposit", {**DEPOSIT, "amount": "0"}, "more than nothing"),
        ("conditionDeposit", {**DEPOSIT, "amount": "NaN"}, "is not a number"),
        ("conditionDeposit", {**DEPOSIT, "amount": 50.0}, "Write amounts as texts"),
        ("conditionDeposit", {**DEPOSIT, "amount": True}, "Write amounts as texts"),
        ("conditionDeposit", {**DEPOSIT, "amount": "0.001"}, "EUR has 2 decimals."),
        ("conditionDeposit", {**DEPOSIT, "currency": "euro"}, "three capitals"),
        ("conditionDeposit", {**DEPOSIT, "vat_rate": "101"}, "VAT is a percentage"),
        ("conditionDeposit", {**DEPOSIT, "vat_country": "NLD"}, "two capitals"),
        ("conditionDeposit", {**DEPOSIT, "id": ""}, "at most 100 characters"),
        ("conditionUpfrontPayment", {"amount": "5"}, "This condition has no amount."),
        ("conditionRequireBookingData", {"required_fields": []}, "at least one"),
        ("conditionRequireBookingData", {"required_fields": ["LAST_NAME"]}, "Instead of LAST_NAME write NAME."),
        ("conditionRequireBookingData", {"required_fields": ["SHOE_SIZE"]}, "'SHOE_SIZE' is none of"),
        ("conditionRequireBookingData", {"required_fields": [{}]}, "is none of"),
        ("conditionRequireBookingData", {"required_fields": ["NAME"], "claims": "ABOVE_18"}, "Claims are a list"),
        ("conditionReturnArea", {}, "one of them"),
        ("conditionReturnArea", {"station_id": "hub", "area": square()}, "one of them"),
        ("conditionReturnArea", {"station_id": 7}, "named by its id"),
        ("conditionReturnArea", {"coordinates": {"lat": 91, "lng": 5}}, "A point has lat and lng"),
        ("conditionReturnArea", {"coordinates": {"lat": "52", "lng": 5}}, "A point has lat and lng"),
        ("conditionReturnArea", {"area": {"type": "Point", "coordinates": [5, 52]}}, "A GeoJSON Polygon is expected"),
        ("conditionReturnArea", {"station_id": "hub", "hours": [{**MONDAY, "opens": "7"}]}, "Hours are"),
        ("conditionRequirePausingSteps", {"steps": []}, "At least one step"),
    ],
)  # fmt: skip
def test_is_nothing_else(kind, details, said):
    with pytest.raises(ValidationError) as refusal:
        check(kind, details)

    assert said in " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("PARK_ASSIST", "Step 1: It has action, type, goal, text and url, nothing else."),
        ({"action": "PARK_ASSIST", "when": "now"}, "nothing else"),
        ({}, "Step 1: None is none of SEND_PAUSE"),
        ({"action": "SEND_FINISH"}, "'SEND_FINISH' is none of SEND_PAUSE"),
        ({"action": "SEND_PAUSE", "type": "TEXT"}, "'TEXT' is none of PLAIN_TEXT"),
        ({"action": "SEND_PAUSE", "goal": "FUN"}, "'FUN' is none of INSTRUCTIONS"),
        ({"action": "SEND_PAUSE", "text": "Pause"}, "one text per language"),
        ({"action": "SEND_PAUSE", "type": "IMAGE"}, "An address goes with the types URL and IMAGE"),
        ({"action": "SEND_PAUSE", "url": "https://example.org"}, "An address goes with the types URL and IMAGE"),
        ({"action": "SEND_PAUSE", "type": "URL", "url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"action": "SEND_PAUSE", "type": "URL", "url": "https://a.example", "text": {"en": "A"}}, "instead of a text"),
    ],
)
def test_is_steps_of_its_list(step, said):
    with pytest.raises(ValidationError) as refusal:
        check_steps("pausing", [step])

    assert said.lower() in " ".join(refusal.value.messages).lower()


def test_is_more_in_a_later_version():
    assert actions("planning", V1_5) == ["RESULT_SHOWN"]
    assert actions("planning", V1_6) == ["RESULT_SHOWN", "SHOW_TERMS_CONDITIONS"]
    assert goals(V1_5) == ["INSTRUCTIONS", "SALES"]
    assert all(actions(name, V1_5) == actions(name, V1_6) for name in LISTS if name != "planning")


@pytest.mark.parametrize(
    ("fields", "in_1_5", "in_1_6"),
    [
        (["NAME", "EMAIL"], ["NAME", "EMAIL"], ["NAME", "EMAIL"]),
        (["FIRST_NAME"], ["NAME"], ["FIRST_NAME"]),
        (["FIRST_NAME", "NAME"], ["NAME"], ["FIRST_NAME", "NAME"]),
        (["LAST_NAME", "MIDDLE_NAME"], ["NAME"], ["NAME"]),
        (["PREFIX", "KNOWN_IDENTIFIER"], [], ["PREFIX", "KNOWN_IDENTIFIER"]),
        (["DRIVER_LICENSE_CAR", "LICENSES"], ["LICENSES"], ["LICENSES"]),
    ],
)
def test_is_announced_in_the_words_of_the_version(fields, in_1_5, in_1_6):
    assert (announced(fields, V1_5), announced(fields, V1_6)) == (in_1_5, in_1_6)


@pytest.mark.django_db
def test_is_checked_before_it_is_kept():
    asset_type = AssetTypeFactory()

    with pytest.raises(ValidationError):
        ConditionFactory(asset_type=asset_type, details={"amount": "50"})

    assert not Condition.objects.exists()


@pytest.mark.django_db
def test_is_a_station_that_exists():
    condition = Condition(kind=Condition.Kind.RETURN_AREA, details={"station_id": "hub"})
    with pytest.raises(ValidationError, match="There is no station hub"):
        condition.clean()

    StationFactory(station_id="hub")
    condition.clean()
