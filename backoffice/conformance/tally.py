"""Counting many things about one set of rows in one statement: how many, when last, for example which."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Func, Max, Q, QuerySet

from backoffice.conformance.findings import EXAMPLES, Example, Seen


class FirstOf(Func):
    """The first few elements of an array."""

    template = f"(%(expressions)s)[1:{2 * EXAMPLES}]"  # twice: several vehicles may belong to one booking


def tally(rows: QuerySet, about: Mapping[str, Q], *, at: str, example: str, kind: str) -> dict[str, Seen]:
    """What was seen of each condition, by its name; `at` is when, `example` the id of what shows it."""
    asked: dict[str, Any] = {}
    for name, condition in about.items():
        latest = ArrayAgg(example, filter=condition, order_by=F(at).desc())
        asked[f"{name}_count"] = Count("pk", filter=condition)
        asked[f"{name}_at"] = Max(at, filter=condition)
        asked[f"{name}_ids"] = FirstOf(latest)
    told = rows.aggregate(**asked)
    return {
        name: Seen(
            count=told[f"{name}_count"],
            last_at=told[f"{name}_at"],
            examples=tuple(Example(kind, pk) for pk in list(dict.fromkeys(told[f"{name}_ids"] or ()))[:EXAMPLES]),
        )
        for name in about
    }
