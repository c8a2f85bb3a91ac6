"""Do the books, the deliveries and the vehicles add up? Reads everything, changes nothing (docs/audit.md).

Each module has invariants of one kind; `audit` looks at all of them as of one moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from tomp_operator.audit import calls, database, money, people, prices, states, vehicles
from tomp_operator.audit.invariant import Found, Invariant

__all__ = ["INVARIANTS", "KEPT_BY_THE_CODE", "RULES", "Found", "Invariant", "audit"]

RULES = {
    1: "A view translates, a service decides",
    2: "One order of locks",
    3: "State moves only through a transition",
    4: "What the database can promise, it promises",
    5: "Retries are free",
    6: "A price shown is a price kept",
    7: "Owed in the same transaction, paid outside it",
    8: "Public ids rotate",
    9: "What belongs to another provider is unknown",
    10: "Contract terms are the provider's own",
    11: "What lapsed is expired, whoever looks",
    12: "People are forgotten",
}
KEPT_BY_THE_CODE = {  # no row can tell; who watches over it
    1: "import-linter (`make check`)",
    2: "tests/concurrency/",
    10: "tests/maas/test_terms.py, tests/bookings/test_quotas.py, tests/legs/test_start_finishing.py",
}
_all = (states, vehicles, database, calls, money, prices, people)
INVARIANTS = tuple(sorted((each for module in _all for each in module.INVARIANTS), key=lambda each: each.rule))


def audit(*, now: datetime, show: int) -> list[tuple[Invariant, Found]]:
    """Each invariant with what was found, and the ids of the first `show` violations; one snapshot for all."""
    with _snapshot():
        return [(invariant, invariant.look(now, show)) for invariant in INVARIANTS]


@contextmanager
def _snapshot() -> Iterator[None]:
    """What others write meanwhile is not seen, and nothing can be written; inside a transaction its own rules hold."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
