"""Somebody of each role, and one row of everything."""

import pytest

from backoffice import roles
from tests.admin.conftest import everything, superuser  # noqa: F401 -- fixtures
from tests.permissions.asking import browser_of


@pytest.fixture
def seeded(db):
    """The roles as they come."""
    for role in roles.ROLES:
        roles.reset(role)


@pytest.fixture
def as_role(seeded):
    """Makes browsers in which somebody of a role is signed in."""
    return browser_of
