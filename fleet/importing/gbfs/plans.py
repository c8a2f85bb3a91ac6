"""system_pricing_plans as pricing plans with fare parts (gbfs.md section 4)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs.items import Plan
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.values import Item, boolean, entries, localized, number, objects, text, url
from fleet.pricing import Part, PartKind, PartType, ScaleType, UnitType, normalise_touching
from tomp.sentences import Refusal

NAME = "system_pricing_plans"
SEGMENTS = {"per_min_pricing": UnitType.MINUTE, "per_km_pricing": UnitType.KM}
LARGEST_AMOUNT = Decimal(10**8)
LARGEST_SCALE = Decimal(10**7)
RESERVATION_PRICES = ("reservation_price_per_min", "reservation_price_flat_rate")


def plans(feed: Feed, findings: Findings) -> list[Plan]:
    """All plans that can be charged."""
    remarks = findings.about(NAME)
    if NAME not in feed.documents:
        remarks.warn("", _("the feed has no prices: nothing is offered until vehicle types have a plan"))
    listed = entries(feed.data(NAME), "plans", ("plan_id",), remarks)
    return [plan for plan_id, item in listed if (plan := _plan(plan_id, item, feed.language, remarks))]


def _plan(plan_id: str, item: Item, language: str, remarks: Remarks) -> Plan | None:
    currency = text(item, "currency").upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        remarks.skip(plan_id, _("its currency is no ISO 4217 code"), repr(currency))
        return None
    try:
        parts = _parts(plan_id, item, remarks)
    except ValueError as error:
        remarks.skip(plan_id, _("its prices cannot be charged"), error)
        return None
    if boolean(item, "is_taxable"):
        remarks.warn(
            plan_id, _("prices are without tax (is_taxable), ours include it: imported as written, correct them")
        )
    return Plan(
        plan_id=plan_id,
        name=localized(item, "name", language) or {language: plan_id},
        description=localized(item, "description", language) or None,
        url=url(item, "url", plan_id, remarks),
        currency=currency,
        parts=parts,
    )


def _parts(plan_id: str, item: Item, remarks: Remarks) -> tuple[Part, ...]:
    """The fare parts. Raises ValueError (a TariffError is one) if one makes no sense."""
    parts = []
    if price := _amount(item, "price"):
        parts.append(Part(type=PartType.FIXED, amount=price))
    for key, unit in SEGMENTS.items():
        parts += _segments(plan_id, item, key, unit, remarks)
    parts += _cap(item)
    if any(number(item, key) for key in RESERVATION_PRICES):
        remarks.warn(plan_id, _("the price of a reservation is not imported: enter it by hand"))
    touching = normalise_touching(parts)
    if touching != tuple(parts):
        remarks.note(plan_id, _("segments with inclusive ends (0-59, 60-) were made to touch"))
    return touching or (Part(type=PartType.FIXED, amount=Decimal(0)),)


def _segments(plan_id: str, item: Item, key: str, unit: UnitType, remarks: Remarks) -> Iterator[Part]:
    segments = list(objects(item, key, remarks))
    for segment in segments:
        start, end, interval = (_scale(segment, bound) for bound in ("start", "end", "interval"))
        if unit == UnitType.MINUTE and len(segments) == 1 and start == interval == 1 and end is None:
            remarks.warn(plan_id, _("minute price starts at minute 1: read as 0, as a minute that has begun counts"))
            start = Decimal(0)
        if not interval and not start and end is None:
            remarks.warn(plan_id, _("interval 0 means charged once: ask the operator whether it is a price per unit"))
        if rate := _amount(segment, "rate"):
            yield _segment(rate, start or Decimal(0), end, interval, unit)


def _segment(rate: Decimal, start: Decimal, end: Decimal | None, interval: Decimal | None, unit: UnitType) -> Part:
    part = Part(
        type=PartType.FLEX if interval else PartType.FIXED,
        kind=PartKind.DISCOUNT if rate < 0 else PartKind.DEFAULT,
        amount=rate,
        unit_type=unit if interval else None,
        units=interval or None,
    )
    if not start and end is None:
        return part
    return replace(part, scale_from=start, scale_to=end, scale_type=ScaleType(unit.value))


def _cap(item: Item) -> Iterator[Part]:
    """GBFS 3.1: at most this much within this many minutes."""
    capping = item.get("fare_capping")
    if isinstance(capping, dict) and (amount := _amount(capping, "price")):
        minutes = _scale(capping, "duration")
        yield Part(
            type=PartType.MAX,
            amount=amount,
            scale_from=Decimal(0) if minutes else None,
            scale_to=minutes or None,
            scale_type=ScaleType.MINUTE if minutes else None,
        )


def _amount(item: Item, key: str) -> Decimal | None:
    """The amount to a hundredth of a cent. Raises ValueError if it is too large or no number."""
    return _bounded(item, key, LARGEST_AMOUNT, Decimal("0.0001"))


def _scale(item: Item, key: str) -> Decimal | None:
    return _bounded(item, key, LARGEST_SCALE, Decimal("0.001"))


def _bounded(item: Item, key: str, largest: Decimal, step: Decimal) -> Decimal | None:
    if item.get(key) is None:
        return None
    value = number(item, key)
    if value is None or abs(value) >= largest:
        raise Refusal(_("%(key)s cannot be %(value)s"), key=key, value=repr(item[key]))
    return value.quantize(step).normalize() + 0
