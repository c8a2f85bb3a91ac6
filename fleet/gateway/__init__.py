"""Vehicles that talk: what they report, and what it means. Who booked them is no affair of this package."""
