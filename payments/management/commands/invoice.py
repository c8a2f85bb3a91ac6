"""An invoice for a provider, from the shell."""

import getpass
from argparse import ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fleet.admin.wording import money
from fleet.information import is_far
from maas.models import MaasProvider
from payments import services
from payments.period import days
from tomp.errors import TompError


class Command(BaseCommand):
    help = (
        "Puts all entries of the journal that are not invoiced yet on an invoice, one per currency. Days are those of "
        "the operator's time zone, both included. Running it again makes nothing new."
    )

    def add_arguments(self, parser):
        parser.add_argument("maas_id", metavar="MAAS_ID", help="the provider to invoice")
        parser.add_argument("--from", dest="first", type=_day, required=True, help="the first day, as 2026-05-01")
        parser.add_argument("--until", dest="last", type=_day, required=True, help="the last day, as 2026-05-31")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be invoiced")

    def handle(self, *args, maas_id, first, last, dry_run, **options):
        try:
            provider = MaasProvider.objects.get(maas_id=maas_id)
        except MaasProvider.DoesNotExist:
            raise CommandError(f"There is no MaaS provider {maas_id!r}.") from None
        since, until = days(first, last)
        what = {"provider": provider, "since": since, "until": until, "now": timezone.now()}
        try:
            lines = _would(**what) if dry_run else _done(**what)
        except TompError as refusal:
            raise CommandError(str(refusal.detail)) from None
        for line in lines or ["Nothing to invoice."]:
            self.stdout.write(line)


def _would(**what):
    return [f"Would invoice {_sum(due.total, due.currency, due.entries)}" for due in services.due(**what)]


def _done(**what):
    made = services.invoice(**what, actor=getpass.getuser())
    return [
        f"Invoice {invoice.number}: {_sum(invoice.total, invoice.currency, invoice.entries.count())}"
        for invoice in made
    ]


def _sum(total, currency, count):
    return f"{money(total, currency)}, {count} {'entry' if count == 1 else 'entries'}."


def _day(text):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day, like 2026-05-31") from None
    if is_far(day):
        raise ArgumentTypeError(f"{text} is too far away")
    return day
