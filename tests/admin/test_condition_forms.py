"""What a booking asks is typed in fields, kept as it was meant, or refused with the row it is about."""

import pytest

from fleet.models import AssetType, Condition, System
from tests.admin.test_forms import errors, filled_in, rows_of_steps
from tests.fleet_factories import AssetTypeFactory, ConditionFactory, StationFactory, SystemFactory, square

Kind = Condition.Kind
STEPS = [
    {"action": "PARK_ASSIST", "text": {"en": "Park upright.", "nl": "Zet hem rechtop."}},
    {"action": "SEND_EVIDENCE_PARKED", "type": "IMAGE", "goal": "SALES", "url": "https://example.org/how.png"},
]
ONE_OF_EACH = {
    Kind.DEPOSIT: (
        {"amount": "50.00", "currency": "EUR", "vat_rate": "21", "vat_country": "NL"},
        {"amount": "50.00", "currency": "EUR", "vat_rate": "21", "vat_country": "NL"},
    ),
    Kind.UPFRONT_PAYMENT: ({}, {}),
    Kind.PAY_WHEN_FINISHED: ({"id": "pay"}, {"id": "pay"}),
    Kind.REQUIRE_BOOKING_DATA: (
        {"required_fields": ["NAME", "BLOCKCHAIN_CLAIMS"], "claims": "ABOVE_18, ABOVE_21"},
        {"required_fields": ["NAME", "BLOCKCHAIN_CLAIMS"], "claims": ["ABOVE_18", "ABOVE_21"]},
    ),
    Kind.RETURN_AREA: (
        {"lat": "52.09", "lng": "5.12", "hours": "mon tue 07:00-22:00\nSUN 10:00-01:00"},
        {
            "coordinates": {"lat": 52.09, "lng": 5.12},
            "hours": [
                {"days": ["MON", "TUE"], "opens": "07:00", "closes": "22:00"},
                {"days": ["SUN"], "opens": "10:00", "closes": "01:00"},
            ],
        },
    ),
}
STEP_KINDS = {
    Kind.ONBOARDING_STEPS: "SEND_PREPARE",
    Kind.OFFBOARDING_STEPS: "SEND_EVIDENCE_HELMET",
    Kind.PAUSING_STEPS: "SEND_PAUSE",
    Kind.RESUMING_STEPS: "SEND_SET_IN_USE",
}


def typed(kind, fields, *, row=0, pk=None):
    """What the browser sends about one condition, and how many there were."""
    name = f"conditions-{row}"
    prefix = f"{name}-details-{kind}-" if kind not in STEP_KINDS else ""
    return {
        "conditions-TOTAL_FORMS": row + 1,
        "conditions-INITIAL_FORMS": int(pk is not None),
        f"{name}-position": 0,
        **({f"{name}-id": pk} if pk else {f"{name}-kind": kind.value}),
        **{f"{prefix}{member}": value for member, value in fields.items()},
    }


def steps_typed(kind, steps, **more):
    return typed(kind, dict(rows_of_steps(f"conditions-0-details-{kind}", steps)), **more)


def save(staff, asset_type, sent):
    address = f"/admin/fleet/assettype/{asset_type.pk}/change/"
    page = {name: value for name, value in filled_in(staff, address).items() if not name.startswith("conditions-")}
    return staff.post(address, page | {"conditions-MIN_NUM_FORMS": 0, "conditions-MAX_NUM_FORMS": 1000} | sent)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_condition_is_typed_in_its_own_fields(staff, kind):
    asset_type = AssetTypeFactory()
    fields, details = ONE_OF_EACH[kind]

    response = save(staff, asset_type, typed(kind, fields))

    assert response.status_code == 302, errors(response)
    assert list(Condition.objects.values_list("asset_type", "kind", "details")) == [(asset_type.pk, kind, details)]


@pytest.mark.parametrize("kind", STEP_KINDS)
def test_steps_are_rows_in_order(staff, kind):
    asset_type = AssetTypeFactory()
    action = STEP_KINDS[kind]
    steps = [{"action": action, "position": 2, "text": {"en": "Second"}}, {"action": action, "position": 1}]

    response = save(staff, asset_type, steps_typed(kind, steps))

    assert response.status_code == 302, errors(response)
    assert Condition.objects.get().details == {
        "steps": [{"action": action}, {"action": action, "text": {"en": "Second"}}]
    }


def test_there_are_only_the_actions_of_the_list(staff):
    response = save(staff, AssetTypeFactory(), steps_typed(Kind.PAUSING_STEPS, [{"action": "SEND_FINISH"}]))

    assert "Row 1, Action: Select a valid choice. SEND_FINISH is not one of the available choices." in errors(response)
    assert not Condition.objects.exists()


def test_a_step_is_changed_and_another_removed(staff):
    condition = ConditionFactory(kind=Kind.OFFBOARDING_STEPS, details={"steps": STEPS})
    sent = steps_typed(condition.kind, STEPS, pk=condition.pk)
    name = f"conditions-0-details-{condition.kind}"

    response = save(staff, condition.asset_type, sent | {f"{name}-0-text__nl": "Rechtop.", f"{name}-1-DELETE": "on"})

    assert response.status_code == 302, errors(response)
    [step] = Condition.objects.get().details["steps"]
    assert step == {"action": "PARK_ASSIST", "text": {"en": "Park upright.", "nl": "Rechtop."}}
    assert condition.history.count() == 2


def test_steps_nobody_changed_are_not_written(staff):
    condition = ConditionFactory(kind=Kind.OFFBOARDING_STEPS, details={"steps": STEPS})

    response = save(staff, condition.asset_type, steps_typed(condition.kind, STEPS, pk=condition.pk))

    assert response.status_code == 302, errors(response)
    assert Condition.objects.get().details == {"steps": STEPS}
    assert condition.history.count() == 1


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (Kind.DEPOSIT, {"amount": "50"}, "Currency: This field is required."),
        (Kind.DEPOSIT, {"amount": "-5", "currency": "EUR"}, "A deposit is more than nothing"),
        (Kind.DEPOSIT, {"amount": "5", "currency": "eur"}, "A currency is three capitals"),
        (Kind.DEPOSIT, {"amount": "5.5", "currency": "JPY"}, "JPY has 0 decimals."),
        (Kind.REQUIRE_BOOKING_DATA, {}, "Data: This field is required."),
        (
            Kind.REQUIRE_BOOKING_DATA,
            {"required_fields": ["LAST_NAME"]},
            "LAST_NAME is not one of the available choices",
        ),
        (Kind.RETURN_AREA, {}, "A return area is a station, a polygon or a point"),
        (Kind.RETURN_AREA, {"station_id": "nowhere"}, "There is no station nowhere."),
        (Kind.RETURN_AREA, {"lat": "52"}, "A point has lat and lng"),
        (Kind.RETURN_AREA, {"area": '{"type": "Point", "coordinates": [5, 52]}'}, "A GeoJSON Polygon is expected"),
        (Kind.RETURN_AREA, {"lat": "52", "lng": "5", "hours": "always"}, "days and hours are expected"),
    ],
)
def test_nonsense_is_refused(staff, kind, fields, said):
    response = save(staff, AssetTypeFactory(), typed(kind, fields))

    assert said in errors(response)
    assert not Condition.objects.exists()


def test_a_type_may_have_several_return_areas(staff):
    StationFactory(station_id="hub")
    asset_type = AssetTypeFactory()
    polygon = str(square()).replace("'", '"')

    first = typed(Kind.RETURN_AREA, {"station_id": "hub"})
    response = save(staff, asset_type, first | typed(Kind.RETURN_AREA, {"area": polygon}, row=1))

    assert response.status_code == 302, errors(response)
    assert [row.details for row in Condition.objects.order_by("pk")] == [{"station_id": "hub"}, {"area": square()}]


def test_what_is_kept_is_shown_again(staff):
    condition = ConditionFactory(kind=Kind.OFFBOARDING_STEPS, details={"steps": STEPS})

    html = staff.get(f"/admin/fleet/assettype/{condition.asset_type_id}/change/").content.decode()

    for text in ("Park upright.", "Zet hem rechtop.", "https://example.org/how.png", "fleet/conditions.js"):
        assert text in html


def test_a_licence_and_an_age_are_terms_of_the_type(staff):
    asset_type = AssetTypeFactory()
    address = f"/admin/fleet/assettype/{asset_type.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"minimum_age": "18", "licence": "B"})

    assert AssetType.objects.values_list("minimum_age", "licence").get() == (18, "B")


def test_what_travellers_are_shown_is_typed_in_rows_too(staff):
    SystemFactory()
    address = "/admin/fleet/system/1/change/"
    terms = [{"action": "SHOW_TERMS_CONDITIONS", "goal": "TERMS_CONDITIONS", "text": {"en": "Ride with care."}}]

    response = staff.post(address, filled_in(staff, address) | dict(rows_of_steps("planning_steps", terms)))

    assert response.status_code == 302, errors(response)
    assert System.objects.values_list("planning_steps", "booking_steps").get() == (terms, [])
