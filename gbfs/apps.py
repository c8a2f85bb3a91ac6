"""Wires the feeds into the project."""

from django.apps import AppConfig


class GbfsConfig(AppConfig):
    name = "gbfs"
    verbose_name = "GBFS"
