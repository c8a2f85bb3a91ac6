"""What vehicles refer to, by the ids that files use. Loaded once per import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fleet.models import AssetType, PricingPlan, Region, Station


class Relation(NamedTuple):
    """A field of an import row, and what stands behind it."""

    attribute: str
    model: Any
    key: str


RELATIONS = {
    "vehicle_type": Relation("asset_type", AssetType, "type_id"),
    "station": Relation("station", Station, "station_id"),
    "home_station": Relation("home_station", Station, "station_id"),
    "pricing_plan": Relation("pricing_plan", PricingPlan, "plan_id"),
}


@dataclass(frozen=True)
class References:
    """Ids ↔ primary keys; spellings, places and areas for the checks of a fleet list."""

    pks: Mapping[str, Mapping[str, int]]  # relation → id → pk
    ids: Mapping[str, Mapping[int, str]]
    spellings: Mapping[str, Mapping[str, str]]  # relation → id or name without case → id
    places: Mapping[str, tuple[float, float]]  # station id → latitude, longitude
    form_factors: Mapping[str, str]  # type id → form factor
    areas: tuple[dict[str, Any], ...]  # where the operator works

    @classmethod
    def load(cls) -> "References":
        by_relation = {
            name: list(relation.model.objects.order_by("pk").values_list("pk", relation.key, "name"))
            for name, relation in RELATIONS.items()
        }
        return cls(
            pks={name: {ref: pk for pk, ref, _name in rows} for name, rows in by_relation.items()},
            ids={name: {pk: ref for pk, ref, _name in rows} for name, rows in by_relation.items()},
            spellings={name: _spellings(rows) for name, rows in by_relation.items()},
            places={ref: (lat, lon) for ref, lat, lon in Station.objects.values_list("station_id", "lat", "lon")},
            form_factors=dict(AssetType.objects.values_list("type_id", "form_factor")),
            areas=tuple(Region.objects.filter(kind=Region.Kind.OPERATING).values_list("area", flat=True)),
        )

    def id_of(self, relation: str, pk: int | None) -> str:
        return "" if pk is None else self.ids[relation][pk]

    def pk_of(self, relation: str, ref: str) -> int | None:
        return self.pks[relation][ref] if ref else None


def _spellings(rows: list[tuple[int, str, dict[str, str]]]) -> dict[str, str]:
    """Ids and names in all languages, as far as they mean one thing only; an id beats a name."""
    found: dict[str, set[str]] = {}
    for _pk, ref, names in rows:
        for name in names.values():
            found.setdefault(name.strip().casefold(), set()).add(ref)
    by_name = {name: refs.pop() for name, refs in found.items() if name and len(refs) == 1}
    return by_name | {ref.casefold(): ref for _pk, ref, _names in rows}
