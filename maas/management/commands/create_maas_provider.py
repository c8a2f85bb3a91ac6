"""A new MaaS provider from the shell."""

import json

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from maas import services
from maas.models import AccessAnswer, LocatedEvent, Milestone
from tomp.versions import VERSIONS


class Command(BaseCommand):
    help = (
        "Makes a MaaS provider and prints one JSON object: maasId, apiKey, clientId and clientSecret. "
        "The secrets are shown this once. Terms that are not given are those of every new provider."
    )

    def add_arguments(self, parser):
        parser.add_argument("maas_id", metavar="MAAS_ID", help="as sent in the header maas-id")
        parser.add_argument("--name", default="", help="what staff call it; without it, the maas-id")
        parser.add_argument("--base-url", default="", help="where it receives our calls")
        parser.add_argument(
            "--sandbox", action="store_true", dest="is_sandbox", help="it tries things out, with virtual vehicles only"
        )
        parser.add_argument("--auto-commit", action="store_true", help="confirm its bookings without COMMIT")
        parser.add_argument("--api-version", choices=sorted(VERSIONS), help="the version we call it in")
        parser.add_argument("--pending-minutes", type=int, help="how long its bookings wait for COMMIT")
        parser.add_argument("--bill-until", choices=Milestone.values, help="the event that ends the price")
        parser.add_argument("--release-asset-on", choices=Milestone.values, help="the event that frees the vehicle")
        parser.add_argument("--pascal-case-types", action="store_true", help="write ConditionDeposit and TokenDefault")
        parser.add_argument(
            "--customers-need-approval", action="store_true", help="staff approve accounts before they may book"
        )
        parser.add_argument("--max-open-bookings", type=int, help="how many may be open at the same time")
        parser.add_argument(
            "--access-code-in", nargs="*", choices=AccessAnswer.values, help="the answers that carry access data"
        )
        parser.add_argument(
            "--atomic-set-in-use", action="store_true", help="book, commit and begin the ride in one request"
        )
        parser.add_argument(
            "--location-required-on", nargs="*", choices=LocatedEvent.values, help="its events that need a location"
        )
        parser.add_argument(
            "--location-is-of-user", action="store_true", help="the location it sends is that of the person"
        )

    def handle(self, *args, maas_id, name, **options):
        terms = {term: options[term] for term in TERMS if options[term] is not None}
        try:
            created = services.create_provider(maas_id=maas_id, name=name, **terms)
        except services.ProviderExists as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(_in_one_line(error)) from None
        self.stdout.write(
            json.dumps(
                {
                    "maasId": created.provider.maas_id,
                    "apiKey": created.api_key_secret,
                    "clientId": created.client_id,
                    "clientSecret": created.client_secret,
                }
            )
        )


TERMS = (
    "is_sandbox",
    "base_url",
    "auto_commit",
    "api_version",
    "pending_minutes",
    "bill_until",
    "release_asset_on",
    "pascal_case_types",
    "max_open_bookings",
    "access_code_in",
    "atomic_set_in_use",
    "location_required_on",
    "location_is_of_user",
    "customers_need_approval",
)


def _in_one_line(error):
    return " ".join(f"{field}: {' '.join(reasons)}" for field, reasons in error.message_dict.items())
