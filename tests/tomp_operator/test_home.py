"""The page at the address of the service …"""

import re

import pytest
from django.test import Client

from tests.browser import CHROMIUM, watched
from tests.fleet_factories import SystemFactory


@pytest.fixture
def operator(db):
    SystemFactory(url="https://rides.example", email="help@rides.example", phone_number="+31 30 555")


def page(**headers):
    answer = Client().get("/", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def links(text):
    return re.findall(r'<a href="([^"]*)"', text)


def test_says_who_this_is_in_the_language_of_its_reader(operator):
    text = page(**{"Accept-Language": "nl"})

    assert '<html lang="nl">' in text
    assert "<h1>Utrecht Rijdt</h1>" in text
    assert "<h2>Voor apps</h2>" in text


def test_leads_to_pages_that_are_there(operator):
    found = links(page())

    assert found == [
        "/docs", "/schema/1.6", "/schema/1.5", "/gbfs/3.0/gbfs.json", "/gbfs/2.3/gbfs.json", "/admin/", "/health/ready",
        "https://rides.example", "mailto:help@rides.example", "tel:+3130555",
    ]  # fmt: skip
    asked = [each for each in found if each.startswith("/") and not each.startswith(("/gbfs/", "/health/"))]
    assert [Client().get(each).status_code for each in asked] == [200, 200, 200, 302]


def test_says_nothing_of_an_operator_who_told_nothing(db):
    text = page()

    assert "<h1>Operator</h1>" in text
    assert "<footer>" not in text


def test_needs_no_exception_from_the_policy(operator):
    text = page()

    assert re.findall(r"<style|<script| style=", text) == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/", "/docs/", "/schema/", "/schema/1.6"])
def test_is_read_and_nothing_else_as_are_the_pages_about_the_api(operator, path, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


COLOURS = "(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))"
WHITE, NIGHT, INK, CHALK = "rgb(255, 255, 255)", "rgb(17, 24, 39)", "rgb(17, 24, 39)", "rgb(249, 250, 251)"


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("scheme", "colours"), [("light", [WHITE, INK]), ("dark", [NIGHT, CHALK])])
@pytest.mark.parametrize("width", [390, 1400])
def test_fits_the_screen_by_day_and_by_night(chromium, live_server, width, scheme, colours):
    SystemFactory()
    screen = {"width": width, "height": 900}
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme, viewport=screen)

    with watched(context.new_page(), live_server.url) as page:
        page.goto("/", wait_until="networkidle")
        shown = page.evaluate("document.documentElement.scrollWidth"), page.evaluate(COLOURS)

    assert shown == (width, colours)
