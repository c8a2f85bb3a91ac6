"""Starts the database the tests run on."""

from contextlib import ExitStack

import pytest

from fleet import tariffs
from tomp_operator import embedded

pytest_plugins = ["tests.journey"]
database = pytest.StashKey[ExitStack]()


@pytest.fixture(autouse=True)
def no_rules_are_kept():
    """What other tests wrote into the price rules is not remembered."""
    tariffs.forget()


def pytest_configure(config):
    config.stash[database] = ExitStack()
    config.stash[database].enter_context(embedded.running())


def pytest_unconfigure(config):
    config.stash[database].close()
