"""In a real browser, under the policy of /admin/: nothing is blocked, and nothing is asked of another host."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet import tasks
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from legs.models import Leg
from support.models import SupportRequest
from tests.browser import in_a_browser, watched
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    AssetFactory,
    AssetTypeFactory,
    ImportBatchFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
    VehicleAlertFactory,
)
from tests.trip_factories import LegFactory, SupportRequestFactory

pytestmark = in_a_browser


def test_a_vehicle_is_taken_out_of_service_in_the_browser(browser_page):
    asset = AssetFactory()
    browser_page.goto(f"/admin/fleet/asset/{asset.pk}/change/")

    browser_page.get_by_text("Service").first.click()
    browser_page.get_by_text("Take out of service").click()
    browser_page.locator("#dialog textarea").fill("Brakes squeak")
    browser_page.locator("#dialog button[type=submit]").click()
    browser_page.wait_for_selector("text=Brakes squeak")

    assert Asset.objects.values_list("state", "state_reason").get() == (AssetState.OUT_OF_SERVICE, "Brakes squeak")


def test_the_search_box_finds_a_booking(browser_page):
    leg = LegFactory()
    browser_page.goto("/admin/", wait_until="networkidle")

    browser_page.keyboard.press("Control+k")
    browser_page.locator("#search-input-command").press_sequentially(str(leg.booking_id)[:13])
    browser_page.locator(f"a[href='/admin/bookings/booking/{leg.booking_id}/change/']").click()

    browser_page.wait_for_selector("#timeline")


@pytest.mark.parametrize("address", ["/admin/bookings/booking/", "/admin/fleet/pricingplan/add/", "/admin/auth/user/"])
def test_pages_open_without_an_error(browser_page, address):
    browser_page.goto(address)

    browser_page.wait_for_load_state("networkidle")


class Worker:
    """Does the jobs of imports while the browser waits for them."""

    def __init__(self):
        self.done = set()

    def work(self):
        for job in ProcrastinateJob.objects.filter(task_name__endswith="_import").exclude(pk__in=self.done):
            getattr(tasks, job.task_name.rpartition(".")[2])(**job.args)
            self.done.add(job.pk)


def test_a_fleet_list_is_imported_and_taken_back_in_the_browser(browser_page, tmp_path):
    AssetTypeFactory(type_id="glider")
    AssetFactory(vehicle_number="S-1", asset_type__type_id="other", state_of_charge=50)
    path = tmp_path / "fleet.csv"
    path.write_text("Number;Kind;SOC\nS-1;;80\nS-2;glider;70\nS-3;boat;60\n")
    page, worker = browser_page, Worker()

    page.goto("/admin/fleet/asset/")
    page.locator("a[href$='/admin/fleet/asset/import/']").click()
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Continue").click()
    page.locator("select[name=column-1]").select_option("vehicle_type")
    page.wait_for_selector("#explanation-1 >> text=id or name of an asset type")
    page.get_by_role("button", name="Compare with the fleet").click()
    page.wait_for_selector("[data-progress]")
    worker.work()
    page.get_by_role("link", name="Changed 1").click()
    page.wait_for_selector("text=state of charge 50 → 80")
    page.get_by_role("button", name="Apply to 2 vehicles").click()
    page.wait_for_selector("[data-progress]")
    worker.work()
    page.get_by_text("Undo …").click()
    assert dict(Asset.objects.values_list("vehicle_number", "state_of_charge")) == {"S-1": 80, "S-2": 70}

    page.get_by_role("button", name="Undo the import").click()
    page.wait_for_selector("[data-progress]")
    worker.work()
    page.get_by_role("link", name="Undone 2").click()

    assert dict(Asset.objects.values_list("vehicle_number", "state_of_charge")) == {"S-1": 50}


def test_the_pages_of_an_import_fit_on_a_phone(browser_page):
    AssetTypeFactory(type_id="glider")
    batch = ImportBatchFactory()
    browser_page.set_viewport_size({"width": 390, "height": 844})

    for name in ("change", "mapping"):
        browser_page.goto(f"/admin/fleet/importbatch/{batch.pk}/{name}/", wait_until="networkidle")
        assert browser_page.locator("body").evaluate("each => each.scrollWidth") <= 390
        label = browser_page.locator("td[data-label]").first.evaluate(
            "each => getComputedStyle(each, '::before').content"
        )
        assert label in ('"Row"', '"First rows"')


def test_the_first_page_leads_to_what_needs_somebody(browser_page):
    alert = VehicleAlertFactory()
    browser_page.goto("/admin/")

    browser_page.get_by_text("Vehicles have a low battery").click()

    browser_page.wait_for_selector(f"#result_list a[href*='/admin/fleet/vehiclealert/{alert.pk}/change/']")


def test_the_search_box_is_used_without_a_mouse(browser_page):
    asset = AssetFactory(marked=True)
    browser_page.goto("/admin/", wait_until="networkidle")

    browser_page.keyboard.press("Control+k")
    browser_page.locator("#search-input-command").press_sequentially(asset.license_plate.lower())
    browser_page.wait_for_selector(f"#command-results a[href='/admin/fleet/asset/{asset.pk}/change/']")
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.press("Enter")

    browser_page.wait_for_url(f"**/admin/fleet/asset/{asset.pk}/change/")


def test_the_map_shows_a_vehicle_and_follows_it(browser_page):
    asset = AssetFactory(state=AssetState.IN_USE)
    leg = LegFactory(asset=asset, booking__state="STARTED")
    AssetFactory(lat=asset.lat + 0.001), StationFactory(), RegionFactory()
    browser_page.goto("/admin/map/")

    browser_page.locator(f"#map-list button[data-vehicle='{asset.pk}']").press("Enter")
    browser_page.wait_for_selector(f".leaflet-popup a[href='/admin/fleet/asset/{asset.pk}/change/']")
    assert f"vehicle={asset.pk}#{asset.lat:.5f}" in browser_page.url

    browser_page.reload()  # the address leads back to it
    browser_page.locator(f".leaflet-popup a[href='/admin/bookings/booking/{leg.booking_id}/change/']").press("Enter")

    browser_page.wait_for_selector("#timeline")


def test_the_map_follows_what_moves(browser_page):
    asset = AssetFactory(vehicle_number="<b>bold</b>")
    browser_page.goto("/admin/map/")
    browser_page.wait_for_selector("#map-status >> text=1 vehicles in view")
    Asset.objects.filter(pk=asset.pk).update(lat=0)

    browser_page.wait_for_selector("#map-status >> text=0 vehicles in view")


def test_the_map_keeps_the_operators_time_wherever_the_browser_is(browser_page, live_server):
    SystemFactory(timezone="Asia/Tokyo")
    context = browser_page.context.browser.new_context(
        base_url=live_server.url, timezone_id="America/New_York", storage_state=browser_page.context.storage_state()
    )
    with watched(context.new_page(), live_server.url) as page:
        before = datetime.now(ZoneInfo("Asia/Tokyo"))
        page.goto("/admin/map/")
        page.wait_for_selector("#map-clock:has-text('as of')")
        shown = page.locator("#map-clock").text_content()
        after = datetime.now(ZoneInfo("Asia/Tokyo"))

    seconds = range(int(before.timestamp()), int(after.timestamp()) + 1)
    assert shown in {f"as of {datetime.fromtimestamp(each, ZoneInfo('Asia/Tokyo')):%H:%M:%S}" for each in seconds}


def test_the_form_of_a_damage_fits_on_a_phone(browser_page):
    asset = AssetFactory(vehicle_number="0004cb0b29f6ea7d79c8d23b5799829b")
    browser_page.set_viewport_size({"width": 390, "height": 844})

    browser_page.goto(f"/admin/fleet/damage/add/?asset={asset.pk}", wait_until="networkidle")

    assert browser_page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_ride_is_ended_with_the_effect_shown_before(browser_page):
    leg = LegFactory(booking__state="STARTED", track=[[0, 52.09, 5.11], [60000, 52.091, 5.112]])
    browser_page.goto(f"/admin/bookings/booking/{leg.booking_id}/change/")
    browser_page.wait_for_selector("#trip-map path.leaflet-interactive")

    browser_page.get_by_text("End the ride").click()
    browser_page.locator("#dialog input[name=at]").fill("2026-05-04T12:10:00")
    browser_page.locator("#dialog select[name=charge]").select_option("SET")
    browser_page.locator("#dialog input[name=amount]").fill("2")
    browser_page.wait_for_selector("#effect >> text=The ride costs 2.00 EUR.")
    assert Leg.objects.get().state == "IN_USE"
    browser_page.locator("#dialog textarea").fill("Their phone is dead.")
    browser_page.locator("#dialog button[type=submit]").click()

    browser_page.wait_for_selector("text=The booking costs 2.00 EUR.")
    assert Leg.objects.get().state == "FINISHED"


def test_a_ride_is_ended_without_javascript(browser_page, live_server):
    leg = LegFactory(booking__state="STARTED")
    context = browser_page.context.browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(browser_page.context.cookies())
    page = context.new_page()
    page.goto(f"/admin/bookings/booking/{leg.booking_id}/change/")

    page.get_by_text("End the ride").click()
    page.locator("input[name=at]").fill("2026-05-04T12:10:00")
    page.locator("textarea[name=reason]").fill("Their phone is dead.")
    page.locator(".decision button[type=submit]").click()  # shows what would happen at that time
    page.wait_for_selector("text=Look again")
    assert Leg.objects.get().state == "IN_USE"
    page.locator(".decision button[type=submit]").click()

    page.wait_for_url("**/change/")
    assert Leg.objects.get().state == "FINISHED"


def test_one_signs_in_without_javascript(chromium, live_server):
    User.objects.create_user("noor", password="seven lamps", is_staff=True, is_superuser=True)
    page = chromium.new_context(java_script_enabled=False, base_url=live_server.url).new_page()
    page.goto("/admin/")

    page.locator("input[name=username]").fill("noor")
    page.locator("input[name=password]").fill("seven lamps")
    page.get_by_role("button", name="Log in").click()

    page.wait_for_url("**/admin/")
    assert page.get_by_role("heading", name="Needs you now").is_visible()


def test_the_inbox_is_worked_through_without_a_mouse(browser_page):
    urgent = SupportRequestFactory(priority="ERROR_CANNOT_CONTINUE")
    question = SupportRequestFactory(priority="QUESTION", comment="Why?")
    page = browser_page
    page.goto("/admin/support/supportrequest/", wait_until="networkidle")

    page.keyboard.press("?")
    page.wait_for_selector("dialog#keys[open] >> text=take it")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")  # there is no third
    page.wait_for_selector("tr.is-here >> text=Why?")
    page.keyboard.press("t")
    page.locator("#dialog button[type=submit]").click()
    page.wait_for_selector("text=It is with rita now.")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/supportrequest/{urgent.pk}/change/", wait_until="networkidle")
    page.keyboard.press("a")
    page.locator("#dialog textarea").fill("jkta? are letters here")
    page.locator("#dialog button[type=submit]").click()
    page.wait_for_selector("text=Answered: processing.")

    assert urgent.statuses.get().comment == "jkta? are letters here"
    owners = dict(SupportRequest.objects.values_list("pk", "assigned_to"))
    assert owners == {urgent.pk: "", question.pk: "rita"}


def test_keys_are_letters_while_one_types(browser_page):
    SupportRequestFactory()
    page = browser_page
    page.goto("/admin/support/supportrequest/", wait_until="networkidle")

    page.locator("#searchbar").press_sequentially("jt?")

    assert page.locator("#searchbar").input_value() == "jt?"
    assert page.locator("tr.is-here, dialog[open], #dialog").count() == 0


def test_bookings_are_opened_without_a_mouse(browser_page):
    leg = LegFactory()
    browser_page.goto("/admin/bookings/booking/", wait_until="networkidle")

    browser_page.keyboard.press("j")
    browser_page.keyboard.press("Enter")

    browser_page.wait_for_url(f"**/bookings/booking/{leg.booking_id}/change/")


@pytest.mark.parametrize("width", [390, 1400])
def test_the_inbox_and_the_page_of_a_provider_fit(browser_page, width):
    asset = AssetFactory(vehicle_number="0004cb0b29f6ea7d79c8d23b5799829b")
    leg = LegFactory(asset=asset, booking__state="STARTED")
    asked = SupportRequestFactory(booking=leg.booking, asset=asset, comment="x" * 300)
    SupportRequestFactory(asset=asset)
    browser_page.set_viewport_size({"width": width, "height": 900})

    for path in ("support/supportrequest/", f"support/supportrequest/{asked.pk}/change/",
                 f"maas/maasprovider/{asked.provider_id}/change/"):  # fmt: skip
        browser_page.goto(f"/admin/{path}", wait_until="networkidle")
        assert browser_page.evaluate("document.documentElement.scrollWidth") == width, path


CUT = """each => {
    const text = document.createRange();
    text.selectNodeContents(each);
    return text.getBoundingClientRect().width > each.getBoundingClientRect().width;
}"""


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_what_a_page_is_about_is_not_cut_where_there_is_room(browser_page, live_server, language):
    provider = MaasProviderFactory(name="Norsk Kollektiv")
    browser_page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    browser_page.set_viewport_size({"width": 1400, "height": 900})

    browser_page.goto(f"/admin/maas/maasprovider/{provider.pk}/change/", wait_until="networkidle")

    assert browser_page.locator(".crumb.is-here").text_content() == "Norsk Kollektiv"
    assert browser_page.locator(".crumb.is-here").evaluate(CUT) is False


def test_repeated_reports_are_merged_in_the_browser(browser_page):
    asset = AssetFactory()
    kept, repeated = SupportRequestFactory(asset=asset), SupportRequestFactory(asset=asset)
    browser_page.goto(f"/admin/support/supportrequest/{repeated.pk}/change/")

    browser_page.locator("#look-others a.trip-button").click()
    browser_page.locator("#dialog button[type=submit]").click()
    browser_page.wait_for_selector(f"text=1 request was merged into #{kept.pk}.")

    assert SupportRequest.objects.get(pk=repeated.pk).merged_into == kept
