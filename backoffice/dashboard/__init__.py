"""The first page of the back office: what needs somebody now, and how the day goes."""

from backoffice.dashboard.page import fill

__all__ = ["fill"]
