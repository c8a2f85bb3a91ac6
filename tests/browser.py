"""A real browser: it talks to the live server only, and a page on which anything goes wrong fails its test."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import sync_playwright

from backoffice.signin.sessions import SessionStore

CHROMIUM = Path("/usr/bin/chromium")
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def chromium(live_server, monkeypatch):
    """Opens windows of the browser at the live server, each with cookies of its own."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
        connection.close()  # playwright's loop has one of its own, which would outlive the test database


@contextmanager
def watched(page, server, refused=frozenset()):
    """Afterwards: no script failed, nothing was complained of but answers of these addresses, no other host asked."""
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if _is_wrong(message, server, refused) else None)
    page.on("request", lambda request: wrong.append(request.url) if _is_outside(request.url, server) else None)
    yield page
    assert wrong == []


def _is_wrong(message, server, refused):
    return message.type == "error" and message.location["url"].removeprefix(server) not in refused


def _is_outside(url, server):
    return not url.startswith((server, "data:"))


@pytest.fixture
def browser_page(chromium, live_server):
    """A page of a signed-in superuser."""
    context = chromium.new_context(base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": _session(), "url": live_server.url}])
    with watched(context.new_page(), live_server.url) as page:
        yield page


def _session():
    user = User.objects.create(username="rita", is_staff=True, is_superuser=True)
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    (session["_auth_user_backend"],) = settings.AUTHENTICATION_BACKENDS
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return session.session_key
