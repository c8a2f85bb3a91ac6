"""Words of the admin, which depend on who looks; and the same words where they must not."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.utils.formats import number_format
from django.utils.translation import override

T = TypeVar("T")


def grouped(number: float, decimals: int = 0) -> str:
    """1,234 for English readers, 1.234 for Dutch ones."""
    return number_format(round(number, decimals), decimals, force_grouping=True)


def kilometres(metres: float) -> str:
    """1.2 km for English readers, 1,2 km for the others."""
    return f"{grouped(metres / 1000, 1)} km"


def in_english(tell: Callable[[], T]) -> T:
    """What this says in English: what is kept, sent or exported is the same whoever looked."""
    with override("en"):
        return tell()


def each_in_english(rows: Iterable[T]) -> Iterator[T]:
    """The rows, each of them made in English, however late they are read."""
    return each_in("en", rows)


def each_in(language: str | None, rows: Iterable[T]) -> Iterator[T]:
    """The same in another language."""
    found = iter(rows)
    while True:
        with override(language):
            try:
                row = next(found)
            except StopIteration:
                return
        yield row
