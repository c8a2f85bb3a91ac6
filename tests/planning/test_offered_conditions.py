"""An offer tells its conditions …"""

import pytest

from fleet.models import Condition
from tests.client import refused
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory, StationFactory, square
from tests.journey import HERE, at, mp_client, nothing_changes

Kind = Condition.Kind
PARK = {"action": "PARK_ASSIST", "text": {"en": "Upright.", "nl": "Rechtop."}}
PHOTO = {
    "action": "SEND_EVIDENCE_PARKED",
    "type": "IMAGE",
    "goal": "TERMS_CONDITIONS",
    "url": "https://a.example/p.png",
}
ROWS = {
    Kind.DEPOSIT: {"id": "deposit50eu", "amount": "125", "currency": "NOK", "vat_rate": "25", "vat_country": "NO"},
    Kind.UPFRONT_PAYMENT: {},
    Kind.PAY_WHEN_FINISHED: {},
    Kind.REQUIRE_BOOKING_DATA: {
        "required_fields": ["FIRST_NAME", "PREFIX", "EMAIL"],
        "claims": ["ABOVE_18"],
    },
    Kind.RETURN_AREA: {"area": square(), "hours": [{"days": ["FRI"], "opens": "20:00", "closes": "02:00"}]},
    Kind.ONBOARDING_STEPS: {"steps": [{"action": "SEND_PREPARE"}]},
    Kind.OFFBOARDING_STEPS: {"steps": [PARK, PHOTO]},
    Kind.PAUSING_STEPS: {"steps": [{"action": "SEND_PAUSE", "type": "HTML", "text": {"en": "<b>Lock it</b>"}}]},
    Kind.RESUMING_STEPS: {"steps": [{"action": "SEND_SET_IN_USE"}]},
}
ELEVEN = {
    *(kind.value for kind in ROWS),
    "conditionPostponedCommit",
    "conditionRequireEvidence",
}


def all_conditions(**terms):
    asset_type = AssetTypeFactory(response_minutes=10, **terms)
    for position, (kind, details) in enumerate(ROWS.items()):
        ConditionFactory(asset_type=asset_type, kind=kind, details=details, position=position)
    return AssetFactory(asset_type=asset_type)


def conditions_of(mp, **headers):
    [option] = mp.offers(**at(HERE)).json()["options"]
    return option["legs"][0]["conditions"]


@pytest.mark.parametrize("is_pascal", [False, True])
def test_of_all_eleven_kinds_in_the_spelling_of_the_contract(clock, api_version, is_pascal):
    mp = mp_client(api_version, pascal_case_types=is_pascal, evidence_condition=True)
    all_conditions()

    spelled = {name[0].upper() + name[1:] if is_pascal else name for name in ELEVEN}
    assert {condition["conditionType"] for condition in conditions_of(mp)} == spelled
    [row] = mp.get("/operator/available-assets").json()
    assert {condition["conditionType"] for condition in row["conditions"]} == spelled


def test_in_the_words_of_the_version(mp, api_version):
    all_conditions()

    told = {condition.pop("conditionType"): condition for condition in conditions_of(mp)}

    is_new, area = api_version == "1.6.1", square()
    assert told == {
        "conditionDeposit": {
            "id": "deposit50eu", "amount": 125, "amountExVat": 100, "currencyCode": "NOK", "vatRate": 25,
            "vatCountryCode": "NO",
        },
        "conditionUpfrontPayment": {},
        "conditionPayWhenFinished": {},
        "conditionRequireBookingData": {
            "requiredFields": ["FIRST_NAME", "PREFIX", "EMAIL"] if is_new else ["NAME", "EMAIL"],
            "claims": ["ABOVE_18"],
        },
        "conditionReturnArea": {
            "returnArea": area if is_new else area["coordinates"],
            "returnHours": [{"startTime": "20:00", "endTime": "26:00", "days": ["FRI"]}],
        },
        "conditionRequireOnboardingSteps": {
            "steps": [{"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "action": "SEND_PREPARE"}]
        },
        "conditionRequireOffboardingSteps": {
            "steps": [
                {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "action": "PARK_ASSIST", "text": "Upright."},
                {
                    "type": "IMAGE", "action": "SEND_EVIDENCE_PARKED", "url": "https://a.example/p.png",
                    **({"goal": "TERMS_CONDITIONS"} if is_new else {}),
                },
            ]
        },
        "conditionRequirePausingSteps": {
            "steps": [{"type": "HTML", "goal": "INSTRUCTIONS", "action": "SEND_PAUSE", "text": "<b>Lock it</b>"}]
        },
        "conditionRequireResumingSteps": {
            "steps": [{"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "action": "SEND_SET_IN_USE"}]
        },
        "conditionPostponedCommit": {"ultimateResponseTime": "2026-06-01T12:10:00Z"},
    }  # fmt: skip


def test_and_the_photos_in_the_old_way_too_where_that_was_agreed(clock, api_version):
    mp = mp_client(api_version, evidence_condition=True)
    asset = AssetFactory()
    steps = {"steps": [{"action": "SEND_EVIDENCE_HELMET"}, PARK, {"action": "SEND_EVIDENCE_CHARGER"}]}
    ConditionFactory(asset_type=asset.asset_type, kind=Kind.OFFBOARDING_STEPS, details=steps)

    _steps, evidence = conditions_of(mp)

    assert evidence == {
        "conditionType": "conditionRequireEvidence",
        "evidenceTypes": ["HELMET_IN_BASKET", "CHARGING"],
    }


def test_with_the_station_of_a_return_area(mp):
    StationFactory(station_id="hub")
    ConditionFactory(asset_type=AssetFactory().asset_type, kind=Kind.RETURN_AREA, details={"station_id": "hub"})

    assert conditions_of(mp) == [{"conditionType": "conditionReturnArea", "stationId": "hub"}]


# Who drives


DRIVER = {"birthDate": "2000-01-01", "licenses": [{"assetClass": "MOPED", "validUntil": "2030-01-01"}]}


@pytest.mark.parametrize(
    ("customer", "status", "code", "said"),
    [
        ({}, 400, 3001, "Field: customer.age"),
        ({"birthDate": "2000-01-01"}, 400, 3001, "Field: customer.licenses"),
        (DRIVER | {"birthDate": "2015-01-01"}, 400, 3002, "must be 16 or older"),
        (DRIVER | {"licenses": [{"assetClass": "FERRY"}]}, 400, 3002, "category AM is needed"),
        (
            DRIVER | {"licenses": [{"assetClass": "CAR", "validUntil": "2026-05-01"}]},
            400,
            3002,
            "not valid on 2026-06-01",
        ),
    ],
)
@pytest.mark.parametrize("is_one_stop", [False, True])
def test_and_who_may_not_drive_cannot_book_it(mp, is_one_stop, customer, status, code, said):
    asset = AssetFactory(asset_type__minimum_age=16, asset_type__licence="AM")
    [option] = mp.offers(**at(HERE)).json()["options"]
    [condition] = option["legs"][0]["conditions"]
    assert condition == {"conditionType": "conditionRequireBookingData", "requiredFields": ["AGE", "LICENSES"]}

    who = {"id": "c-1", **customer}
    with nothing_changes():
        if is_one_stop:
            answer = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], customer=who)
        else:
            answer = mp.book(option["id"], customer=who)

    refused(answer, status, code)
    assert said in answer.json()["detail"]
    assert mp.book(option["id"], customer={"id": "c-1", **DRIVER}).json()["state"] == "PENDING"
