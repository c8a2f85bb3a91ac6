"""What staff ask for rides, and of whom: afterwards rows, API, feeds, trips, journal, calls, story and audit agree …"""

from decimal import Decimal

from tests.admin.acting import having, new, page, removing, with_other
from tests.configuration import configuration
from tests.fleet_factories import (
    AncillaryFactory,
    AssetTypeFactory,
    ConditionFactory,
    PlanRuleFactory,
    PricingPlanFactory,
    UserGroupFactory,
)
from tests.town import Act, ActsOfStaff, nothing

PLAN, RULE, GROUP = "fleet/pricingplan", "fleet/planrule", "fleet/usergroup"
ANCILLARY, TYPE = "fleet/ancillary", "fleet/assettype"

night_price = having(PLAN, PricingPlanFactory, plan_id="night", name={"en": "Night"})
child_seat = having(ANCILLARY, AncillaryFactory, number="07", asset_types=lambda town: [town.kind])
students = having(GROUP, UserGroupFactory, group_id="students")


def usual_price(town):
    town.kept[PLAN] = town.kind.default_plan_id


def priced_by_rule(town):
    night_price(town)
    town.kept[RULE] = PlanRuleFactory(plan_id=town.kept[PLAN], station=None).pk


def of_scooters(town):
    town.kept[TYPE] = town.kind.pk


def with_a_deposit(town):
    of_scooters(town)
    ConditionFactory(asset_type=town.kind)


def without_vehicles(town):
    town.kept[TYPE] = AssetTypeFactory(type_id="bike", docked=True, default_plan=town.kind.default_plan).pk


def parts(*amounts):
    """As many fixed parts, as a browser sends them."""
    sent = {"parts-TOTAL_FORMS": len(amounts), "parts-INITIAL_FORMS": 0}
    for number, amount in enumerate(amounts):
        part = {"type": "FIXED", "kind": "DEFAULT", "amount": amount, "part_class": "FARE", "position": number}
        sent |= {f"parts-{number}-{name}": value for name, value in part.items()}
    return sent


FOR_STUDENTS = {
    ("offered", "FIRST"): None, ("offered", "SPARE"): None, ("price", "scooter"): None, ("conditions", "scooter"): None,
    ("feed of type", "scooter"): None, **{("feed", number): None for number in ("FIRST", "SPARE", "HELD")},
}  # fmt: skip
IN_THE_DAY = {"priority": "0", "days": ["MON"], "starts_at": "10:00", "ends_at": "16:00"}
NIGHT = {"plan_id": "night", "name__en": "Night", "currency": "EUR", "vat_rate": "21", "vat_country": "NL"}
NO_CONDITIONS = {"conditions-TOTAL_FORMS": "0", "conditions-INITIAL_FORMS": "0"}
BIKE = NO_CONDITIONS | {
    "type_id": "bike", "name__en": "Bike", "asset_class": "BICYCLE", "propulsion": "human", "form_factor": "bicycle",
    "booked_by": "ASSET", "return_rule": "free_floating", "hold_minutes": "10", "min_charge_percent": "0",
    "bookable_ahead_hours": "0", "assign_minutes_before": "0", "response_minutes": "0",
    "properties": "{}", "access_details": "{}",
    **{f"{name}_instructions-{count}_FORMS": "0" for name in ("opening", "pausing", "closing")
       for count in ("TOTAL", "INITIAL")},
}  # fmt: skip
SEAT = {"name__en": "Child seat", "category": "AV", "number": "07", "price": "2", "max_per_leg": "1"}
ACTS = {
    "a new price": Act(
        new(PLAN),
        {("plan", "night"): ("Night", [3]), ("feed of plan", "night"): ("Night", 3.0)},
        [("Fare part", "added", ""), ("Pricing plan", "added", "")],
        "add_pricingplan",
        lambda town: NIGHT | parts(3),
        refused=nothing,
        refused_form=lambda town: {"currency": "eur"},
        needs=("plan_id", "name__en", "parts-0-amount"),
        may_also=("add_farepart",),
    ),
    "another price": Act(
        page(PLAN),
        {("plan", "usual"): ("Usual", [4, 0.2, 0.05]), ("feed of plan", "usual"): ("Usual", 4.0)},
        [("Fare part", "changed", "")],
        "change_pricingplan",
        with_other(PLAN, **{"parts-0-amount": "4"}),
        given=usual_price,
        refused=usual_price,
        refused_form=lambda town: {"parts-1-units": "0"},
        needs=("currency",),
        may_also=("change_farepart",),
    ),
    **removing(
        PLAN,
        {("plan", "night"): None, ("feed of plan", "night"): None},
        [("Fare part", "deleted", ""), ("Fare part", "deleted", ""), ("Pricing plan", "deleted", "")],
        night_price,
        refused=usual_price,
    ),
    "a price at certain times": Act(
        new(RULE),
        {("price", "scooter"): ["night"], ("feed of type", "scooter"): ("E-scooter", ["usual", "night"])},
        [("Price rule", "added", "")],
        "add_planrule",
        lambda town: {"plan": town.kept[PLAN], **IN_THE_DAY},
        given=night_price,
        refused=night_price,
        refused_form=lambda town: {"ends_at": "10:00"},
        needs=("plan", "days"),
    ),
    "that price at other times": Act(
        page(RULE),
        {("price", "scooter"): ["usual"]},
        [("Price rule", "changed", "")],
        "change_planrule",
        with_other(RULE, days=["TUE"]),
        given=priced_by_rule,
        refused=priced_by_rule,
        refused_form=lambda town: {"region": town.region.pk, "station": town.station.pk},
        needs=("plan", "days"),
    ),
    **removing(
        RULE,
        {("price", "scooter"): ["usual"], ("feed of type", "scooter"): ("E-scooter", ["usual"])},
        [("Price rule", "deleted", "")],
        priced_by_rule,
    ),
    "a new group": Act(
        new(GROUP),
        {("usergroup", "students"): [None]},
        [("User group", "added", "")],
        "add_usergroup",
        lambda town: {"group_id": "students", "name__en": "Students"},
        refused=students,
        needs=("group_id", "name__en"),
    ),
    "who may be of a group": Act(
        page(GROUP),
        {("usergroup", "students"): ["mp"]},
        [("User group", "changed", "")],
        "change_usergroup",
        lambda town: with_other(GROUP, providers=[town.mp.provider.pk])(town),
        given=students,
        refused=students,
        refused_form=lambda town: {"providers": ["0"]},
        needs=("group_id",),
    ),
    **removing(GROUP, {("usergroup", "students"): None}, [("User group", "deleted", "")], students),
    "something to add to a ride": Act(
        new(ANCILLARY),
        {("ancillary", "07"): [Decimal(2)]},
        [("Ancillary", "added", "")],
        "add_ancillary",
        lambda town: SEAT | {"asset_types": [town.kind.pk]},
        refused=child_seat,
        needs=("category", "price"),
    ),
    "that it costs more": Act(
        page(ANCILLARY),
        {("ancillary", "07"): [Decimal(3)]},
        [("Ancillary", "changed", "")],
        "change_ancillary",
        with_other(ANCILLARY, price="3"),
        given=child_seat,
        refused=child_seat,
        refused_form=lambda town: {"price": "-1"},
        needs=("number",),
    ),
    **removing(ANCILLARY, {("ancillary", "07"): None}, [("Ancillary", "deleted", "")], child_seat),
    "a new type": Act(
        new(TYPE),
        {("assettype", "bike"): ["BICYCLE", 10], ("feed of type", "bike"): ("Bike", ["usual"])},
        [("Asset type", "added", "")],
        "add_assettype",
        lambda town: BIKE | {"default_plan": town.kind.default_plan_id},
        refused=without_vehicles,
        needs=("type_id", "asset_class"),
    ),
    "that a type is for a group": Act(
        page(TYPE),
        FOR_STUDENTS,
        [("Asset type", "changed", "")],
        "change_assettype",
        lambda town: with_other(TYPE, user_groups=[town.kept[GROUP]])(town),
        given=lambda town: (of_scooters(town), students(town)),
        refused=lambda town: (of_scooters(town), students(town)),
        refused_form=lambda town: {"access_methods": "DEEPLINK"},
        needs=("type_id",),
    ),
    "that a booking asks for a deposit": Act(
        page(TYPE),
        {("conditions", "scooter"): ["conditionDeposit"]},
        [("Condition", "added", "")],
        "change_assettype",
        with_other(TYPE, **{
            "conditions-TOTAL_FORMS": "1", "conditions-0-kind": "conditionDeposit", "conditions-0-position": "0",
            "conditions-0-details-conditionDeposit-amount": "20",
            "conditions-0-details-conditionDeposit-currency": "EUR",
        }),
        given=of_scooters,
        refused=of_scooters,
        refused_form=lambda town: {"conditions-0-details-conditionDeposit-amount": "much"},
        needs=("conditions-0-details-conditionDeposit-currency",),
        may_also=("add_condition",),
    ),
    "that it asks for none any more": Act(
        page(TYPE),
        {("conditions", "scooter"): []},
        [("Condition", "deleted", "")],
        "change_assettype",
        with_other(TYPE, **{"conditions-0-DELETE": "on"}),
        given=with_a_deposit,
        needs=("type_id",),
        may_also=("delete_condition", "change_condition"),
    ),
    **removing(
        TYPE,
        {("assettype", "bike"): None, ("feed of type", "bike"): None},
        [("Asset type", "deleted", "")],
        without_vehicles,
        refused=of_scooters,
    ),
}  # fmt: skip


class TestOfPrices(ActsOfStaff):
    acts = ACTS
    tell = (configuration,)
    empty = ""
