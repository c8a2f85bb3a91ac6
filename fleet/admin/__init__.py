"""The back office pages of the fleet."""

from fleet.admin import places, prices, schedule, tariffs, types, vehicles

__all__ = ["places", "prices", "schedule", "tariffs", "types", "vehicles"]
