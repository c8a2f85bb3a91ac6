"""Feeds are built anew for every test, at a moment that stands still."""

import pytest
import time_machine

from fleet import information, tariffs
from gbfs import memory, store
from tests.journey import NOW


@pytest.fixture(autouse=True)
def clock(db):
    """It is NOW until `shift`; nothing is remembered of other tests."""
    information.forget()
    tariffs.forget()
    store.forget()
    memory.forget()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    information.forget()
    store.forget()
    memory.forget()
