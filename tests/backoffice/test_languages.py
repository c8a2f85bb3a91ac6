"""The back office speaks the language of whoever works there …"""

import csv
import io
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from procrastinate.contrib.django import app

from backoffice.dashboard.figures import grouped
from bookings.effects import foresee
from bookings.services import cancel
from fleet import care
from fleet.admin.wording import money
from fleet.models import Damage, Station
from tests.fleet_factories import AlertFactory, AssetFactory, DamageFactory, ReservationFactory, StationFactory
from tests.trip_factories import BOOKED_AT, RIDE, LegFactory, NotificationFactory
from tomp.admin import moment
from tomp.words import each_in_english, in_english, kilometres

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


def test_it_is_that_of_the_browser_until_another_is_chosen(client, db):
    User.objects.create_superuser("kari", password="blue bicycle bell")
    norwegian = {"Accept-Language": "nb-NO,nb;q=0.9,en;q=0.8"}
    form = {"username": "kari", "password": "blue bicycle bell", "next": "/admin/"}

    sign_in = client.get("/admin/login/", headers=norwegian)
    client.post("/admin/login/", form, headers=norwegian)
    first_page = client.get("/admin/", headers=norwegian)
    client.post("/admin/language/", {"language": "fr", "next": "/admin/"}, headers=norwegian)
    client.post("/admin/logout/", headers=norwegian)
    client.post("/admin/login/", form, headers=norwegian)
    later = client.get("/admin/", headers=norwegian)

    assert [page["Content-Language"] for page in (sign_in, first_page, later)] == ["nb", "nb", "fr"]
    assert "Passord" in sign_in.content.decode()
    assert "Trenger deg nå" in first_page.content.decode()
    assert "À traiter maintenant" in later.content.decode()


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
    ("language", "labels"),
    [
        ("en", ["Vehicle number", "License plate", "State of charge", "Tags"]),
        ("nl", ["Voertuignummer", "Kenteken", "Acculading", "Tags"]),
        ("nb", ["Kjøretøynummer", "Registreringsnummer", "Ladenivå", "Etiketter"]),
        ("de", ["Fahrzeugnummer", "Kennzeichen", "Ladestand", "Schlagwörter"]),
        ("fr", ["Numéro de véhicule", "Plaque d’immatriculation", "Niveau de charge", "Étiquettes"]),
    ],
)
def test_fields_are_called_so_that_their_reader_understands(staff, language, labels):
    """Django makes their names of attributes, and the form has inputs of its own for some."""
    address = f"/admin/fleet/asset/{AssetFactory().pk}/change/"

    form = staff.get(address, headers={"Accept-Language": language}).context["adminform"].form

    names = ("vehicle_number", "license_plate", "state_of_charge", "tags")
    with translation.override(language):
        assert [str(form[name].label) for name in names] == labels


def test_an_edit_is_told_in_the_language_of_each_reader(staff):
    station = StationFactory(city="Utrecht")
    Station.history.bulk_history_create([Station.objects.get(pk=station.pk)])
    station.city = "Zeist"
    station.save()

    pages = [
        staff.get("/admin/trail/", {"model": "fleet.station"}, headers={"Accept-Language": language}).content.decode()
        for language in ("nl", "de")
    ]
    assert [[word in page for word in ("gewijzigd", "geändert")] for page in pages] == [[True, False], [False, True]]
    assert [[label in page for label in ("Plaats:", "Ort:")] for page in pages] == [[True, False], [False, True]]


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
        assert kilometres(2_349) == {"en": "2.3 km"}.get(language, "2,3 km")


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
        same = ("booking", "leg", "vehicle", "price", "departure", "planned end", "ended")
        words = {"other": "anders", **dict.fromkeys(same, "zaak")}
        real = type(catalogue).gettext

        def read(self, text):
            return words.get(text) or real(self, text) if self.language() == "nl" else real(self, text)

        monkeypatch.setattr(type(catalogue), "gettext", read)
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
    fields = {name: "on" for name in form.fields if name not in ("format", "resource", "export_items")}
    response = staff.post(address, {"format": "0", "resource": "0", **fields}, headers=headers)

    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert (row["station_id"], row["lat"], row["lon"]) == ("dom", "52.091", "5.121")


def test_pages_are_titled_in_the_language_of_their_reader(staff):
    """Also those of models that are not ours, and of rows that have no name of their own."""
    message = NotificationFactory(type="MESSAGE_TO_DRIVER", comment="At the gate.")
    held = ReservationFactory(asset=AssetFactory(vehicle_number="v-1"), period=(BOOKED_AT, BOOKED_AT + RIDE))
    app.configure_task("tests.some_task", allow_unknown=True).defer()

    def page(address):
        return staff.get(address, headers={"Accept-Language": "nl"}).content.decode()

    jobs = page("/admin/procrastinate/procrastinatejob/")
    assert ">Achtergrondtaken</a>" in jobs
    assert "wacht" in jobs
    assert "Bericht aan de bestuurder: At the gate." in page(f"/admin/bookings/notification/{message.pk}/change/")
    begins = date_format(localtime(BOOKED_AT), "d-m-Y H:i:s")
    assert f"v-1, {begins}" in page(f"/admin/fleet/reservation/{held.pk}/change/")
