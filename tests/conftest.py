"""Starts the database the tests run on."""

import gc
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils import translation

from fleet import catalogue, information, tariffs
from fleet.gateway import commands
from maas import remarks
from tests.receiver import Receiver
from tomp_operator import embedded

pytest_plugins = ["tests.browser", "tests.emptying", "tests.journey", "tests.town", "tests.worlds"]
database = pytest.StashKey[ExitStack]()
admin.autodiscover()  # which pages there are decides what is collected


@pytest.fixture(autouse=True)
def no_rules_are_kept():
    """What other tests wrote about the operator, its types and prices is not remembered, nor who worked which locks or
    called how often."""
    information.forget()
    tariffs.forget()
    catalogue.forget()
    commands.forget()
    remarks.tally.forget()


@pytest.fixture(autouse=True)
def nobody_else_chose_the_language():
    """The last request of a test before may have been that of a Dutch colleague: Django leaves its language active."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def what_is_kept_outlives_the_test(monkeypatch):
    """However slow the machine is: otherwise a test that counts statements would count those that read it again."""
    for memory in (information, tariffs, catalogue, commands):
        monkeypatch.setattr(memory, "SECONDS", 3600.0)
    monkeypatch.setattr(remarks, "WRITTEN_EVERY", 3600.0)


@pytest.fixture(autouse=True, scope="session")
def what_is_loaded_is_no_garbage():
    """An eighth of the time went into looking for cycles among modules, models and documents that stay anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def static_files_are_not_looked_for():
    """Each client would find and read them all; browsers are given them by the live server."""
    settings.WHITENOISE_USE_FINDERS = False


@pytest.fixture
def receiver():
    """The server of somebody we call, listening."""
    with Receiver().listening() as receiver:
        yield receiver


def pytest_configure(config):
    gc.disable()  # until everything is loaded
    config.stash[database] = ExitStack()
    config.stash[database].enter_context(embedded.running())


def pytest_collection_modifyitems(items):
    """What takes long by itself begins first, so that no processor has to wait for it at the end.

    What commits stays behind all that is rolled back, where pytest-django has put it.
    """
    items.sort(key=lambda item: not _takes_long(item))


def _takes_long(item):
    return item.path.parent.name in ("crash", "model") and "transactional_db" not in item.fixturenames


def pytest_unconfigure(config):
    config.stash[database].close()
