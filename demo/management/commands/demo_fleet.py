"""The demo city from the shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import credentials, services


class Command(BaseCommand):
    help = (
        "Builds the demo city (Utrecht), a MaaS provider and an administrator. What is there already stays as it is; "
        "a database that holds another fleet is refused."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            built = services.build_city(now=now)
        except services.AnotherFleet as error:
            raise CommandError(f"{error} The demo city needs an empty one.") from None
        if built:
            self.stdout.write("The demo city is built.")
            for line in services.summary():
                self.stdout.write(line)
        else:
            self.stdout.write("The demo city is already there; nothing was changed.")
        opened = services.open_accounts(now=now)
        if opened:
            self.stdout.write(
                f"MaaS provider {opened['maas_id']} and back office user {opened['admin_user']}: "
                f"their secrets are in {credentials.path()}"
            )
