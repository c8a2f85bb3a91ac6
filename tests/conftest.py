"""Starts the database the tests run on."""

from contextlib import ExitStack

import pytest

from tomp_operator import embedded

pytest_plugins = ["tests.journey"]
database = pytest.StashKey[ExitStack]()


def pytest_configure(config):
    config.stash[database] = ExitStack()
    config.stash[database].enter_context(embedded.running())


def pytest_unconfigure(config):
    config.stash[database].close()
