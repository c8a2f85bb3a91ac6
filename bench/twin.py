"""The naive twin (bench/naive/) beside the product: its database on the same server, its fleet, what it wrote."""

import json
import subprocess
import sys
from collections import Counter

import psycopg
from django.conf import settings
from django.db import connection

from bench import service

DATABASE, MAAS_ID = "naive", "naive"
KEY = f"{service.SECRET}-{MAAS_ID}"
HEADERS = {"maas-id": MAAS_ID, "X-API-Key": KEY, "Api": "TOMP", "Api-Version": "1.6.1", "Accept-Language": "en"}


def make(vehicles):
    """An empty database with such a fleet; returns how many statements it sends for each step of a trip."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    done = subprocess.run(
        [sys.executable, "-m", "bench.naive", KEY, MAAS_ID, str(vehicles)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def vehicles():
    """As bench.rides.vehicles()."""
    rows = asked("SELECT public_id, lat, lng FROM naive_asset WHERE state = 'AVAILABLE' ORDER BY id")
    return [(str(public_id), lat, lng) for public_id, lat, lng in rows]


def counted():
    """As bench.rides.counted()."""
    [(finished,)] = asked("SELECT count(*) FROM naive_booking WHERE state = 'FINISHED'")
    [(fares,)] = asked("SELECT count(*) FROM naive_journalentry")
    return Counter(finished=finished, fares=fares)


def analyze():
    """As bench/service.py does for the product."""
    asked("VACUUM ANALYZE")


def asked(statement):
    server = settings.EMBEDDED_POSTGRES.connection()
    with psycopg.connect(
        host=server["HOST"], port=server["PORT"], user=server["USER"], dbname=DATABASE, autocommit=True
    ) as twin:
        cursor = twin.execute(statement)
        return cursor.fetchall() if cursor.description else []
