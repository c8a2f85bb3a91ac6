"""What the operator owns and publishes: places, vehicles, prices, hours and what is held for whom."""

from fleet.models.ancillaries import Ancillary
from fleet.models.care import Damage, DamagePhoto, Maintenance
from fleet.models.gateway import Command, DeviceGroup, VehicleAlert
from fleet.models.groups import UserGroup
from fleet.models.imports import ColumnMapping, ImportBatch, ImportFile, ImportRow
from fleet.models.places import Region, Station, System
from fleet.models.prices import FarePart, PricingPlan
from fleet.models.reservation import Reservation
from fleet.models.restrictions import RestrictedAsset, Restriction
from fleet.models.schedule import Alert, CalendarPeriod, OpeningHours
from fleet.models.tariffs import PlanRule
from fleet.models.types import AssetType, Condition, Gateway
from fleet.models.vehicles import Asset, AssetPublicId

__all__ = [
    "Alert",
    "Ancillary",
    "Asset",
    "AssetPublicId",
    "AssetType",
    "CalendarPeriod",
    "ColumnMapping",
    "Command",
    "Condition",
    "Damage",
    "DamagePhoto",
    "DeviceGroup",
    "FarePart",
    "Gateway",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Maintenance",
    "OpeningHours",
    "PlanRule",
    "PricingPlan",
    "Region",
    "Reservation",
    "RestrictedAsset",
    "Restriction",
    "Station",
    "System",
    "UserGroup",
    "VehicleAlert",
]
