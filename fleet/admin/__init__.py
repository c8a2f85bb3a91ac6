"""The back office pages of the fleet."""

from fleet.admin import ancillaries, groups, places, prices, schedule, tariffs, types, vehicles

__all__ = ["ancillaries", "groups", "places", "prices", "schedule", "tariffs", "types", "vehicles"]
