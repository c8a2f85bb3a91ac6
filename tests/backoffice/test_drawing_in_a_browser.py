"""Regions and stations are drawn in a real browser."""

import json

import pytest
from django.urls import reverse

from fleet.models import Region, Station
from tests.admin.test_browser import browser_page, pytestmark  # noqa: F401
from tests.fleet_factories import LAT, LON, AssetFactory, RegionFactory, StationFactory, square

CORNERS = ((-80, -60), (80, -60), (80, 60), (-80, 60))  # of a rectangle, in pixels around the middle of the map
BOW_TIE = ((-80, -60), (80, 60), (80, -60), (-80, 60))


@pytest.fixture
def drawing(browser_page):  # noqa: F811
    return Drawing(browser_page)


class Drawing:
    """What a colleague does on the page of a region."""

    def __init__(self, page):
        self.page = page

    def open(self, address):
        self.page.set_viewport_size({"width": 1400, "height": 1200})
        self.page.goto(address)
        self.page.wait_for_selector(".drawing-map .map-tile")
        self.page.locator(".drawing-map").scroll_into_view_if_needed()

    def act(self, name):
        self.page.locator(f".drawing-tools [data-act={name}]").click()

    def click(self, x, y):
        box = self.page.locator(".drawing-map").bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y)

    def draw(self, corners, name="draw"):
        self.act(name)
        for corner in corners:
            self.click(*corner)
        self.act("done")

    @property
    def area(self):
        text = self.page.locator("#id_area").input_value()
        return json.loads(text) if text else None

    def corner(self, n, ring=0, part=0):
        return self.page.locator(f"[data-handle='{part}-{ring}-{n}']")

    def save(self):
        self.page.locator("button[name=_save], input[name=_save]").click()

    def says(self, text):
        self.page.wait_for_selector(f"text={text}")


def named(page, region_id="dam", kind="NO_PARKING"):
    page.fill("#id_region_id", region_id)
    page.fill("[name=name__en]", region_id)
    page.locator("#id_kind").select_option(kind, force=True)


def test_a_zone_is_drawn_its_consequences_are_shown_and_it_is_saved(drawing):
    RegionFactory(area=square(half=0.01))
    AssetFactory(vehicle_number="P-1")
    drawing.open(reverse("admin:fleet_region_add"))
    named(drawing.page)

    drawing.draw(CORNERS)
    drawing.says("4 points, ")
    drawing.save()
    drawing.says("Vehicles that stand where rides could no longer end: 1")
    assert Region.objects.count() == 1
    drawing.page.get_by_role("button", name="Save", exact=True).click()
    drawing.page.wait_for_url("**/admin/fleet/region/")

    (ring,) = Region.objects.get(region_id="dam").area["coordinates"]
    assert len(ring) == 5
    assert min(lon for lon, _lat in ring) < LON < max(lon for lon, _lat in ring)
    assert min(lat for _lon, lat in ring) < LAT < max(lat for _lon, lat in ring)


def test_a_bow_tie_is_refused_where_it_is_drawn_and_when_it_is_saved(drawing):
    RegionFactory()
    drawing.open(reverse("admin:fleet_region_add"))
    named(drawing.page)

    drawing.draw(BOW_TIE)
    drawing.page.wait_for_selector(".drawing-remarks .is-error >> text=The area crosses itself at")
    drawing.save()
    drawing.page.wait_for_selector(
        ".errorlist >> text=between points 1 and 2 and between points 3 and 4", state="attached"
    )

    assert drawing.area["type"] == "Polygon"
    assert Region.objects.count() == 1


def test_corners_are_moved_added_and_deleted_by_keyboard(drawing):
    region = RegionFactory()
    drawing.open(reverse("admin:fleet_region_change", args=[region.pk]))
    first = drawing.area["coordinates"][0]

    drawing.corner(1).press("ArrowRight")
    moved = drawing.area["coordinates"][0]
    drawing.corner(1).press("Insert")
    drawing.page.wait_for_selector("text=5 points")
    drawing.corner(2).press("Delete")
    drawing.page.wait_for_selector("text=4 points")
    drawing.corner(0).press("Delete")
    drawing.corner(0).press("Delete")
    drawing.says("An area needs three points.")

    assert moved[1][0] > first[1][0]
    assert moved[1][1] == pytest.approx(first[1][1], abs=1e-6)
    assert len(drawing.area["coordinates"][0]) == 4


def test_steps_are_undone_and_done_again(drawing):
    region = RegionFactory()
    drawing.open(reverse("admin:fleet_region_change", args=[region.pk]))

    drawing.corner(0).press("Delete")
    drawing.page.keyboard.press("Control+z")
    drawing.says("4 points")
    undone = drawing.area
    drawing.act("redo")
    drawing.says("3 points")

    assert undone["coordinates"][0] == [pytest.approx(point) for point in region.area["coordinates"][0]]
    assert len(drawing.area["coordinates"][0]) == 4


def test_a_corner_is_dragged_and_one_is_pulled_out_of_a_side(drawing):
    region = RegionFactory(area=square(half=0.01))
    drawing.open(reverse("admin:fleet_region_change", args=[region.pk]))
    drawing.page.wait_for_timeout(300)

    for locator in (drawing.corner(0), drawing.page.locator(".drawing-between").nth(2)):
        box = locator.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        drawing.page.mouse.move(x, y)
        drawing.page.mouse.down()
        drawing.page.mouse.move(x - 20, y + 15, steps=4)
        drawing.page.mouse.up()

    (ring,) = drawing.area["coordinates"]
    assert len(ring) == 6
    assert ring[0][0] < LON - 0.01
    assert ring[0][1] < LAT - 0.01


def test_a_hole_and_a_second_area_are_drawn(drawing):
    region = RegionFactory(area=square(half=0.01))
    drawing.open(reverse("admin:fleet_region_change", args=[region.pk]))

    drawing.draw([(x / 4, y / 4) for x, y in CORNERS], "hole")
    assert [len(ring) for ring in drawing.area["coordinates"]] == [5, 5]
    drawing.draw([(x / 4 + 320, y / 4) for x, y in CORNERS])

    assert drawing.area["type"] == "MultiPolygon"
    assert [len(rings) for rings in drawing.area["coordinates"]] == [2, 1]
    drawing.says("2 areas, ")
    drawing.corner(0, ring=1).click()
    drawing.act("drop")
    assert [len(rings) for rings in drawing.area["coordinates"]] == [1, 1]


def test_an_area_is_drawn_by_keyboard_alone(drawing):
    RegionFactory(area=square(half=0.01))
    drawing.open(reverse("admin:fleet_region_add"))
    page = drawing.page

    page.locator("[data-act=draw]").press("Enter")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        page.wait_for_timeout(600)
    page.locator("[data-act=done]").press("Enter")

    assert len(drawing.area["coordinates"][0]) == 4


def test_wkt_is_pasted(drawing):
    RegionFactory()
    drawing.open(reverse("admin:fleet_region_add"))

    drawing.act("paste")
    drawing.page.locator(".drawing-paste textarea").fill("POLYGON ((5.1 52, 5.2 52, 5.1 52.1, 5.1 52))")
    drawing.page.locator("[data-act=use]").click()
    drawing.says("3 points, ")

    assert drawing.area == {"type": "Polygon", "coordinates": [[[5.1, 52], [5.2, 52], [5.1, 52.1], [5.1, 52]]]}


def test_a_station_is_moved(drawing):
    station = StationFactory()
    drawing.open(reverse("admin:fleet_station_change", args=[station.pk]))
    pin = drawing.page.locator(".drawing-pin")
    box = pin.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    drawing.page.mouse.move(x, y)
    drawing.page.mouse.down()
    drawing.page.mouse.move(x + 60, y, steps=4)
    drawing.page.mouse.up()
    pin.press("ArrowUp")
    drawing.save()
    drawing.page.wait_for_url("**/admin/fleet/station/")

    moved = Station.objects.get()
    assert moved.lon == pytest.approx(LON + 0.00064, abs=0.00015)
    assert LAT < moved.lat < LAT + 0.0001


def test_former_shapes_are_drawn(drawing):
    region = RegionFactory()
    region.area = square(half=0.02)
    region.save()

    drawing.page.goto(f"/admin/fleet/region/{region.pk}/former/")

    drawing.page.wait_for_selector("[data-former] path.leaflet-interactive, [data-former] path", state="attached")
