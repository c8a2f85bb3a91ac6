"""Regions and stations drawn on the map, and what a change of them does before it is saved."""
