"""What the operator owns and publishes: places, vehicles, prices, hours and what is held for whom."""

from fleet.models.ancillaries import Ancillary
from fleet.models.gateway import Command, DeviceGroup, VehicleAlert
from fleet.models.groups import UserGroup
from fleet.models.imports import ColumnMapping, ImportBatch, ImportFile, ImportRow
from fleet.models.places import Region, Station, System
from fleet.models.prices import FarePart, PricingPlan
from fleet.models.reservation import Reservation
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
    "DeviceGroup",
    "FarePart",
    "Gateway",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "OpeningHours",
    "PlanRule",
    "PricingPlan",
    "Region",
    "Reservation",
    "Station",
    "System",
    "UserGroup",
    "VehicleAlert",
]
