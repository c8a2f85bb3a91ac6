"""The colleague at the operator's desk, who says yes, says no, calls off and ends rides: `manage.py operate`."""

import queue
import threading
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connections

from demo.simulation.tally import Tally

REASON = "The simulation wants it."


class Colleague:
    """Does what is asked, one thing after the other, until there is nothing left and he may go."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._asked: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="colleague", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._asked.put(None)
        self._thread.join()

    def ask(self, action: str, id: str) -> None:
        """confirm, deny, cancel a booking; finish a leg. It will be done soon."""
        self._asked.put((action, id))

    def _run(self) -> None:
        try:
            while (asked := self._asked.get()) is not None:
                self._operate(*asked)
        finally:
            connections.close_all()

    def _operate(self, action: str, id: str) -> None:
        try:
            call_command("operate", action, id, reason=REASON, stdout=StringIO())
        except CommandError as error:
            self._tally.fault(f"operate {action} {id}: {error}")
