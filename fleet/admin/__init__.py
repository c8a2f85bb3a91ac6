"""The back office pages of the fleet."""

from fleet.admin import places, prices, schedule, types, vehicles

__all__ = ["places", "prices", "schedule", "types", "vehicles"]
