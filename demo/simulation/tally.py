"""What happened in the simulation so far? Counted by many threads, told in a few lines."""

import threading
from collections import Counter
from collections.abc import Iterator

FAULTS_SHOWN = 50


class Tally:
    """Rides by outcome, refusals by code, calls received, reports of vehicles, and faults of the operator."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rides: Counter[str] = Counter()
        self.scenarios: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.callbacks: Counter[str] = Counter()
        self.reports: Counter[str] = Counter()
        self.faults: list[str] = []

    def ride(self, scenario: str, outcome: str) -> None:
        with self._lock:
            self.rides[outcome] += 1
            self.scenarios[scenario] += 1

    def refusal(self, code: str) -> None:
        with self._lock:
            self.refusals[code] += 1

    def callback(self, what: str) -> None:
        with self._lock:
            self.callbacks[what] += 1

    def report(self, what: str, count: int) -> None:
        with self._lock:
            self.reports[what] += count

    def fault(self, what: str, *, booking_id: str = "") -> None:
        """The operator did what it must not, in one line."""
        with self._lock:
            self.faults.append(f"{what} (booking {booking_id})" if booking_id else what)

    def status(self, *, riding: int) -> str:
        """One line for whoever watches."""
        with self._lock:
            return (
                f"{sum(self.rides.values())} rides over, {riding} on the way, {sum(self.refusals.values())} refusals, "
                f"{sum(self.callbacks.values())} calls received, {self.reports['accepted']} reports, "
                f"{len(self.faults)} faults"
            )

    def summary(self) -> Iterator[str]:
        """The whole, in a few lines; faults last."""
        with self._lock:
            yield f"Rides:     {_counted(self.rides)}"
            yield f"Refusals:  {_counted(self.refusals)}"
            yield f"Calls:     {_counted(self.callbacks)}"
            yield f"Reports:   {_counted(self.reports)}"
            yield f"Faults:    {len(self.faults) or 'none'}"
            for fault in self.faults[:FAULTS_SHOWN]:
                yield f"  {fault}"
            if len(self.faults) > FAULTS_SHOWN:
                yield f"  … and {len(self.faults) - FAULTS_SHOWN} more"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counter.most_common()) or "none"
