"""The back office pages of the fleet."""

from fleet.admin import groups, places, prices, schedule, tariffs, types, vehicles

__all__ = ["groups", "places", "prices", "schedule", "tariffs", "types", "vehicles"]
