"""The demo city and whoever may use it: made once, then left alone."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from customers import services as customers
from demo import catalogue, credentials, geography, prices, vehicles
from fleet import information, tariffs
from fleet.models import (
    Alert,
    Ancillary,
    Asset,
    AssetType,
    CalendarPeriod,
    Condition,
    FarePart,
    OpeningHours,
    PlanRule,
    PricingPlan,
    Region,
    Station,
    System,
)
from maas import services as maas
from maas.models import MaasProvider
from support import services as support

MAAS_ID = "demo-maas"
ADMIN = "admin"
REGION_MEMBERS = ("region_id", "name", "kind", "max_speed_kmh")


class AnotherFleet(Exception):
    """The database holds a fleet that is not the demo's."""


@transaction.atomic
def build_city(*, now: datetime) -> bool:
    """The demo city stands: True if it was built now, False if it stood there already. Raises AnotherFleet."""
    if System.objects.filter(system_id=catalogue.SYSTEM["system_id"]).exists():
        return False
    owned = (System, Region, Station, PricingPlan, AssetType)
    found = [model._meta.verbose_name_plural for model in owned if model.objects.exists()]
    if found:
        raise AnotherFleet(f"There is another fleet in this database ({', '.join(map(str, found))}).")
    System.objects.create(**catalogue.SYSTEM)
    plans = _build_plans()
    types = _build_types(plans)
    _build_ancillaries(types)
    regions = _build_regions(types)
    stations = _build_stations(regions)
    Asset.objects.bulk_create(vehicles.build(types, stations, now=now))
    _build_schedule(stations)
    _build_rules(plans, types, stations)
    information.forget()
    tariffs.forget()
    return True


def open_accounts(*, now: datetime) -> credentials.DemoCredentials | None:
    """A MaaS provider with a customer and a complaint, an administrator and a colleague per role exist.

    Their secrets are kept. None if there is a provider already.
    """
    if MaasProvider.objects.exists():
        return None
    with transaction.atomic():
        created = maas.create_provider(maas_id=MAAS_ID, name="Demo MaaS app", **catalogue.FEES)
        colleagues, password = _open_accounts_of_roles()
        known = credentials.DemoCredentials(
            maas_id=created.provider.maas_id,
            api_key=created.api_key_secret,
            client_secret=created.client_secret,
            admin_user=ADMIN,
            admin_password=_open_admin_account(),
            staff_users=colleagues,
            staff_password=password,
        )
        credentials.save(known)
        _tell_first_stories(created.provider, now=now)
    return known


def _tell_first_stories(provider: MaasProvider, *, now: datetime) -> None:
    """The provider registered a traveller, and reported what is broken on a vehicle, if there is one to break."""
    customers.register(provider=provider, data=catalogue.TRAVELLER)
    broken = Asset.objects.filter(asset_type__type_id=catalogue.DAMAGED_TYPE).first()
    if broken is not None:
        support.ask(
            provider=provider, reference="", asset_reference=str(broken.public_id), now=now, **catalogue.COMPLAINT
        )


def _open_admin_account() -> str:
    """The password of the administrator; of one who was there before nobody knows it."""
    users = get_user_model().objects
    if users.filter(username=ADMIN).exists():
        return "(as you set it)"
    password = secrets.token_urlsafe(12)
    users.create_superuser(ADMIN, password=password)
    return password


def _open_accounts_of_roles() -> tuple[list[str], str]:
    """One colleague for each group of the back office, and the password of all; none where there are colleagues."""
    users = get_user_model().objects
    if users.exclude(username=ADMIN).exists():
        return [], ""
    password = secrets.token_urlsafe(12)
    colleagues = []
    for group in Group.objects.order_by("pk"):
        colleague = users.create_user(slugify(group.name), password=password, is_staff=True)
        colleague.groups.add(group)
        colleagues.append(colleague.get_username())
    return colleagues, password


def _build_plans() -> dict[str, PricingPlan]:
    common = {"currency": "EUR", "vat_rate": 21, "vat_country": "NL"}
    plans = {
        plan_id: PricingPlan(plan_id=plan_id, **common | _without(row, "parts"))
        for plan_id, row in prices.PLANS.items()
    }
    PricingPlan.objects.bulk_create(plans.values())
    FarePart.objects.bulk_create(
        FarePart(plan=plans[plan_id], position=position, **part)
        for plan_id, row in prices.PLANS.items()
        for position, part in enumerate(row["parts"])
    )
    return plans


def _build_types(plans: dict[str, PricingPlan]) -> dict[str, AssetType]:
    types = {
        type_id: AssetType(
            type_id=type_id,
            default_plan=plans[row.get("plan", type_id)],
            **_without(row, "plan", "conditions"),
        )
        for type_id, row in catalogue.TYPES.items()
    }
    AssetType.objects.bulk_create(types.values())
    for type_id, row in catalogue.TYPES.items():
        types[type_id].plans.add(plans[row.get("plan", type_id)])
    _build_conditions(types)
    return types


def _build_conditions(types: dict[str, AssetType]) -> None:
    """The catalogue names the region of a return area; the condition has its polygon."""
    polygons = {feature["properties"].get("region_id"): feature["geometry"] for feature in geography.areas()}
    conditions = [
        Condition(asset_type=types[type_id], kind=kind, position=position, details=_with_area(details, polygons))
        for type_id, row in catalogue.TYPES.items()
        for position, (kind, details) in enumerate(row.get("conditions", {}).items())
    ]
    for condition in conditions:
        condition.check_details()
    Condition.objects.bulk_create(conditions)


def _with_area(details: dict[str, Any], polygons: dict[str, Any]) -> dict[str, Any]:
    return {**details, "area": polygons[details["area"]]} if "area" in details else details


def _build_ancillaries(types: dict[str, AssetType]) -> None:
    for row in catalogue.ANCILLARIES:
        ancillary = Ancillary.objects.create(**_without(row, "asset_types"))
        ancillary.asset_types.set(types[type_id] for type_id in row["asset_types"])


def _build_regions(types: dict[str, AssetType]) -> dict[str, Region]:
    regions = {}
    for feature in geography.areas():
        members = feature["properties"]
        if members["kind"] not in Region.Kind.values:
            continue  # the water is nobody's region
        region = Region(area=feature["geometry"], **{name: members[name] for name in REGION_MEMBERS if name in members})
        region.set_box()
        regions[region.region_id] = region
    Region.objects.bulk_create(regions.values())
    for feature in geography.areas():
        for type_id in feature["properties"].get("asset_types", ()):
            regions[feature["properties"]["region_id"]].asset_types.add(types[type_id])
    return regions


def _build_stations(regions: dict[str, Region]) -> dict[str, Station]:
    (city,) = (region for region in regions.values() if region.kind == Region.Kind.OPERATING)
    stations = {row["station_id"]: _station(row, city) for row in geography.table("stations")}
    Station.objects.bulk_create(stations.values())
    return stations


def _station(row: dict[str, str], city: Region) -> Station:
    names = catalogue.STATION_NAMES[row["asset_type"]]
    return Station(
        station_id=row["station_id"],
        name={language: name.format(row["name"]) for language, name in names.items()},
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        region=city,
        street_address=row["street_address"],
        postal_code=row["postal_code"],
        city="Utrecht",
        capacity=int(row["capacity"]),
        has_docks=row["asset_type"] in catalogue.DOCKED,
        is_charging=row["asset_type"] == "cargo-bike",
        parking_type=Station.ParkingType.SIDEWALK_PARKING,
    )


def _build_schedule(stations: dict[str, Station]) -> None:
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(**catalogue.ALWAYS),
            OpeningHours(station=stations[catalogue.LIMITED_STATION], **catalogue.LIMITED_HOURS),
        ]
    )
    CalendarPeriod.objects.create(**catalogue.ALL_YEAR)
    alert = Alert.objects.create(**catalogue.ALERT)
    alert.stations.add(stations[catalogue.ALERT_STATION])


def _build_rules(plans: dict[str, PricingPlan], types: dict[str, AssetType], stations: dict[str, Station]) -> None:
    PlanRule.objects.bulk_create(
        PlanRule(
            plan=plans[row["plan"]],
            asset_type=types[row["asset_type"]],
            station=stations[row["station"]] if "station" in row else None,
            **_without(row, "plan", "asset_type", "station"),
        )
        for row in prices.RULES
    )


def _without(row: dict[str, Any], *members: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in members}


def summary() -> Iterable[str]:
    """What there is, in a few lines."""
    yield f"{Asset.objects.count()} vehicles:"
    for asset_type in AssetType.objects.all():
        yield f"  {asset_type.assets.count():4} {asset_type} ({asset_type.type_id})"
    zones = Region.objects.exclude(kind=Region.Kind.OPERATING).count()
    yield f"{Station.objects.count()} stations, {zones} zones, {PricingPlan.objects.count()} tariffs"
