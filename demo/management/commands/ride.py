"""One ride through the public API, from the shell."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from urllib3.util import parse_url

from demo import credentials, receipt
from demo.client import Call, CallFailed, Client
from demo.journey import Bill, Journey
from demo.search import RideFailed, Wish
from demo.transcript import Transcript
from tomp.versions import VERSIONS


class Command(BaseCommand):
    help = (
        "The demo MaaS provider rides one vehicle through the public API and prints every call and answer. In the end "
        "it checks the price with a sum of its own; the exit status is not 0 if anything failed or the sums differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--base-url", type=_address, default="http://127.0.0.1:8000/tomp", metavar="URL", help="(%(default)s)"
        )
        parser.add_argument("--maas-id", help="who rides (the demo provider)")
        parser.add_argument("--api-key", help="its key (the demo provider's)")
        parser.add_argument("--api-version", choices=sorted(VERSIONS), default="1.6", help="(%(default)s)")
        parser.add_argument("--asset-type", help="a type of vehicle (the one with the most vehicles)")
        parser.add_argument("--asset", help="a certain vehicle (the one nearest to --at)")
        parser.add_argument(
            "--at",
            type=_point,
            default="52.0929,5.1186",
            metavar="LAT,LON",
            help="where the traveller stands (%(default)s)",
        )
        parser.add_argument(
            "--seconds", type=_seconds, default=2, help="how long each stretch of the ride takes (%(default)s)"
        )
        parser.add_argument(
            "--patience",
            type=int,
            default=120,
            metavar="SECONDS",
            help="how long to wait for an operator who has to agree (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        maas_id, api_key = _provider(options["maas_id"], options["api_key"])
        lat, lon = options["at"]
        self.stdout.write(f"{maas_id} rides at {options['base_url']} in TOMP {options['api_version']}.\n\n")
        with Client(
            options["base_url"],
            maas_id=maas_id,
            api_key=api_key,
            api_version=options["api_version"],
            report=self._reporter(),
        ) as client:
            journey = Journey(
                client=client,
                wish=Wish(lat, lon, asset_type=options["asset_type"], asset=options["asset"]),
                seconds=options["seconds"],
                patience_s=options["patience"],
                say=self.stdout.write,
            )
            bill = _made(journey)
        self._print(bill)
        if not bill.is_right:
            raise CommandError(
                f"Charged {bill.charged:.2f}, shown {bill.shown:.2f}, "
                f"but the tariff says {receipt.total(bill.expected):.2f}."
            )

    def _reporter(self) -> Callable[[Call], None]:
        """Prints the calls of one ride."""
        transcript = Transcript()
        return lambda call: self.stdout.writelines(f"{line}\n" for line in transcript.lines(call))

    def _print(self, bill: Bill) -> None:
        currency = bill.entry["currencyCode"]
        self.stdout.write(f"Receipt: {bill.used.in_use_s} s in use, {bill.used.paused_s} s paused")
        self.stdout.write("  by the published tariff")
        for line in bill.expected:
            self.stdout.write(f"    {line.name:<24} {line.amount:8.2f}")
        self.stdout.write(f"    {'total':<24} {receipt.total(bill.expected):8.2f} {currency}")
        self.stdout.write("  in the journal")
        for part in bill.entry.get("details", {}).get("parts", ()):
            self.stdout.write(f"    {part.get('name', ''):<24} {part['amount']:8.2f}")
        self.stdout.write(f"    {'total':<24} {bill.charged:8.2f} {currency}")
        self.stdout.write("The price is right." if bill.is_right else "The price is wrong.")


def _made(journey: Journey) -> Bill:
    try:
        return journey.make()
    except (CallFailed, RideFailed) as error:
        raise CommandError(str(error)) from None
    except receipt.CannotCheck as error:
        raise CommandError(f"The ride is over, but its price cannot be checked here: {error}.") from None


def _provider(maas_id: str | None, api_key: str | None) -> tuple[str, str]:
    """Whom to ride for: who is named, else the demo's provider."""
    known = credentials.load()
    if maas_id and api_key:
        return maas_id, api_key
    if maas_id or api_key:
        raise CommandError("Give both --maas-id and --api-key, or neither.")
    if known is None:
        raise CommandError("There is no demo provider: run `manage.py demo_fleet`, or give --maas-id and --api-key.")
    return known["maas_id"], known["api_key"]


def _address(text: str) -> str:
    try:
        url = parse_url(text)
    except ValueError:
        url = parse_url("")
    if url.scheme not in ("http", "https") or not url.host:
        raise ArgumentTypeError(f"{text!r} is not an address like http://127.0.0.1:8000/tomp")
    return text


def _point(text: str) -> tuple[float, float]:
    try:
        lat, lon = (float(number) for number in text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not LAT,LON, e.g. 52.0929,5.1186") from None
    return lat, lon


def _seconds(text: str) -> int:
    """At least one: two events of the same kind at the same time are one event."""
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of seconds, 1 or more")
    return int(text)
