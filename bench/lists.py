"""Lists, for providers and for staff, with 10,000, 100,000 and 1,000,000 bookings and 10,000 vehicles."""

from datetime import timedelta
from urllib.parse import quote

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import load, replay, service, targets
from bench.answers import asked, core_ms, growth
from bench.load import Clients
from bench.measuring import Table, quantiles, shown
from bookings.models import Booking, BookingState
from fleet.models import Asset
from legs.models import Leg
from maas.models import MaasProvider
from payments.models import JournalEntry
from tests.fleet_factories import LAT, LON, AssetFactory, SystemFactory
from tests.trip_factories import BookingFactory, JournalEntryFactory, LegFactory

SIZES = (10_000, 100_000, 1_000_000)
APART = timedelta(seconds=30)  # from booking to booking, into the past: a million are 347 days
OPEN = 20  # rides that go on now
VEHICLES = 10_000
QUICK = {"SIZES": (1_000, 2_000), "VEHICLES": 500}
COPIES = """
    INSERT INTO {table} ({columns}) SELECT {values}
    FROM {table} AS copied, generate_series(%(first)s::bigint, %(last)s::bigint) AS number WHERE copied.id = %(id)s
"""
# The id of booking and leg number n; version and variant as those of random ids.
UUID_OF = "overlay(overlay(md5(number::text) placing '4' from 13) placing '8' from 17)::uuid"
MOMENTS = ("created_at", "booked_at", "departs_at", "departed_at", "arrived_at", "valid_until")


def copy(row, first, last, **others):
    """Rows like this one, but for the columns named in `others` and for their moments, each APART from the next."""
    fields = [field for field in row._meta.concrete_fields if not (field.primary_key and field.name not in others)]
    values = [
        others.get(field.name, f"copied.{field.column} - number * interval '{APART.seconds} s'")
        if field.name in others or field.name in MOMENTS
        else f"copied.{field.column}"
        for field in fields
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = COPIES.format(table=row._meta.db_table, columns=columns, values=", ".join(values))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"first": first, "last": last, "id": row.pk})


def make_first(provider):
    """A finished ride of now, with its fare, and those that go on."""
    now, asset = timezone.now(), AssetFactory()
    moments = {"created_at": now, "booked_at": now, "departs_at": now, "valid_until": now}
    booking = BookingFactory(provider=provider, state=BookingState.FINISHED, departed_at=now, arrived_at=now, **moments)
    leg = LegFactory(booking=booking, asset=asset, departs_at=now, departed_at=now, arrived_at=now)
    entry = JournalEntryFactory(booking=booking, leg=leg, provider=provider, created_at=now)
    for _ride in range(OPEN):
        going = BookingFactory(provider=provider, state=BookingState.STARTED, departed_at=now, **moments)
        LegFactory(booking=going, asset=AssetFactory(asset_type=asset.asset_type), departs_at=now, departed_at=now)
    return booking, leg, entry


def make_fleet(asset_type):
    vehicles = (
        Asset(vehicle_number=f"v{number}", asset_type=asset_type, lat=LAT, lon=LON) for number in range(VEHICLES)
    )
    Asset.objects.bulk_create(vehicles, batch_size=service.ROWS_AT_ONCE)


def fill(booking, leg, entry, first, last):
    copy(booking, first, last, id=UUID_OF)
    copy(leg, first, last, id=UUID_OF, booking=UUID_OF)
    copy(entry, first, last, booking=UUID_OF, leg=UUID_OF)
    service.analyze()


def requests(headers, cookie, wanted):
    begun = timezone.now() - timedelta(days=2)
    since, until = (quote(moment.isoformat()) for moment in (begun, begun + timedelta(minutes=30)))
    browser = {"Cookie": cookie}
    paths = {
        f"{OFFICE} bookings": "/admin/bookings/booking/",
        f"{OFFICE} bookings under way": "/admin/bookings/booking/?state__exact=STARTED",
        f"{OFFICE} a booking searched by id": f"/admin/bookings/booking/?q={wanted}",
        f"{OFFICE} a booking": f"/admin/bookings/booking/{wanted}/change/",
        f"{OFFICE} the journal": "/admin/payments/journalentry/",
        f"{OFFICE} vehicles": "/admin/fleet/asset/",
        f"{OFFICE} the first page": "/admin/",
    }
    of_provider = {
        "GET /bookings, STARTED (20)": "state=STARTED",
        "GET /bookings, half an hour (60)": f"min-time={since}&max-time={until}",
        "GET /bookings, half an hour, FINISHED": f"state=FINISHED&min-time={since}&max-time={until}",
        "GET /bookings, the newest 1,000": "",
    }
    asked_for = {name: (f"/tomp/bookings?{query}", headers) for name, query in of_provider.items()}
    asked_for["GET /bookings/{id}"] = f"/tomp/bookings/{wanted}", headers
    return asked_for | {name: (path, browser) for name, path in paths.items()}


def signed_in():
    """The cookie of a browser whose user may do everything."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("bench"))
    return f"sessionid={browser.cookies['sessionid'].value}"


def run(folder):
    SystemFactory()
    headers, cookie = service.caller(maas_id="bench"), signed_in()
    first = make_first(MaasProvider.objects.get(maas_id="bench"))
    make_fleet(first[1].asset_type)
    by_size, made, memory, statements = {}, 0, [], {}
    with Clients() as clients, service.all_webs() as webs:
        for size in SIZES:
            fill(*first, made + 1, size)
            made = size
            assert Booking.objects.count() == Leg.objects.count() == size + 1 + OPEN
            assert JournalEntry.objects.count() == size + 1
            wanted = Booking.objects.order_by("created_at").values_list("pk", flat=True)[100]
            asked_for = requests(headers, cookie, wanted)
            by_size[size] = asked(clients, webs, {name: load.request("GET", *each) for name, each in asked_for.items()})
            statements[size] = {name: replay.counted(*each) for name, each in asked_for.items()}
            memory.append((f"{size:,}", shown(webs["product"].memory_mb("VmRSS"))))
    sql = [(name, *(statements[size][name] for size in SIZES)) for name in statements[SIZES[0]]]
    return [
        growth("Lists of bookings", "bookings", by_size, NOTE),
        Table("SQL statements of an answer", ("", *(f"{size:,} bookings" for size in SIZES)), sql),
        Table("Memory of the largest web process", ("bookings", "MB"), memory),
    ], findings(by_size, statements)


def findings(by_size, statements):
    """P11 of the most bookings there are, and the pages of the back office with a tenth of them."""
    most, fewer = SIZES[-1], SIZES[-2]
    found = [
        targets.at_most("P11", f"{name}: Python + PostgreSQL", 20, sum(core_ms(by_size[most][name])), "ms")
        for name in FILTERED
    ]
    for name, count in statements[fewer].items():
        if name.startswith(OFFICE):
            waited = quantiles(by_size[fewer][name], "GET")[1]
            found.append(targets.at_most("Back office", f"{name}, p95 of {fewer:,} bookings", 300, waited, "ms"))
            found.append(targets.at_most("Back office", f"{name}, SQL", 20, count))
    return found


OFFICE = "back office:"
FILTERED = ("GET /bookings, STARTED (20)", "GET /bookings, half an hour (60)", "GET /bookings, half an hour, FINISHED")
NOTE = (
    "One every 30 seconds, each with its leg and its fare, so that half an hour has as many in a long history; "
    f"{VEHICLES:,} vehicles."
)
