"""Which column means what: one name of ours, many of other systems. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

# What other systems and people write, in English, Dutch, Norwegian, German and French; nothing that could as well mean
# something else: “Nr.” numbers the rows, “Länge” is that of the vehicle, “Reichweite” without a unit is in kilometres.
ALIASES = {
    "vehicle_number": (
        "number fleet_number internal_id asset_number unit_number bike_number external_id vehicle_id bike_id",
        "voertuignummer nummer vlootnummer fietsnummer intern_nummer voertuig_id",
        "kjøretøynummer flåtenummer sykkelnummer internt_nummer kjøretøy_id",
        "fahrzeugnummer fahrzeug_nr flottennummer radnummer interne_nummer fahrzeug_id",
        "numéro_de_véhicule numéro_du_véhicule n°_de_véhicule numéro numéro_de_parc numéro_de_vélo id_véhicule",
    ),
    "vehicle_type": (
        "type asset_type vehicle_type_id model vehicle_model vehicle_type_ref",
        "voertuigtype voertuigmodel",
        "kjøretøytype kjøretøymodell",
        "fahrzeugtyp typ modell fahrzeugmodell",
        "type_de_véhicule modèle modèle_de_véhicule",
    ),
    "vehicle_code": (
        "qr_code public_code vendor_qr_code label qr barcode bar_code",
        "voertuigcode streepjescode",
        "kjøretøykode strekkode qr_kode",
        "fahrzeugcode strichcode",
        "code_du_véhicule code_qr code_barres",
    ),
    "imei": ("iot_imei device_imei imei_number", "imei_nummer", "", "", "numéro_imei code_imei"),
    "mac": (
        "mac_address bluetooth_address",
        "mac_adres bluetooth_adres",
        "mac_adresse bluetooth_adresse",
        "",
        "adresse_mac adresse_bluetooth",
    ),
    "nfc_id": (
        "nfc nfc_tag nfc_uid nfc_number",
        "nfc_nummer",
        "nfc_brikke",
        "",
        "tag_nfc puce_nfc numéro_nfc identifiant_nfc",
    ),
    "serial_number": (
        "vin frame_number vendor_serial serial",
        "serienummer framenummer chassisnummer",
        "rammenummer understellsnummer",
        "seriennummer rahmennummer fahrgestellnummer fahrzeug_identifizierungsnummer",
        "numéro_de_série numéro_de_cadre numéro_de_châssis",
    ),
    "license_plate": (
        "plate plate_number registration licence_plate number_plate registration_number",
        "kenteken kentekenplaat",
        "registreringsnummer skiltnummer regnr",
        "kennzeichen amtliches_kennzeichen nummernschild",
        "plaque_d'immatriculation plaque immatriculation numéro_d'immatriculation",
    ),
    "lat": ("latitude", "breedtegraad", "breddegrad", "breitengrad", ""),
    "lon": ("longitude lng long", "lengtegraad", "lengdegrad", "längengrad laengengrad", ""),
    "station": ("station_id current_station", "huidig_station", "stasjon", "aktuelle_station", "station_actuelle"),
    "state": (
        "status availability",
        "voertuigstatus beschikbaarheid",
        "tilstand tilgjengelighet",
        "zustand fahrzeugstatus verfügbarkeit",
        "état statut disponibilité",
    ),
    "is_disabled": ("disabled", "uitgeschakeld", "deaktivert", "außer_funktion deaktiviert", "désactivé"),
    "battery_percent": (
        "state_of_charge soc fuel battery battery_level charge_level",
        "acculading accu accuniveau batterij batterijniveau",
        "batteri ladenivå batterinivå",
        "ladestand akku akkustand ladezustand batterie batteriestand",
        "niveau_de_charge niveau_de_batterie",
    ),
    "range_m": (
        "range current_range_meters range_in_metres range_in_meters",
        "actieradius_m bereik_m bereik_in_meters",
        "rekkevidde_m rekkevidde_i_meter",
        "reichweite_m reichweite_in_metern",
        "autonomie_m autonomie_en_mètres",
    ),
    "odometer_km": (
        "odometer mileage",
        "kilometerstand kilometerstand_km km_stand",
        "kjørelengde",
        "laufleistung tachostand",
        "compteur_km compteur_kilométrique kilométrage",
    ),
    "pricing_plan": (
        "pricing_plan_id pricing_plan_ref",
        "tariefplan",
        "prisplan",
        "tarif tarifplan preisplan",
        "plan_tarifaire",
    ),
    "last_reported": (
        "reported_at last_report last_seen",
        "laatste_melding laatst_gemeld",
        "siste_melding sist_meldt",
        "letzte_meldung zuletzt_gemeldet",
        "dernier_signalement signalé_le",
    ),
    "notes": (
        "note remarks remark comment comments",
        "notities notitie opmerkingen opmerking",
        "notater notat merknader merknad kommentar kommentarer",
        "notizen notiz bemerkungen bemerkung anmerkungen anmerkung kommentare",
        "remarques remarque commentaires commentaire",
    ),
}
REQUIRED = "vehicle_number"


def plain(header: str) -> str:
    """Case, accents, spaces, dashes and underscores make no difference."""
    unaccented = "".join(letter for letter in normalize("NFKD", header.casefold()) if not combining(letter))
    return re.sub(r"[\W_]+", "", unaccented)


HEADERS = {column: [plain(one) for one in (column, *" ".join(aliases).split())] for column, aliases in ALIASES.items()}
MEANINGS = {header: column for column, headers in HEADERS.items() for header in headers}


@dataclass(frozen=True)
class Columns:
    """Where each of our columns stands in the file, and which headers mean nothing to us."""

    places: dict[str, int]
    headers: dict[str, str]  # our column → the header as written
    ignored: list[str]


def recognise(header: Sequence[str]) -> Columns:
    """The canonical name wins over an alias, the first alias over the next."""
    candidates: dict[str, list[int]] = {}
    for place, written in enumerate(header):
        if column := MEANINGS.get(plain(written)):
            candidates.setdefault(column, []).append(place)
    chosen = {column: _best(column, places, header) for column, places in candidates.items()}
    return chosen_columns(chosen, header)


def chosen_columns(places: Mapping[str, int], header: Sequence[str]) -> Columns:
    """Where somebody says that our columns stand."""
    ignored = [written for place, written in enumerate(header) if written and place not in places.values()]
    return Columns(dict(places), {column: header[place] for column, place in places.items()}, ignored)


def _best(column: str, places: Sequence[int], header: Sequence[str]) -> int:
    return min(places, key=lambda place: HEADERS[column].index(plain(header[place])))
