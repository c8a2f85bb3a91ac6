"""The API describes itself, to programs and to people, without asking any other host."""

import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tomp.document import document
from tomp.versions import VERSIONS

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ, reason=f"there is no {CHROMIUM} to look with"
)


# For programs


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("minor", VERSIONS)
def test_each_version_has_its_document(minor, slash):
    answer = Client().get(f"/schema/{minor}{slash}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(document(minor)))


@pytest.mark.parametrize("path", ["/schema", "/schema/"])
def test_the_latest_is_given_when_none_is_named(path):
    assert Client().get(path).json()["info"]["version"] == "1.6.1"


@pytest.mark.parametrize("path", ["/schema/1.4/", "/schema/2.0", "/schema/1x5/", "/schema/1.6/x"])
def test_other_versions_have_none(path):
    assert Client().get(path).status_code == 404


def test_a_document_travels_packed():
    answer = Client().get("/schema/", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < 20_000


# For people


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_the_page_names_only_this_host(path):
    answer = Client().get(path)

    assert answer.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]*)"', answer.content.decode())
    assert len(addresses) == 8
    assert all(address.startswith(("/static/", "/schema/")) for address in addresses)


def test_the_page_needs_no_exception_from_the_policy():
    answer = Client().get("/docs/")

    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    text = answer.content.decode()
    assert "<style" not in text
    assert re.findall(r"<script(?! src=)", text) == []


@pytest.fixture
def browser_page(live_server, monkeypatch):
    """A page of a real Chromium that notes what it asks for and what it complains about."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(base_url=live_server.url, viewport={"width": 1280, "height": 1000})
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        yield page
        browser.close()
        connection.close()  # playwright's loop has one of its own, which would outlive the test database


@needs_chromium
@pytest.mark.browser
def test_a_person_reads_both_versions_and_no_other_host_is_asked(browser_page, live_server, tmp_path):
    page = browser_page

    page.goto("/docs/")

    expect(page.locator(".info .title")).to_contain_text("TOMP Transport Operator 1.6.1")
    expect(page.locator("#operations-booking-bookings_create")).to_contain_text("/bookings")
    page.locator("#select").select_option(label="TOMP 1.5")
    expect(page.locator(".info .title")).to_contain_text("1.5.0")

    page.locator("#operations-booking-bookings_create .opblock-summary").click()
    operation = page.locator("#operations-booking-bookings_create")
    expect(operation.locator(".responses-wrapper")).to_contain_text("410")
    expect(operation.locator(".parameters")).to_contain_text("maas-id")
    page.screenshot(path=tmp_path / "docs.png")

    hosts = {urlsplit(address).netloc for address in page.asked if not address.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(live_server.url).netloc}
    assert page.complaints == []
