"""The back office pages of bookings."""

from bookings.admin import booking, rows

__all__ = ["booking", "rows"]
