"""A new group of devices from the shell."""

import json

from django.core.management.base import BaseCommand, CommandError

from fleet.gateway import credentials


class Command(BaseCommand):
    help = "Makes a group of devices that may report to /telemetry/ and prints one JSON object: name, apiKey (once)."

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help="what staff call it: the supplier, the middleware")
        parser.add_argument("--asset-type", nargs="*", default=[], help="the types it may report about; none = all")

    def handle(self, *args, name, asset_type, **options):
        if not name.strip() or len(name) > 100:
            raise CommandError("A name has 1 to 100 characters.")
        try:
            group, secret = credentials.create_group(name=name.strip(), type_ids=asset_type)
        except (credentials.GroupExists, credentials.UnknownType) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps({"name": group.name, "apiKey": secret}))
