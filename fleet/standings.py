"""How do thousands of vehicles stand: is each offered, at what price, and could a ride end there?

Rules are asked once for all vehicles that they cannot tell apart, and answer as offering.reasons() and
places.check_may_end() do of each by itself. Reads the fleet, writes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from fleet import information, offering, places, tariffs
from fleet.atlas import Atlas
from fleet.errors import NotAllowedHere
from fleet.models import Asset, AssetType, PricingPlan, Station
from fleet.schedule import Schedule

ROAMS = (AssetType.ReturnRule.FREE_FLOATING, AssetType.ReturnRule.HYBRID)


@dataclass(frozen=True)
class Ground:
    """Regions, stations, hours and prices, as they are or as they would be."""

    atlas: Atlas
    schedule: Schedule
    rules: tariffs.Rules

    @classmethod
    def read(cls) -> "Ground":
        """Eight statements."""
        return cls(Atlas.read(), Schedule.load(), tariffs.Rules.load())

    def on(self, atlas: Atlas) -> "Ground":
        """The same hours and prices in these regions."""
        return Ground(atlas, self.schedule.on(atlas.regions), self.rules.on(atlas.regions))


class Row(NamedTuple):
    """What a vehicle's own row tells of it; `traits` is all that does not depend on where exactly it is."""

    pk: int
    number: str
    place: tuple[float, float] | None
    station_id: int | None
    return_rule: str
    traits: tuple

    @property
    def holding(self) -> tuple:
        """Whether each of offering.RULES holds."""
        return self.traits[len(TRAITS) :]


TRAITS = ("asset_type_id", "pricing_plan_id", "state")


def rows(assets: QuerySet[Asset], *, now: datetime) -> dict[int, Row]:
    """{primary key: Row} of these vehicles; one statement."""
    marks = offering.marks(now)
    columns = ("pk", "vehicle_number", "lat", "lon", "station_id", "asset_type__return_rule", *TRAITS, *marks)
    return {
        pk: Row(pk, number, None if lat is None else (lat, lon), station_id, return_rule, tuple(traits))
        for pk, number, lat, lon, station_id, return_rule, *traits in assets.annotate(**marks).values_list(*columns)
    }


@dataclass(frozen=True)
class Standing:
    """How vehicles are offered: the codes of the rules that keep them out, and what a ride costs.

    `parked` is why a ride could not end there; "" means that it could, None that this is not the question. `example` is
    one of them.
    """

    kept_out_by: frozenset[str]
    plan: PricingPlan | None
    parked: str | None
    example: Asset = field(compare=False)
    seen_at: datetime = field(compare=False)

    def told(self) -> list[str]:
        """The texts of what keeps them out."""
        return offering.told(self.example, self.kept_out_by, now=self.seen_at)


class Alike(NamedTuple):
    """What vehicles have in common that no rule tells apart on a ground."""

    traits: tuple
    station_id: int | None
    regions: frozenset[int]
    is_at_a_station: bool


def alike(ground: Ground, rows: Iterable[Row]) -> Iterator[Alike]:
    """Of each row, in their order."""
    rows = list(rows)
    covering = ground.atlas.covering([row.place for row in rows if row.place])
    regions = iter(covering)
    for row in rows:
        is_at_a_station = row.return_rule == AssetType.ReturnRule.HYBRID and _can_be_returned(ground.atlas, row.place)
        yield Alike(row.traits, row.station_id, next(regions) if row.place else frozenset(), is_at_a_station)


def _can_be_returned(atlas: Atlas, place: tuple[float, float] | None) -> bool:
    return place is not None and any(station.is_returning for station in atlas.stations_at(*place))


def loaded(primary_keys: Iterable[int]) -> dict[int, Asset]:
    """{primary key: vehicle}, with what standing() asks of it; one statement."""
    found = Asset.objects.select_related("asset_type__default_plan", "station", "home_station", "pricing_plan")
    return found.in_bulk(primary_keys)


def standing(ground: Ground, row: Row, asset: Asset, *, now: datetime) -> Standing:
    """How this vehicle stands, and so all that are alike on this ground."""
    station: Station | None = ground.atlas.stations.get(row.station_id) if row.station_id else None
    codes, plan = offering.kept_out_by(
        asset,
        station,
        holding=row.holding,
        local=information.local(now),
        schedule=ground.schedule,
        rules=ground.rules,
    )
    return Standing(codes, plan, _parked(asset, ground.atlas, now) if _roams(asset) else None, asset, now)


def _roams(asset: Asset) -> bool:
    return asset.lat is not None and not asset.is_on_a_trip and asset.asset_type.return_rule in ROAMS


def _parked(asset: Asset, atlas: Atlas, now: datetime) -> str:
    return why_not(
        atlas, now=now, asset_type=asset.asset_type, start_station_id=asset.station_id, lat=asset.lat, lon=asset.lon
    )


def why_not(atlas: Atlas, **ride: Any) -> str:
    """Why a ride may not end there, as places.check_may_end() tells; "" if it may."""
    try:
        places.check_may_end(**ride, atlas=atlas)
    except NotAllowedHere as refusal:
        return refusal.detail
    return ""
