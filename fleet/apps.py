"""Wires the fleet into the project."""

from importlib import import_module

from django.apps import AppConfig

from tomp import language


class FleetConfig(AppConfig):
    name = "fleet"
    verbose_name = "Fleet"

    def ready(self):
        # The models behind it exist only now.
        language.publish(import_module("fleet.information").languages)
