"""What the columns of a fleet list mean is guessed …"""

from collections import Counter

import pytest
from django.conf import settings
from django.utils.translation import override

from fleet.importing.names import named
from fleet.importing.sheets.columns import ALIASES, HEADERS, recognise

ENGLISH = "Vehicle Number, Type, License plate, Latitude, Longitude, Battery (%), Odometer (km), Comment"
DUTCH = "Voertuignummer, Voertuigtype, Kenteken, Breedtegraad, Lengtegraad, Accu, Kilometerstand, Opmerkingen"
NORWEGIAN = "Kjøretøynummer, Kjøretøytype, Skiltnummer, Breddegrad, Lengdegrad, Batteri, Kilometerstand, Kommentar"
GERMAN = "Fahrzeug-Nr., Typ, Kennzeichen, Breitengrad, Längengrad, Batterie, Kilometerstand, Kommentar"
FRENCH = "N° de véhicule, Modèle, Plaque d’immatriculation, Latitude, Longitude, Batterie, Kilométrage, Commentaires"
COLUMNS = ["vehicle_number", "vehicle_type", "license_plate", "lat", "lon", "battery_percent", "odometer_km", "notes"]


def meaning(header):
    """What each of the headers means; "" where nothing is guessed."""
    places = {place: column for column, place in recognise(header).places.items()}
    return [places.get(place, "") for place in range(len(header))]


@pytest.mark.parametrize("header", [ENGLISH, DUTCH, NORWEGIAN, GERMAN, FRENCH], ids=["en", "nl", "nb", "de", "fr"])
def test_in_each_language_of_the_back_office(header):
    assert meaning(header.split(", ")) == COLUMNS


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_where_they_are_called_as_on_the_pages(language):
    with override(language):
        assert meaning([named(column).told() for column in ALIASES]) == list(ALIASES)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("QR-Code", "vehicle_code"), ("Strekkode", "vehicle_code"), ("Rahmennummer", "serial_number"),
        ("Chassisnummer", "serial_number"), ("Amtliches Kennzeichen", "license_plate"), ("REGNR.", "license_plate"),
        ("immatriculation", "license_plate"), ("Laengengrad", "lon"), ("Stasjon", "station"), ("Etat", "state"),
        ("Tilstand", "state"), ("Status", "state"), ("Akkustand", "battery_percent"), ("accuniveau", "battery_percent"),
        ("Niveau de charge", "battery_percent"), ("Reichweite (m)", "range_m"), ("Rekkevidde i meter", "range_m"),
        ("Laufleistung", "odometer_km"), ("km-stand", "odometer_km"), ("Tarif", "pricing_plan"),
        ("tariefplan", "pricing_plan"), ("Letzte Meldung", "last_reported"), ("Bemerkung", "notes"),
    ],
)  # fmt: skip
def test_from_what_people_write(header, column):
    assert meaning([header]) == [column]


@pytest.mark.parametrize(
    "header",
    [
        "Nr.", "No", "ID", "Code", "Name", "Breite", "Länge", "Lengte", "Breedte", "Reichweite", "Reichweite (km)",
        "Actieradius", "Rekkevidde", "Autonomie", "Kilometer", "km", "Standort", "Ort", "Plan", "Prix", "Charge", "FIN",
        "Batterie-ID", "Battery voltage", "Datum", "Defekt", "",
    ],
)  # fmt: skip
def test_only_where_they_mean_one_thing(header):
    assert meaning([header]) == [""]


def test_by_the_best_of_several_headers():
    assert meaning(["Modell", "Zustand", "Typ", "Status"]) == ["", "", "vehicle_type", "state"]


def test_from_headers_that_mean_one_column_each():
    counted = Counter(header for headers in HEADERS.values() for header in set(headers))

    assert [header for header, count in counted.items() if count > 1] == []
