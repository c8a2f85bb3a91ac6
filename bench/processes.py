"""What do processes use, and on what machine?"""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MEASURED = ("Django", "djangorestframework", "psycopg", "granian", "procrastinate")


def tree(pid):
    """The process and all below it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if (fields := _stat(entry)) is not None:
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for known in found:
        found += parents.get(known, ())
    return found


def cpu_s(pid):
    """Seconds of a core that the process used until now, with all below it, also those that have ended."""
    ticks = (sum(map(int, fields[11:15])) for each in tree(pid) if (fields := _stat(Path(f"/proc/{each}"))) is not None)
    return sum(ticks) / TICKS


def memory_mb(pid, what="VmHWM"):
    """The most that one process ever needed (VmHWM), or needs now (VmRSS)."""
    [line] = [row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith(what)]
    return int(line.split()[1]) / 1024


def _stat(entry):
    """The fields of proc_pid_stat(5) behind the name, or None: it has ended meanwhile."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def machine(postgres_version):
    """One paragraph: when, on what, with which versions, and how busy the machine was beside us."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    name = model[0].partition(":")[2].strip() if model else platform.machine()
    versions = ", ".join(f"{package} {version(package)}" for package in MEASURED)
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {len(os.sched_getaffinity(0))} cores ({name}), load "
        f"{os.getloadavg()[0]:.1f} at the start; Linux {platform.release()}; Python {platform.python_version()}; "
        f"PostgreSQL {postgres_version}, fsync on; {versions}."
    )
