"""Where the vehicles of each type stand and which prices they name: what a type leaves unsaid follows from it."""

from collections import Counter
from dataclasses import dataclass

from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.values import Item, boolean, text, whole

STATUS = ("vehicle_status", "free_bike_status")


@dataclass(frozen=True)
class Standing:
    """Vehicles by type: in the streets, at stations with hardware; and how many name which plan."""

    free: Counter[str]
    docked: Counter[str]
    plans: Counter[tuple[str, str]]

    @classmethod
    def of(cls, feed: Feed) -> "Standing":
        virtual = {
            text(item, "station_id")
            for item in _objects(feed, "station_information", "stations")
            if boolean(item, "is_virtual_station")
        }
        free: Counter[str] = Counter()
        docked: Counter[str] = Counter()
        plans: Counter[tuple[str, str]] = Counter()
        for vehicle in vehicle_objects(feed):
            type_id, station = text(vehicle, "vehicle_type_id"), text(vehicle, "station_id")
            (docked if station and station not in virtual else free)[type_id] += 1
            plans[type_id, text(vehicle, "pricing_plan_id")] += 1
        for station_status in _objects(feed, "station_status", "stations"):
            if text(station_status, "station_id") not in virtual:
                for available in _objects_of(station_status, "vehicle_types_available"):
                    docked[text(available, "vehicle_type_id")] += whole(available, "count") or 0
        return cls(free, docked, plans)

    def return_rule(self, type_id: str) -> str | None:
        """None where no station tells anything."""
        if not self.docked[type_id]:
            return None
        return "hybrid" if self.free[type_id] else "any_station"

    def has_own_plans(self, type_id: str, known: set[str]) -> bool:
        """Whether each vehicle of the type names a plan that is known, and there is one."""
        named = {plan for (of_type, plan) in self.plans if of_type == type_id}
        return bool(named) and named <= known


def vehicle_objects(feed: Feed) -> list[Item]:
    return [item for name in STATUS for key in ("vehicles", "bikes") for item in _objects(feed, name, key)]


def _objects(feed: Feed, name: str, key: str) -> list[Item]:
    return _objects_of(feed.data(name), key)


def _objects_of(item: Item, key: str) -> list[Item]:
    found = item.get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
