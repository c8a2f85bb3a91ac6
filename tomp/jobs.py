"""What jobs have in common: they do one thing with each of many, and one that fails stops no other."""

import structlog

from tomp import logs
from tomp.errors import TompError

log = structlog.get_logger(__name__)


def do_each(ids, do, *, failure):
    """`do` was called with each id. Returns how many times it did something, that is, did not answer False.

    A refusal is logged as a warning and anything else as an error, under the name `failure`; whatever it is, the next
    one has its turn.
    """
    done = 0
    for each in ids:
        with logs.about(id=each):
            try:
                done += do(each) is not False
            except TompError as refusal:
                log.warning(failure, reason=str(refusal.detail))
            except Exception:
                log.exception(failure)
    return done
