"""Who works in the back office, and one row of everything to work with."""

import pytest
from django.contrib.auth.models import Permission, User

from fleet import information
from fleet import models as fleet
from tests.admin.everything import one_of_each
from tests.fleet_factories import AssetFactory


@pytest.fixture
def superuser(db):
    information.system()  # kept by who was there before, in whatever counts statements
    return User.objects.create(username="rita", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client, superuser):
    """A browser in which a superuser is signed in."""
    client.force_login(superuser)
    return client


@pytest.fixture
def signed_in(client, db):
    """Signs in a member of staff who has these permissions and no others."""

    information.system()

    def sign_in(*codenames):
        user = User.objects.create(username="ingrid", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def everything(superuser):
    """At least one row of each model the back office shows: {model: row}."""
    return one_of_each(superuser)


@pytest.fixture
def e_scooter(db) -> fleet.Asset:
    return AssetFactory(marked=True)
