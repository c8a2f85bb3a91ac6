"""python -m bench [SUBJECT …] [--publish | --quick]

Runs the subjects, or all of them, one after the other on an embedded PostgreSQL of their own, prints their tables and
keeps them in bench/results. All that is kept there becomes docs/performance.md, and its worst the table of the README,
after a run of all, or with --publish.
"""

import argparse
import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SUBJECTS = ("rides", "race", "vehicles", "lists", "importing", "telemetry", "callbacks")


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"all of them: {', '.join(SUBJECTS)}")
    parser.add_argument("--publish", action="store_true", help="write docs/performance.md from what was measured last")
    parser.add_argument("--quick", action="store_true", help="only try whether all of it works here; keeps nothing")
    asked = parser.parse_args()
    if unknown := set(asked.subjects) - set(SUBJECTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    failed = [] if asked.publish and not asked.subjects else measure(asked.subjects or SUBJECTS, is_quick=asked.quick)
    if not asked.quick and (asked.publish or not asked.subjects):
        importlib.import_module("bench.publishing").publish(RESULTS, SUBJECTS)
    if failed:
        sys.exit(f"Not measured, see above: {', '.join(failed)}")


def measure(subjects, *, is_quick):
    """Returns those that failed. However it ends, no process and no data of ours are left."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    with tempfile.TemporaryDirectory(prefix="tomp-bench-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tomp_operator.settings", "TOMP_DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)  # nobody's real data
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        return importlib.import_module("bench.session").run(subjects, Path(folder), None if is_quick else RESULTS)


if __name__ == "__main__":
    main()
