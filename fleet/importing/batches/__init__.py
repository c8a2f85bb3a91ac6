"""Imports that are looked at before they are applied: begin, compare, apply, undo. All but the first are jobs."""
