"""vehicle_types as asset types (gbfs.md sections 3 and 5)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs.items import Plan, VehicleType
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.standing import STATUS, Standing
from fleet.importing.gbfs.values import Item, entries, localized, objects, text, url, whole

NAME = "vehicle_types"
VEHICLES_OR_STATIONS = {*STATUS, "station_information"}
DEFAULT_TYPE = "bicycle"
MOST_KILOMETRES = 200  # a range below this many "metres" was meant in kilometres

CLASSES = {  # form factor → TOMP asset class and subclass
    "bicycle": ("BICYCLE", ""),
    "cargo_bicycle": ("BICYCLE", "cargo bike"),
    "scooter_standing": ("STEP", "e-scooter"),
    "scooter_seated": ("MOPED", "seated scooter"),
    "moped": ("MOPED", ""),
    "car": ("CAR", ""),
}
FORMER_NAMES = {"scooter": "scooter_standing"}  # GBFS 2.1
PROPULSIONS = {
    "human",
    "electric_assist",
    "electric",
    "combustion",
    "combustion_diesel",
    "hybrid",
    "plug_in_hybrid",
    "hydrogen_fuel_cell",
}
RETURN_RULES = {"free_floating", "any_station", "roundtrip_station", "hybrid"}
TEXTS = {"make": "brand", "model": "model", "color": "colour"}
NUMBERS = {
    "max_permitted_speed": "max_speed",
    "wheel_count": "wheel_count",
    "rider_capacity": "persons",
    "cargo_volume_capacity": "cargo_volume",
    "cargo_load_capacity": "cargo_load",
    "g_CO2_km": "co2_per_km",
}
ACCESSORIES: dict[str, tuple[str, Any]] = {
    "automatic": ("gearbox", "AUTOMATIC"),
    "manual": ("gearbox", "MANUAL"),
    "air_conditioning": ("air_conditioning", True),
    "convertible": ("cabrio", True),
    "cruise_control": ("cruise_control", True),
    "navigation": ("navigation", True),
} | {f"doors_{count}": ("nr_of_doors", count) for count in range(2, 6)}


def vehicle_types(feed: Feed, plans: Iterable[Plan], standing: Standing, findings: Findings) -> list[VehicleType]:
    """All types; without a list of types the one that GBFS then supposes, a bicycle without a motor."""
    remarks = findings.about(NAME)
    if NAME not in feed.documents:
        if not (VEHICLES_OR_STATIONS & set(feed.documents)):
            return []
        remarks.note("", _("the feed has no vehicle types: all vehicles are taken for bicycles without a motor"))
        return [_supposed(feed.language)]
    known = {plan.plan_id for plan in plans}
    return [
        _type(type_id, item, feed.language, known, standing, remarks)
        for type_id, item in entries(feed.data(NAME), "vehicle_types", ("vehicle_type_id",), remarks)
    ]


def unpriced(types: Iterable[VehicleType], plans: Iterable[Plan], standing: Standing) -> list[str]:
    """Those of these types for which neither they nor all of their vehicles name a plan."""
    known = {plan.plan_id for plan in plans}
    without = (one.type_id for one in types if one.default_plan is None)
    return [type_id for type_id in without if not standing.has_own_plans(type_id, known)]


def _supposed(language: str) -> VehicleType:
    asset_class, subclass = CLASSES["bicycle"]
    return VehicleType(
        type_id=DEFAULT_TYPE,
        name={language: DEFAULT_TYPE},
        form_factor="bicycle",
        asset_class=asset_class,
        asset_subclass=subclass,
        propulsion="human",
        properties={},
    )


def _type(
    type_id: str, item: Item, language: str, known: set[str], standing: Standing, remarks: Remarks
) -> VehicleType:
    form_factor, asset_class, subclass = _class(type_id, item, remarks)
    default, *others = _plans(type_id, item, known, remarks)
    return VehicleType(
        type_id=type_id,
        name=_name(type_id, item, language),
        form_factor=form_factor,
        asset_class=asset_class,
        asset_subclass=subclass,
        propulsion=_propulsion(type_id, item, remarks),
        max_range_m=_range(type_id, item, remarks),
        properties=_properties(type_id, item, remarks),
        default_plan=default,
        plans=tuple(plan for plan in others if plan),
        return_rule=_return_rule(type_id, item, standing, remarks),
        hold_minutes=whole(item, "default_reserve_time", largest=32767),
    )


def _name(type_id: str, item: Item, language: str) -> dict[str, str]:
    make_and_model = " ".join(filter(None, (text(item, "make"), text(item, "model"))))
    return localized(item, "name", language) or {language: make_and_model or type_id}


def _class(type_id: str, item: Item, remarks: Remarks) -> tuple[str, str, str]:
    """Form factor, asset class and subclass; what is not in the specification becomes OTHER."""
    written = text(item, "form_factor")
    form_factor = FORMER_NAMES.get(written, written)
    if form_factor not in CLASSES:
        if form_factor != "other":
            remarks.warn(type_id, _("its form factor is not one of GBFS: taken for other"), repr(written))
        return "other", "OTHER", (text(item, "name") or written or "other")[:60]
    asset_class, subclass = CLASSES[form_factor]
    if form_factor == "bicycle" and text(item, "propulsion_type") in ("electric_assist", "electric"):
        subclass = "electric bike"
    return form_factor, asset_class, subclass


def _propulsion(type_id: str, item: Item, remarks: Remarks) -> str:
    written = text(item, "propulsion_type")
    if written not in PROPULSIONS:
        remarks.warn(type_id, _("its propulsion is not one of GBFS: taken for human"), repr(written))
        return "human"
    return written


def _range(type_id: str, item: Item, remarks: Remarks) -> int | None:
    metres = whole(item, "max_range_meters")
    if metres and metres < MOST_KILOMETRES and text(item, "propulsion_type") != "human":
        remarks.warn(type_id, _("max_range_meters was given in kilometres: multiplied by 1000"), metres)
        return metres * 1000
    return metres


def _plans(type_id: str, item: Item, known: set[str], remarks: Remarks) -> tuple[str | None, ...]:
    """The default plan (or None), then all that may apply, as far as the feed has them."""
    listed = item.get("pricing_plan_ids")
    named = [text(item, "default_pricing_plan_id"), *(map(str, listed) if isinstance(listed, list) else ())]
    for missing in dict.fromkeys(plan for plan in named if plan and plan not in known):
        remarks.warn(type_id, _("names a pricing plan that the feed does not have"), missing)
    usable = list(dict.fromkeys(plan for plan in named if plan in known))
    default = named[0] if named[0] in known else None
    return default, *usable


def _return_rule(type_id: str, item: Item, standing: Standing, remarks: Remarks) -> str | None:
    """As stated, else from where the vehicles of the type stand."""
    stated = text(item, "return_constraint")
    if stated in RETURN_RULES:
        return stated
    if stated:
        remarks.warn(type_id, _("its return_constraint is not one of GBFS"), repr(stated))
    supposed = standing.return_rule(type_id)
    if supposed:
        remarks.note(type_id, _("without return_constraint: taken from where its vehicles stand"), supposed)
    return supposed


def _properties(type_id: str, item: Item, remarks: Remarks) -> dict[str, Any]:
    properties: dict[str, Any] = {ours: text(item, theirs) for theirs, ours in TEXTS.items()}
    properties |= {ours: whole(item, theirs) for theirs, ours in NUMBERS.items()}
    properties["image"] = url(item, "vehicle_image", type_id, remarks)
    assets = item.get("vehicle_assets")
    if isinstance(assets, dict):
        properties["icon"] = url(assets, "icon_url", type_id, remarks)
        properties["icon_last_modified"] = text(assets, "icon_last_modified")
    accessories = item.get("vehicle_accessories")
    for accessory in accessories if isinstance(accessories, list) else ():
        if isinstance(accessory, str) and accessory in ACCESSORIES:
            key, value = ACCESSORIES[accessory]
            properties[key] = value
    labels = [*objects(item, "eco_labels", remarks), *objects(item, "eco_label", remarks)]
    properties["eco_labels"] = [
        {"country_code": text(label, "country_code"), "eco_sticker": text(label, "eco_sticker")} for label in labels
    ]
    return {key: value for key, value in properties.items() if value not in (None, "", [])}
