"""Names of apps, models and fields that Django makes of what they are called in the source, in a language of readers.

A name that somebody wrote is marked where it stands; the others are as good as the source, but for those that labels.py
puts otherwise, and translated here.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy, override

from tomp_operator.labels import SAID

PLURAL = "verbose_name_plural"
AS_OURS = {"procrastinate.contrib.django"}  # shown in the back office, and without a catalogue


def speak() -> None:
    """From now on each of them is called as its reader would call it. Migrations see no difference."""
    for config in _configs():
        for named, attribute in _named([config], config.get_models()):
            name = getattr(named, attribute)
            # The plural that nobody wrote is the English one with an "s", in whatever language.
            if isinstance(name, str) or (attribute == PLURAL and PLURAL not in named.original_attrs):
                setattr(named, attribute, gettext_lazy(SAID.get(str(name), str(name))))


def texts() -> set[str]:
    """What those that the back office shows are called in English, for the catalogues."""
    admin.autodiscover()
    configs = set(_configs())
    shown = {model: page for model, page in admin.site._registry.items() if model._meta.app_config in configs}
    parts = {part.model for page in shown.values() for part in page.inlines}
    with override("en"):
        named = _named({model._meta.app_config for model in shown}, {*shown, *parts})
        return {str(getattr(each, attribute)) for each, attribute in named}


def _configs() -> Iterator[AppConfig]:
    for config in apps.get_app_configs():
        if Path(config.path).parent == settings.BASE_DIR or config.name in AS_OURS:
            yield config


def _named(configs: Iterable[Any], models: Iterable[type[Model]]) -> Iterator[tuple[Any, str]]:
    """(what has a name, the attribute that is its name)"""
    for config in configs:
        yield config, "verbose_name"
    for model in models:
        yield model._meta, "verbose_name"
        yield model._meta, PLURAL
        yield from ((field, "verbose_name") for field in model._meta.get_fields() if hasattr(field, "verbose_name"))
