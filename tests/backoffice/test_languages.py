"""The back office speaks the language of whoever works there …"""

import csv
import io
from decimal import Decimal

import pytest
from django.utils import translation

from backoffice.dashboard.figures import grouped
from bookings.effects import foresee
from bookings.services import cancel
from fleet import care
from fleet.admin.wording import money
from fleet.models import Damage
from tests.fleet_factories import AlertFactory, AssetFactory, DamageFactory, StationFactory
from tests.trip_factories import BOOKED_AT, LegFactory
from tomp.admin import moment
from tomp.words import each_in_english, in_english

CHOSEN = {"language": "nl", "next": "/admin/"}


def test_it_is_chosen_and_stays_chosen(staff):
    response = staff.post("/admin/language/", CHOSEN)

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    cookie = response.cookies["django_language"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (
        "nl", 365 * 24 * 3600, True, "Lax"
    )  # fmt: skip
    page = staff.get("/admin/", headers={"Accept-Language": "de"})
    assert page["Content-Language"] == "nl"
    assert '<html lang="nl"' in page.content.decode()


def test_no_other_site_is_gone_to_from_there(staff):
    assert staff.post("/admin/language/", {"language": "nl", "next": "https://evil.example/"})["Location"] == "/"


def test_a_language_nobody_knows_is_not_chosen(staff):
    response = staff.post("/admin/language/", {"language": "tlh", "next": "/admin/"})

    assert "django_language" not in response.cookies


def test_each_page_offers_all_of_them_by_button(staff):
    page = staff.get("/admin/fleet/asset/").content.decode()

    for name in ("English", "Nederlands", "norsk (bokmål)", "Deutsch", "français"):
        assert name.casefold() in page.casefold()
    assert '<button type="button" aria-label="Account" aria-haspopup="true"' in page


@pytest.mark.parametrize("language", ["nl", "nb", "de", "fr"])
@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/fleet/asset/", "/admin/map/", "/admin/trail/", "/admin/support/supportrequest/"]
)
def test_its_pages_open_in_each_of_them(staff, path, language):
    page = staff.get(path, headers={"Accept-Language": language})

    assert (page.status_code, page["Content-Language"]) == (200, language)


@pytest.mark.parametrize(
    ("language", "at", "count", "amount"),
    [
        ("en", "2026-05-04 15:30:00", "1,234", "1234.50 EUR"),
        ("nl", "04-05-2026 15:30:00", "1.234", "1234,50 EUR"),
        ("nb", "04.05.2026 15:30:00", "1\xa0234", "1234,50 EUR"),
        ("de", "04.05.2026 15:30:00", "1.234", "1234,50 EUR"),
        ("fr", "04/05/2026 15:30:00", "1\xa0234", "1234,50 EUR"),
    ],
)
def test_moments_numbers_and_money_are_written_as_its_readers_do(language, at, count, amount):
    with translation.override(language):
        assert moment(BOOKED_AT.replace(year=2026, month=5, day=4, hour=15, minute=30, second=0)) == at
        assert grouped(1234) == count
        assert money(Decimal("1234.5"), "EUR") == amount


# What does not depend on who looked


def test_what_is_kept_is_english():
    with translation.override("nl"):
        assert in_english(lambda: moment(None) and grouped(1234)) == "1,234"
        assert list(each_in_english(grouped(number) for number in (1000, 2000))) == ["1,000", "2,000"]
        assert grouped(1000) == "1.000"


@pytest.fixture
def everything_is_dutch(monkeypatch):
    """A reader for whom each text reads otherwise."""
    with translation.override("nl"):
        catalogue = translation.trans_real.translation("nl")
        words = {"wheel": "wiel", "other": "anders", "cancelled": "geannuleerd", "booking": "zaak", "leg": "zaak",
                 "vehicle": "zaak", "price": "zaak", "departure": "zaak", "planned end": "zaak", "ended": "zaak"}  # fmt: skip
        real = type(catalogue).gettext
        monkeypatch.setattr(type(catalogue), "gettext", lambda self, text: words.get(text) or real(self, text))
        yield


def test_why_a_vehicle_is_out_of_service_is_english(db, everything_is_dutch):
    damage = DamageFactory(asset=AssetFactory(marked=True), part=Damage.Part.OTHER, description="")

    assert damage.get_part_display() == "anders"
    assert care.take_out_of_service(damage=damage).state_reason == "other"


def test_things_called_the_same_are_different_things(db, everything_is_dutch):
    leg = LegFactory(booking__state="CONFIRMED")
    now = leg.booking.created_at

    effect = foresee(
        lambda: cancel(booking_id=leg.booking_id, now=now, asked_by="TO", actor="rita", reason="x"),
        booking_id=leg.booking_id, now=now,
    )  # fmt: skip

    assert {"booking", "0 leg"} <= {change.key for change in effect.changes}


def test_feeds_are_in_the_language_of_their_address(client, db):
    AlertFactory(summary={})

    texts = [
        client.get("/gbfs/2.3/gbfs.json", headers={"Accept-Language": language}).content for language in ("en", "nl")
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_a_table_is_written_and_read_the_same_by_everybody(staff, language):
    StationFactory(station_id="dom", lat=52.091, lon=5.121)

    address = "/admin/fleet/station/export/"
    headers = {"Accept-Language": language}
    form = staff.get(address, headers=headers).context["form"]
    fields = {name: "on" for name in form.fields if name not in ("format", "resource")}
    response = staff.post(address, {"format": "0", "resource": "0", **fields}, headers=headers)

    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert (row["station_id"], row["lat"], row["lon"]) == ("dom", "52.091", "5.121")
