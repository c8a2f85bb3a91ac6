"""How do staff read a tariff, a fare and a ride? Sentences instead of JSON; pure."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fleet.models.price_words import refused
from fleet.pricing import (
    AssetState,
    Fare,
    PartClass,
    PartKind,
    PartType,
    Segment,
    Tariff,
    TariffError,
    Usage,
    minor_units,
    price,
)
from tomp.language import in_any_language

UNITS = {  # of one, and of several or a part
    "KM": (gettext_lazy("km"), gettext_lazy("km")),
    "MILE": (gettext_lazy("mile"), gettext_lazy("miles")),
    "SECOND": (gettext_lazy("second"), gettext_lazy("seconds")),
    "MINUTE": (gettext_lazy("minute"), gettext_lazy("minutes")),
    "HOUR": (gettext_lazy("hour"), gettext_lazy("hours")),
}
DAY_HOURS = 24
EXAMPLE_MINUTES = (10, 30, 60, 24 * 60)


def money(amount, currency):
    """At least the decimals of the currency, and more where a unit price has them: 1.00 EUR, 0.0833 EUR."""
    places = minor_units(currency)
    exact = amount.normalize()
    shown = exact if -exact.as_tuple().exponent > places else amount.quantize(Decimal(1).scaleb(-places))
    return f"{number_format(shown)} {currency}"


def sentence(tariff):
    """1.00 EUR to start, 0.25 EUR per minute, pause 0.05 EUR per minute, at most 15.00 EUR per day."""
    phrases = [_phrase(part, tariff.currency) for part in tariff.parts] or [_("free of charge")]
    return ", ".join([*phrases, *_rules(tariff)])


def sentence_of(frozen):
    """The sentence of a tariff kept as JSON, or what is wrong with it."""
    try:
        return sentence(Tariff.from_json(frozen))
    except TariffError as error:
        return " ".join(refused(error))
    except (TypeError, KeyError) as error:
        return str(error)


def examples(tariff):
    """What rides of common lengths cost: 10 min: 3.50 EUR · 1 h: 15.00 EUR."""
    rides = [(minutes, Usage((Segment(AssetState.IN_USE, minutes * 60),))) for minutes in EXAMPLE_MINUTES]
    return " · ".join(
        f"{duration(minutes * 60)}: {money(price(tariff, ride).total, tariff.currency)}" for minutes, ride in rides
    )


def fare_lines(fare):
    """The fare in parts and its sum: Unlock 1.00 + Ride 3.00 = 4.00 EUR."""
    total = money(fare.total, fare.currency)
    if len(fare.lines) < 2:
        return total
    parts = " + ".join(f"{line.name} {money(line.amount, fare.currency).split()[0]}" for line in fare.lines)
    return f"{parts} = {total}"


def fare_lines_of(frozen):
    """The same of a fare kept as JSON."""
    return fare_lines(Fare.from_json(frozen))


def segments_text(segments):
    """What was done for how long, in order: in use 12 min, paused 5 min."""
    names = {"IN_USE": _("in use"), "PAUSED": _("paused")}
    return ", ".join(f"{names.get(state, state)} {duration(seconds)}" for state, seconds in segments)


def duration(seconds):
    """The two largest units that say something: 1 d 2 h, 12 min 5 s, 40 s."""
    sizes = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    left, words = int(seconds), []
    for size, unit in sizes:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2]) or "0 s"


def place_text(place):
    """The name of a place, its station, or its coordinates; whatever there is."""
    if not place:
        return ""
    point = place.get("coordinates") or {}
    name = place.get("name")
    words = [in_any_language(name) if isinstance(name, dict) else name, place.get("station_id")]
    if not any(words) and point:
        words = [f"{point['lat']:.5f}, {point['lng']:.5f}"]
    return " · ".join(word for word in words if word)


def _phrase(part, currency):
    words = [_percentage(part) if part.is_percentage else _amount(part, currency)]
    if part.scale_type and part.type != PartType.MAX:
        words.append(_range(part))
    if part.part_class == PartClass.ANCILLARY:
        words.append(_("(%(name)s, extra)") % {"name": part.name or _("ancillary")})
    return " ".join(words)


def _percentage(part):
    number = plain(abs(part.amount))
    if part.kind == PartKind.DISCOUNT:
        return _("%(number)s %% off") % {"number": number}
    return _("%(number)s %% on top") % {"number": number}


def _amount(part, currency):
    amount = money(abs(part.amount), currency)
    if part.type == PartType.MAX:
        return _("at most %(amount)s %(window)s") % {"amount": amount, "window": _window(part)}
    if part.kind == PartKind.DISCOUNT:
        amount = _("%(amount)s off") % {"amount": amount}
    elif part.kind == PartKind.SURGE:
        amount = _("%(amount)s on top") % {"amount": amount}
    if part.type == PartType.FLEX:
        amount = _("%(amount)s per %(unit)s") % {"amount": amount, "unit": unit_of(part.units, part.unit_type)}
    is_pause = part.asset_state == AssetState.PAUSED
    if is_pause:
        return _("pause %(amount)s") % {"amount": amount}
    return amount if part.type == PartType.FLEX or part.scale_type else _("%(amount)s to start") % {"amount": amount}


def unit_of(units, unit_type):
    """minute, 5 minutes, half an hour as 0.5 hours."""
    one, several = UNITS[unit_type]
    return str(one) if units == 1 else f"{plain(units)} {several}"


def plain(number):
    """As many digits as it takes: 5, 0.5 (0,5 in some languages)."""
    return number_format(number.normalize())


def _window(part):
    """The time a cap is for: nothing (the whole ride), per day, per 12 hours, from hour 2 to 4."""
    if part.scale_to is None and not part.scale_from:
        return _("per ride")
    if part.scale_from or part.scale_to is None:
        return _range(part)
    if part.scale_type == "HOUR" and part.scale_to % DAY_HOURS == 0:
        days = int(part.scale_to / DAY_HOURS)
        return ngettext("per day", "per %(days)d days", days) % {"days": days}
    return _("per %(unit)s") % {"unit": unit_of(part.scale_to, part.scale_type)}


def _range(part):
    lower = plain(part.scale_from or Decimal(0))
    _one, unit = UNITS[part.scale_type]
    if part.scale_to is None:
        return _("from %(lower)s %(unit)s") % {"lower": lower, "unit": unit}
    upper = plain(part.scale_to)
    return _("from %(lower)s to %(upper)s %(unit)s") % {"lower": lower, "upper": upper, "unit": unit}


def _rules(tariff):
    """What the parts do not say by themselves."""
    meters_time = any(
        part.type == PartType.FLEX and part.unit_type in ("SECOND", "MINUTE", "HOUR") for part in tariff.parts
    )
    has_pause_price = any(part.asset_state == AssetState.PAUSED for part in tariff.parts)
    if meters_time and not has_pause_price:
        yield _("pauses cost the same") if tariff.bills_pause_as_use else _("pauses are free")
    if tariff.pro_rata:
        yield _("charged by the exact quantity")
    if tariff.vat_rate is not None:
        yield _("%(rate)s %% VAT included") % {"rate": plain(tariff.vat_rate)}
