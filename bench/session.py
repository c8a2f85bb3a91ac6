"""One run of some subjects. Importing it sets Django up."""

import importlib
import json
import time
import traceback

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from bench import processes, targets  # noqa: E402 - models can be imported from here on
from tomp_operator import embedded  # noqa: E402


def run(subjects, folder, results):
    """Each subject on an empty database; what it found is printed, and kept in files of its name.

    Without a folder for `results` nothing is kept, and each is as small as its QUICK says: only to see that it works.
    Returns the subjects that failed: the others are measured all the same, and of these nothing is kept.
    """
    failed = []
    with embedded.running():
        call_command("migrate", verbosity=0)
        service = importlib.import_module("bench.service")
        for name in subjects:
            began, machine = time.monotonic(), _machine()
            print(f"\n# {name}\n{machine}", flush=True)
            if results is not None:
                _forget(results, name)
            try:
                service.empty_database()
                subject = importlib.import_module(f"bench.{name}")
                if results is None:
                    vars(subject).update(subject.QUICK)
                tables, findings = subject.run(folder)
            except Exception:
                traceback.print_exc()
                failed.append(name)
                continue
            text = "\n".join([*(table.markdown() for table in tables), targets.of_subject(findings).markdown()])
            if results is not None:
                _keep(results, name, f"{machine}\n\n{text}", tables, findings)
            print(f"\n{text}\n{name}: measured in {time.monotonic() - began:.0f} s", flush=True)
        connection.close()
    return failed


def _machine():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return processes.machine(cursor.fetchone()[0].split()[0])


def _forget(results, name):
    """What it found the last time is no answer any more, even if it fails now."""
    results.mkdir(exist_ok=True)
    for old in results.glob(f"{name}[.-]*"):
        old.unlink()


def _keep(results, name, text, tables, findings):
    """As a page, as JSON for machines, and as charts."""
    (results / f"{name}.md").write_text(text)
    kept = {
        "machine": text.partition("\n")[0],
        "findings": targets.as_json(findings),
        "tables": [{"title": table.title, "columns": table.columns, "rows": table.rows} for table in tables],
        "charts": {table.chart.title: table.chart.lines for table in tables if table.chart},
    }
    (results / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    for number, table in enumerate(table for table in tables if table.chart):
        (results / f"{name}-{number + 1}.svg").write_text(table.chart.svg())
