"""vehicle_types."""

from typing import Any

from fleet.models import AssetType
from gbfs.editions import Edition
from gbfs.feeds.members import uri, without_nothing
from gbfs.offer import Offered

NUMBERS = {
    "max_speed": "max_permitted_speed",
    "wheel_count": "wheel_count",
    "persons": "rider_capacity",
    "cargo_volume": "cargo_volume_capacity",
    "cargo_load": "cargo_load_capacity",
    "co2_per_km": "g_CO2_km",
}
ACCESSORIES = {
    "air_conditioning": "air_conditioning",
    "cabrio": "convertible",
    "cruise_control": "cruise_control",
    "navigation": "navigation",
}
DOORS = range(2, 6)


def type_json(offered: Offered, edition: Edition) -> dict[str, Any]:
    asset_type, properties = offered.asset_type, offered.asset_type.properties
    labels = _eco_labels(properties)
    return without_nothing(
        vehicle_type_id=asset_type.type_id,
        form_factor=asset_type.form_factor,
        propulsion_type=asset_type.propulsion,
        max_range_meters=offered.longest_range_m if offered.is_motorised else asset_type.max_range_m,
        name=edition.text(asset_type.name, asset_type.type_id),
        make=_brand(properties.get("brand"), edition),
        model=_brand(properties.get("model"), edition),
        color=_plain(properties.get("colour")),
        **{theirs: _whole(properties.get(ours)) for ours, theirs in NUMBERS.items()},
        vehicle_accessories=_accessories(properties),
        vehicle_image=uri(properties.get("image")),
        vehicle_assets=_icon(properties),
        default_reserve_time=_reserve_time(asset_type),
        return_constraint=asset_type.return_rule,
        default_pricing_plan_id=offered.default_plan_id,
        pricing_plan_ids=list(offered.plan_ids),
        **{"eco_labels" if edition.version.is_multilingual else "eco_label": labels},
    )


def _reserve_time(asset_type: AssetType) -> int:
    return asset_type.hold_minutes


def _brand(name: object, edition: Edition) -> Any:
    """A name of its own, the same in every language."""
    plain = _plain(name)
    if plain is None or not edition.version.is_multilingual:
        return plain
    return edition.text(dict.fromkeys(edition.languages, plain))


def _plain(text: object) -> str | None:
    return text.strip() or None if isinstance(text, str) else None


def _whole(number: object) -> int | None:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return round(number) if is_number and number >= 0 else None  # type: ignore[call-overload,operator]


def _accessories(properties: dict[str, Any]) -> list[str]:
    found = [theirs for ours, theirs in ACCESSORIES.items() if properties.get(ours) is True]
    if properties.get("gearbox") in ("AUTOMATIC", "MANUAL"):
        found.append(properties["gearbox"].lower())
    if properties.get("nr_of_doors") in DOORS:
        found.append(f"doors_{properties['nr_of_doors']}")
    return found


def _icon(properties: dict[str, Any]) -> dict[str, str] | None:
    """GBFS wants to know since when the icon is this one."""
    icon, changed_on = uri(properties.get("icon")), properties.get("icon_last_modified")
    return {"icon_url": icon, "icon_last_modified": changed_on} if icon and isinstance(changed_on, str) else None


def _eco_labels(properties: dict[str, Any]) -> list[dict[str, str]]:
    labels = properties.get("eco_labels")
    return [
        {"country_code": label["country_code"], "eco_sticker": label["eco_sticker"]}
        for label in (labels if isinstance(labels, list) else [])
        if isinstance(label, dict) and label.get("country_code") and label.get("eco_sticker")
    ]
