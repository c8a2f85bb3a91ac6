"""What a feed says, as plain values named like the models' fields. None = the feed does not say.

A relation holds the id of the other item; Vehicle.station "" = it says: at no station.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from fleet.pricing import Part

Text = dict[str, str]  # language → text
Polygon = list[list[list[float]]]  # GeoJSON coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInformation:
    system_id: str
    name: Text
    short_name: Text | None = None
    operator: Text | None = None
    languages: list[str]
    timezone: str
    url: str | None = None
    purchase_url: str | None = None
    terms: Text | None = None
    terms_url: Text | None = None
    terms_updated_on: date | None = None
    privacy_url: Text | None = None
    privacy_updated_on: date | None = None
    start_date: date | None = None
    phone_number: str | None = None
    email: str | None = None
    feed_contact_email: str | None = None
    license_url: str | None = None
    rental_apps: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    days: tuple[str, ...]
    opens_at: time
    closes_at: time
    user_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start_month: int
    start_day: int
    start_year: int | None = None
    end_month: int
    end_day: int
    end_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A region: one polygon with one meaning. An estimate is our own drawing, and yields to one that is there."""

    region_id: str
    name: Text
    kind: str
    polygon: Polygon
    is_estimate: bool = False
    max_speed_kmh: int | None = None
    asset_types: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    source_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A station."""

    station_id: str
    name: Text
    lat: float
    lon: float
    region: str | None = None
    street_address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    cross_street: str | None = None
    contact_phone: str | None = None
    capacity: int | None = None
    has_docks: bool | None = None
    is_virtual: bool | None = None
    is_charging: bool | None = None
    area: dict[str, Any] | None = None
    parking_type: str | None = None
    is_installed: bool | None = None
    is_renting: bool | None = None
    is_returning: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    plan_id: str
    name: Text
    description: Text | None
    url: str | None
    currency: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    type_id: str
    name: Text
    form_factor: str
    asset_class: str
    asset_subclass: str
    propulsion: str
    max_range_m: int | None = None
    properties: dict[str, Any]
    default_plan: str | None = None
    plans: tuple[str, ...] = ()
    return_rule: str | None = None
    hold_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    source_id: str
    vehicle_type: str
    is_disabled: bool
    lat: float | None = None
    lon: float | None = None
    station: str = ""
    home_station: str | None = None
    state_of_charge: int | None = None
    range_m: int | None = None
    pricing_plan: str | None = None
    reported_at: datetime | None = None
    public_id: UUID | None = None
    vehicle_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An alert."""

    alert_id: str
    kind: str
    summary: Text
    description: Text | None = None
    url: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    stations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Contents:
    """Everything usable in a feed."""

    system: SystemInformation | None = None
    hours: list[Hours] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    vehicle_types: list[VehicleType] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)  # types for which neither the feed nor all vehicles name a plan
    areas: list[Area] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
