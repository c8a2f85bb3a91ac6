"""Imports write one after the other, whoever makes them: a job of the back office or a command."""

from django.db import connection

IMPORTS = 0x1A55E75  # the advisory lock under which imports write


def take_turn() -> None:
    """Inside a transaction: no other import writes until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS])


def end_without_waiting() -> None:
    """Inside a transaction of a job that says what it has done: its end does not wait for the disk.

    Should the database die in that moment, the transaction is lost as a whole, and the job does it again. Whatever
    ends after it with waiting, as the job itself does, is not there without it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
