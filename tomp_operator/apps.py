"""Makes the project an app, so that its commands, tasks and system checks are found."""

from django.apps import AppConfig
from django.core import checks as django_checks

from tomp_operator import checks, names


class TompOperatorConfig(AppConfig):
    name = "tomp_operator"
    verbose_name = "TOMP Transport Operator"

    def ready(self) -> None:
        names.speak()
        django_checks.register(checks.unsafe_settings, django_checks.Tags.security)
