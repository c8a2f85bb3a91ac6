"""What does a change of a region or station do, now? How everything stands by the real rules, before and after."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fleet import geo, offering, places
from fleet.atlas import Atlas
from fleet.conditions import return_areas
from fleet.errors import NotAllowedHere
from fleet.models import Asset, AssetType, Station
from fleet.models.vehicles import IS_IN_THE_FLEET
from fleet.offering import Standing
from legs.models import RUNNING_STATES, Leg
from tomp.language import in_any_language

SHOWN = 100
ROAMS = (AssetType.ReturnRule.FREE_FLOATING, AssetType.ReturnRule.HYBRID)


@dataclass(frozen=True)
class Where:
    """Which vehicles can be concerned: those in the box (None: anywhere), and those at these stations or regions."""

    box: geo.Box | None
    stations: tuple[int, ...] = ()
    regions: tuple[int, ...] = ()

    def vehicles(self):
        if self.box is None:
            return Asset.objects.filter(IS_IN_THE_FLEET)
        box = self.box
        inside = Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
        at = Q(station__in=self.stations) | Q(station__region__in=self.regions)
        return Asset.objects.filter(IS_IN_THE_FLEET, inside | at)


@dataclass(frozen=True)
class Effect:
    """One kind of consequence, with the rows it is about: (name, address of its page, why)."""

    title: str | Promise
    rows: list[tuple[str, str, str]]
    is_loss: bool = False

    @property
    def shown(self):
        return self.rows[:SHOWN]

    @property
    def more(self):
        return max(0, len(self.rows) - SHOWN)


@dataclass
class Look:
    """How everything stands."""

    vehicles: dict[int, Standing]
    parked: dict[int, str]  # why a ride could not end where the vehicle stands; "" = it could
    rides: dict[Any, tuple[Leg, str]]
    stations: dict[int, tuple[str, bool]] = field(default_factory=dict)  # name, whether it is where we operate

    @classmethod
    def take(cls, where: Where, now: datetime) -> "Look":
        """Sixteen statements, however many rows there are."""
        atlas = Atlas()
        vehicles = offering.standings(where.vehicles(), now=now)
        assets = (standing.asset for standing in vehicles.values())
        return cls(
            vehicles=vehicles,
            parked={asset.pk: _parked(asset, atlas, now) for asset in assets if _roams(asset)},
            rides={leg.pk: (leg, _ride(leg, atlas, now)) for leg in _running()},
            stations={
                pk: (in_any_language(name) or code, atlas.operates_at(lat, lon, now=now))
                for pk, name, code, lat, lon in Station.objects.values_list("pk", "name", "station_id", "lat", "lon")
            },
        )


def compared(before: Look, after: Look, now: datetime) -> list[Effect]:
    """What is different, of each kind what is lost first."""
    return [effect for effect in _differences(before, after, now) if effect.rows]


def _differences(before: Look, after: Look, now: datetime) -> Iterator[Effect]:
    yield Effect(_("Rides under way that could no longer end where they are"), _rides(before, after), is_loss=True)
    yield Effect(_("Vehicles no longer offered"), _offered(before, after, now), is_loss=True)
    yield Effect(_("Vehicles that stand where rides could no longer end"), _stand(before, after), is_loss=True)
    yield Effect(_("Stations that fall out of the operating area"), _stations(before, after, stays=False), is_loss=True)
    yield Effect(_("Vehicles with another price"), _prices(before, after))
    yield Effect(_("Vehicles offered again"), _offered(after, before, now, why=False))
    yield Effect(_("Rides under way that could end where they are"), _rides(after, before))
    yield Effect(_("Vehicles that stand where rides could end again"), _stand(after, before, why=False))
    yield Effect(_("Stations that come into the operating area"), _stations(before, after, stays=True))


def _offered(good: Look, bad: Look, now: datetime, *, why: bool = True) -> list[tuple[str, str, str]]:
    """Vehicles that nothing keeps out in the one, and something in the other."""
    rows: list[tuple[str, str, str]] = []
    for pk, standing in _by_number(bad):
        if standing.kept_out_by and pk in good.vehicles and not good.vehicles[pk].kept_out_by:
            texts = offering.told(standing, now=now) if why and len(rows) < SHOWN else []
            rows.append((*_named(standing.asset), " ".join(map(str, texts))))
    return rows


def _prices(before: Look, after: Look) -> list[tuple[str, str, str]]:
    return [
        (*_named(standing.asset), f"{before.vehicles[pk].plan} → {standing.plan}")
        for pk, standing in _by_number(after)
        if pk in before.vehicles and standing.plan and before.vehicles[pk].plan not in (None, standing.plan)
    ]


def _stand(good: Look, bad: Look, *, why: bool = True) -> list[tuple[str, str, str]]:
    return [
        (*_named(standing.asset), bad.parked[pk] if why else "")
        for pk, standing in _by_number(bad)
        if bad.parked.get(pk) and good.parked.get(pk) == ""
    ]


def _rides(good: Look, bad: Look) -> list[tuple[str, str, str]]:
    return [
        (str(leg.asset), reverse("admin:legs_leg_change", args=[pk]), why)
        for pk, (leg, why) in bad.rides.items()
        if why and pk in good.rides and not good.rides[pk][1]
    ]


def _stations(before: Look, after: Look, *, stays: bool) -> list[tuple[str, str, str]]:
    return [
        (name, reverse("admin:fleet_station_change", args=[pk]), "")
        for pk, (name, is_inside) in sorted(after.stations.items())
        if pk in before.stations and is_inside is stays and before.stations[pk][1] is not stays
    ]


def _by_number(look: Look) -> list[tuple[int, Standing]]:
    return sorted(look.vehicles.items(), key=lambda item: item[1].asset.vehicle_number)


def _named(asset: Asset) -> tuple[str, str]:
    return str(asset), reverse("admin:fleet_asset_change", args=[asset.pk])


def _roams(asset: Asset) -> bool:
    return asset.lat is not None and not asset.is_on_a_trip and asset.asset_type.return_rule in ROAMS


def _running():
    legs = Leg.objects.filter(state__in=RUNNING_STATES, asset__script="").for_trip().select_related("asset__asset_type")
    return legs.defer("tariff", "segments").order_by("asset__vehicle_number")


def _parked(asset: Asset, atlas: Atlas, now: datetime) -> str:
    return _why_not(
        atlas, now, asset_type=asset.asset_type, start_station_id=asset.station_id, lat=asset.lat, lon=asset.lon
    )


def _ride(leg: Leg, atlas: Atlas, now: datetime) -> str:
    place = leg.position
    if place is None:
        return ""
    areas = return_areas(leg.conditions)
    kind, begun_at = leg.asset.asset_type if leg.asset else leg.asset_type, leg.station_id
    lat, lon = place
    return _why_not(atlas, now, asset_type=kind, start_station_id=begun_at, lat=lat, lon=lon, areas=areas)


def _why_not(atlas: Atlas, now: datetime, **ride: Any) -> str:
    try:
        places.check_may_end(**ride, now=now, atlas=atlas)
    except NotAllowedHere as refusal:
        return refusal.detail
    return ""
