"""Django's migrate, and the roles of the back office after it."""

from typing import Any

from django.core.management.commands import migrate

from backoffice import roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """The tables are as the code wants them; when all of them are, so are the roles (backoffice/roles.py)."""
        super().handle(*args, **options)
        is_partial = options["app_label"] or options["plan"] or options["check_unapplied"]
        if not is_partial:
            roles.catch_up()
