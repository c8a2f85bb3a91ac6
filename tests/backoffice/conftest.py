"""Who looks at the pages that show everything."""

import pytest
from django.contrib.auth.models import Permission, User

from fleet import information


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
def staff(client, db):
    """A browser in which a superuser is signed in."""
    information.system()  # kept by who was there before, in whatever counts statements
    client.force_login(User.objects.create(username="rita", is_staff=True, is_superuser=True))
    return client
