"""The title of a refusal in the languages of the API, by its English text.

What the operator publishes does not limit them, and an operator writes none: they are the protocol's own words. The
`detail` of a refusal stays English: it names fields, ids and headers to whoever programs the app, and is written to
its log. Why a table: docs/decisions/0008-error-titles-are-a-table.md.
"""

from tomp.language import in_language, preferred

LANGUAGES = ("en", "nl", "nb", "de", "fr")  # English first: in it whoever asks for none of them is answered


def language_of(request):
    """The language for the refusal of this request."""
    return preferred(request.headers.get("Accept-Language"), LANGUAGES)


def in_words_of(language, title):
    """The title in this language; English where nobody has translated it."""
    return in_language({"en": title, **TITLES.get(title, {})}, language)


TITLES = {
    "Internal technical problem, contact support": {
        "nl": "Intern technisch probleem, neem contact op met de klantenservice",
        "nb": "Intern teknisk feil, kontakt kundeservice",
        "de": "Interner technischer Fehler, bitte wenden Sie sich an den Kundendienst",
        "fr": "Problème technique interne, veuillez contacter l’assistance",
    },
    "A required value is missing": {
        "nl": "Een verplicht gegeven ontbreekt",
        "nb": "En obligatorisk opplysning mangler",
        "de": "Eine Pflichtangabe fehlt",
        "fr": "Une donnée obligatoire est absente",
    },
    "A value is invalid": {
        "nl": "Een gegeven is ongeldig",
        "nb": "En opplysning er ugyldig",
        "de": "Eine Angabe ist ungültig",
        "fr": "Une donnée n’est pas valide",
    },
    "The request is too large": {
        "nl": "Het verzoek is te groot",
        "nb": "Forespørselen er for stor",
        "de": "Die Anfrage ist zu groß",
        "fr": "La requête est trop volumineuse",
    },
    "The body is not JSON": {
        "nl": "De inhoud is geen JSON",
        "nb": "Innholdet er ikke JSON",
        "de": "Der Inhalt ist kein JSON",
        "fr": "Le contenu n’est pas du JSON",
    },
    "The answer is JSON": {
        "nl": "Het antwoord is altijd JSON",
        "nb": "Svaret er alltid JSON",
        "de": "Die Antwort ist immer JSON",
        "fr": "La réponse est toujours du JSON",
    },
    "Credentials are missing": {
        "nl": "De toegangsgegevens ontbreken",
        "nb": "Tilgangsopplysningene mangler",
        "de": "Die Zugangsdaten fehlen",
        "fr": "Les identifiants sont absents",
    },
    "Credentials are wrong": {
        "nl": "De toegangsgegevens zijn onjuist",
        "nb": "Tilgangsopplysningene er feil",
        "de": "Die Zugangsdaten sind falsch",
        "fr": "Les identifiants sont incorrects",
    },
    "The operation is illegal in the current status": {
        "nl": "Dit kan niet in de huidige status",
        "nb": "Dette er ikke mulig i den nåværende statusen",
        "de": "Das ist im aktuellen Status nicht möglich",
        "fr": "Cette opération n’est pas possible dans l’état actuel",
    },
    "The offer is booked already": {
        "nl": "Het aanbod is al geboekt",
        "nb": "Tilbudet er allerede bestilt",
        "de": "Das Angebot ist bereits gebucht",
        "fr": "L’offre est déjà réservée",
    },
    "The method is not offered here": {
        "nl": "Deze methode wordt hier niet ondersteund",
        "nb": "Metoden støttes ikke her",
        "de": "Die Methode wird hier nicht unterstützt",
        "fr": "Cette méthode n’est pas proposée ici",
    },
    "No access to the endpoint": {
        "nl": "Geen toegang tot deze functie",
        "nb": "Ingen tilgang til denne funksjonen",
        "de": "Kein Zugriff auf diese Funktion",
        "fr": "Accès refusé à cette fonction",
    },
    "Request limit": {
        "nl": "Te veel verzoeken",
        "nb": "For mange forespørsler",
        "de": "Zu viele Anfragen",
        "fr": "Trop de requêtes",
    },
    "Unsupported API-version": {
        "nl": "Deze API-versie wordt niet ondersteund",
        "nb": "API-versjonen støttes ikke",
        "de": "Diese API-Version wird nicht unterstützt",
        "fr": "Cette version de l’API n’est pas prise en charge",
    },
    "Page size too big": {
        "nl": "De pagina is te groot",
        "nb": "Siden er for stor",
        "de": "Die Seite ist zu groß",
        "fr": "La page est trop grande",
    },
    "The contract allows no more bookings": {
        "nl": "Het contract staat niet meer boekingen toe",
        "nb": "Avtalen tillater ikke flere bestillinger",
        "de": "Der Vertrag erlaubt keine weiteren Buchungen",
        "fr": "Le contrat ne permet pas d’autre réservation",
    },
    "The availability has expired": {
        "nl": "Niet meer beschikbaar",
        "nb": "Ikke lenger tilgjengelig",
        "de": "Nicht mehr verfügbar",
        "fr": "N’est plus disponible",
    },
    "This booking cannot be done": {
        "nl": "Deze boeking is niet mogelijk",
        "nb": "Denne bestillingen er ikke mulig",
        "de": "Diese Buchung ist nicht möglich",
        "fr": "Cette réservation n’est pas possible",
    },
    "The trip has started": {
        "nl": "De rit is al begonnen",
        "nb": "Turen har allerede begynt",
        "de": "Die Fahrt hat bereits begonnen",
        "fr": "Le trajet a déjà commencé",
    },
    "Not found": {
        "nl": "Niet gevonden",
        "nb": "Ikke funnet",
        "de": "Nicht gefunden",
        "fr": "Introuvable",
    },
    "User blocked": {
        "nl": "Deze gebruiker is geblokkeerd",
        "nb": "Brukeren er sperret",
        "de": "Dieses Benutzerkonto ist gesperrt",
        "fr": "Cet utilisateur est bloqué",
    },
    "Duplicated customer": {
        "nl": "Deze klant bestaat al",
        "nb": "Kunden finnes allerede",
        "de": "Dieses Kundenkonto besteht bereits",
        "fr": "Ce client existe déjà",
    },
    "The data field is read-only": {
        "nl": "Dit gegeven kan niet worden gewijzigd",
        "nb": "Opplysningen kan ikke endres",
        "de": "Diese Angabe kann nicht geändert werden",
        "fr": "Cette donnée ne peut pas être modifiée",
    },
    "Not at an allowed return location": {
        "nl": "De rit mag hier niet eindigen",
        "nb": "Turen kan ikke avsluttes her",
        "de": "Die Fahrt darf hier nicht enden",
        "fr": "Le trajet ne peut pas se terminer ici",
    },
    "The lock is not closed": {
        "nl": "Het slot is niet dicht",
        "nb": "Låsen er ikke låst",
        "de": "Das Schloss ist nicht geschlossen",
        "fr": "L’antivol n’est pas fermé",
    },
    "Evidence required": {
        "nl": "Er is een foto als bewijs nodig",
        "nb": "Det kreves et bilde som dokumentasjon",
        "de": "Ein Foto als Nachweis ist erforderlich",
        "fr": "Une photo est exigée comme justificatif",
    },
}
