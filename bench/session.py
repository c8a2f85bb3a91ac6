"""One run of some subjects. Importing it sets Django up."""

import importlib
import time

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from bench import processes  # noqa: E402 - models can be imported from here on
from tomp_operator import embedded  # noqa: E402


def run(subjects, folder, results):
    """Each subject on an empty database; its tables are printed, and kept in a file of its name."""
    with embedded.running():
        call_command("migrate", verbosity=0)
        service = importlib.import_module("bench.service")
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            machine = processes.machine(cursor.fetchone()[0].split()[0])
        print(machine, flush=True)
        results.mkdir(exist_ok=True)
        for name in subjects:
            began = time.monotonic()
            service.empty_database()
            tables = importlib.import_module(f"bench.{name}").run(folder)
            text = "\n".join(table.markdown() for table in tables)
            (results / f"{name}.md").write_text(f"{machine}\n\n{text}")
            for number, table in enumerate(table for table in tables if table.chart):
                (results / f"{name}-{number + 1}.svg").write_text(table.chart.svg())
            print(f"\n{text}\n{name}: measured in {time.monotonic() - began:.0f} s", flush=True)
        connection.close()
