"""The back office pages of trips."""

from legs.admin.legs import FOUND, BookedFilter, LegShown, legs_matching

__all__ = ["FOUND", "BookedFilter", "LegShown", "legs_matching"]
