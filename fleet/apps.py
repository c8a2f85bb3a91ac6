"""Wires the fleet into the project."""

from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "fleet"
    verbose_name = "Fleet"

    def ready(self):
        from fleet import information
        from tomp import language

        language.publish(information.languages)
