"""Which types do we show to everybody, and at which plans? Reads the fleet, writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Max, OuterRef, Q, Subquery, When

from fleet import groups
from fleet.models import Asset, AssetType
from fleet.tariffs import Rules

HUMAN = AssetType.Propulsion.HUMAN
STATION_BOUND = (AssetType.ReturnRule.ANY_STATION, AssetType.ReturnRule.ROUNDTRIP_STATION)


@dataclass(frozen=True, slots=True)
class Offered:
    """A type for everybody that has a price.

    `longest_range_m`: how far a motor goes; where that was never entered, the farthest any of its vehicles goes.
    """

    asset_type: AssetType
    default_plan_id: str
    plan_ids: tuple[str, ...]
    longest_range_m: int

    @property
    def is_motorised(self) -> bool:
        return self.asset_type.propulsion != HUMAN

    @property
    def is_station_bound(self) -> bool:
        """Whether its rides end at stations only."""
        return self.asset_type.return_rule in STATION_BOUND


def offered_types(rules: Rules) -> dict[int, Offered]:
    """By primary key, in the order of their ids; three statements. A type nobody can rent for want of a price is none.

    GBFS demands a default plan for every type. Where only rules or vehicles have plans, it is one of those: each
    vehicle then names its own.
    """
    vehicles = Asset.objects.real().filter(asset_type=OuterRef("pk")).order_by()
    farthest = vehicles.values("asset_type").values(farthest_m=Max("range_m"))
    own_plans = vehicles.filter(pricing_plan__isnull=False).values("pricing_plan__plan_id").distinct()
    types = (
        AssetType.objects.filter(groups.open_to(None))
        .select_related("default_plan")
        .prefetch_related("plans")
        .annotate(
            farthest_m=Case(When(Q(max_range_m__isnull=True) & ~Q(propulsion=HUMAN), then=Subquery(farthest))),
            own_plans=ArraySubquery(own_plans),
        )
        .order_by("type_id")
    )
    found = {asset_type.pk: _offered(asset_type, rules) for asset_type in types}
    return {pk: offered for pk, offered in found.items() if offered is not None}


def _offered(asset_type: AssetType, rules: Rules) -> Offered | None:
    of_type = (rule for rule in rules.rules if rule.asset_type_id in (None, asset_type.pk))
    listed = sorted(plan.plan_id for plan in asset_type.plans.all())
    others = _once([*listed, *(rule.plan.plan_id for rule in of_type), *_own_plans(asset_type)])
    default = asset_type.default_plan.plan_id if asset_type.default_plan else next(iter(others), None)
    if default is None:
        return None
    longest = asset_type.max_range_m if asset_type.max_range_m is not None else _farthest(asset_type)
    return Offered(asset_type, default, (default, *sorted(set(others) - {default})), longest)


def _own_plans(asset_type: AssetType) -> list[str]:
    return sorted(getattr(asset_type, "own_plans", []))


def _farthest(asset_type: AssetType) -> int:
    return getattr(asset_type, "farthest_m", None) or 0


def _once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
