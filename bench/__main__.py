"""python -m bench [SUBJECT …] [--publish]

Runs the subjects one after the other on an embedded PostgreSQL of their own, prints their tables and keeps them in
bench/results. With --publish all that is kept there becomes docs/performance.md.
"""

import argparse
import importlib
import os
import tempfile
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SUBJECTS = ("rides", "vehicles", "lists", "importing", "telemetry", "callbacks")


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"all of them: {', '.join(SUBJECTS)}")
    parser.add_argument("--publish", action="store_true", help="write docs/performance.md from what was measured")
    asked = parser.parse_args()
    if unknown := set(asked.subjects) - set(SUBJECTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    if not asked.publish or asked.subjects:
        measure(asked.subjects or SUBJECTS)
    if asked.publish:
        importlib.import_module("bench.publishing").publish(RESULTS, SUBJECTS)


def measure(subjects):
    with tempfile.TemporaryDirectory(prefix="tomp-bench-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tomp_operator.settings", "TOMP_DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)  # nobody's real data
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        importlib.import_module("bench.session").run(subjects, Path(folder), RESULTS)


if __name__ == "__main__":
    main()
