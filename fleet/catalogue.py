"""What do we offer, at which prices, on which conditions and when? Read at most every few seconds.

These are the tables staff configure: small, the same in every answer, and eight statements to read (two more for price
rules, fleet/tariffs.py; three more for where rides may end). A type or plan nobody knew at the last reading makes them
be read again at once.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from fleet.atlas import Atlas
from fleet.models import AssetType, PricingPlan
from fleet.schedule import Schedule

SECONDS = 5.0


@dataclass(frozen=True)
class Catalogue:
    """Types (with conditions, plans and ancillaries) and plans (with parts) by primary key, and all opening hours."""

    types: dict[int, AssetType]
    plans: dict[int, PricingPlan]
    schedule: Schedule
    read_at: float

    @classmethod
    def load(cls) -> "Catalogue":
        plans = PricingPlan.objects.prefetch_related("parts").in_bulk()
        types = AssetType.objects.prefetch_related("conditions", "plans", "ancillaries").in_bulk()
        for asset_type in types.values():
            asset_type.default_plan = plans.get(asset_type.default_plan_id)
        return cls(types, plans, Schedule.load(), time.monotonic())

    @cached_property
    def books_ahead(self) -> bool:
        """Whether any type is booked by type. Most operators have none, and need not count what is promised of them."""
        return any(known.booked_by == AssetType.BookedBy.TYPE for known in self.types.values())

    @cached_property
    def atlas(self) -> Atlas:
        """Where rides may end; read when it is first asked for, as only trips with a destination do."""
        return Atlas.read()

    @property
    def is_fresh(self) -> bool:
        return 0 <= time.monotonic() - self.read_at < SECONDS

    def knows(self, type_ids: Iterable[int], plan_ids: Iterable[int]) -> bool:
        return self.types.keys() >= set(type_ids) and self.plans.keys() >= set(plan_ids)


_kept: dict[str, Catalogue] = {}


def current(*, type_ids: Iterable[int] = (), plan_ids: Iterable[int] = ()) -> Catalogue:
    """The catalogue of a few seconds ago, or a newer one that knows these types and plans."""
    kept = _kept.get("catalogue")
    if kept is None or not kept.is_fresh or not kept.knows(type_ids, plan_ids):
        kept = _kept["catalogue"] = Catalogue.load()
    return kept


def forget() -> None:
    """The next question reads the tables again."""
    _kept.clear()
