"""About whom and what is a line of the log? Ids alone: nothing that tells who somebody is (docs/operating.md)."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from structlog import contextvars

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.IGNORECASE)


def bind(**ids: object) -> None:
    """Every later line of this request or job is about these, too."""
    written = {name: value if isinstance(value, int) else str(value) for name, value in ids.items()}
    contextvars.bind_contextvars(**written)


@contextmanager
def about(**ids: object) -> Generator[None]:
    """The lines inside the block are about these; what is bound in it holds no longer than the block."""
    before = contextvars.get_contextvars()
    bind(**ids)
    try:
        yield
    finally:
        contextvars.clear_contextvars()
        contextvars.bind_contextvars(**before)


def uuid_in(text: str) -> str | None:
    """The UUID an address ends in, bare or after a codespace; None where a caller wrote something else."""
    found = _UUID.search(text)
    return found[0].lower() if found else None
