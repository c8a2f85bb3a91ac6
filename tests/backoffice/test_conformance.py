"""The conformance report of a provider …"""

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.conformance import Example, Severity, report
from backoffice.conformance.findings import Seen, percent
from bookings import services as bookings
from bookings.models import Party
from bookings.unstarted import NOBODY_CAME
from legs import services as legs
from maas import remarks
from maas.models import Callback, CallbackChannel, MaasProvider, Milestone
from tests.client import refused
from tests.factories import CallbackChannelFactory, CallbackFactory, MaasProviderFactory
from tests.fleet_factories import AssetFactory, ConditionFactory, RegionFactory, SystemFactory
from tests.journey import HERE, NOW, given_booking, located, minutes, mp_client
from tests.trip_factories import BookingEventFactory, BookingFactory, EvidenceFactory, LegEventFactory, LegFactory

SINCE, UNTIL = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
PHOTO = "https://mp.example.org/photo.jpg"
PHOTO_STEPS = {"steps": [{"action": "SEND_EVIDENCE_PARKED", "text": {"en": "Take a photo."}}]}


def report_on(provider, since=SINCE, until=UNTIL, now=UNTIL):
    remarks.write(remarks.tally.pending)
    remarks.tally.forget()
    return report(provider=provider, since=since, until=until, now=now)


def found(provider, **period):
    """The findings by name."""
    return {finding.name: finding for finding in report_on(provider, **period).findings}


@pytest.fixture
def provider(clock):
    RegionFactory()
    return MaasProviderFactory(maas_id="mp", name="Wheels")


def ride(provider, asset=None, *, now=NOW, steps=("PREPARE", "SET_IN_USE", "FINISH"), by_us=(), located=True, **more):
    """A trip of the provider: its events a minute apart, then ours. Returns its id."""
    booking = given_booking(provider, asset, now=now)
    if not provider.auto_commit:
        bookings.commit(booking_id=booking.pk, now=now + timedelta(seconds=1))
    events = [*((step, Party.MP) for step in steps), *((step, Party.TO) for step in by_us)]
    for number, (event, party) in enumerate(events, start=1):
        at = now + minutes(number)
        place = HERE if located and party == Party.MP else None
        legs.apply(event, leg_id=booking.pk, at=at, now=at, asked_by=party, location=place, **more)
    return booking.pk


# has nothing to say


def test_of_a_provider_who_never_called_there_is_nothing_to_look_at(provider):
    told = report_on(provider)

    assert (told.provider, told.findings, told.looked_at.is_nothing) == ("Wheels", (), True)


def test_of_good_trips_there_is_nothing_to_complain_about(provider):
    ride(provider)
    CallbackFactory(provider=provider, state="DELIVERED", attempts=1, attempted_at=NOW, created_at=NOW)

    told = report_on(provider)

    assert told.findings == ()
    assert (told.looked_at.bookings, told.looked_at.rides, told.looked_at.callbacks) == (1, 1, 1)
    assert not told.looked_at.is_nothing


def test_of_a_ride_under_way_there_is_nothing_to_complain_about(provider):
    ride(provider, steps=("PREPARE", "SET_IN_USE"))

    assert found(provider) == {}


# tells what the trips tell


def test_finish_never_sent(provider):
    kept = [ride(provider) for _number in range(3)]
    late = ride(provider, steps=("PREPARE", "SET_IN_USE"), by_us=("FINISH",), now=NOW + minutes(60))

    finding = found(provider)["finish_never_sent"]

    assert len(kept) == 3
    assert finding.severity == Severity.MUST
    assert finding.seen == "FINISH was never sent in 1 of 4 rides (25 %)."
    assert finding.source == "TOMP 1.6.1 POST /legs/{id}/events FINISH"
    assert (finding.count, finding.of, finding.last_at) == (1, 4, NOW + minutes(62))
    assert finding.examples == (Example("booking", late),)


def test_finish_that_was_refused_is_not_called_never_sent(clock):
    mp = mp_client(maas_id="mp")
    asset = AssetFactory()
    RegionFactory()
    ConditionFactory(asset_type=asset.asset_type, kind="conditionRequireOffboardingSteps", details=PHOTO_STEPS)
    leg_id = ride(mp.provider, asset, steps=("PREPARE", "SET_IN_USE"))
    clock.move_to(NOW + minutes(9))
    refused(mp.event(leg_id, "FINISH", **located()), 400, 4502)
    legs.apply("FINISH", leg_id=leg_id, at=NOW + minutes(9), now=NOW + minutes(9), asked_by=Party.TO)

    told = found(mp.provider)

    assert told["finish_never_sent"].seen == "FINISH never came, or was refused, in 1 of 1 rides (100 %)."
    assert (
        told["refused_4502"].seen == "POST /legs/{id}/events FINISH was refused 1 × with 400/4502 (Evidence required)."
    )
    assert told["photo_missing"].seen == "The photo is missing in 1 of 1 rides that need one (100 %)."
    assert told["photo_missing"].severity == Severity.MUST


def test_a_ride_that_still_goes_on_too_long_was_not_finished(provider):
    leg_id = ride(provider, steps=("PREPARE", "SET_IN_USE"))
    legs_of(leg_id).update(overdue_at=NOW + timedelta(hours=24))

    assert found(provider)["finish_never_sent"].seen == "FINISH was never sent in 1 of 1 rides (100 %)."


def legs_of(*ids):
    return LegFactory._meta.model.objects.filter(pk__in=ids)


def test_rides_that_a_dock_ends_need_no_finish(provider):
    asset = AssetFactory(asset_type__docks_report=True)
    ride(provider, asset, steps=("PREPARE",), by_us=("SET_IN_USE", "FINISH"))

    assert found(provider) == {}


def test_commit_never_sent(provider):
    ride(provider)
    given_booking(provider, state="RELEASED")
    lapsed = given_booking(provider)
    bookings.expire(booking_id=lapsed.pk, now=lapsed.expires_at)
    cut_short = given_booking(provider)
    bookings.expire(booking_id=cut_short.pk, now=NOW + minutes(1), even_if_not_due=True, actor="rita")

    finding = found(provider)["commit_never_sent"]

    assert finding.seen == "COMMIT was never sent in 1 of 2 bookings that waited for it (50 %)."
    assert (finding.severity, finding.examples) == (Severity.SHOULD, (Example("booking", lapsed.pk),))


def test_with_auto_commit_no_booking_waits(provider):
    MaasProvider.objects.update(auto_commit=True)
    provider.refresh_from_db()
    ride(provider)

    assert found(provider) == {}


@pytest.mark.parametrize("by", ["clock", "contract", "staff"])
def test_cancel_never_sent(provider, by):
    for _number in range(19):
        ride(provider)
    booking = given_booking(provider, state="CONFIRMED")
    if by == "clock":
        bookings.cancel(booking_id=booking.pk, now=NOW + minutes(40), asked_by=Party.TO, reason=NOBODY_CAME)
    else:
        actor = "rita" if by == "staff" else ""
        bookings.report_no_show(booking_id=booking.pk, now=NOW + minutes(40), actor=actor)

    finding = found(provider)["cancel_never_sent"]

    assert finding.seen == "Nobody came and CANCEL was never sent in 1 of 20 confirmed bookings (5 %)."
    assert (finding.severity, finding.examples) == (Severity.NOTE, (Example("booking", booking.pk),))


def test_a_booking_that_staff_call_off_is_no_fault_of_the_provider(provider):
    booking = given_booking(provider, state="CONFIRMED")
    bookings.cancel(booking_id=booking.pk, now=NOW + minutes(4), asked_by=Party.TO, actor="rita", reason="Broken")

    assert found(provider) == {}


@pytest.mark.parametrize(("milestone", "says"), [(Milestone.START_FINISHING, True), (Milestone.FINISH, False)])
def test_start_finishing_matters_where_the_contract_follows_it(provider, milestone, says):
    MaasProvider.objects.update(bill_until=milestone)
    provider.refresh_from_db()
    ride(provider)
    ride(provider, steps=("PREPARE", "SET_IN_USE", "START_FINISHING", "FINISH"))

    told = found(provider)

    assert ("start_finishing_never_sent" in told) == says
    if says:
        text = "START_FINISHING was never sent in 1 of 2 rides that they finished (50 %)."
        assert told["start_finishing_never_sent"].seen == text


def test_prepare_is_noted_only_if_it_is_never_used(provider):
    ride(provider, steps=("SET_IN_USE", "FINISH"))
    assert found(provider)["prepare_never_used"].seen == "PREPARE was sent before none of 1 rides."

    ride(provider)
    assert "prepare_never_used" not in found(provider)


def test_photos_are_counted_in_the_rides_that_need_one(provider):
    needs = AssetFactory()
    ConditionFactory(asset_type=needs.asset_type, kind="conditionRequireOffboardingSteps", details=PHOTO_STEPS)
    ride(provider, needs, urls=(PHOTO,))
    ride(provider, AssetFactory(asset_type=needs.asset_type), steps=("PREPARE", "SET_IN_USE"), by_us=("FINISH",))
    ride(provider)

    assert found(provider)["photo_missing"].seen == "The photo is missing in 1 of 2 rides that need one (50 %)."


def test_of_those_whose_data_are_erased_no_photo_and_no_place_is_missing(provider):
    needs = AssetFactory()
    ConditionFactory(asset_type=needs.asset_type, kind="conditionRequireOffboardingSteps", details=PHOTO_STEPS)
    ride(provider, needs, urls=(PHOTO,))
    bookings.anonymise(before=UNTIL + timedelta(days=1), limit=10, now=UNTIL)

    assert found(provider) == {}


def test_finish_without_a_place(provider):
    ride(provider)
    ride(provider, located=False)

    finding = found(provider)["finish_without_location"]

    text = "FINISH did not say where the vehicle is in 1 of 2 rides that they finished (50 %)."
    assert (finding.seen, finding.severity) == (text, Severity.SHOULD)


def test_no_place_is_missed_where_it_is_the_place_of_a_person(provider):
    MaasProvider.objects.update(location_is_of_user=True)
    provider.refresh_from_db()
    ride(provider, located=False)

    assert found(provider) == {}


def test_finish_again_with_another_time(provider):
    leg_id = ride(provider)
    for at in (NOW + minutes(3), NOW + minutes(4)):  # the first is a proper repetition
        legs.apply("FINISH", leg_id=leg_id, at=at, now=NOW + minutes(4), location=HERE)

    finding = found(provider)["finish_again_with_another_time"]

    assert finding.seen == "FINISH was sent again with another time in 1 of 1 rides that they finished (100 %)."


def test_times_that_are_not_believed(provider):
    leg = LegFactory(booking__provider=provider, booking__state="STARTED", booking__booked_at=NOW)
    for number, late in enumerate((0, 30, 60, 61, 600, 601, -60, -61, -3600)):
        received_at = NOW + timedelta(hours=2, minutes=number)
        LegEventFactory(leg=leg, event="PAUSE", at=received_at - timedelta(seconds=late), received_at=received_at)
    LegEventFactory(leg=leg, event="TIME_EXTEND", at=NOW + timedelta(days=1), received_at=NOW)
    LegEventFactory(leg=leg, event="FINISH", at=NOW - timedelta(days=1), received_at=NOW, asked_by="TO")

    told = found(provider)

    assert [told[name].seen for name in ("event_too_old", "event_late", "event_of_the_future")] == [
        "1 of 9 events (11 %) came more than ten minutes late; their time was not believed.",
        "2 of 9 events (22 %) came between one and ten minutes late.",
        "2 of 9 events (22 %) were of more than a minute in the future; their time was not believed.",
    ]


# tells how our calls are received


def given_callback(provider, state="DELIVERED", attempts=1, status=200, **more):
    return CallbackFactory(
        provider=provider, state=state, attempts=attempts, status=status, attempted_at=NOW, created_at=NOW, **more
    )


def test_calls_that_were_refused_repeated_unanswered_or_wait(provider):
    given_callback(provider)
    repeated = given_callback(provider, attempts=3)
    refusals = [given_callback(provider, "GIVEN_UP", status=404) for _number in range(2)]
    given_callback(provider, "GIVEN_UP", status=401)
    given_callback(provider, "GIVEN_UP", attempts=9, status=None)
    given_callback(provider, "OWED", attempts=2, status=500)
    given_callback(provider, kind="START_LEG", answer=None)
    given_callback(provider, kind="START_LEG", answer=True)
    given_callback(provider, "GIVEN_UP", attempts=0, status=None, kind="ADVICE")  # withdrawn
    given_callback(provider, "OWED", attempts=0, status=None)

    told = report_on(provider)

    assert told.looked_at.callbacks == 9
    assert [(finding.severity.value, finding.seen) for finding in told.findings] == [
        ("MUST", "2 of 9 of our calls were refused with 404 (22 %)."),
        ("MUST", "1 of 9 of our calls were refused with 401 (11 %)."),
        ("MUST", "1 of 9 of our calls were given up: nobody answered, or the address may not be called (11 %)."),
        ("SHOULD", "1 of 4 delivered calls needed more than one attempt (25 %)."),
        ("SHOULD", "1 of 9 of our calls were tried in vain and are still owed (11 %)."),
        ("SHOULD", "1 of 2 questions were not answered with true or false (50 %)."),
    ]
    assert {example.id for example in told.findings[0].examples} == {callback.pk for callback in refusals}
    assert told.findings[3].examples == (Example("callback", repeated.pk),)


def test_silence_is_told_while_it_lasts(provider):
    CallbackChannelFactory(provider=provider, failing_since=UNTIL - timedelta(hours=5, minutes=10))

    assert found(provider)["silent"].seen == "Nobody has answered our calls for 5 hours."
    assert found(provider, now=UNTIL + timedelta(hours=1)) == {}
    CallbackChannel.objects.update(failing_since=UNTIL - minutes(59))
    assert found(provider) == {}


# tells what the calls were like


def test_what_was_counted_of_calls(clock, provider):
    mp = mp_client(maas_id="other")
    for _number in range(3):
        refused(mp.post("/planning/offers", {}), 400, 2001)
    mp.get("/bookings", headers={"Api-Version": "2.0.0"})
    mp.get("/bookings", headers={"Accept-Language": None, "MaasId": "mp"}, check=False)
    mp.get("/executions/5d2f7c3a-8f0e-4a5c-9a55-1f6d1f7f0001")
    mp.offers(useAsset=["1"], **{"from": {"coordinates": {"lat": 52.0, "lng": 5.0}}})
    mp.one_stop(useAssets=["1"], **{"from": {"coordinates": {"lat": 52.0, "lng": 5.0}}})

    told = report_on(mp.provider)

    assert (told.looked_at.calls, told.looked_at.refused) == (8, 6)
    assert [(finding.severity.value, finding.seen, finding.source) for finding in told.findings] == [
        (
            "MUST",
            "POST /planning/offers was refused 3 × with 400/2001 (A required value is missing: from).",
            "TOMP 1.6.1 POST /planning/offers, error 400/2001",
        ),
        (
            "SHOULD",
            "Accept-Language was missing in 1 of 8 calls (12 %).",
            "TOMP 1.6.1 request headers, Accept-Language",
        ),
        (
            "SHOULD",
            "Maasid is no header of the protocol; it came with 1 of 8 calls (12 %).",
            "TOMP 1.6.1 request headers, maas-id",
        ),
        (
            "SHOULD",
            "POST /planning/offers: the member useAsset is not of the protocol; it came 1 ×.",
            "TOMP 1.6.1 POST /planning/offers",
        ),
        (
            "SHOULD",
            "GET /executions/{id} was refused 1 × with 404/4204 (Not found).",
            "TOMP 1.6.1 GET /executions/{id}, error 404/4204",
        ),
        (
            "SHOULD",
            "Version 2.0.0 was asked for 1 ×; refused with 400/7008.",
            "TOMP 1.6.1 request headers, Api-Version, error 400/7008",
        ),
        (
            "NOTE",
            "GET /executions/{id} is an old name; it was called 1 ×.",
            "TOMP 1.6.1 paths; docs/old-names.md",
        ),
        (
            "NOTE",
            "POST /bookings/one-stop was refused 1 × with 406/3202 (The availability has expired).",
            "TOMP 1.6.1 POST /bookings/one-stop, error 406/3202",
        ),
    ]
    assert told.findings[0].expected == "The required header or member: from."


# keeps to its period and its provider


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(provider):
    instant = timedelta(microseconds=1)
    for booked_at in (SINCE - instant, SINCE, UNTIL - instant, UNTIL):
        booking = BookingFactory(provider=provider, state="EXPIRED", booked_at=booked_at)
        BookingEventFactory(booking=booking, operation="EXPIRE", state="EXPIRED", at=UNTIL, asked_by="TO")
        given_callback(provider, "GIVEN_UP", status=404)
        Callback.objects.filter(pk=Callback.objects.latest("pk").pk).update(created_at=booked_at)

    told = report_on(provider)

    assert (told.looked_at.bookings, told.looked_at.callbacks) == (2, 2)
    assert {finding.name: (finding.count, finding.of) for finding in told.findings} == {
        "commit_never_sent": (2, 2), "callbacks_refused": (2, 2),
    }  # fmt: skip


def test_calls_count_by_the_days_of_the_operators_calendar(provider):
    SystemFactory(timezone="Europe/Amsterdam")
    for day in (31, 1, 2):
        at = NOW.replace(month=5 if day == 31 else 6, day=day)
        remarks.write({(provider.pk, at.date(), "CALL", "", 0, 0, ""): (1, at)})
    since = datetime(2026, 5, 31, 22, tzinfo=UTC)  # midnight in Amsterdam

    assert report_on(provider, since=since, until=since + timedelta(days=1)).looked_at.calls == 1
    assert report_on(provider, since=since, until=since + timedelta(days=2)).looked_at.calls == 2


def test_another_providers_trips_and_calls_never_count(provider):
    other = mp_client(maas_id="other")
    ride(other.provider, steps=("SET_IN_USE",), by_us=("FINISH",), located=False)
    lapsed = given_booking(other.provider)
    bookings.expire(booking_id=lapsed.pk, now=lapsed.expires_at)
    given_callback(other.provider, "GIVEN_UP", status=404)
    CallbackChannelFactory(provider=other.provider, failing_since=SINCE)
    refused(other.get("/bookings", headers={"Api-Version": "3"}), 400, 7008)

    assert report_on(provider).looked_at.is_nothing
    assert found(provider) == {}
    assert len(found(other.provider)) == 6


# takes as long for much as for little


@pytest.mark.parametrize("rides", [1, 12])
def test_needs_the_same_statements_for_any_number_of_trips(provider, django_assert_num_queries, rides):
    for number in range(rides):
        leg_id = ride(provider, steps=("SET_IN_USE",), by_us=("FINISH",))
        EvidenceFactory(leg_id=leg_id)
        given_callback(provider, "GIVEN_UP", status=400 + number)
        remarks.write({(provider.pk, NOW.date(), "REFUSAL", f"GET /{number}", 400, 3002, ""): (1, NOW)})

    with django_assert_num_queries(7):  # calls; bookings, legs, events; callbacks, their refusals, the channel
        told = report(provider=provider, since=SINCE, until=UNTIL, now=UNTIL)

    assert told.looked_at.rides == rides


def test_shows_five_examples_the_latest_first(provider):
    ids = [ride(provider, steps=("PREPARE", "SET_IN_USE"), by_us=("FINISH",), now=NOW + minutes(n)) for n in range(7)]

    finding = found(provider)["finish_never_sent"]

    assert finding.examples == tuple(Example("booking", pk) for pk in ids[:1:-1])


@pytest.mark.parametrize(
    ("status", "code", "times", "severity"),
    [
        (400, 3002, 2, "SHOULD"), (400, 3002, 3, "MUST"), (415, 7002, 3, "MUST"), (403, 4004, 99, "SHOULD"),
        (404, 4204, 99, "SHOULD"), (409, 3004, 99, "SHOULD"), (429, 7007, 99, "SHOULD"), (403, 3202, 99, "SHOULD"),
        (406, 3202, 99, "NOTE"), (410, 3202, 99, "NOTE"), (403, 3201, 99, "NOTE"), (428, 3209, 99, "NOTE"),
    ],
)  # fmt: skip
def test_a_refusal_is_as_severe_as_what_it_shows(provider, status, code, times, severity):
    remarks.write({(provider.pk, NOW.date(), "REFUSAL", "POST /bookings", status, code, ""): (times, NOW)})

    assert found(provider)[f"refused_{code}"].severity == severity


@pytest.mark.parametrize(
    ("count", "of", "text"), [(1, 400, "< 1 %"), (1, 8, "12 %"), (399, 400, "> 99 %"), (3, 3, "100 %")]
)
def test_a_share_never_claims_all_or_nothing_that_is_not(count, of, text):
    assert percent(Seen(count, of)) == text
