"""Requests for help and what becomes of them. What open requests say is broken is told with the vehicle."""

from support.services.answering import answer, assign, close, note, reopen, sort_in
from support.services.asking import ask, history
from support.services.merging import alike, merge, that_may_stay
from support.services.saying import MODULE

__all__ = [
    "MODULE",
    "alike",
    "answer",
    "ask",
    "assign",
    "close",
    "history",
    "merge",
    "note",
    "reopen",
    "sort_in",
    "that_may_stay",
]
