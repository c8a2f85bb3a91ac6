"""A colleague with a password, and the page where it is typed."""

import pytest
from django.contrib.auth.models import User

PASSWORD = "seven lamps on the quay"


@pytest.fixture(autouse=True)
def passwords_are_quick(settings):
    """Each of hundreds of wrong passwords would take a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def otto(db):
    return User.objects.create_superuser("otto", password=PASSWORD)


@pytest.fixture
def sign_in(client):
    """Types a name and a password; the answer of the page."""

    def sign_in(username="otto", password=PASSWORD, *, browser=None, **headers):
        form = {"username": username, "password": password, "next": "/admin/"}
        return (browser or client).post("/admin/login/", form, **headers)

    return sign_in
