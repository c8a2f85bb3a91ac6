"""What staff do to vehicles and places: afterwards rows, API, feeds, journal, callbacks, story and audit agree …"""

from decimal import Decimal

from backoffice import restricting as settling
from fleet import restricting, services
from fleet.gateway import commands
from fleet.models import Asset, Damage
from tests.fleet_factories import DamageFactory, GatewayFactory
from tests.journey import NOW, given_leg
from tests.town import WHY, Act, ActsOfStaff, nothing

VEHICLES, RESTRICTIONS = "/admin/fleet/asset/", "/admin/fleet/restriction/"
LATER = "2026-06-01T16:00:00"


# How things are before


def moved(*numbers, move="store"):
    def given(town):
        for number in numbers:
            services.change_service_state(asset_id=town.pk(number), move=move, reason="Winter", now=NOW)

    return given


def ridden(*numbers):
    """Somebody was faster."""

    def refused(town):
        for number in numbers:
            given_leg(town.mp.provider, Asset.objects.get(vehicle_number=number), state="IN_USE")

    return refused


def with_a_gateway(town):
    town.kind.gateway = GatewayFactory()
    town.kind.save()
    commands.forget()


def tagged(town):
    Asset.objects.filter(vehicle_number="FIRST").update(tags=["north"])


def drafted(*numbers, ends_at=None):
    def given(town):
        town.kept["restriction"] = restricting.draft(
            assets=Asset.objects.filter(vehicle_number__in=numbers), state="OUT_OF_SERVICE", reason="Storm",
            starts_at=NOW, ends_at=ends_at, actor="rita", now=NOW,
        ).pk  # fmt: skip

    return given


def decided(*numbers):
    def given(town):
        drafted(*numbers)(town)
        restricting.decide(restriction_id=town.kept["restriction"], bookings="LEAVE", actor="rita", now=NOW)
        carried_out(town)

    return given


def called_off(town):
    decided("FIRST")(town)
    restricting.call_off(restriction_id=town.kept["restriction"], now=NOW)


def carried_out(town):
    """By the job that was deferred when it was decided."""
    settling.carry_out(town.kept["restriction"], actor="ingrid", now=NOW)


def a_minute_passes(town):
    restricting.carry_out(now=NOW)


def damaged(town):
    town.kept["damage"] = DamageFactory(asset=Asset.objects.get(vehicle_number="FIRST")).pk


def repaired(town):
    damaged(town)
    Damage.objects.update(repaired_at=NOW, repaired_by="rita")


# Where staff do it


def page_of(number, button):
    return lambda town: f"{VEHICLES}{town.pk(number)}/{button}/"


def chosen(action, *numbers, **answers):
    return lambda town: {"action": action, "_selected_action": [town.pk(number) for number in numbers], **answers}


def of_the_list(_town):
    return VEHICLES


def of_the_restriction(button):
    return lambda town: f"{RESTRICTIONS}{town.kept['restriction']}/{button}/"


def out(state, why=WHY, *numbers):
    """What is told of vehicles that left service."""
    said = {}
    for number in numbers or ("FIRST",):
        said |= {("state", number): (state, why, ""), ("offered", number): None}
        said |= {("feed", number): "is_disabled" if state == "OUT_OF_SERVICE" else None}
    return said


BACK = {("state", "FIRST"): ("AVAILABLE", "", ""), ("offered", "FIRST"): True, ("feed", "FIRST"): "free"}
BOTH = ("FIRST", "SPARE")
# What a restriction of FIRST, HELD and RIDDEN makes different whatever becomes of the bookings
OUT_NOW = out("OUT_OF_SERVICE", "Storm") | {("state", "RIDDEN"): ("IN_USE", "", "Storm")}
HELD_OUT = {("feed", "HELD"): "is_disabled", ("state", "HELD"): ("OUT_OF_SERVICE", "Storm", "")}
LEFT = {("state", "HELD"): ("RESERVED", "", "Storm")}
CANCELLED = {
    ("owed", ""): ["SET_IN_USE", "CANCEL"], ("trip", "HELD"): ("CANCELLED", "CANCELLED", "HELD", Decimal(0)),
}  # fmt: skip
MOVED = {
    ("owed", ""): ["SET_IN_USE", "ASSIGN_ASSET", "PUT"], ("offered", "SPARE"): None, ("feed", "SPARE"): "is_reserved",
    ("state", "SPARE"): ("RESERVED", "", ""), ("trip", "HELD"): ("CONFIRMED", "NOT_STARTED", "SPARE", Decimal(1)),
}  # fmt: skip
BY_STORM = "out of service: Storm"
CHANGED = ("Asset", "changed", WHY)
ACTS = {
    "put in service": Act(
        page_of("FIRST", "put-in-service"),
        BACK,
        [("Asset", "changed", "")],
        "change_asset",
        given=moved("FIRST"),
        refused=ridden("FIRST"),
        needs=(),
    ),
    "take out of service": Act(
        page_of("FIRST", "take-out-of-service"),
        out("OUT_OF_SERVICE"),
        [CHANGED],
        "change_asset",
        refused=ridden("FIRST"),
    ),
    "store": Act(page_of("FIRST", "store"), out("STORED"), [CHANGED], "change_asset", refused=ridden("FIRST")),
    "report missing": Act(
        page_of("FIRST", "report-missing"),
        out("MISSING"),
        [CHANGED],
        "change_asset",
        refused=ridden("FIRST"),
    ),
    "retire": Act(page_of("FIRST", "retire"), out("RETIRED"), [CHANGED], "change_asset", refused=ridden("FIRST")),
    "locate": Act(
        page_of("FIRST", "locate"),
        {("command", "FIRST"): ("LOCATE", "DONE")},
        [],
        "change_asset",
        given=with_a_gateway,
        refused=nothing,
        needs=(),
    ),
    "put many in service": Act(
        of_the_list,
        BACK,
        [("Asset", "changed", "")],
        "change_asset",
        chosen("put_in_service_all", "FIRST"),
        given=moved("FIRST"),
        refused=ridden("FIRST"),
        needs=(),
    ),
    "take many out of service": Act(
        of_the_list,
        out("OUT_OF_SERVICE", WHY, *BOTH),
        [CHANGED] * 2,
        "change_asset",
        chosen("take_out_of_service_all", *BOTH),
        refused=ridden(*BOTH),
    ),
    "store many": Act(
        of_the_list,
        out("STORED", WHY, *BOTH),
        [CHANGED] * 2,
        "change_asset",
        chosen("store_all", *BOTH),
        refused=ridden(*BOTH),
    ),
    "report many missing": Act(
        of_the_list,
        out("MISSING", WHY, *BOTH),
        [CHANGED] * 2,
        "change_asset",
        chosen("report_missing_all", *BOTH),
        refused=ridden(*BOTH),
    ),
    "retire many": Act(
        of_the_list,
        out("RETIRED", WHY, *BOTH),
        [CHANGED] * 2,
        "change_asset",
        chosen("retire_all", *BOTH),
        refused=ridden(*BOTH),
    ),
    "move to a station": Act(
        of_the_list,
        {("place", "FIRST"): "dom", ("station", "dom"): 1, ("feed of station", "dom"): (True, True, 1)},
        [("Asset", "changed", "")],
        "change_asset",
        lambda town: chosen("move_to_station", "FIRST")(town) | {"station": town.station.pk},
        refused=ridden("FIRST"),
        needs=("station",),
    ),
    "add tags": Act(
        of_the_list,
        {("condition", "FIRST"): (80, ("north",))},
        [("Asset", "changed", "")],
        "change_asset",
        chosen("add_tags", "FIRST", tags="North"),
        refused=tagged,
        needs=("tags",),
    ),
    "remove tags": Act(
        of_the_list,
        {("condition", "FIRST"): (80, ())},
        [("Asset", "changed", "")],
        "change_asset",
        chosen("remove_tags", "FIRST", tags="North"),
        given=tagged,
        refused=nothing,
        needs=("tags",),
    ),
    "draft a restriction": Act(
        of_the_list,
        {},
        [("Restriction", "added", WHY)],
        "change_asset",
        chosen("restrict", *BOTH, state="STORED", starts_at="2026-06-01T12:00:00", ends_at=LATER),
        needs=("reason", "state", "starts_at"),
        refused=nothing,
        refused_form=lambda town: {"ends_at": "2026-06-01T11:00:00"},
    ),
    "decide a restriction": Act(
        of_the_restriction("decide"),
        OUT_NOW | LEFT,
        [("Restriction", "changed", "Decided: LEAVE")],
        "change_asset",
        lambda town: {"bookings": "LEAVE"},
        given=drafted("FIRST", "HELD", "RIDDEN"),
        refused=decided("FIRST"),
        needs=("bookings",),
        then=carried_out,
    ),
    "decide a restriction, moving bookings": Act(
        of_the_restriction("decide"),
        OUT_NOW | HELD_OUT | MOVED,
        [("Leg", "ASSIGN_ASSET", BY_STORM), ("Restriction", "changed", "Decided: MOVE")],
        "change_asset",
        lambda town: {"bookings": "MOVE"},
        given=drafted("FIRST", "HELD", "RIDDEN"),
        refused=decided("FIRST"),
        needs=("bookings",),
        then=carried_out,
        may_also=("change_booking",),
    ),
    "decide a restriction, cancelling bookings": Act(
        of_the_restriction("decide"),
        OUT_NOW | HELD_OUT | CANCELLED,
        [("Booking", "CANCEL", BY_STORM), ("Restriction", "changed", "Decided: CANCEL")],
        "change_booking",
        lambda town: {"bookings": "CANCEL"},
        given=drafted("FIRST", "HELD", "RIDDEN"),
        refused=decided("FIRST"),
        needs=("bookings",),
        then=carried_out,
        may_also=("change_asset",),
    ),
    "end a restriction": Act(
        of_the_restriction("call-off"),
        BACK,
        [("Restriction", "changed", "Ended")],
        "change_asset",
        given=decided("FIRST"),
        refused=called_off,
        needs=(),
        then=a_minute_passes,
    ),
    "repair a damage": Act(
        lambda town: f"/admin/fleet/damage/{town.kept['damage']}/repaired/",
        {("damage", "FIRST"): ("UNKNOWN", "ingrid")},
        [("Damage", "changed", "")],
        "change_damage",
        given=damaged,
        refused=repaired,
        needs=(),
    ),
}


class TestOfTheFleet(ActsOfStaff):
    acts = ACTS
