"""A cursor that a connection keeps for statements whose rows are fetched at once.

To make a cursor and to close it takes as long as to send a statement and to read the answer; what a cursor has learnt
of the types it sends and reads is lost with it.
"""

from typing import Any


def of(connection: Any) -> Any:
    """The kept cursor of this connection of Django's: who executes with it fetches all before anybody else executes.

    Where statements are logged (DEBUG, assertNumQueries) each has a cursor of its own, as Django decides then.
    """
    if connection.queries_logged:
        return connection.cursor()
    connection.close_if_health_check_failed()
    kept = connection.__dict__.get("kept_cursor")
    if kept is None or kept.cursor.connection is not connection.connection or kept.cursor.closed:
        kept = connection.kept_cursor = connection.cursor()
    return kept
