"""What everybody is told about the same things: a test says exactly what an action made different, and for whom."""

from contextlib import contextmanager
from functools import cache

from django.db import connection

from bookings.models import Booking
from fleet import catalogue, information, tariffs
from fleet.models import Asset, AssetPublicId, Command, Damage, Region
from gbfs import store
from gbfs.models import Feed
from maas.models import ApiKey, Callback, MaasProvider, OAuthClient
from payments.models import JournalEntry
from support.models import SupportRequest
from tests.days.books import violated
from tests.gbfs import feeds
from tests.journey import NOW
from tomp_operator import sharing

MAY_CHANGE = {"django_session", "gbfs_feed"}  # messages for the next page; feeds that were read


def books(mp, *, trips, now=NOW):
    """{(what, of which): what is said about it} by rows, by the API to this provider, by the feeds and by the audit.

    `trips` names bookings: {id: name}.
    """
    _minutes_later()
    return {
        **_rows(),
        **_told_by_the_api(mp, trips),
        **_published(),
        **_of_the_provider(mp.provider.pk, now),
        ("journal", ""): list(JournalEntry.objects.order_by("pk").values_list("category", "amount")),
        ("owed", ""): [call.subject for call in Callback.objects.owed().order_by("pk")],
        ("audit", ""): violated(now),
    }


def _minutes_later():
    """Whatever processes remember of what staff configure is read again, and every feed is built again."""
    for memory in (information, tariffs, catalogue, sharing, store):
        memory.forget()
    Feed.objects.all().delete()


def _rows():
    said = {}
    for asset in Asset.objects.select_related("station"):
        number = asset.vehicle_number
        said["state", number] = (asset.state, asset.state_reason, asset.out_after_trip)
        said["place", number] = asset.station.station_id if asset.station else (asset.lat, asset.lon)
        said["condition", number] = (asset.state_of_charge, tuple(asset.tags))
    for damage in Damage.objects.select_related("asset"):
        said["damage", damage.asset.vehicle_number] = (damage.severity, damage.repaired_by)
    for command in Command.objects.select_related("asset"):
        said["command", command.asset.vehicle_number] = (command.kind, command.state)
    for region in Region.objects.all():
        said["zone", region.region_id] = (region.kind, corner(region.area["coordinates"][0]))
    return said


def corner(ring):
    """Where its south-west is: [lon, lat], to the metre."""
    return [round(min(each), 5) for each in zip(*ring, strict=True)]


def _told_by_the_api(mp, trips):
    said = {}
    for booking in Booking.objects.filter(pk__in=trips):
        told, leg = mp.get(f"/bookings/{booking.pk}").json(), mp.get(f"/legs/{booking.pk}").json()
        assert told["legs"][0]["state"] == leg["state"]
        said["trip", trips[booking.pk]] = (told["state"], leg["state"], _number(leg["asset"]["id"]), booking.price)
    offered = [asset["id"] for row in mp.get("/operator/available-assets").json() for asset in row.get("assets", [])]
    said |= {("offered", _number(each)): True for each in offered}
    stations = mp.get("/operator/stations").json()
    said |= {("station", each["stationId"]): each.get("assetsAvailable") for each in stations}
    for asked in SupportRequest.objects.filter(provider=mp.provider):
        last = mp.get(f"/support/{asked.reference}/status").json()[-1]
        said["support", asked.comment] = (last["status"], last.get("comment", ""), asked.result, asked.assigned_to)
        said["urgency", asked.comment] = (asked.priority, asked.asset and asked.asset.vehicle_number)
    return said


def _number(public_id):
    """Of the vehicle that has, or had, this public id."""
    former = AssetPublicId.objects.filter(public_id=public_id).values_list("asset__vehicle_number", flat=True).first()
    return former or Asset.objects.get(public_id=public_id).vehicle_number


def _of_the_provider(pk, now):
    provider = MaasProvider.objects.get(pk=pk)
    client = OAuthClient.objects.filter(provider=pk).first()
    return {
        ("calls", provider.maas_id): provider.calls_paused_because or "go",
        ("keys", provider.maas_id): list(ApiKey.objects.valid(now).filter(provider=pk).values_list("label", flat=True)),
        ("former secret", provider.maas_id): bool(client and client.has_former_secret(now)),
    }


def _published():
    said = {}
    for public_id, vehicle in feeds.vehicles().items():
        states = [name for name in ("is_reserved", "is_disabled") if vehicle[name]]
        said["feed", _number(public_id)] = " ".join(states) or "free"
    for station in feeds.data("station_status")["stations"]:
        said["feed of station", station["station_id"]] = (
            station["is_renting"],
            station["is_returning"],
            station["num_vehicles_available"],
        )
    for zone in feeds.data("geofencing_zones")["geofencing_zones"]["features"]:
        [name] = [each["text"] for each in zone["properties"]["name"]]
        [rule] = zone["properties"]["rules"]
        said["feed of zone", name] = (rule["ride_end_allowed"], corner(zone["geometry"]["coordinates"][0][0]))
    return said


def differences(before, after):
    """{(what, of which): what is said now} wherever that is another; None where nothing is said any more."""
    return {key: after.get(key) for key in {*before, *after} if before.get(key) != after.get(key)}


@contextmanager
def no_row_changes():
    """In no table of the database is a row made, changed or deleted; whatever anybody is told is told from these."""
    before = _all_rows()
    yield
    assert _all_rows() == before


def _all_rows():
    """(table, row) of everything, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_whole_database())
        return cursor.fetchall()


@cache
def _whole_database():
    tables = {*connection.introspection.table_names()} - MAY_CHANGE
    rows = [f"SELECT '{table}', row_to_json(each)::text FROM {table} each" for table in sorted(tables)]  # noqa: S608
    return f"{' UNION ALL '.join(rows)} ORDER BY 1, 2"
