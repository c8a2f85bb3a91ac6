"""What does a change of a region or station do, now? How everything stands by the real rules, before and after."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet import geo, standings
from fleet.atlas import Atlas
from fleet.conditions import return_areas
from fleet.models import Asset
from fleet.models.vehicles import IS_IN_THE_FLEET
from fleet.standings import Ground, Row, Standing
from legs.models import RUNNING_STATES, Leg
from tomp.language import in_any_language
from tomp.reading import may_open

SHOWN = 100


@dataclass(frozen=True)
class Where:
    """Which vehicles can be concerned: those in the box (None: anywhere), and those at these stations or regions."""

    box: geo.Box | None
    stations: tuple[int, ...] = ()
    regions: tuple[int, ...] = ()

    def rows(self, now: datetime) -> dict[int, Row]:
        return standings.rows(self._vehicles(), now=now)

    def _vehicles(self):
        if self.box is None:
            return Asset.objects.filter(IS_IN_THE_FLEET)
        box = self.box
        inside = Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
        at = Q(station__in=self.stations) | Q(station__region__in=self.regions)
        return Asset.objects.filter(IS_IN_THE_FLEET, inside | at)


@dataclass(frozen=True)
class Look:
    """The ground at one moment of a change, and the vehicles that it can concern."""

    where: Where
    ground: Ground
    rows: dict[int, Row]

    @classmethod
    def take(cls, where: Where, now: datetime) -> "Look":
        """Nine statements, however many rows there are."""
        return cls(where, Ground.read(), where.rows(now))

    def again(self, now: datetime) -> "Look":
        """After regions or stations were changed; nothing else is read again. Three statements or four."""
        rows = self.where.rows(now) if self.where.stations else self.rows
        return Look(self.where, self.ground.on(Atlas.read()), rows)

    def with_area(self, area: dict, *, region_id: int) -> "Look":
        """If the region had this area."""
        return Look(self.where, self.ground.on(self.ground.atlas.with_area(area, region_id=region_id)), self.rows)


@dataclass(frozen=True)
class Effect:
    """One kind of consequence, with the rows it is about: (name, primary key, why)."""

    title: str | Promise
    rows: list[tuple[str, int, str]]
    page: str
    is_loss: bool = False

    @property
    def count(self):
        return len(self.rows)

    @property
    def shown(self):
        """[(name, address of its page, why)] of the first; without the address for whoever may not open it."""
        found = [(name, reverse(self.page, args=[pk]), why) for name, pk, why in self.rows[:SHOWN]]
        return [(name, address if may_open(address) else "", why) for name, address, why in found]

    @property
    def more(self):
        return max(0, self.count - SHOWN)


class Change(NamedTuple):
    """What of some rows, (name, primary key), was one thing and will be another."""

    rows: list[tuple[str, int]]
    was: Any
    will: Any


@dataclass(frozen=True)
class Kind:
    """A kind of consequence: `tells` of what was and will be why it is one (maybe ""), or None if it is none."""

    title: str | Promise
    of: Callable[[Look, Look, datetime], Iterator[Change]]
    page: str
    tells: Callable[[Any, Any], str | None]
    is_loss: bool = False


def compared(before: Look, after: Look, now: datetime) -> list[Effect]:
    """What is different, of each kind what is lost first."""
    changes = {of: list(of(before, after, now)) for of in {kind.of for kind in KINDS}}
    effects = (Effect(kind.title, _rows_of(kind, changes[kind.of]), kind.page, kind.is_loss) for kind in KINDS)
    return [effect for effect in effects if effect.rows]


def _rows_of(kind: Kind, changes: Iterable[Change]) -> list[tuple[str, int, str]]:
    return sorted(
        (name, pk, why)
        for change in changes
        for why in (kind.tells(change.was, change.will),)
        if why is not None
        for name, pk in change.rows
    )


def _vehicles(before: Look, after: Look, now: datetime) -> Iterator[Change]:
    """By Standing. Vehicles that no rule tells apart, neither before nor after, stand in the same way."""
    groups = defaultdict(list)
    both = [pk for pk in before.rows if pk in after.rows]
    kinds = [standings.alike(look.ground, [look.rows[pk] for pk in both]) for look in (before, after)]
    for pk, *alike in zip(both, *kinds, strict=True):
        groups[tuple(alike)].append(pk)
    examples = standings.loaded([members[0] for members in groups.values()])
    for members in groups.values():
        example = examples[members[0]]
        was, will = (
            standings.standing(look.ground, look.rows[example.pk], example, now=now) for look in (before, after)
        )
        if was != will:
            yield Change([(after.rows[pk].number, pk) for pk in members], was, will)


def _rides(before: Look, after: Look, now: datetime) -> Iterator[Change]:
    """By why they could not end where they are; "" if they could."""
    legs = Leg.objects.filter(state__in=RUNNING_STATES, asset__script="").for_trip().select_related("asset__asset_type")
    for leg in legs.defer("tariff", "segments"):
        was, will = (_could_not_end(leg, look.ground.atlas, now) for look in (before, after))
        if was != will:
            yield Change([(str(leg.asset), leg.pk)], was, will)


def _could_not_end(leg: Leg, atlas: Atlas, now: datetime) -> str:
    if leg.position is None:
        return ""
    lat, lon = leg.position
    kind = leg.asset.asset_type if leg.asset else leg.asset_type
    areas = return_areas(leg.conditions)
    return standings.why_not(
        atlas, asset_type=kind, start_station_id=leg.station_id, lat=lat, lon=lon, areas=areas, now=now
    )


def _stations(before: Look, after: Look, now: datetime) -> Iterator[Change]:
    """By whether they are where we operate."""
    known, atlas = before.ground.atlas.stations, after.ground.atlas
    for pk, station in atlas.stations.items():
        if pk in known:
            was = before.ground.atlas.operates_at(known[pk].lat, known[pk].lon, now=now)
            will = atlas.operates_at(station.lat, station.lon, now=now)
            if was != will:
                yield Change([(in_any_language(station.name) or station.station_id, pk)], was, will)


def _no_longer_offered(was: Standing, will: Standing) -> str | None:
    if was.kept_out_by or not will.kept_out_by:
        return None
    return " ".join(map(str, will.told()))


def _costs(was: Standing, will: Standing) -> str | None:
    return f"{was.plan} → {will.plan}" if was.plan and will.plan and was.plan != will.plan else None


VEHICLE, RIDE, STATION = "admin:fleet_asset_change", "admin:legs_leg_change", "admin:fleet_station_change"
KINDS = (
    Kind(
        _("Rides under way that could no longer end where they are"), _rides, RIDE,
        lambda was, will: will if will and not was else None, is_loss=True,
    ),
    Kind(_("Vehicles no longer offered"), _vehicles, VEHICLE, _no_longer_offered, is_loss=True),
    Kind(
        _("Vehicles that stand where rides could no longer end"), _vehicles, VEHICLE,
        lambda was, will: will.parked if will.parked and was.parked == "" else None, is_loss=True,
    ),
    Kind(
        _("Stations that fall out of the operating area"), _stations, STATION,
        lambda was, will: "" if was and not will else None, is_loss=True,
    ),
    Kind(_("Vehicles with another price"), _vehicles, VEHICLE, _costs),
    Kind(
        _("Vehicles offered again"), _vehicles, VEHICLE,
        lambda was, will: "" if was.kept_out_by and not will.kept_out_by else None,
    ),
    Kind(
        _("Rides under way that could end where they are"), _rides, RIDE,
        lambda was, will: "" if was and not will else None,
    ),
    Kind(
        _("Vehicles that stand where rides could end again"), _vehicles, VEHICLE,
        lambda was, will: "" if was.parked and will.parked == "" else None,
    ),
    Kind(
        _("Stations that come into the operating area"), _stations, STATION,
        lambda was, will: "" if will and not was else None,
    ),
)  # fmt: skip
