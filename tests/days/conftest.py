"""The office: its roles as they are seeded, and colleagues who sign in as anybody does."""

from contextlib import ExitStack

import pytest
from django.contrib.auth.models import Group, User

from backoffice import roles
from backoffice.models import GivenRole
from tests.browser import watched
from tests.days.colleague import WIDE, Colleague

PASSWORD = "seven lamps on the quay"


@pytest.fixture
def office(live_server, clock):
    """Nothing happened yet, and the roles are as an installation comes with them."""
    Group.objects.all().delete()
    GivenRole.objects.all().delete()
    roles.catch_up()


@pytest.fixture
def arrives(office, chromium, live_server):
    """Somebody of this role signs in, in a window of their own, and sees the first page."""
    with ExitStack() as windows:

        def sign_in(name, role):
            user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=role))
            context = chromium.new_context(base_url=live_server.url, viewport=WIDE, timezone_id="Europe/Amsterdam")
            refused = set()
            page = windows.enter_context(watched(context.new_page(), live_server.url, refused))
            page.set_default_timeout(8000)
            return signed_in(Colleague(page, name, refused=refused))

        yield sign_in


def signed_in(colleague):
    colleague.page.goto("/admin/")
    colleague.fills(username=colleague.name, password=PASSWORD)
    colleague.looks()
    colleague.page.locator("button[type=submit]").first.click()
    colleague.page.wait_for_url("**/admin/")
    colleague.looks()
    return colleague
