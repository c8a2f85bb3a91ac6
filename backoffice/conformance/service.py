"""The report on one provider: all that was found, in as many statements for much as for little."""

from datetime import datetime, timedelta

from backoffice.conformance import trips
from backoffice.conformance.callbacks import about_callbacks
from backoffice.conformance.calls import about_calls
from backoffice.conformance.findings import LookedAt, Report, in_order
from fleet import information
from maas.models import MaasProvider

INSTANT = timedelta(microseconds=1)


def report(*, provider: MaasProvider, since: datetime, until: datetime, now: datetime) -> Report:
    """What the provider did otherwise than it should, from `since` until before `until`; nothing is written.

    Bookings count by when they were made, our calls by when they were owed, calls of the provider by their day on the
    operator's calendar: the days that `since` and `until` lie in.
    """
    days = information.local(since).date(), information.local(until - INSTANT).date()
    calls = about_calls(provider, *days)
    booked = trips.booked(provider, since, until)
    bookings, of_bookings = trips.about_bookings(booked, calls.refused_events)
    rides, of_rides = trips.about_rides(booked, provider, calls.refused_events)
    callbacks, of_callbacks = about_callbacks(provider, since, until, now)
    found = [*calls.findings, *of_bookings, *of_rides, *trips.about_times(booked), *of_callbacks]
    return Report(
        provider=str(provider),
        since=since,
        until=until,
        looked_at=LookedAt(calls.total, calls.refused, bookings, rides, callbacks),
        findings=in_order(found),
    )
