"""What staff type is kept as it was meant, or refused in words they understand."""

from itertools import chain

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction

from fleet.admin.steps import StepsField
from fleet.models import (
    Alert,
    Asset,
    AssetType,
    CalendarPeriod,
    Damage,
    OpeningHours,
    PlanRule,
    PricingPlan,
    Region,
    Station,
    System,
)
from maas.models import MaasProvider
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    AlertFactory,
    AssetFactory,
    AssetTypeFactory,
    OpeningHoursFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
    square,
)
from tomp.admin import ReadOnlyAdmin


def filled_in(client, address):
    """The form as the page shows it: what a browser would send back unchanged."""
    page = client.get(address)
    forms = [
        page.context["adminform"].form,
        *(f.formset.management_form for f in page.context["inline_admin_formsets"]),
    ]
    forms += [form for inline in page.context["inline_admin_formsets"] for form in inline.formset.initial_forms]
    return {name: value for form in forms for name, value in _sent_by(form)}


def _sent_by(form):
    for field in form:
        value = field.value()
        if isinstance(value, dict):  # one input per language
            yield from ((f"{field.html_name}__{tag}", text) for tag, text in value.items())
        elif isinstance(field.field, StepsField):
            yield from rows_of_steps(field.html_name, value or [])
        elif value is not None and value is not False:
            yield field.html_name, getattr(value, "pk", value)


def rows_of_steps(name, steps):
    """What a browser sends of steps: one row each."""
    yield from {f"{name}-TOTAL_FORMS": len(steps), f"{name}-INITIAL_FORMS": len(steps)}.items()
    for number, step in enumerate(steps):
        row = {"position": number + 1, "type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", **step}
        texts = row.pop("text", {})
        yield from ((f"{name}-{number}-{member}", value) for member, value in row.items())
        yield from ((f"{name}-{number}-text__{tag}", text) for tag, text in texts.items())


def errors(response):
    assert response.status_code == 200, "the form was accepted"
    found = [text for texts in response.context["adminform"].form.errors.values() for text in texts]
    for form in [form for inline in response.context["inline_admin_formsets"] for form in inline.formset]:
        found += [*form.non_field_errors(), *chain.from_iterable(form.errors.values())]
    return " ".join(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("make", "address"),
    [
        (SystemFactory, "system"), (RegionFactory, "region"), (StationFactory, "station"), (AlertFactory, "alert"),
        (PricingPlanFactory, "pricingplan"), (AssetTypeFactory, "assettype"), (OpeningHoursFactory, "openinghours"),
        (PlanRuleFactory, "planrule"),
    ],
)  # fmt: skip
def test_saving_an_unchanged_form_changes_nothing(staff, make, address):
    row = make()
    before, versions = type(row).objects.filter(pk=row.pk).values().get(), row.history.count()
    page = f"/admin/fleet/{address}/{row.pk}/change/"

    response = staff.post(page, filled_in(staff, page))

    assert response.status_code == 302, errors(response)
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert row.history.count() == versions


# Texts in several languages


@pytest.fixture
def station(db):
    SystemFactory(languages=["en", "nl"])
    return StationFactory(name={"en": "Dom square", "de": "Domplatz"})


def test_a_text_has_an_input_for_each_language(staff, station):
    html = staff.get(f"/admin/fleet/station/{station.pk}/change/").content.decode()

    assert [f'name="name__{tag}"' in html for tag in ("en", "nl", "de", "fr")] == [True, True, True, False]


def test_a_text_is_kept_per_language(staff, station):
    address = f"/admin/fleet/station/{station.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"name__nl": " Domplein ", "name__de": ""})

    assert Station.objects.get().name == {"en": "Dom square", "nl": "Domplein"}


def test_a_text_is_wanted_in_at_least_one_language(staff, station):
    address = f"/admin/fleet/station/{station.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"name__en": " ", "name__de": ""})

    assert errors(response) == "Write the text in at least one language."
    assert Station.objects.get().name == station.name


def test_a_language_that_is_none_is_refused(staff, station):
    address = f"/admin/fleet/station/{station.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"name__no!": "x"})

    assert errors(response) == "“no!” is not a language tag with a text."


# JSON and lists of words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"brand": "X",\n "model" "Z"}', "This is not JSON. Line 2, column 10: "),
        ("brand: X", "This is not JSON. Line 1, column 1: Expecting value."),
        ('["brand"]', "An object is expected: {…}."),
    ],
)
def test_a_mistake_in_json_is_named_with_its_place(staff, typed, said):
    asset_type = AssetTypeFactory(properties={"brand": "Y"})
    address = f"/admin/fleet/assettype/{asset_type.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"properties": typed})

    assert errors(response).startswith(said)
    assert AssetType.objects.get(pk=asset_type.pk).properties == {"brand": "Y"}


def test_words_are_typed_with_commas(staff):
    asset_type = AssetTypeFactory(access_methods=["TOMP-API"])
    address = f"/admin/fleet/assettype/{asset_type.pk}/change/"

    assert filled_in(staff, address)["access_methods"] == "TOMP-API"
    staff.post(address, filled_in(staff, address) | {"access_methods": " QR, TOMP-API ,"})

    assert AssetType.objects.get(pk=asset_type.pk).access_methods == ["QR", "TOMP-API"]


# The operator


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("timezone", "Europe/Atlantis", "Select a valid choice. Europe/Atlantis is not one of the available choices."),
        ("languages", "en, no!", "“no!” is not a language tag."),
        ("languages", " , ", "This field is required."),
    ],
)
def test_the_operator_has_a_time_zone_and_languages(staff, field, typed, said):
    SystemFactory()
    address = "/admin/fleet/system/1/change/"

    response = staff.post(address, filled_in(staff, address) | {field: typed})

    assert errors(response) == said
    assert System.objects.values_list("timezone", "languages").get() == ("Europe/Amsterdam", ["en", "nl"])


def test_there_is_one_operator(staff):
    SystemFactory()

    assert staff.get("/admin/fleet/system/add/").status_code == 403


# Areas


@pytest.mark.parametrize(
    "area",
    [
        '{"type": "Point", "coordinates": [5, 52]}',
        '{"type": "Polygon", "coordinates": "abc"}',
        '{"type": "Polygon", "coordinates": [[1, 2, 3, 1]]}',
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}',
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}',
        '{"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]}',
        '{"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]]}',
        '{"type": "Polygon"}',
        '{"type": "Polygon", "coordinates": 5}',
        '{"type": "Polygon", "coordinates": [5]}',
        '{"type": "Polygon", "coordinates": [[[1], [2], [3], [1]]]}',
        '{"type": "Polygon", "coordinates": [[["a", 1], [1, 1], [2, 2], ["a", 1]]]}',
        '["Polygon"]',
        "{}",
        "7",
    ],
)
def test_an_area_that_is_no_polygon_is_refused(staff, area):
    region = RegionFactory()
    address = f"/admin/fleet/region/{region.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"area": area})

    assert errors(response)
    assert Region.objects.get(pk=region.pk).area == region.area


def test_the_box_follows_the_area(staff):
    region = RegionFactory()
    address = f"/admin/fleet/region/{region.pk}/change/"
    area = str(square(lat=10, lon=20, half=1)).replace("'", '"')

    staff.post(address, filled_in(staff, address) | {"area": area})

    region = Region.objects.get(pk=region.pk)
    assert (region.south, region.west, region.north, region.east) == (9, 19, 11, 21)


# Prices


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parts-1-units": "0"}, "What is charged per unit has a unit type, and units above zero."),
        ({"parts-0-kind": "DISCOUNT"}, "The amount of a discount is not above zero."),
        ({"parts-0-unit_type": "MINUTE"}, "Only what is charged per unit has a unit type and units."),
        ({"parts-1-unit_type": "PERCENTAGE"}, "A percentage is a discount or a surge."),
        ({"parts-0-minimum_amount": "2"}, "The range to display includes the amount."),
        ({"parts-0-amount": ""}, "This field is required."),
        ({"parts-0-type": ""}, "This field is required."),
        ({"currency": "eur"}, "The currency has three capital letters, such as EUR."),
    ],
)
def test_a_broken_part_is_refused_in_words(staff, changes, said):
    plan = PricingPlanFactory()
    plan.parts.filter(position=1).update(name="Riding")
    before = list(plan.parts.values())
    address = f"/admin/fleet/pricingplan/{plan.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | changes)

    assert said in errors(response)
    assert said in response.content.decode().replace("&#x27;", "'")
    assert list(plan.parts.values()) == before
    assert PricingPlan.objects.get(pk=plan.pk).currency == "EUR"


def test_a_plan_is_shown_as_a_sentence(staff):
    plan = PricingPlanFactory()

    for address in ("/admin/fleet/pricingplan/", f"/admin/fleet/pricingplan/{plan.pk}/change/"):
        html = staff.get(address).content.decode()
        assert "1.00 EUR to start, 0.25 EUR per minute, pauses cost the same, 21 % VAT included" in html


@pytest.mark.parametrize("units", ["", "1"])
def test_a_discount_in_percent_is_entered_as_it_is_said(staff, units):
    plan = PricingPlanFactory()
    address = f"/admin/fleet/pricingplan/{plan.pk}/change/"
    percent = {"type": "FLEX", "kind": "DISCOUNT", "amount": "-20", "unit_type": "PERCENTAGE", "units": units}
    added = {f"parts-2-{name}": value for name, value in percent.items()}
    rest = {"parts-TOTAL_FORMS": "3", "parts-2-part_class": "FARE", "parts-2-position": "2", "parts-2-plan": plan.pk}

    response = staff.post(address, filled_in(staff, address) | added | rest)

    assert response.status_code == 302, errors(response)
    assert "20 % off" in staff.get(address).content.decode()


RULE = {"plan": "", "asset_type": "", "priority": "0", "days": ["FRI", "SAT"], "region": "", "station": ""}


def test_a_price_rule_is_for_nights_and_stations(staff):
    plan, station, asset_type = PricingPlanFactory(), StationFactory(), AssetTypeFactory()
    form = RULE | {"plan": plan.pk, "station": station.pk, "asset_type": asset_type.pk}

    response = staff.post("/admin/fleet/planrule/add/", form | {"starts_at": "23:00", "ends_at": "06:00"})

    assert response.status_code == 302, errors(response)
    rule = PlanRule.objects.get()
    assert (rule.plan, rule.station, rule.asset_type, rule.when) == (plan, station, asset_type, "Fri, Sat 23:00–06:00")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_at": "23:00"}, "The times are the same: 00:00 to 00:00 is the whole day."),
        ({"days": []}, "This field is required."),
        ({"both": True}, "A rule is for a station or for a region, not for both."),
    ],
)
def test_a_price_rule_that_makes_no_sense_is_refused(staff, changes, said):
    form = RULE | {"plan": PricingPlanFactory().pk, "starts_at": "23:00", "ends_at": "06:00"} | changes
    if form.pop("both", False):
        form |= {"station": StationFactory().pk, "region": RegionFactory().pk}

    response = staff.post("/admin/fleet/planrule/add/", form)

    assert said in errors(response)
    assert not PlanRule.objects.exists()


# Schedules


def test_days_are_ticked(staff):
    form = {
        "days": ["MON", "SUN"],
        "opens_at": "08:00",
        "closes_at": "20:00",
        "user_type": "",
        "region": "",
        "station": "",
    }

    response = staff.post("/admin/fleet/openinghours/add/", form)

    assert response.status_code == 302, errors(response)
    assert OpeningHours.objects.get().days == ["MON", "SUN"]


def test_an_alert_ends_after_it_starts(staff):
    form = {
        "alert_id": "works", "kind": "OTHER", "summary__en": "Road works",
        "starts_at_0": "2026-05-04", "starts_at_1": "12:00", "ends_at_0": "2026-05-03", "ends_at_1": "12:00",
    }  # fmt: skip

    response = staff.post("/admin/fleet/alert/add/", form)

    assert errors(response) == "It has to end after it starts."
    assert not Alert.objects.exists()


# Lists of choices


def test_choices_are_boxes(staff):
    provider = MaasProviderFactory()
    address = f"/admin/maas/maasprovider/{provider.pk}/change/"

    staff.post(address, filled_in(staff, address) | {"access_code_in": ["GET_LEG", "COMMIT_EVENT"]})

    provider = MaasProvider.objects.get()
    assert provider.access_code_in == ["COMMIT_EVENT", "GET_LEG"]
    assert provider.history.count() == 2


def test_an_unchanged_contract_stays(staff):
    provider = MaasProviderFactory(location_required_on=["FINISH"])
    address = f"/admin/maas/maasprovider/{provider.pk}/change/"

    response = staff.post(address, filled_in(staff, address))

    assert response.status_code == 302, errors(response)
    assert MaasProvider.objects.get().location_required_on == ["FINISH"]
    assert provider.history.count() == 1


def test_nobody_leaves_the_sandbox(staff):
    provider = MaasProviderFactory(is_sandbox=True)
    address = f"/admin/maas/maasprovider/{provider.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"is_sandbox": "", "name": "Gone live"})

    assert response.status_code == 302, errors(response)
    assert MaasProvider.objects.values("name", "is_sandbox").get() == {"name": "Gone live", "is_sandbox": True}


def test_terms_that_do_not_fit_are_refused(staff):
    provider = MaasProviderFactory()
    address = f"/admin/maas/maasprovider/{provider.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"access_code_in": ["BOOKING"]})

    assert errors(response) == "A booking that waits for COMMIT opens nothing: its answer has no access data."
    assert "BOOKING" not in MaasProvider.objects.get().access_code_in


def test_an_access_method_without_what_it_needs_is_refused(staff):
    asset_type = AssetTypeFactory()
    address = f"/admin/fleet/assettype/{asset_type.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | {"access_methods": "QR, DEEPLINK"})

    assert errors(response) == 'DEEPLINK: the "url" is missing, with its scheme.'
    assert AssetType.objects.get().access_methods == []


@pytest.mark.parametrize("key", [" ", "scooter", "9" * 30])
def test_what_no_vehicle_can_be_is_refused_on_the_form(staff, key):
    answer = staff.post("/admin/fleet/damage/add/", {"asset": key, "part": "OTHER", "description": "Scratched"})

    assert "Select a valid choice. That choice is not one of the available choices." in errors(answer)
    assert not Damage.objects.exists()


@pytest.mark.parametrize("key", [" ", "hub"])
def test_what_no_station_can_be_is_refused_where_several_are_named(staff, key):
    alert = AlertFactory()

    answer = staff.post(f"/admin/fleet/alert/{alert.pk}/change/", {"summary__en": "Closed", "stations": [key]})

    assert f"“{key}” is not a valid value." in errors(answer)
    assert list(alert.stations.all()) == []


YEARLY = {"start_day": 1, "start_month": 3, "end_day": 31, "end_month": 10}


@pytest.mark.parametrize(
    ("period", "problem"),
    [
        (YEARLY | {"start_day": 31, "start_month": 2}, "There is no such day."),
        (YEARLY | {"end_day": 29, "end_month": 2, "end_year": 2027}, "There is no such day."),
        (YEARLY | {"start_year": 2027, "end_year": 2026}, "It ends before it begins."),
        ({**YEARLY, "start_day": ""}, "This field is required."),
    ],
)
def test_a_season_of_days_that_do_not_exist_is_refused(staff, period, problem):
    assert problem in errors(staff.post("/admin/fleet/calendarperiod/add/", period))
    assert not CalendarPeriod.objects.exists()


@pytest.mark.parametrize(
    "period",
    [
        YEARLY | {"end_day": 29, "end_month": 2},
        {"start_day": 1, "start_month": 11, "end_day": 31, "end_month": 3},
        {**YEARLY, "start_year": 2026, "end_year": 2026},
    ],
)
def test_a_season_is_kept(staff, period):
    answer = staff.post("/admin/fleet/calendarperiod/add/", period)

    assert answer.status_code == 302
    assert CalendarPeriod.objects.filter(**period).count() == 1


# What the database would refuse


@pytest.mark.parametrize(
    ("row", "changes", "said"),
    [
        (AlertFactory, {"starts_at_0": "2026-05-02", "starts_at_1": "10:00", "ends_at_0": "2026-05-01",
                        "ends_at_1": "10:00"}, "Het einde moet na het begin liggen."),
        (AssetTypeFactory, {"min_charge_percent": "101"}, "De lading is hoogstens 100 procent."),
        (PricingPlanFactory, {"currency": "eur"}, "De valuta heeft drie hoofdletters, zoals EUR."),
    ],
)  # fmt: skip
def test_is_refused_by_forms_in_the_language_of_staff(staff, row, changes, said):
    row = row()
    before = type(row).objects.filter(pk=row.pk).values().get()
    address = f"/admin/fleet/{row._meta.model_name}/{row.pk}/change/"

    response = staff.post(address, filled_in(staff, address) | changes, headers={"accept-language": "nl"})

    assert said in errors(response)
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_has_words_for_every_rule_of_what_staff_edit():
    edited = {model for model, page in admin.site._registry.items() if not isinstance(page, ReadOnlyAdmin)}
    wordless = {
        rule.name
        for model in edited
        if model._meta.app_label == "fleet"
        for rule in model._meta.constraints
        if rule.violation_error_message == rule.default_violation_error_message
    }

    # The one is made by no form, the other offers nothing else.
    assert wordless == {"there_is_one_system", "availability_needs_what_the_protocol_has"}


@pytest.mark.parametrize("half", ["lat", "lon"])
def test_a_vehicle_is_at_a_place_or_at_none(staff, half):
    asset = AssetFactory()
    address = f"/admin/fleet/asset/{asset.pk}/change/"

    refused = staff.post(address, {**filled_in(staff, address), half: ""})

    assert [str(error) for error in refused.context["adminform"].form.non_field_errors()] == [
        "Give both latitude (-90 to 90) and longitude (-180 to 180), or neither."
    ]
    with pytest.raises(IntegrityError, match="an_asset_is_at_a_place_or_at_none"), transaction.atomic():
        Asset.objects.filter(pk=asset.pk).update(**{half: None})
    Asset.objects.filter(pk=asset.pk).update(lat=None, lon=None)
