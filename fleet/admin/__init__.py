"""The back office pages of the fleet."""

from fleet.admin import (
    ancillaries,
    column_mappings,
    gateway,
    groups,
    imports,
    places,
    prices,
    schedule,
    tariffs,
    types,
    vehicles,
)

__all__ = [
    "ancillaries",
    "column_mappings",
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
