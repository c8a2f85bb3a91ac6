"""The map in the app, which is never quite up to date."""

import threading
import time

from demo.client import Client
from demo.search import Json

FRESH_S = 5


class Map:
    """What is available, as an app shows it: asked for again when it is older than a few seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[Json] = []
        self._drawn_at = 0.0

    def rows(self, client: Client) -> list[Json]:
        with self._lock:
            if time.monotonic() - self._drawn_at > FRESH_S or not self._rows:
                self._rows = client.get("/operator/available-assets")
                self._drawn_at = time.monotonic()
            return self._rows
