"""Life in the demo city, from the shell."""

import secrets
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from urllib3.util import parse_url

from demo import catalogue
from demo.simulation.city import City, Pace
from fleet.models import System

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


class Command(BaseCommand):
    help = (
        "Travellers of four MaaS providers, vehicles that report and the providers' server live in the demo city, "
        "through the public APIs, until Ctrl-C. The exit status is not 0 if the operator was found at fault."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000/tomp", metavar="URL", help="(%(default)s)")
        parser.add_argument(
            "--rides-per-minute", type=_positive, default=20, metavar="N", help="how many begin (%(default)s)"
        )
        parser.add_argument(
            "--misbehaviour",
            type=_percent,
            default=20,
            metavar="PERCENT",
            help="how much goes wrong: apps, vehicles, the providers' server (%(default)s)",
        )
        parser.add_argument(
            "--ride-seconds", type=_positive, default=30, metavar="SECONDS", help="how long a ride takes (%(default)s)"
        )
        parser.add_argument(
            "--for", type=_positive, dest="seconds", metavar="SECONDS", help="stop by itself after so long"
        )
        parser.add_argument("--seed", default="", help="the same travellers as the last time (others every time)")

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_all_but_the_demo(options["base_url"])
        seed = options["seed"] or secrets.token_hex(4)
        pace = Pace(options["rides_per_minute"], options["misbehaviour"] / 100, options["ride_seconds"])
        city = City(options["base_url"], pace, seed=seed, say=self._say)
        self._say(f"{pace.rides_per_minute:g} rides a minute begin at {options['base_url']} (--seed {seed}).")
        city.live(seconds=options["seconds"])
        for line in city.tally.summary():
            self._say(line)
        if city.tally.faults:
            raise CommandError(f"The operator was found at fault {len(city.tally.faults)} times.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"simulator: {line}")
        self.stdout.flush()


def _refuse_all_but_the_demo(base_url: str) -> None:
    """It makes providers, and its vehicles are those of this database: nothing for anybody's real fleet."""
    try:
        url = parse_url(base_url)
    except ValueError:
        url = parse_url("")
    if url.scheme not in ("http", "https") or not url.host:
        raise CommandError(f"{base_url!r} is not an address like http://127.0.0.1:8000/tomp")
    if url.host not in LOOPBACK:
        raise CommandError("The simulator lives in the demo of this machine only: --base-url has to be on 127.0.0.1.")
    if settings.IS_PUBLIC and not settings.ALLOW_DEMO:
        raise CommandError("This is no demo: the simulator would book real vehicles.")
    if not System.objects.filter(system_id=catalogue.SYSTEM["system_id"]).exists():
        raise CommandError("There is no demo city: build it with `manage.py demo_fleet`.")


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < 1_000_000:
        raise ArgumentTypeError(f"{text!r} is not a number greater than 0")
    return number


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 100:
        raise ArgumentTypeError(f"{text!r} is not a percentage from 0 to 100")
    return number
