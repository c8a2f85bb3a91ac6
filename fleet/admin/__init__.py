"""The back office pages of the fleet."""

from fleet.admin import ancillaries, places, prices, schedule, types, vehicles

__all__ = ["ancillaries", "places", "prices", "schedule", "types", "vehicles"]
