"""What do the trips of a provider tell about it? Those booked in the period, whatever became of them."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.conformance.findings import Finding, Rule, Seen, Severity
from backoffice.conformance.tally import tally
from bookings.models import Booking, BookingEvent, BookingState, Party
from bookings.unstarted import NOBODY_CAME
from fleet.conditions import STEPS_OF
from fleet.steps import EVIDENCE
from legs.events import ASKED_FOR
from legs.models import RUNNING_STATES, Evidence, Leg, LegEvent, LegState
from legs.services.step import CLOCK_DRIFT, LATEST_REPORT
from maas.models import MaasProvider, Milestone

LEG_EVENTS, BOOKING_EVENTS = "TOMP 1.6.1 POST /legs/{{id}}/events", "TOMP 1.6.1 POST /bookings/{{id}}/events"

COMMIT = Rule(
    name="commit_never_sent",
    event="COMMIT",
    seen=_("COMMIT was never sent in {count} of {of} bookings that waited for it ({share})."),
    refused=_("COMMIT never came, or too late, in {count} of {of} bookings that waited for it ({share})."),
    expected=_("COMMIT before the time in Expires, or CANCEL as soon as nobody wants it: a vehicle is held meanwhile."),
    source=f"{BOOKING_EVENTS} COMMIT",
    from_share=0.1,
)
CANCEL = Rule(
    name="cancel_never_sent",
    event="CANCEL",
    seen=_("Nobody came and CANCEL was never sent in {count} of {of} confirmed bookings ({share})."),
    refused=_("Nobody came and CANCEL never came, or was refused, in {count} of {of} confirmed bookings ({share})."),
    expected=_("CANCEL when the traveller does not come: the vehicle is kept from others until we give up."),
    source=f"{BOOKING_EVENTS} CANCEL",
    from_share=0.1,
)
FINISH = Rule(
    name="finish_never_sent",
    event="FINISH",
    seen=_("FINISH was never sent in {count} of {of} rides ({share})."),
    refused=_("FINISH never came, or was refused, in {count} of {of} rides ({share})."),
    expected=_("FINISH at the end of each ride: without it the meter runs on until somebody here ends it."),
    source=f"{LEG_EVENTS} FINISH",
    severity=Severity.MUST,
    from_share=0.05,
    milder=Severity.SHOULD,
)
START_FINISHING = Rule(
    name="start_finishing_never_sent",
    event="START_FINISHING",
    seen=_("START_FINISHING was never sent in {count} of {of} rides that they finished ({share})."),
    refused=_("START_FINISHING never came, or was refused, in {count} of {of} rides that they finished ({share})."),
    expected=_("START_FINISHING when the traveller stops riding: by contract the price or the vehicle follows it."),
    source=f"{LEG_EVENTS} START_FINISHING",
)
PREPARE = Rule(
    name="prepare_never_used",
    event="PREPARE",
    seen=_("PREPARE was sent before none of {of} rides."),
    refused=_("PREPARE was sent before none of {of} rides, or was refused."),
    expected=_("PREPARE is optional; its answer tells the traveller how to open the vehicle."),
    source=f"{LEG_EVENTS} PREPARE",
    severity=Severity.NOTE,
)
PHOTO = Rule(
    name="photo_missing",
    seen=_("The photo is missing in {count} of {of} rides that need one ({share})."),
    expected=_("The address of a photo in url of START_FINISHING or FINISH, where the off-boarding steps ask for one."),
    source="TOMP 1.6.1 conditionRequireOffboardingSteps, SEND_EVIDENCE_…",
    severity=Severity.MUST,
    from_share=0.05,
    milder=Severity.SHOULD,
)
LOCATION = Rule(
    name="finish_without_location",
    seen=_("FINISH did not say where the vehicle is in {count} of {of} rides that they finished ({share})."),
    expected=_("The place in asset.overriddenProperties.location, so that the next traveller finds the vehicle."),
    source=f"{LEG_EVENTS} FINISH, LEG_EVENT_LOCATION_REQUIRED_FINISH",
    from_share=0.1,
)
AGAIN = Rule(
    name="finish_again_with_another_time",
    seen=_("FINISH was sent again with another time in {count} of {of} rides that they finished ({share})."),
    expected=_("A repetition keeps its time: the same event with the same time is answered again."),
    source=f"{LEG_EVENTS}, legEvent.time",
    severity=Severity.NOTE,
)
TOO_OLD = Rule(
    name="event_too_old",
    seen=_("{count} of {of} events ({share}) came more than ten minutes late; their time was not believed."),
    expected=_("Events at once. One that comes later than ten minutes counts from when it came."),
    source=f"{LEG_EVENTS}, legEvent.time",
    severity=Severity.MUST,
    from_share=0.05,
    milder=Severity.SHOULD,
)
LATE = Rule(
    name="event_late",
    seen=_("{count} of {of} events ({share}) came between one and ten minutes late."),
    expected=_("Events at once: until one comes, the vehicle is shown, and billed, as it was before."),
    source=f"{LEG_EVENTS}, legEvent.time",
    from_share=0.1,
)
AHEAD = Rule(
    name="event_of_the_future",
    seen=_("{count} of {of} events ({share}) were of more than a minute in the future; their time was not believed."),
    expected=_("The time at which it happened, by a clock that is right, with its offset from UTC."),
    source=f"{LEG_EVENTS}, legEvent.time",
    severity=Severity.MUST,
    from_share=0.05,
    milder=Severity.SHOULD,
)


def booked(provider: MaasProvider, since: datetime, until: datetime) -> QuerySet:
    """The bookings the provider made in the period."""
    return Booking.objects.for_provider(provider).booked().filter(booked_at__gte=since, booked_at__lt=until)


def about_bookings(bookings: QuerySet, refused: set[str]) -> tuple[int, list[Finding | None]]:
    """How many there are, and what was found. With AUTO_COMMIT a booking and its COMMIT are of one moment."""
    told = BookingEvent.objects.filter(booking=OuterRef("pk"))
    commits = told.filter(operation="COMMIT")
    nobody_came = Q(operation="NO_SHOW") | Q(operation="CANCEL", reason=NOBODY_CAME)
    rows = bookings.order_by().annotate(
        is_committed=Exists(commits),
        is_committed_by_them=Exists(commits.filter(at__gt=OuterRef("booked_at"))),
        is_ended_early=Exists(told.filter(operation="EXPIRE", at__lt=OuterRef("expires_at"))),
        is_no_show=Exists(told.filter(nobody_came, asked_by=Party.TO)),
    )
    lapsed = Q(state=BookingState.EXPIRED, is_committed=False, is_ended_early=False)
    over = (BookingState.STARTED, BookingState.FINISHED, BookingState.CANCELLED)
    about = {
        "all": Q(),
        "lapsed": lapsed,
        "waited": lapsed | Q(is_committed_by_them=True),
        "no_show": Q(is_no_show=True),
        "confirmed": Q(is_committed=True, state__in=over),
    }
    seen = tally(rows, about, at="booked_at", example="id", kind="booking")
    return seen["all"].count, [
        COMMIT.finding(_of(seen["lapsed"], seen["waited"]), refused),
        CANCEL.finding(_of(seen["no_show"], seen["confirmed"]), refused),
    ]


NEEDS_PHOTO = Q()
for _action in EVIDENCE:
    _step = [{"kind": STEPS_OF["offboarding"], "steps": [{"action": _action}]}]
    NEEDS_PHOTO |= Q(conditions__contains=_step)


def about_rides(bookings: QuerySet, provider: MaasProvider, refused: set[str]) -> tuple[int, list[Finding | None]]:
    """How many there are, and what was found. A dock ends its rides itself; of erased people nothing can be told."""
    theirs = ~Q(events__asked_by=Party.TO)
    rows = (
        Leg.objects.filter(booking__in=bookings.order_by().values("pk"), departed_at__isnull=False)
        .order_by()
        .annotate(
            finishes=Count("events", filter=theirs & Q(events__event="FINISH")),
            places=Count("events", filter=theirs & Q(events__event="FINISH", events__lat__isnull=False)),
            finishings=Count("events", filter=Q(events__event="START_FINISHING")),
            begins=Count("events", filter=theirs & Q(events__event="SET_IN_USE")),
            prepares=Count("events", filter=theirs & Q(events__event="PREPARE")),
            has_photo=Exists(Evidence.objects.filter(leg=OuterRef("pk"))),
        )
    )
    by_hand = Q(asset_type__docks_report=False)
    ended = by_hand & (Q(state=LegState.FINISHED) | Q(state__in=RUNNING_STATES, overdue_at__isnull=False))
    finished = by_hand & Q(state=LegState.FINISHED, finishes__gt=0)
    told = Q(booking__anonymised_at__isnull=True)
    photo = by_hand & told & NEEDS_PHOTO & Q(state=LegState.FINISHED)
    about = {
        "all": Q(),
        "ended": ended,
        "unfinished": ended & Q(finishes=0),
        "finished": finished,
        "at_once": finished & Q(finishings=0),
        "again": finished & Q(finishes__gt=1),
        "begun": Q(begins__gt=0),
        "unprepared": Q(begins__gt=0, prepares=0),
        "photo": photo,
        "no_photo": photo & Q(has_photo=False),
        "placed": finished & told,
        "unplaced": finished & told & Q(places=0),
    }
    seen = tally(rows, about, at="departed_at", example="booking_id", kind="booking")
    found = [
        FINISH.finding(_of(seen["unfinished"], seen["ended"]), refused),
        AGAIN.finding(_of(seen["again"], seen["finished"])),
        PHOTO.finding(_of(seen["no_photo"], seen["photo"])),
    ]
    if Milestone.START_FINISHING in (provider.bill_until, provider.release_asset_on):
        found.append(START_FINISHING.finding(_of(seen["at_once"], seen["finished"]), refused))
    if seen["unprepared"].count == seen["begun"].count and not provider.atomic_set_in_use:
        found.append(PREPARE.finding(replace(_of(seen["unprepared"], seen["begun"]), examples=()), refused))
    if not provider.location_is_of_user:
        found.append(LOCATION.finding(_of(seen["unplaced"], seen["placed"])))
    return seen["all"].count, found


def about_times(bookings: QuerySet) -> list[Finding | None]:
    """When events came, compared with when they happened; of some the time is not when they happened."""
    rows = LegEvent.objects.filter(leg__booking__in=bookings.order_by().values("pk")).exclude(asked_by=Party.TO)
    too_old = Q(at__lt=F("received_at") - LATEST_REPORT)
    about = {
        "all": Q(),
        "too_old": too_old,
        "late": Q(at__lt=F("received_at") - CLOCK_DRIFT) & ~too_old,
        "ahead": Q(at__gt=F("received_at") + CLOCK_DRIFT),
    }
    rows = rows.exclude(event__in=ASKED_FOR).order_by()
    seen = tally(rows, about, at="received_at", example="leg__booking_id", kind="booking")
    rules = {"too_old": TOO_OLD, "late": LATE, "ahead": AHEAD}
    return [rule.finding(_of(seen[name], seen["all"])) for name, rule in rules.items()]


def _of(part: Seen, whole: Seen) -> Seen:
    return replace(part, of=whole.count)
