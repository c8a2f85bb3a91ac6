"""The page of the conformance report …"""

import csv

import pytest
from django.contrib.auth.models import Permission, User

from bookings.models import Booking
from maas import remarks
from tests.factories import CallbackFactory, MaasProviderFactory
from tests.journey import NOW
from tests.trip_factories import BookingFactory, LegEventFactory, LegFactory

DAY = NOW.date()


@pytest.fixture
def provider(clock):
    return MaasProviderFactory(maas_id="mp", name="Wheels")


@pytest.fixture
def trouble(provider):
    """A ride that we ended, a call of ours that was refused, a header that is missing."""
    leg = LegFactory(booking__provider=provider, booking__state="FINISHED", booking__booked_at=NOW)
    LegEventFactory(leg=leg, event="FINISH", state="FINISHED", asked_by="TO", at=NOW)
    made = {"created_at": NOW, "attempted_at": NOW, "attempts": 1, "status": 404, "state": "GIVEN_UP"}
    callback = CallbackFactory(provider=provider, **made)
    remarks.write(
        {
            (provider.pk, DAY, "CALL", "", 0, 0, ""): (1234, NOW),
            (provider.pk, DAY, "MISSING_HEADER", "", 0, 0, "Api"): (1234, NOW),
        }
    )
    return leg, callback


@pytest.fixture
def browser(client, db):
    """Signs in a member of staff who has these permissions."""

    def sign_in(*codenames, **more):
        user = User.objects.create(username="ingrid", is_staff=True, **more)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return sign_in


def address(provider):
    return f"/admin/maas/maasprovider/{provider.pk}/conformance/"


def test_shows_what_was_looked_at_and_each_finding(browser, provider, trouble):
    leg, callback = trouble
    page = browser(is_superuser=True).get(address(provider)).content.decode()

    assert "Conformance report: Wheels" in page
    assert "From 2026-05-03 to 2026-06-01" in page
    assert "1,234" in page
    for text in (
        "FINISH was never sent in 1 of 1 rides (100\u00a0%).",
        "1 of 1 of our calls were refused with 404 (100\u00a0%).",
        "Api was missing in 1,234 of 1,234 calls (100\u00a0%).",
        f'href="/admin/bookings/booking/{leg.booking_id}/change/"',
        f'href="/admin/maas/callback/{callback.pk}/change/"',
    ):
        assert text in page
    assert "Nothing to complain about" not in page


def test_links_lead_only_where_one_may_go(browser, provider, trouble):
    leg, callback = trouble
    page = browser("view_maasprovider", "view_callback").get(address(provider)).content.decode()

    assert f"/admin/bookings/booking/{leg.booking_id}/" not in page
    assert f"/admin/maas/callback/{callback.pk}/" in page


def test_says_clearly_when_there_is_nothing(browser, provider):
    client = browser("view_maasprovider")
    assert "There was nothing to look at" in client.get(address(provider)).content.decode()

    BookingFactory(provider=provider, booked_at=NOW)
    page = client.get(address(provider)).content.decode()

    assert "Nothing to complain about." in page
    assert 'id="findings"' not in page


@pytest.mark.parametrize(
    ("asked", "first"),
    [("7", "2026-05-26"), ("30", "2026-05-03"), ("90", "2026-03-04"), ("8", "2026-05-03"), ("x", "2026-05-03")],
)
def test_is_about_the_period_one_chose(browser, provider, asked, first):
    response = browser("view_maasprovider").get(address(provider), {"days": asked})

    assert f"From {first} to 2026-06-01" in response.content.decode()


def test_is_downloaded_as_a_table(browser, provider, trouble):
    leg, callback = trouble
    response = browser("view_maasprovider").get(address(provider), {"format": "csv", "days": "7"})

    assert response.headers["Content-Disposition"] == 'attachment; filename="conformance-mp-2026-06-01.csv"'
    rows = list(csv.DictReader(response.content.decode().splitlines()))
    assert [(row["severity"], row["finding"], row["count"], row["of"], row["examples"]) for row in rows] == [
        ("must fix", "callbacks_refused", "1", "1", f"callback:{callback.pk}"),
        ("must fix", "finish_never_sent", "1", "1", f"booking:{leg.booking_id}"),
        ("should fix", "header_missing", "1234", "1234", ""),
    ]
    assert rows[0]["last_at"] == "2026-06-01T12:00:00Z"


def test_needs_the_permission_to_see_providers(browser, provider):
    client = browser("view_booking")

    assert client.get(address(provider)).status_code == 403
    assert client.get(address(provider), {"format": "csv"}).status_code == 403


def test_of_nobody_is_not_found(browser, provider):
    assert browser("view_maasprovider").get(address(MaasProviderFactory.build(pk=0))).status_code == 404


def test_is_a_button_of_the_provider(browser, provider):
    page = browser("view_maasprovider").get(f"/admin/maas/maasprovider/{provider.pk}/change/").content.decode()

    assert f'href="{address(provider)}"' in page


def test_changes_nothing(browser, provider, trouble, django_assert_max_num_queries):
    client = browser(is_superuser=True)
    before = list(Booking.objects.values()), provider.history.count()
    with django_assert_max_num_queries(13):
        client.get(address(provider))

    assert (list(Booking.objects.values()), provider.history.count()) == before
