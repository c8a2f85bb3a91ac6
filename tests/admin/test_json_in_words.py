"""Who may only read sees the words that others typed, not how they are stored."""

import re
import sys

import pytest
from django.utils.html import strip_tags
from django.utils.translation import override

from fleet.models.schedule import days_in_words
from tests.factories import MaasProviderFactory
from tests.fleet_factories import OpeningHoursFactory, StationFactory
from tests.trip_factories import BookingFactory, CustomerFactory


def read(client, address):
    """What the page says, without what its form would ask for."""
    main = client.get(address).content.decode().split("<form", 1)[1]
    return re.sub(r"\s+", " ", strip_tags(main))


def test_a_name_in_two_languages(signed_in):
    station = StationFactory(name={"en": "Harbour <1>", "nl": "Hæven"})

    said = read(signed_in("view_station"), f"/admin/fleet/station/{station.pk}/change/")

    assert "Harbour &lt;1&gt; enHæven nl" in said
    assert "{" not in said.split("Name")[1].split("Region")[0]


def test_the_days_of_opening_hours(signed_in):
    hours = OpeningHoursFactory(days=["MON", "TUE", "WED", "THU", "FRI"])

    said = read(signed_in("view_openinghours"), f"/admin/fleet/openinghours/{hours.pk}/change/")

    assert "Days Mon–Fri" in said
    assert '"MON"' not in said
    assert "&quot;MON&quot;" not in said


def test_some_of_several_choices(signed_in):
    provider = MaasProviderFactory(access_code_in=["GET_LEG"])
    label = dict(provider._meta.get_field("access_code_in").options)["GET_LEG"]

    said = read(signed_in("view_maasprovider"), f"/admin/maas/maasprovider/{provider.pk}/change/")

    assert str(label) in said
    assert "&quot;GET_LEG&quot;" not in said


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("MON TUE WED THU FRI SAT SUN", "Mon–Sun"),
        ("MON TUE WED THU FRI", "Mon–Fri"),
        ("SAT SUN", "Sat, Sun"),
        ("SUN MON", "Mon, Sun"),
        ("WED", "Wed"),
        ("MON TUE WED FRI SUN", "Mon–Wed, Fri, Sun"),
    ],
)
def test_days_in_a_row_are_a_range(days, told):
    assert days_in_words(days.split()) == told


def test_hours_are_titled_in_the_language_of_the_reader():
    hours = OpeningHoursFactory.build(days=["MON", "TUE", "WED"])

    with override("de"):
        assert str(hours).startswith("Mo–Mi ")


def test_what_a_provider_says_about_a_customer(signed_in):
    data = {
        "firstName": "Ada",
        "phones": [{"number": "+31 6 1"}, {"number": "<2>", "preferred": True}],
        "address": {"streetAddress": "Quay 1"},
        "hairColour": "red",
        "email": "",
        "photo": "x" * 501,
    }
    customer = CustomerFactory(data=data)

    said = read(signed_in("view_customer"), f"/admin/customers/customer/{customer.pk}/change/")

    assert (
        "First name AdaTelephone 1 · number +31 6 1Telephone 2 · number &lt;2&gt;Telephone 2 · preferred yes"
        "Address · street address Quay 1Photo 501 charactersHair colour red"
    ) in said


@pytest.mark.parametrize("given", [{"extra_info": None}, {"extra_info": {}}, {"extra_info": {"gate": "<7>"}}], ids=str)
def test_a_booking_can_be_read_without_pygments_too(signed_in, monkeypatch, given):
    """It colours what is read; without it unfold writes JSON plainly, and nothing as nothing."""
    monkeypatch.setitem(sys.modules, "pygments", None)
    booking = BookingFactory(**given)

    said = read(signed_in("view_booking"), f"/admin/bookings/booking/{booking.pk}/change/")

    assert ("&quot;gate&quot;: &quot;&lt;7&gt;&quot;" in said) is bool(given["extra_info"])
