"""What stories about trips have in common: their places, who books, what already happened.

The clock stands still at NOW, a Monday noon, until a story moves it.
"""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from bookings import services as bookings
from bookings.models import Booking, BookingEvent, BookingState, Notification, Party, Subscription
from customers.models import Customer
from fleet import information, tariffs
from fleet.gateway import commands
from fleet.models import Asset, AssetPublicId, AssetType, Reservation
from legs import services as legs
from legs.models import Evidence, Leg, LegEvent, LegState
from maas.models import Callback, Milestone
from payments.models import Correction, JournalEntry
from planning import services as planning
from planning.options import Trip
from support.models import SupportRequest, SupportStatus
from tests.client import MpClient
from tests.factories import MaasProviderFactory
from tests.fleet_factories import LAT, LON, AssetFactory, FarePartFactory, PricingPlanFactory

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HERE = (LAT, LON)
NEARBY = (LAT + 0.001, LON)  # 111 m north
AROUND_THE_CORNER = (LAT + 0.0046, LON)  # 511 m north
FAR_AWAY = (LAT + 1, LON)  # 111 km north, in no region


def minutes(count):
    return timedelta(minutes=count)


def at(place, **more):
    """The member `from` of a request."""
    lat, lon = place
    return {"from": {"coordinates": {"lat": lat, "lng": lon}, **more}}


def located(place=HERE, **asset):
    """The members of an event that say where the vehicle is."""
    lat, lon = place
    return {"asset": {**asset, "overriddenProperties": {"location": {"coordinates": {"lat": lat, "lng": lon}}}}}


def pause_plan(**fields):
    """1.00 to unlock, 0.20 per minute, 0.05 per minute paused, 21 % VAT included."""
    per_minute = {"type": "FLEX", "unit_type": "MINUTE", "units": 1}
    parts = [
        FarePartFactory.build(name="Unlocking"),
        FarePartFactory.build(name="Riding", amount="0.20", position=1, **per_minute),
        FarePartFactory.build(name="Pause", amount="0.05", position=2, asset_state="PAUSED", **per_minute),
    ]
    return PricingPlanFactory(parts=parts, **fields)


# Who books


def mp_client(api_version="1.6.1", **terms):
    """The app of a new provider with this contract."""
    return MpClient(MaasProviderFactory(**terms), api_version)


@pytest.fixture(params=["1.5.0", "1.6.1"])
def api_version(request):
    return request.param


@pytest.fixture
def clock(db):
    """It is NOW until `move_to` or `shift`."""
    information.forget()
    tariffs.forget()
    information.system()
    tariffs.current()
    commands.forget()
    commands.gateways()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    information.forget()


@pytest.fixture
def mp(clock, api_version):
    """A provider with the usual contract: it commits what it books."""
    return mp_client(api_version, maas_id="mp")


@pytest.fixture
def other_mp(clock, api_version):
    return mp_client(api_version, maas_id="other-mp")


@pytest.fixture
def auto_mp(clock, api_version):
    """A provider whose bookings are confirmed at once."""
    return mp_client(api_version, maas_id="auto-mp", auto_commit=True)


@pytest.fixture
def entur(clock, api_version):
    """The contract of the Entur profile."""
    return mp_client(
        api_version,
        maas_id="entur:maas:shared-mobility",
        auto_commit=True,
        pascal_case_types=True,
        bill_until=Milestone.START_FINISHING,
        release_asset_on=Milestone.START_FINISHING,
    )


# What already happened: everything at NOW, unless told otherwise


def trip_with(asset, **more):
    lat, lon = asset.lat, asset.lon
    return Trip(from_place={"coordinates": {"lat": lat, "lng": lon}}, use_assets=[str(asset.public_id)], **more)


def given_offer(provider, asset=None, *, now=NOW):
    """A booking in state NEW."""
    asset = asset or AssetFactory()
    _until, [(booking, _leg)] = planning.offer(provider=provider, trip=trip_with(asset), version="1.6", now=now)
    return booking


def given_booking(provider, asset=None, *, state=BookingState.PENDING, now=NOW, **more):
    """A booking of the vehicle, led to the state by what leads there."""
    asset = asset or AssetFactory()
    no_extras = {"customer_data": None, "callback_url": "", "extra_info": None}
    if state in (BookingState.CONDITIONAL_CONFIRMED, BookingState.REJECTED):
        AssetType.objects.filter(pk=asset.asset_type_id).update(response_minutes=10)
    booking, _legs = bookings.book_one_stop(
        provider=provider, trip=trip_with(asset), version="1.6", now=now, **no_extras | more
    )
    for step in STEPS_TO[state]:
        step(booking.pk, now)
    return Booking.objects.get(pk=booking.pk)


def commit(booking_id, now):
    bookings.commit(booking_id=booking_id, now=now)


def cancel(booking_id, now):
    bookings.cancel(booking_id=booking_id, now=now)


def expire(booking_id, now):
    bookings.expire(booking_id=booking_id, now=now, even_if_not_due=True)


def deny(booking_id, now):
    bookings.deny(booking_id=booking_id, now=now)


def report(event, asked_by=Party.MP):
    def step(leg_id, now):
        legs.apply(event, leg_id=leg_id, at=now, now=now, asked_by=asked_by)

    return step


STEPS_TO = {
    BookingState.PENDING: (),
    BookingState.CONFIRMED: (commit,),
    BookingState.CONDITIONAL_CONFIRMED: (commit,),
    BookingState.STARTED: (commit, report("SET_IN_USE")),
    BookingState.FINISHED: (commit, report("SET_IN_USE"), report("FINISH")),
    BookingState.RELEASED: (cancel,),
    BookingState.EXPIRED: (expire,),
    BookingState.REJECTED: (commit, deny),
    BookingState.CANCELLED: (commit, cancel),
}


def given_leg(provider, asset=None, *, state=LegState.NOT_STARTED, now=NOW):
    """The leg of a confirmed booking, led to the state by events of ours, so that none is the provider's again."""
    booking = given_booking(provider, asset, now=now)
    if not provider.auto_commit:
        commit(booking.pk, now)
    for event in EVENTS_TO[state]:
        report(event, Party.TO)(booking.pk, now)
    if state == LegState.ISSUE_REPORTED:  # no event leads there, a call for help does
        legs.report_issue(booking=booking, provider=provider, now=now)
    return Leg.objects.get(pk=booking.pk)


EVENTS_TO = {
    LegState.NOT_STARTED: (),
    LegState.PREPARING: ("PREPARE",),
    LegState.IN_USE: ("SET_IN_USE",),
    LegState.PAUSED: ("SET_IN_USE", "PAUSE"),
    LegState.FINISHING: ("SET_IN_USE", "START_FINISHING"),
    LegState.ISSUE_REPORTED: ("SET_IN_USE",),
    LegState.FINISHED: ("SET_IN_USE", "FINISH"),
    LegState.CANCELLED: ("CANCEL",),
}


# What must not have happened

RECORDED = (
    Asset,
    AssetPublicId,
    Booking,
    BookingEvent,
    Callback,
    Correction,
    Customer,
    Evidence,
    JournalEntry,
    Leg,
    LegEvent,
    Notification,
    Reservation,
    Subscription,
    SupportRequest,
    SupportStatus,
)


ROWS = " UNION ALL ".join(
    f"SELECT '{model.__name__}', row_to_json(each)::text FROM {model._meta.db_table} each"  # noqa: S608 -- names of ours
    for model in RECORDED
)


def everything():
    """All that trips leave behind, as the database has it: (model, row), in one statement for being asked so often."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ROWS} ORDER BY 1, 2")
        return cursor.fetchall()


@contextmanager
def nothing_changes():
    before = everything()
    yield
    assert everything() == before
