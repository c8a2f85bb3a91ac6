"""A list says what is in it, and a page what it is about …"""

import pytest

from tests.fleet_factories import AssetFactory, square
from tests.trip_factories import LegFactory

RESTRICTIONS, VEHICLES = "/admin/fleet/restriction/", "/admin/fleet/asset/"


def page(client, address):
    return client.get(address, headers={"Accept-Language": "en"}).content.decode()


def test_one_that_was_never_filled_says_how_it_is(staff):
    text = page(staff, RESTRICTIONS)

    assert "Nothing here yet" in text
    assert "In the list of vehicles, choose some and “Take out of service for a while …”." in text
    assert "Reset filters" not in text


def test_one_that_was_never_filled_is_begun(staff):
    text = page(staff, VEHICLES)

    assert "Nothing here yet" in text
    assert "Add asset" in text


@pytest.mark.parametrize("asked", ["?q=nowhere", "?state__exact=STORED"])
def test_one_in_which_nothing_matches_can_be_seen_whole(staff, asked):
    AssetFactory()

    text = page(staff, VEHICLES + asked)

    assert "No results found" in text
    assert "Reset filters" in text
    assert "Nothing here yet" not in text


@pytest.mark.parametrize(("asked", "is_told"), [("", False), ("?q=A-1", True)])
def test_how_many_were_found_is_told_of_what_was_asked(staff, asked, is_told):
    AssetFactory(vehicle_number="A-1")

    assert ("1 result " in page(staff, VEHICLES + asked)) is is_told


def test_an_id_is_written_as_it_is(staff):
    booking = LegFactory(booking__id="cee76f48-c954-4e5e-b415-4833168edc51").booking

    text = page(staff, f"/admin/bookings/booking/{booking.pk}/change/")

    assert f'title="{booking.pk}">{booking.pk}</a>' in text
    assert ">Bookings</a>" in text


def test_an_area_is_told_in_words(staff):
    leg = LegFactory(conditions=[{"kind": "conditionReturnArea", "area": square()}])

    text = page(staff, f"/admin/bookings/booking/{leg.booking_id}/change/")

    assert "an area of 5 points" in text
    assert "coordinates&#x27;" not in text


@pytest.mark.parametrize(
    "asked",
    [
        "bookings/booking/?state__exact=%00",
        "bookings/booking/?created_at__year=9999",
        "bookings/booking/?created_at__year=1234567890123456789012",
        "payments/journalentry/?category__exact=%00",
        "procrastinate/procrastinatejob/?status__exact=abc",
    ],
)
def test_an_address_that_asks_for_what_cannot_be_leads_to_the_whole_list(staff, asked):
    answer = staff.get(f"/admin/{asked}")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/{asked.split('?')[0]}?e=1")
