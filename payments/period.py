"""Which moments are these days? On the operator's calendar, whose days begin at its own midnight."""

from fleet.information import days

__all__ = ["days"]
