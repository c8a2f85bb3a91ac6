"""The back office pages of the fleet."""

from fleet.admin import groups, places, prices, schedule, types, vehicles

__all__ = ["groups", "places", "prices", "schedule", "types", "vehicles"]
