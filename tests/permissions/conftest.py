"""Somebody of each role, and one row of everything."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from backoffice import roles
from tests.admin.conftest import everything, superuser  # noqa: F401 -- fixtures


@pytest.fixture
def seeded(db):
    """The roles as they come."""
    for role in roles.ROLES:
        roles.reset(role)


@pytest.fixture
def as_role(seeded):
    """A browser in which somebody of this role is signed in."""

    def browser(role):
        member = User.objects.create(username=f"a {role}", is_staff=True)
        member.groups.add(Group.objects.get(name=role))
        client = Client(raise_request_exception=False)
        client.force_login(member)
        return client

    return browser
