"""Imports write one after the other, whoever makes them: a job of the back office or a command."""

from django.db import connection

IMPORTS = 0x1A55E75  # the advisory lock under which imports write


def take_turn() -> None:
    """Inside a transaction: no other import writes until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS])
