"""Starts the database the tests run on."""

from contextlib import ExitStack

import pytest
from django.conf import settings
from django.contrib import admin

from fleet import catalogue, information, tariffs
from fleet.gateway import commands
from maas import remarks
from tests.receiver import Receiver
from tomp_operator import embedded

pytest_plugins = ["tests.browser", "tests.journey"]
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
def what_is_kept_outlives_the_test(monkeypatch):
    """However slow the machine is: otherwise a test that counts statements would count those that read it again."""
    for memory in (information, tariffs, catalogue, commands):
        monkeypatch.setattr(memory, "SECONDS", 3600.0)
    monkeypatch.setattr(remarks, "WRITTEN_EVERY", 3600.0)


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
    config.stash[database] = ExitStack()
    config.stash[database].enter_context(embedded.running())


def pytest_unconfigure(config):
    config.stash[database].close()
