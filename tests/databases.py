"""Databases beside that of the tests, on the same server, for what other processes do with one."""

import uuid
from contextlib import contextmanager
from urllib.parse import urlencode

from django.db import connection

from tomp_operator import embedded


@contextmanager
def another_database(what):
    """The name of an empty database, which is gone after the block."""
    name = f"{what}_{uuid.uuid4().hex[:12]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(name):
    """How another process reaches it."""
    place = connection.settings_dict
    server = urlencode({"host": place["HOST"], **({"port": place["PORT"]} if place["PORT"] else {})})
    return f"postgres://{place['USER']}:{place['PASSWORD']}@/{name}?{server}"


def program(name):
    """A program of PostgreSQL as new as our server."""
    return str(embedded.programs() / name)
