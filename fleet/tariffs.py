"""Which plan does a ride cost that begins here and now? Reads the price rules at most every few seconds.

Staff write few rules and change them seldom; every offer asks for them.
"""

import time
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from fleet import geo
from fleet.models import AssetType, PlanRule, PricingPlan, Region, Station
from fleet.schedule import within_hours

SECONDS = 5.0
_kept: dict[str, "Rules"] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ride begins (primary keys): at a station and in its region, or in the open and in all that covers it."""

    station: int | None = None
    regions: frozenset[int] = frozenset()

    @classmethod
    def at(cls, station: Station) -> "Place":
        return cls(station.pk, frozenset([station.region_id] if station.region_id else []))


def plan_of(
    asset_type: AssetType, *, rules: "Rules", place: Place, local: datetime, own: PricingPlan | None = None
) -> PricingPlan | None:
    """The plan of a ride with this type from the place at this local time; None if it has no price.

    The vehicle's `own` plan comes first, then the strongest rule that holds, then the plan of the type.
    """
    if own is not None:
        return own
    rule = next((rule for rule in rules.of(asset_type, local) if _is_for(rule, place)), None)
    return rule.plan if rule else asset_type.default_plan


@dataclass(frozen=True)
class Rules:
    """All price rules with their plans, the strongest first, to ask as often as one likes."""

    rules: tuple[PlanRule, ...] = ()
    read_at: float = 0.0

    @classmethod
    def load(cls) -> "Rules":
        found = PlanRule.objects.select_related("plan", "region", "station").prefetch_related("plan__parts")
        return cls.of_these(found)

    @classmethod
    def of_these(cls, rules: Iterable[PlanRule]) -> "Rules":
        return cls(tuple(sorted(rules, key=_strength)), time.monotonic())

    def of(self, asset_type: AssetType, local: datetime) -> Iterable[PlanRule]:
        """Those about this type that hold somewhere at this local time."""
        return (rule for rule in self.rules if rule.asset_type_id in (None, asset_type.pk) and _is_now(rule, local))

    def holding(self, local: datetime) -> "Rules":
        """Those that hold somewhere at this local time: prices depend on nothing else of the time."""
        return Rules(tuple(rule for rule in self.rules if _is_now(rule, local)))

    def on(self, regions: Mapping[int, Region]) -> "Rules":
        """The same rules, where these regions ({primary key: region}) are."""
        return Rules(tuple(_on(rule, regions) for rule in self.rules), self.read_at)

    def regions(self, asset_type: AssetType, local: datetime) -> list[Region]:
        """The regions in which the type may have another price at this local time."""
        return list({rule.region_id: rule.region for rule in self.of(asset_type, local) if rule.region}.values())

    def place(self, asset_type: AssetType, local: datetime, *, lat: float, lon: float) -> Place:
        """The point in the open as a place, as far as these rules tell places apart."""
        regions = self.regions(asset_type, local)
        return Place(regions=frozenset(region.pk for region in regions if geo.contains(region.area, lat, lon)))


def current() -> Rules:
    """The rules of a few seconds ago, or newer ones."""
    kept = _kept.get("rules")
    if kept is None or not 0 <= time.monotonic() - kept.read_at < SECONDS:
        kept = _kept["rules"] = Rules.load()
    return kept


def forget() -> None:
    """The next question reads the rules again."""
    _kept.clear()


def _strength(rule: PlanRule) -> tuple[int, bool, bool, bool, bool, int]:
    """Priority; then a station before a region before everywhere, one type before all, a time before always."""
    return (
        -rule.priority,
        rule.station_id is None,
        rule.region_id is None,
        rule.asset_type_id is None,
        rule.is_at_all_times,
        rule.pk,
    )


def _on(rule: PlanRule, regions: Mapping[int, Region]) -> PlanRule:
    if rule.region_id is None:
        return rule
    moved = copy(rule)
    moved.region = regions.get(rule.region_id, rule.region)
    return moved


def _is_now(rule: PlanRule, local: datetime) -> bool:
    return within_hours(local, days=rule.days, begins=rule.starts_at, ends=rule.ends_at)


def _is_for(rule: PlanRule, place: Place) -> bool:
    return rule.station_id in (None, place.station) and (rule.region_id is None or rule.region_id in place.regions)
