"""The back office pages of the fleet."""

from fleet.admin import ancillaries, gateway, groups, imports, places, prices, schedule, tariffs, types, vehicles

__all__ = [
    "ancillaries",
    "gateway",
    "groups",
    "imports",
    "places",
    "prices",
    "schedule",
    "tariffs",
    "types",
    "vehicles",
]
