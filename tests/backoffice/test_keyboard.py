"""Without a mouse …"""

import pytest

from fleet.models import Asset
from tests.browser import in_a_browser
from tests.fleet_factories import AssetFactory
from tests.trip_factories import LegFactory

pytestmark = in_a_browser
STANDS_ON = "() => (document.activeElement.name || document.activeElement.innerText).split('\\n').at(-1).trim()"


@pytest.fixture
def booking(browser_page):
    """The page of one that is confirmed."""
    leg = LegFactory(asset=AssetFactory(state="RESERVED"), booking__state="CONFIRMED")
    browser_page.goto(f"/admin/bookings/booking/{leg.booking_id}/change/", wait_until="networkidle")
    return browser_page


def stands_on(page, name):
    page.wait_for_function(f"name => ({STANDS_ON})() === name", arg=name)


def presses(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_the_menu_is_passed_by_with_one_key(booking):
    presses(booking, "Tab")
    stands_on(booking, "Skip to the content")
    presses(booking, "Enter", "Tab")

    assert booking.evaluate("document.activeElement.closest('#main') !== null")


def test_one_is_in_a_window_until_it_closes_and_then_where_one_was(booking):
    booking.locator("a.trip-button", has_text="Write a note").focus()
    presses(booking, "Enter")
    stands_on(booking, "text")
    seen = []
    for _turn in range(3):
        presses(booking, "Tab")
        seen.append(booking.evaluate(STANDS_ON))
    presses(booking, "Escape")

    stands_on(booking, "Write a note")
    assert seen == ["Cancel", "Keep", "text"]


def test_a_window_is_told_to_who_does_not_see_it(booking):
    booking.locator("a.trip-button", has_text="Write a note").click()
    stands_on(booking, "text")

    assert booking.get_by_role("dialog", name="Write a note").get_attribute("aria-modal") == "true"


@pytest.mark.parametrize("slowness", [1, 10])
def test_a_menu_of_buttons_opens_and_leads_to_its_window(booking, slowness):
    tools = booking.context.new_cdp_session(booking)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    booking.get_by_role("button", name="Money").focus()
    presses(booking, "Enter")
    stands_on(booking, "Claim extra costs")
    presses(booking, "Escape")
    stands_on(booking, "chevron_right")  # the arrow of the menu, behind its name
    presses(booking, "Enter")
    stands_on(booking, "Claim extra costs")
    presses(booking, "Enter")

    stands_on(booking, "category")


def test_a_window_opened_in_a_tab_of_its_own_is_a_page(browser_page):
    asset = AssetFactory()
    browser_page.goto(f"/admin/fleet/asset/{asset.pk}/take-out-of-service/", wait_until="networkidle")
    assert browser_page.locator("#nav-sidebar").is_visible()

    browser_page.locator("#main textarea").fill("Brakes squeak")
    browser_page.locator("#main button[type=submit]").click()
    browser_page.wait_for_url(f"**/asset/{asset.pk}/change/")

    assert Asset.objects.values_list("state", "state_reason").get() == ("OUT_OF_SERVICE", "Brakes squeak")
