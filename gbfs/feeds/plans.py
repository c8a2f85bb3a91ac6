"""system_pricing_plans. Amounts are what is charged, tax included (docs/gbfs.md)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from fleet.models import PricingPlan
from fleet.pricing import PartKind, PartType, Tariff
from fleet.pricing.vocabulary import BASE
from gbfs.editions import Edition
from gbfs.feeds.members import uri, without_nothing
from gbfs.feeds.meter import Segment, meter
from gbfs.feeds.words import described
from tomp.language import in_language


def plan_json(plan: PricingPlan, edition: Edition) -> dict[str, Any]:
    """A plan. Its maximum is also told as GBFS 3.1 will (fare_capping): who does not know it yet reads the words."""
    tariff = plan.tariff()
    counted = meter(tariff)
    texts = {tag: in_language(plan.description, tag) or in_language(plan.name, tag) for tag in edition.languages}
    return without_nothing(
        plan_id=plan.plan_id,
        url=uri(plan.url),
        name=edition.text(plan.name, plan.plan_id),
        currency=plan.currency,
        price=_number(counted.price),
        per_min_pricing=_segments(counted.per_minute),
        per_km_pricing=_segments(counted.per_kilometre),
        is_taxable=False,
        surge_pricing=any(part.kind == PartKind.SURGE for part in tariff.parts),
        description=edition.text({tag: described(text, tariff, tag) for tag, text in texts.items()}, plan.plan_id),
        fare_capping=_cap(tariff),
    )


def _segments(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    return [
        without_nothing(start=segment.start, end=segment.end, interval=segment.interval, rate=_number(segment.rate))
        for segment in segments
    ]


def _cap(tariff: Tariff) -> dict[str, Any] | None:
    """The one maximum there is, if its windows are whole minutes from the start of the ride."""
    caps = [part for part in tariff.parts if part.type == PartType.MAX]
    if len(caps) != 1:
        return None
    start, end = caps[0].bounds
    if start or not end.is_finite() or end % BASE["MINUTE"]:
        return None
    return {"duration": int(end / BASE["MINUTE"]), "price": _number(caps[0].amount)}


def _number(amount: Decimal) -> float:
    return float(amount)
