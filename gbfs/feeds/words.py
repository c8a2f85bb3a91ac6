"""What GBFS has no members for, said in words: pauses, maxima, tax. Pure.

The languages are those of our refusals; in any other these sentences are English.
"""

from collections.abc import Iterator
from decimal import Decimal

from fleet.pricing import AssetState, Part, PartKind, PartType, Tariff, minor_units, published
from fleet.pricing.vocabulary import BASE
from gbfs.feeds.meter import is_exact
from tomp.language import in_language

DECIMAL_POINT = ("en",)
UNITS = {
    "SECOND": {"en": "s", "nl": "s", "nb": "s", "de": "s", "fr": "s"},
    "MINUTE": {"en": "min", "nl": "min", "nb": "min", "de": "Min.", "fr": "min"},
    "HOUR": {"en": "h", "nl": "u", "nb": "t", "de": "Std.", "fr": "h"},
    "KM": {"en": "km", "nl": "km", "nb": "km", "de": "km", "fr": "km"},
    "MILE": {"en": "mi", "nl": "mijl", "nb": "mi", "de": "mi", "fr": "mi"},
}
SENTENCES = {
    "pause_per": {
        "en": "In a pause: {amount} per {unit}.",
        "nl": "In een pauze: {amount} per {unit}.",
        "nb": "I pause: {amount} per {unit}.",
        "de": "In einer Pause: {amount} je {unit}.",
        "fr": "En pause : {amount} par {unit}.",
    },
    "pause_once": {
        "en": "With a pause: {amount}.",
        "nl": "Met een pauze: {amount}.",
        "nb": "Med pause: {amount}.",
        "de": "Mit einer Pause: {amount}.",
        "fr": "Avec une pause : {amount}.",
    },
    "pause_free": {
        "en": "Pauses are free.",
        "nl": "Pauzes zijn gratis.",
        "nb": "Pauser er gratis.",
        "de": "Pausen sind kostenlos.",
        "fr": "Les pauses sont gratuites.",
    },
    "at_most_within": {
        "en": "At most {amount} within {unit}.",
        "nl": "Hoogstens {amount} binnen {unit}.",
        "nb": "Høyst {amount} i løpet av {unit}.",
        "de": "Höchstens {amount} innerhalb von {unit}.",
        "fr": "Au plus {amount} en {unit}.",
    },
    "at_most": {
        "en": "At most {amount} a ride.",
        "nl": "Hoogstens {amount} per rit.",
        "nb": "Høyst {amount} per tur.",
        "de": "Höchstens {amount} je Fahrt.",
        "fr": "Au plus {amount} par trajet.",
    },
    "per": {
        "en": "Charged: {amount} per {unit}.",
        "nl": "Berekend wordt {amount} per {unit}.",
        "nb": "Det beregnes {amount} per {unit}.",
        "de": "Berechnet werden {amount} je {unit}.",
        "fr": "Facturé : {amount} par {unit}.",
    },
    "pro_rata": {
        "en": "What is used is charged exactly, not each started unit.",
        "nl": "Het verbruik wordt precies berekend, niet per begonnen eenheid.",
        "nb": "Bruken beregnes nøyaktig, ikke per påbegynt enhet.",
        "de": "Berechnet wird genau, nicht je angefangene Einheit.",
        "fr": "L’usage est facturé exactement, non par unité entamée.",
    },
    "vat": {
        "en": "Prices include {rate} % VAT.",
        "nl": "Prijzen zijn inclusief {rate} % btw.",
        "nb": "Prisene inkluderer {rate} % mva.",
        "de": "Preise inklusive {rate} % MwSt.",
        "fr": "Prix TTC, TVA {rate} %.",
    },
}


def described(text: str, tariff: Tariff, language: str) -> str:
    """The text, with the sentences about the tariff that it does not have yet; after an import it has all of them."""
    for sentence in sentences(tariff, language):
        if sentence not in text:
            text = f"{text} {sentence}".strip()
    return text


def sentences(tariff: Tariff, language: str) -> Iterator[str]:
    """What the meter of GBFS leaves out."""
    parts = published(tariff).parts
    for part in parts:
        if part.asset_state == AssetState.PAUSED and part.kind == PartKind.DEFAULT:
            yield _of_pause(part, tariff, language)
        elif part.type == PartType.MAX:
            yield _of_maximum(part, tariff, language)
        elif part.type == PartType.FLEX and not is_exact(part):
            yield _say("per", language, amount=_money(part.amount, tariff, language), unit=_units(part, language))
    if tariff.pro_rata and any(part.type == PartType.FLEX for part in parts):
        yield _say("pro_rata", language)
    if tariff.vat_rate is not None:
        yield _say("vat", language, rate=_number(tariff.vat_rate, 0, language))


def _of_pause(part: Part, tariff: Tariff, language: str) -> str:
    if not part.amount:
        return _say("pause_free", language)
    amount = _money(part.amount, tariff, language)
    if part.type == PartType.FLEX:
        return _say("pause_per", language, amount=amount, unit=_units(part, language))
    return _say("pause_once", language, amount=amount)


def _of_maximum(part: Part, tariff: Tariff, language: str) -> str:
    amount, (start, end) = _money(part.amount, tariff, language), part.bounds
    if not end.is_finite():
        return _say("at_most", language, amount=amount)
    unit = "HOUR" if (end - start) % BASE["HOUR"] == 0 else "MINUTE"
    length = _number((end - start) / BASE[unit], 0, language)
    return _say("at_most_within", language, amount=amount, unit=f"{length} {in_language(UNITS[unit], language)}")


def _units(part: Part, language: str) -> str:
    """min, 15 min."""
    unit = in_language(UNITS[part.unit_type or "MINUTE"], language)
    return unit if part.units in (None, 1) else f"{_number(part.units, 0, language)} {unit}"


def _money(amount: Decimal, tariff: Tariff, language: str) -> str:
    return f"{_number(amount, minor_units(tariff.currency), language)} {tariff.currency}"


def _number(number: Decimal, places: int, language: str) -> str:
    """With so many decimals, and more where they are needed."""
    exponent = number.normalize().as_tuple().exponent
    needed = max(places, -exponent if isinstance(exponent, int) else 0)
    written = f"{number:.{needed}f}"
    return written if language.split("-")[0] in DECIMAL_POINT or not _speaks(language) else written.replace(".", ",")


def _speaks(language: str) -> bool:
    return in_language(SENTENCES["vat"], language) != SENTENCES["vat"]["en"]


def _say(sentence: str, language: str, **words: str) -> str:
    return in_language(SENTENCES[sentence], language).format(**words)
