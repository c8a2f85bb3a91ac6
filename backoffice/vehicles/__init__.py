"""The page of a vehicle: beside what the fleet knows of it, where it was, its trips, commands and notes."""
