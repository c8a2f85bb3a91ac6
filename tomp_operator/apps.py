"""Makes the project an app, so that its commands, tasks and system checks are found."""

from django.apps import AppConfig
from django.core import checks as django_checks
from django.db.backends.signals import connection_created

from tomp_operator import checks, moments, names


class TompOperatorConfig(AppConfig):
    name = "tomp_operator"
    verbose_name = "TOMP Transport Operator"

    def ready(self) -> None:
        names.speak()
        connection_created.connect(moments.read_quickly)
        django_checks.register(checks.unsafe_settings, django_checks.Tags.security)
