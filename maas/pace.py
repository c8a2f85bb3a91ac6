"""How many calls did somebody make this minute, at all web processes together?

Each process counts in memory, and once a second tells the database what it counted and learns the sum. So a limit
holds for all processes and hosts, a second late; the cost is one statement a second for each process, not one a call.
Whoever makes less than a hundredth of the limit in a process is not told of: a million addresses fill no table.
"""

import hmac
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from maas.models import MaasProvider

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_SUMS = 1.0
TOLD_FROM = 100  # of the limit, a hundredth

ADD_UP = """
    INSERT INTO maas_pacecount (minute, caller, calls)
    SELECT %s, caller, calls FROM unnest(%s::text[], %s::int[]) AS told (caller, calls) ORDER BY caller
    ON CONFLICT (minute, caller) DO UPDATE SET calls = maas_pacecount.calls + EXCLUDED.calls
    RETURNING caller, calls
"""


@dataclass
class Pace:
    """What one process knows about the current minute."""

    minute: datetime | None = None
    untold: Counter[str] = field(default_factory=Counter)  # counted here, and not in the sums yet
    sums: dict[str, int] = field(default_factory=dict)  # of all processes, as last heard
    limits: dict[str, int] = field(default_factory=dict)
    summed_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, caller: str, limit: int, now: datetime) -> int:
        """Counts one call. 0 if it may be answered, else the seconds until the caller may call again."""
        with self.lock:
            self._begin(now.replace(second=0, microsecond=0))
            self.untold[caller] += 1
            self.limits[caller] = limit
            if time.monotonic() - self.summed_at >= SECONDS_BETWEEN_SUMS:
                self._add_up()
            made = self.sums.get(caller, 0) + self.untold[caller]
        return 60 - now.second if made > limit else 0

    def forget(self) -> None:
        """As a new process."""
        with self.lock:
            self.minute = None
            self._begin(None)

    def _begin(self, minute: datetime | None) -> None:
        if minute != self.minute or minute is None:
            self.minute, self.untold, self.sums, self.limits = minute, Counter(), {}, {}
            self.summed_at = 0.0 if minute is None else self.summed_at

    def _add_up(self) -> None:
        self.summed_at = time.monotonic()
        heavy = {
            caller: calls
            for caller, calls in self.untold.items()
            if caller in self.sums or calls * TOLD_FROM >= self.limits[caller]
        }
        if not heavy:
            return
        try:
            with connection.cursor() as cursor:
                cursor.execute(ADD_UP, [self.minute, list(heavy), list(heavy.values())])
                self.sums |= dict(cursor.fetchall())
        except DatabaseError as failure:  # what needs no database is answered without one; tried again in a second
            log.warning("calls_not_added_up", reason=type(failure).__name__)
            return
        for caller in heavy:
            del self.untold[caller]


pace = Pace()


def of_provider(provider: MaasProvider) -> str:
    """What a provider is called here."""
    return f"provider {provider.pk}"


def of_address(address: str) -> str:
    """What an address is called here: it is personal data, and cannot be told from this."""
    return f"address {hmac.new(settings.SECRET_KEY.encode(), address.encode(), 'sha256').hexdigest()[:32]}"
