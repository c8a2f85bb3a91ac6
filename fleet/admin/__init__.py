"""The back office pages of the fleet."""

from fleet.admin import ancillaries, gateway, groups, places, prices, schedule, tariffs, types, vehicles

__all__ = ["ancillaries", "gateway", "groups", "places", "prices", "schedule", "tariffs", "types", "vehicles"]
