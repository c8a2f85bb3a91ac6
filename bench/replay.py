"""The physical limit: pgbench runs the SQL that the product runs, and nothing else.

A trip is done twice by the product inside this process, with everything it sends to PostgreSQL written down: its
statements with their parameters, and where transactions begin and end. What differs between the two trips is what
belongs to a trip: the vehicle, which pgbench reads anew for each, and new ids, which the database makes. All else is
sent as it was.
"""

import cProfile
import json
import os
import pstats
import re
import resource
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from psycopg import sql

from bench import processes
from bench.measuring import Sample
from bench.service import database_pid
from tomp import prepared
from tomp_operator import embedded
from tomp_operator.wsgi import application

QUOTED = re.compile(r"\s*E?'(?P<text>.*)'(?P<cast>::.*)?", re.DOTALL)
VEHICLE = "pgbench-"
VEHICLE_OF_CLIENT = (
    "SELECT id AS asset, public_id AS public, upper(public_id::text) AS upper{made} "
    "FROM fleet_asset WHERE vehicle_number = '{beginning}' || :client_id::text \\gset"
)
JOBS = 2


@dataclass(frozen=True)
class Statement:
    sql: str
    params: tuple = ()


BEGIN, COMMIT = MARKS = Statement("BEGIN"), Statement("COMMIT")


class Asking:
    """Answers requests in this process, each within what `around` makes."""

    def __init__(self, headers, around):
        self.headers, self.around = headers, around

    def ask(self, name, method, path, body=None):
        content = b"" if body is None else json.dumps(body).encode()
        told = RequestFactory(SERVER_NAME="localhost").generic(
            method, f"/tomp{path}", content, content_type="application/json", headers=self.headers
        )
        status = []
        with self.around():
            response = application(told.environ, lambda line, _headers, _error=None: status.append(line))
            answer = b"".join(response)
            response.close()
        assert status[0].startswith("2"), (name, status, answer[:500])
        return json.loads(answer)


class Recorder(Asking):
    """Keeps what is sent to the database meanwhile.

    `counts` tells how many statements each step sent, without those around transactions.
    """

    def __init__(self, headers):
        super().__init__(headers, self._listening)
        self.statements, self.counts = [], {}

    def ask(self, name, method, path, body=None):
        before = len(self.statements)
        answer = super().ask(name, method, path, body)
        self.counts[name] = sum(each not in MARKS for each in self.statements[before:])
        return answer

    @contextmanager
    def _listening(self):
        execute = prepared.execute

        def carry_out(libpq, command):
            execute(libpq, command)
            self.statements.append(Statement(command.decode()))

        with connection.execute_wrapper(self._write_down), patch.object(prepared, "execute", carry_out):
            yield

    def _write_down(self, execute, text, params, many, context):
        result = execute(text, params, many, context)
        self.statements.append(Statement(text, tuple(params or ())))
        return result


def counted(path, headers):
    """How many statements the answer to this GET takes in a process that was asked it before."""
    told = RequestFactory(SERVER_NAME="localhost").get(path, headers=headers)
    for _time in range(2):
        sent = []
        with connection.execute_wrapper(lambda execute, *call, sent=sent: sent.append(call) or execute(*call)):
            response = application(dict(told.environ), lambda *_line: None)
            assert response.status_code == 200, (path, response.status_code)
            b"".join(response)
            response.close()
    return len(sent)


def recorded(cycle, headers, vehicles):
    """What two trips with these vehicles send, after others that fill the caches of the process; and their `counts`."""
    trips = []
    for public_id, lat, lon in vehicles:
        recorder = Recorder(headers)
        cycle(recorder.ask, (public_id, lat, lon))
        trips.append(recorder)
    first, second = (trip.statements for trip in trips[-2:])
    assert [each.sql for each in first] == [each.sql for each in second], "The trips do not send the same."
    assert first.count(BEGIN) == first.count(COMMIT) > 0, "The transactions of a trip were not seen."
    return first, second, trips[-1].counts


def calls(cycle, headers, vehicles):
    """How many functions Python calls for the last of these trips: the same on every machine, however busy it is."""
    for vehicle in vehicles:
        profile = cProfile.Profile()
        cycle(Asking(headers, around=lambda profile=profile: profile).ask, vehicle)
    return pstats.Stats(profile).total_calls


def script(first, second, public_id, asset_id):
    """A pgbench script of one trip."""
    known = {asset_id: ":asset", public_id: ":public", str(public_id): ":public", str(public_id).upper(): ":upper"}
    for one, other in zip(first, second, strict=True):
        for mine, theirs in zip(one.params, other.params, strict=True):
            if isinstance(mine, UUID) and mine != theirs:
                known.setdefault(mine, f":new{len(known)}")
    made = "".join(f", gen_random_uuid() AS {name[1:]}" for name in known.values() if name.startswith(":new"))
    lines = [VEHICLE_OF_CLIENT.format(made=made, beginning=VEHICLE)]
    for one, other in zip(first, second, strict=True):
        texts = tuple(
            written(mine, known if repr(mine) != repr(theirs) else {})
            for mine, theirs in zip(one.params, other.params, strict=True)
        )
        lines.append(f"{one.sql % texts if texts else one.sql};")
    return "\n".join((*lines, ""))


def written(value, known):
    """The parameter as the variable it is, or as a literal in which pgbench finds no variable of its own."""
    if isinstance(value, int | str | UUID) and value in known:
        return known[value]
    text = sql.Literal(value).as_string(connection.connection).strip()
    quoted = QUOTED.fullmatch(text)
    if quoted is None:
        return text
    inside = quoted["text"] if text.startswith("E") else quoted["text"].replace("\\", "\\\\")
    return f"E'{inside.replace(':', chr(92) + 'x3a')}'{quoted['cast'] or ''}"


def own_cpu_s():
    """What processes used that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(path, clients, seconds):
    """A sample of pgbench with so many clients."""
    server = settings.EMBEDDED_POSTGRES
    before, own = processes.cpu_s(database_pid()), own_cpu_s()
    done = subprocess.run(
        [
            str(embedded.programs() / "pgbench"),
            *("--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={JOBS}", f"--time={seconds}"),
            *(
                f"--file={path}",
                f"--host={server.sockets}",
                f"--port={embedded.PORT}",
                "--username=postgres",
                "postgres",
            ),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-3000:]
    assert "number of failed transactions: 0 " in done.stdout, done.stdout
    trips = int(re.search(r"number of transactions actually processed: (\d+)", done.stdout)[1])
    per_second = float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
    used = processes.cpu_s(database_pid()) - before
    return Sample(trips, trips / per_second, {"web": 0.0, "database": used, "client": own_cpu_s() - own})
