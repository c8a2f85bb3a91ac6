"""What does a tariff say to somebody who has its parts alone? Whoever adds them up gets the very amount we charge.

What a part cannot say on the wire is said by other parts: a percentage becomes amounts of money, since TOMP leaves open
of what it would be taken (semantics.md section 9), and a pause that is free gets a price of 0.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from fleet.pricing.parts import Part
from fleet.pricing.tariff import Tariff
from fleet.pricing.vocabulary import AssetState, PartClass, PartKind, PartType, UnitType

FREE_PAUSE = Part(
    amount=Decimal(0),
    type=PartType.FLEX,
    unit_type=UnitType.MINUTE,
    units=Decimal(1),
    asset_state=AssetState.PAUSED,
)


def in_money(tariff: Tariff) -> Tariff:
    """The same price for every ride without PERCENTAGE: in its place stands money, a part for each it is taken of."""
    if not any(part.is_percentage for part in tariff.parts):
        return tariff
    return replace(tariff, parts=tuple(_parts_in_money(tariff)))


def published(tariff: Tariff) -> Tariff:
    """The tariff whose parts say all there is to say. Only `pro_rata` has no words in TOMP: it stays a setting."""
    tariff = in_money(tariff)
    if tariff.pause_billed_as_use or tariff.has_pause_price or not any(_meters_time(p) for p in tariff.parts):
        return tariff
    return replace(tariff, parts=(*tariff.parts, FREE_PAUSE), pause_billed_as_use=True)


def _parts_in_money(tariff: Tariff) -> Iterator[Part]:
    """The operand of a percentage is what the parts of kind DEFAULT and class FARE come to, before any MAX."""
    operand = [part for part in tariff.parts if _is_operand(part)]
    for part in tariff.parts:
        if part.is_percentage:
            yield from (_share(part, of) for of in operand if part.amount * of.amount)
        else:
            yield part


def _is_operand(part: Part) -> bool:
    return part.type != PartType.MAX and (part.kind, part.part_class) == (PartKind.DEFAULT, PartClass.FARE)


def _share(percentage: Part, of: Part) -> Part:
    return replace(
        of,
        amount=of.amount * percentage.amount / 100,
        kind=percentage.kind,
        part_class=percentage.part_class,
        name=percentage.name,
        minimum_amount=None,
        maximum_amount=None,
    )


def _meters_time(part: Part) -> bool:
    """Whether it matters to this part how long the ride is: by its unit, or by its scale."""
    return part.type != PartType.MAX and not part.is_unconditional and not part.is_of_distance
