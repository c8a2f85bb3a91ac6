"""The whole service with one command."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from textwrap import dedent
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo import credentials
from fleet.models import Asset, AssetType
from maas.models import MaasProvider

SECONDS_TO_START = 60
SECONDS_TO_STOP = 15
SECONDS_TO_END_RIDES = 300
RIDES_PER_MINUTE = 20


class Command(BaseCommand):
    help = "Migrates, makes the demo city if there is nothing, and runs web and worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=os.cpu_count(), help="web processes (number of cores)")
        parser.add_argument(
            "--simulate",
            type=float,
            nargs="?",
            const=RIDES_PER_MINUTE,
            metavar="RATE",
            help=f"let the demo city live, with so many rides a minute ({RIDES_PER_MINUTE})",
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, simulate: float | None, **options: Any) -> None:
        _refuse_taken(host, port)
        if simulate is not None:
            _refuse_to_simulate(simulate)
        if "TOMP_PUBLIC_URL" not in os.environ:  # its default knows the default port only
            settings.TOMP_PUBLIC_URL = os.environ["TOMP_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        if _is_demo():
            os.environ.setdefault("CORS_ALLOWED_ORIGINS", "*")  # to try an app in a browser, from wherever it comes
        call_command("migrate", verbosity=0)
        if _is_demo() and not AssetType.objects.exists() and not MaasProvider.objects.exists():
            call_command("demo_fleet", stdout=self.stdout)
        processes = {"web": _start_web(host, port, workers), "worker": _start("manage.py", "worker")}
        try:
            _wait_for_web(host, port, processes)
            self.stdout.write(_welcome())
            self.stdout.flush()
            if simulate is not None:
                processes["simulator"] = _start_simulator(port, simulate)
            _watch(processes)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            _stop(processes)


def _is_demo() -> bool:
    return settings.ALLOW_DEMO or not settings.IS_PUBLIC


def _refuse_taken(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise CommandError(f"{port} is no port: choose one from 1 to 65535 with --port.")
    try:
        with socket.create_connection((host, port), timeout=1):
            raise CommandError(f"Port {port} is taken: stop what uses it, or choose another with --port.")
    except socket.gaierror:
        raise CommandError(f"{host} is no address of this machine: choose one with --host.") from None
    except OSError:
        return  # nobody answers there


def _refuse_to_simulate(rate: float) -> None:
    if not _is_demo():
        raise CommandError("--simulate is for the demo: the simulator would book real vehicles.")
    if not 0 < rate < 100_000:
        raise CommandError(f"{rate:g} rides a minute cannot be: give --simulate a number greater than 0.")


def _start_simulator(port: int, rate: float) -> subprocess.Popen[bytes]:
    base_url = f"http://127.0.0.1:{port}/tomp"
    return _start("manage.py", "simulate", "--base-url", base_url, "--rides-per-minute", str(rate))


def _start_web(host: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    metrics = settings.DATA_DIR / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)  # the counters of processes that are gone
    metrics.mkdir(parents=True)
    return _start(*granian(host, port, workers), PROMETHEUS_MULTIPROC_DIR=str(metrics))


def granian(host: str, port: int, workers: int, application: str = "tomp_operator.wsgi:application") -> tuple[str, ...]:
    """What Python is told in order to serve the application, as we serve ours."""
    return (
        *("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        # One thread each: Python runs one at a time, and a persistent connection belongs to a thread.
        *("--workers", str(workers), "--blocking-threads", "1", "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--log-level", "warning", "--no-ws", application),
    )


def _start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches us alone, and we stop it in order."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        start_new_session=True,
    )


def _wait_for_web(host: str, port: int, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at:
        _refuse_dead(processes)
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.1)
    raise CommandError(f"The web server did not come up within {SECONDS_TO_START} seconds.")


def _watch(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        _refuse_dead(processes)
        if settings.EMBEDDED_POSTGRES:
            settings.EMBEDDED_POSTGRES.revive()
        time.sleep(1)


def _refuse_dead(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise CommandError(f"The {name} process ended by itself (exit status {process.returncode}).")


def _stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """They have ended, in order; running rides are brought to an end while the others still work."""
    simulator = processes.pop("simulator", None)
    if simulator is not None:
        _end([simulator], SECONDS_TO_END_RIDES)
    _end(list(processes.values()), SECONDS_TO_STOP)


def _end(processes: list[subprocess.Popen[bytes]], seconds: float) -> None:
    """They end by themselves within so long, or are ended; so they are when Ctrl-C comes again."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(seconds)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()


def _welcome() -> str:
    url = settings.TOMP_PUBLIC_URL
    text = f"""
        The TOMP Transport Operator is running. Ctrl-C stops it.

        Site           {url}/
        API            {url}/tomp/operator/meta
        Documentation  {url}/docs/
        Back office    {url}/admin/
        """
    known = credentials.load()
    return dedent(text) + (_how_to_try(known) if known and _is_demo() else "")


def _how_to_try(known: credentials.DemoCredentials) -> str:
    text = f"""
        Back office login   {known["admin_user"]} / {known["admin_password"]}
        MaaS provider       {known["maas_id"]}
        API key             {known["api_key"]}
        OAuth2 secret       {known["client_secret"]}
        """
    return dedent(text).rstrip() + _other_logins(known) + _curl(known)


def _other_logins(known: credentials.DemoCredentials) -> str:
    """A colleague of each role, to see what they see."""
    colleagues = ", ".join(known.get("staff_users", []))
    return f"\nOther roles         {colleagues} / {known['staff_password']}\n" if colleagues else "\n"


def _curl(known: credentials.DemoCredentials) -> str:
    """A command that books a scooter which is free now; nothing if there is none."""
    scooters = Asset.objects.real().free().filter(asset_type__form_factor=AssetType.FormFactor.SCOOTER_STANDING)
    scooter = scooters.filter(asset_type__booked_by=AssetType.BookedBy.ASSET).first()
    if scooter is None:
        return ""
    place = {"coordinates": {"lng": scooter.lon, "lat": scooter.lat}}
    body = json.dumps({"from": place, "useAssets": [str(scooter.public_id)]})
    headers = {
        "Content-Type": "application/json",
        "Accept-Language": "en",
        "Api": "TOMP",
        "Api-Version": "1.6",
        "maas-id": known["maas_id"],
        "X-API-Key": known["api_key"],
    }
    lines = [f"curl {settings.TOMP_PUBLIC_URL}/tomp/bookings/one-stop"]
    lines += [f"-H '{name}: {value}'" for name, value in headers.items()]
    return "\nBook a scooter:\n\n" + " \\\n  ".join([*lines, f"-d '{body}'"]) + "\n"
