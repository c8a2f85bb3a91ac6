"""What the operator owns and publishes: places, vehicles, prices, hours and what is held for whom."""

from fleet.models.ancillaries import Ancillary
from fleet.models.gateway import DeviceGroup, VehicleAlert
from fleet.models.groups import UserGroup
from fleet.models.places import Region, Station, System
from fleet.models.prices import FarePart, PricingPlan
from fleet.models.reservation import Reservation
from fleet.models.schedule import Alert, CalendarPeriod, OpeningHours
from fleet.models.tariffs import PlanRule
from fleet.models.vehicles import Asset, AssetPublicId, AssetType, Condition

__all__ = [
    "Alert",
    "Ancillary",
    "Asset",
    "AssetPublicId",
    "AssetType",
    "CalendarPeriod",
    "Condition",
    "DeviceGroup",
    "FarePart",
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
