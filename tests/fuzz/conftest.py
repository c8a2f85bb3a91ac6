"""Nothing that somebody sends may keep us busy for ever."""

import signal

import pytest

from tests.fuzz.hostile import EXAMPLES

SECONDS = 600  # on a busy machine they take half a minute


@pytest.fixture(autouse=True)
def nothing_hangs():
    """A test that goes on and on is ended where it is, unless it was told to."""

    def stop(_signal, _frame):
        raise TimeoutError(f"not over after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(0 if EXAMPLES else SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
