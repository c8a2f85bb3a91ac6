"""How are amounts kept, rounded, and freed of VAT? Decimals only: 0.1 is not a tenth in a float."""

from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

import orjson

from fleet.pricing.problems import Problem

Kind = TypeVar("Kind")
ZERO, INFINITY = Decimal(0), Decimal("Infinity")
# ISO 4217; every other currency has two decimals.
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"


class TariffError(ValueError):
    """A tariff says something that cannot be charged; `problems` are those that have a name, of this part or tariff."""

    def __init__(self, item: Any, *problems: Problem, about: str = "", text: str = "") -> None:
        said = {field.name: getattr(item, field.name) for field in fields(item)}
        super().__init__(text or about + "; ".join(problem.format(**said) for problem in problems))
        self.problems = problems


def minor_units(currency: str) -> int:
    """The decimals of a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def ex_vat(amount: Decimal, vat_rate: Decimal | None, places: int = 3) -> Decimal | None:
    """The net of an amount; `vat_rate` is a percent of that net. None when the rate is unknown.

    Three decimals unless told, because unit prices need them (Entur: 3.125 is 2.500 at 25 %).
    """
    return None if vat_rate is None else rounded(amount * 100 / (100 + vat_rate), places)


def rounded(amount: Decimal, places: int) -> Decimal:
    """Half up, to so many decimals."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def convert(item: Any) -> None:
    """Make the fields what their annotations say. A float is refused: it is no longer exact."""
    dataclass: Any = type(item)
    for name, kind, may_be_none in _exact_fields(dataclass):
        value = getattr(item, name)
        if value is None and may_be_none:
            continue
        try:
            converted = kind(value)
            if kind is Decimal and (isinstance(value, float) or not converted.is_finite()):
                raise ValueError(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            expected = "finite Decimal" if kind is Decimal else kind.__name__
            raise TariffError(item, text=f"{name} must be a {expected}, not {value!r}") from error
        object.__setattr__(item, name, converted)


@cache
def _exact_fields(dataclass: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name, kind and whether it may be None, of the fields that are a Decimal or one of our words."""
    kinds = [(field.name, get_args(field.type) or (field.type,)) for field in fields(dataclass)]
    return tuple((name, each[0], NoneType in each) for name, each in kinds if _is_exact(each[0]))


def _is_exact(kind: Any) -> bool:
    return kind is Decimal or (isinstance(kind, type) and issubclass(kind, StrEnum))


def plain(item: Any) -> dict[str, Any]:
    """A dataclass in JSON types, Decimals as strings: a JSON number may lose a cent."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(item, default=_exactly))
    return told


def _exactly(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} is no part of a tariff or a fare.")


def read(kind: type[Kind], data: dict[str, Any]) -> Kind:
    """The dataclass of this kind of which `plain` made the data."""
    dataclass: Any = kind
    found: Kind = _read(dataclass, orjson.dumps(data))
    return found


@lru_cache(maxsize=1000)
def _read(kind: Any, text: bytes) -> Any:
    """Kept: a leg is asked for its tariff at each step, and its fare is told twice in an answer about its booking."""
    data = orjson.loads(text)
    inside = {name: tuple(each(**item) for item in data[name]) for name, each in _kinds_inside(kind).items()}
    return kind(**data | inside)


@cache
def _kinds_inside(dataclass: Any) -> dict[str, Any]:
    """Of the fields that are tuples of another dataclass: which."""
    return {field.name: get_args(field.type)[0] for field in fields(dataclass) if get_origin(field.type) is tuple}
