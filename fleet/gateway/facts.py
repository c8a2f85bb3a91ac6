"""What is known of the vehicles that report: read under their locks, written in one statement.

Lock order: the rows by primary key, FOR NO KEY UPDATE, and nothing else (docs/locking.md).
"""

from django.db import connection
from django.db.models import Q

from fleet.models import Asset

COLUMNS = {  # what a report may change, and how PostgreSQL calls its kind
    "lat": "float8",
    "lon": "float8",
    "state_of_charge": "int4",
    "range_m": "int4",
    "odometer_m": "int8",
    "lock_state": "text",
    "reported_at": "timestamptz",
    "station_id": "int8",
    "station_slot": "text",
    "is_docked": "bool",
    "dock_reported_at": "timestamptz",
}
READ = ("vehicle_number", "imei", "script", "asset_type_id", "state", "public_id", *COLUMNS)


def locked(names, vehicles):
    """Those of these vehicles with these numbers or IMEIs, locked until the transaction ends."""
    found = vehicles.filter(Q(vehicle_number__in=names) | Q(imei__in=names))
    return list(found.only(*READ).select_for_update(no_key=True, of=("self",)).order_by("pk"))


def write(assets):
    """The rows say what these objects say."""
    if not assets:
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("int8", *COLUMNS.values()))
    changes = ", ".join(f"{column} = reported.{column}" for column in COLUMNS)
    values = [[getattr(asset, name) for asset in assets] for name in ("pk", *COLUMNS)]
    statement = (
        f"UPDATE {Asset._meta.db_table} AS asset SET {changes} "  # noqa: S608 - names of our own columns
        f"FROM unnest({arrays}) AS reported (id, {', '.join(COLUMNS)}) WHERE asset.id = reported.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
