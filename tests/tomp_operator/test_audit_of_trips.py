"""manage.py audit, where a lot has happened …"""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from bookings import services as bookings
from bookings.models import Booking, BookingState
from fleet.models import Asset
from legs import callbacks
from legs.models import Leg, LegEvent, LegState
from maas.models import Callback
from payments import services as payments
from planning.options import Trip
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, CommandFactory, ConditionFactory, StationFactory
from tests.journey import HERE, NOW, at, given_booking, given_leg, given_offer, minutes, report
from tomp_operator.audit import INVARIANTS, audit

LATER = NOW + minutes(8)
ADDRESS = "https://mp.example.org/tomp"


def violated(now=LATER):
    return {invariant.name for invariant, found in audit(now=now, show=5) if found.violations}


def corrupt(*statements):
    """By hand, as nobody should; triggers that would refuse it are off meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("payments_journalentry", "payments_invoice"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount != 0, f"nothing was corrupted by: {statement}"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("payments_journalentry", "payments_invoice"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture(scope="module")
def past(shared_world):
    """A booking in every state, a leg in every state, money in every form, a promise, calls owed and delivered."""
    with time_machine.travel(NOW, tick=False):
        _make(MaasProviderFactory(maas_id="mp", base_url=ADDRESS))


@pytest.fixture
def trips(past, clock):
    """It is NOW, and that is what happened."""


def _make(provider):
    given_offer(provider)
    for state in (*BookingState, LegState.PREPARING, LegState.PAUSED, LegState.FINISHING, LegState.ISSUE_REPORTED):
        if state in LegState.values and state not in BookingState.values:
            given_leg(provider, state=state)
        elif state != BookingState.NEW:
            given_booking(provider, state=state)
    AssetFactory()
    _ride_with_deposit(provider)
    _promise(provider)


def _ride_with_deposit(provider):
    """Ten minutes on the invoice, then 1.00 of it back; all that was told of the first part has arrived."""
    asset = AssetFactory()
    ConditionFactory(asset_type=asset.asset_type)
    booking = given_booking(provider, asset, state=BookingState.STARTED, customer_data={"id": "c-1"})
    report("FINISH")(booking.pk, NOW + minutes(4))
    payments.claim(booking_id=booking.pk, category="FINE", amount=20, description="Parking", now=NOW + minutes(5))
    payments.invoice(provider=provider, since=NOW - timedelta(days=1), until=NOW + minutes(6), now=NOW + minutes(6))
    for minute, callback in enumerate(Callback.objects.filter(booking_id=booking.pk).order_by("pk")):
        callback.attempt(at=NOW + minutes(minute), status=200)
        callback.deliver()
        callback.save()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'callback_id' = %s", [str(callback.pk)])
    payments.refund(booking_id=booking.pk, amount=1, now=NOW + minutes(7))


def _promise(provider):
    """Of a type with one vehicle."""
    hub = StationFactory(station_id="hub")
    bike = AssetTypeFactory(ahead=True, type_id="bike")
    AssetFactory(asset_type=bike, station=hub, home_station=hub, vehicle_number="bike-1")
    trip = Trip(from_place=at(HERE)["from"], use_asset_types=["bike"], departs_at=NOW, arrives_at=NOW + minutes(60))
    bookings.book_one_stop(
        provider=provider, trip=trip, version="1.6", now=NOW, customer_data=None, callback_url="", extra_info=None
    )


def test_finds_nothing_wrong_with_healthy_trips(trips):
    looked_at = {invariant.name: found.looked_at for invariant, found in audit(now=LATER, show=5)}

    assert violated() == set()
    assert {name for name, rows in looked_at.items() if rows == 0} == {"commands-are-over", "the-forgotten-stay-so"}


# What is wrong

DATABASE = "the-database-keeps-its-promises"
FAULTS = [
    ("UPDATE bookings_booking SET state = 'CONFIRMED' WHERE state = 'STARTED'", {"bookings-and-their-legs"}),
    (
        """INSERT INTO fleet_reservation (leg_id, asset_type_id, period, is_virtual)
        SELECT id, asset_type_id, '[2027-01-01,2027-01-02)', false FROM legs_leg WHERE state = 'FINISHED' LIMIT 1""",
        {"nothing-held-for-what-is-over"},
    ),
    ("UPDATE legs_leg SET state = 'PAUSED' WHERE state = 'IN_USE'", {"legs-and-their-last-event"}),
    (
        "UPDATE legs_legevent SET event = 'PREPARE' WHERE event = 'SET_IN_USE' AND asked_by = 'MP'",
        {"steps-of-legs"},
    ),
    (
        """UPDATE bookings_bookingevent SET state = 'PENDING' WHERE operation = 'COMMIT' AND booking_id IN (
        SELECT b.id FROM bookings_booking b JOIN legs_leg l ON l.booking_id = b.id
        WHERE b.state = 'CONFIRMED' AND l.state = 'NOT_STARTED')""",
        {"bookings-and-their-last-event"},
    ),
    (
        """UPDATE bookings_bookingevent SET state = 'STARTED' WHERE operation = 'BOOK' AND booking_id IN (
        SELECT id FROM bookings_booking WHERE state = 'CONFIRMED')""",
        {"steps-of-bookings"},
    ),
    (
        "UPDATE fleet_asset SET state = 'RESERVED' WHERE vehicle_number = 'bike-1'",
        {
            "vehicles-and-reservations",
        },
    ),
    ("UPDATE fleet_asset SET state = 'AVAILABLE' WHERE state = 'RESERVED'", {"vehicles-and-reservations"}),
    ("UPDATE fleet_asset SET state = 'OUT_OF_SERVICE' WHERE state = 'IN_USE'", {"vehicles-and-reservations"}),
    ("UPDATE fleet_asset SET state = 'IN_USE' WHERE state = 'RESERVED'", {"vehicles-and-their-legs"}),
    ("UPDATE fleet_asset SET public_id = gen_random_uuid() WHERE state = 'RESERVED'", {"vehicles-and-their-legs"}),
    ("DELETE FROM fleet_reservation WHERE asset_id IS NULL", {"legs-and-reservations"}),
    (
        """UPDATE legs_leg l SET asset_id = other.asset_id, asset_public_id = other.asset_public_id FROM legs_leg other
        WHERE l.state = 'PREPARING' AND other.state = 'PAUSED'""",
        {"one-live-leg-per-vehicle", "vehicles-and-their-legs"},
    ),
    (
        (
            "ALTER TABLE fleet_reservation DROP CONSTRAINT reservations_of_an_asset_never_overlap",
            """UPDATE fleet_reservation r SET asset_id = l.asset_id FROM legs_leg l
            WHERE r.asset_id IS NULL AND l.state = 'PAUSED'""",
        ),
        {
            "reservations-do-not-overlap",
            "vehicles-and-reservations",
            "vehicles-and-their-legs",
            "legs-and-reservations",
            DATABASE,
        },
    ),
    ("UPDATE fleet_asset SET state = 'RETIRED' WHERE vehicle_number = 'bike-1'", {"promises-can-be-kept"}),
    ("UPDATE fleet_asset SET script = 'WORKS' WHERE vehicle_number = 'bike-1'", {"promises-can-be-kept"}),
    ("UPDATE maas_maasprovider SET is_sandbox = true", {"the-sandbox-stays-apart"}),
    ("UPDATE fleet_asset SET script = 'WORKS' WHERE state = 'IN_USE'", {"the-sandbox-stays-apart"}),
    (
        """INSERT INTO fleet_assetpublicid (public_id, asset_id, replaced_at)
        SELECT public_id, id, now() FROM fleet_asset WHERE vehicle_number = 'bike-1'""",
        {"public-ids-are-used-once"},
    ),
    ("DELETE FROM fleet_assetpublicid", {"public-ids-rotate"}),
    ("ALTER TABLE fleet_asset DROP CONSTRAINT charge_is_a_percentage", {DATABASE}),
    (
        (
            "ALTER TABLE fleet_asset DROP CONSTRAINT charge_is_a_percentage",
            "ALTER TABLE fleet_asset ADD CONSTRAINT charge_is_a_percentage CHECK (state_of_charge <= 100) NOT VALID",
        ),
        {DATABASE},
    ),
    ("DROP INDEX one_fare_per_leg", {DATABASE}),
    ("ALTER TABLE maas_callback DROP COLUMN provider_id, ADD COLUMN provider_id bigint", {DATABASE}),
    ("DROP TRIGGER journal_is_append_only ON payments_journalentry", {DATABASE}),
    (
        (
            "ALTER TABLE legs_legevent DROP CONSTRAINT a_leg_event_is_reported_once",
            """INSERT INTO legs_legevent (leg_id, event, at, state, asked_by, actor, comment, received_at)
            SELECT leg_id, event, at, state, asked_by, '', '', received_at FROM legs_legevent
            WHERE event = 'FINISH' LIMIT 1""",
        ),
        {"events-are-reported-once", DATABASE},
    ),
    ("UPDATE payments_journalentry SET leg_id = NULL WHERE category = 'FARE'", {"one-fare-per-ride"}),
    (
        """UPDATE payments_journalentry SET details = jsonb_set(details, '{vat_country}', '"SE"')
        WHERE category = 'FARE'""",
        {"fares-are-the-price-of-their-leg"},
    ),
    (
        "UPDATE payments_journalentry SET amount = amount + 1 WHERE category = 'FARE'",
        {"fares-are-the-price-of-their-leg", "bookings-show-what-is-charged", "invoices-are-the-sum-of-their-entries"},
    ),
    ("UPDATE payments_journalentry SET sequence = 9 WHERE category = 'FINE'", {"journals-have-no-gap"}),
    (
        (
            "UPDATE payments_journalentry SET amount = -100 WHERE category = 'REFUND' AND refers_to_id IS NULL",
            """UPDATE bookings_booking SET price = price - 99, extra_costs = extra_costs || '[{"amount": "-99"}]'
            WHERE id = (SELECT booking_id FROM payments_journalentry WHERE amount = -100)""",
        ),
        {"no-more-given-back-than-charged"},
    ),
    (
        "UPDATE payments_journalentry SET amount = -60 WHERE amount = -50",
        {"no-more-given-back-than-charged", "deposits-are-given-back", "invoices-are-the-sum-of-their-entries"},
    ),
    (
        "UPDATE payments_journalentry SET amount = -40 WHERE amount = -50",
        {"deposits-are-given-back", "invoices-are-the-sum-of-their-entries"},
    ),
    ("UPDATE bookings_booking SET price = price + 1 WHERE state = 'FINISHED'", {"bookings-show-what-is-charged"}),
    ("UPDATE bookings_booking SET price = 3 WHERE state = 'EXPIRED'", {"bookings-show-what-is-charged"}),
    ("UPDATE payments_invoice SET total = total + 1", {"invoices-are-the-sum-of-their-entries"}),
    ("UPDATE payments_invoice SET number = '2026-7'", {"invoices-are-the-sum-of-their-entries"}),
    ("UPDATE payments_invoice SET serial = 2", {"invoices-have-no-gap"}),
    (
        "UPDATE legs_leg SET segments = '[[\"IN_USE\", 3600]]' WHERE state = 'FINISHED'",
        {"prices-can-be-computed-again"},
    ),
    ("UPDATE legs_leg SET metered_since = now() WHERE state = 'FINISHED'", {"prices-can-be-computed-again"}),
    ("DELETE FROM procrastinate_jobs", {"owed-calls-are-under-way"}),
    (
        (
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES ('2026-06-01 12:05Z')",
            """UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)
            WHERE id = (SELECT min(id) FROM procrastinate_jobs)""",
        ),
        {"jobs-go-on"},
    ),
    ("UPDATE procrastinate_jobs SET scheduled_at = '2026-06-01 11:50Z'", {"jobs-go-on"}),
    (
        """UPDATE maas_callback SET attempted_at = '2026-06-01 11:00Z'
        WHERE id = (SELECT max(id) FROM maas_callback WHERE state = 'DELIVERED')""",
        {"calls-arrive-in-order"},
    ),
    (
        (
            "ALTER TABLE maas_callback DROP CONSTRAINT maas_callback_correlation_id_key",
            "UPDATE maas_callback SET correlation_id = '00000000-0000-4000-8000-000000000000'",
        ),
        {"calls-can-be-told-apart", DATABASE},
    ),
    ("DELETE FROM maas_callback WHERE path LIKE 'bookings/%/events'", {"what-we-decide-is-told"}),
    ("DELETE FROM maas_callback WHERE path LIKE 'legs/%/events'", {"what-we-decide-is-told"}),
    ("DELETE FROM maas_callback WHERE body->>'category' = 'FINE'", {"what-we-decide-is-told"}),
    (
        "UPDATE bookings_booking SET expires_at = '2026-06-01 12:02Z' WHERE state = 'PENDING'",
        {"what-lapsed-is-expired"},
    ),
    (
        "UPDATE bookings_booking SET created_at = '2025-06-01 09:00Z' WHERE state = 'RELEASED'",
        {"people-are-forgotten"},
    ),
    (
        "UPDATE bookings_booking SET anonymised_at = now(), customer_data = '{}' WHERE state = 'RELEASED'",
        {"the-forgotten-stay-so"},
    ),
]


@pytest.mark.parametrize(("statements", "expected"), FAULTS)
def test_finds(trips, statements, expected):
    corrupt(*([statements] if isinstance(statements, str) else statements))

    assert violated() == expected


def test_finds_a_command_nobody_knows_the_end_of(trips):
    CommandFactory(asset=Asset.objects.earliest("pk"), state="SENT", at=NOW)

    assert violated() == {"commands-are-over"}


def test_finds_what_a_provider_was_told_that_it_did_itself(trips):
    event = LegEvent.objects.filter(asked_by="MP", event="SET_IN_USE").first()
    leg = Leg.objects.for_trip().select_related("booking__provider").get(pk=event.leg_id)
    callbacks.event(leg, event.event, at=event.at, comment="", now=NOW)

    assert violated() == {"nothing-is-echoed"}


def test_takes_an_echo_for_a_subscription(trips):
    event = LegEvent.objects.filter(asked_by="MP", event="SET_IN_USE").first()
    leg = Leg.objects.for_trip().select_related("booking__provider").get(pk=event.leg_id)
    callbacks.echo(leg, event.event, at=event.at, webhook="", now=NOW)

    assert violated() == set()


def test_finds_that_staff_never_decided_what_was_told(trips):
    corrupt("UPDATE bookings_bookingevent SET asked_by = 'MP' WHERE operation = 'DENY'")

    assert violated() == {"nothing-is-echoed"}


@pytest.mark.parametrize("table", ["maas_callback", "payments_journalentry", "customers_customer"])
def test_finds_what_is_of_another_provider(trips, table):
    other = MaasProviderFactory()
    corrupt(f"UPDATE {table} SET provider_id = {other.pk}")  # noqa: S608

    assert violated() - {"invoices-are-the-sum-of-their-entries"} == {"everything-is-of-one-provider"}


def test_counts_what_was_given_up_and_does_not_complain(trips, capsys):
    callback = Callback.objects.filter(state="OWED").first()
    callback.give_up()
    callback.save()

    assert violated() == set()
    assert ["1 given up" for _invariant, found in audit(now=LATER, show=5) if found.note] == ["1 given up"]


def test_lets_staff_send_again_what_was_given_up(trips):
    last = Callback.objects.filter(state="DELIVERED").order_by("pk").last()
    Callback.objects.filter(pk=last.pk).update(attempted_at=NOW - minutes(60), owed_again_at=NOW - minutes(61))

    assert violated() == set()


# How it says so


def test_ends_with_1_and_says_which_rows_are_wrong(trips, clock, capsys):
    clock.move_to(LATER)
    expired = Booking.objects.filter(state="EXPIRED")
    expired.update(price=3)

    with pytest.raises(SystemExit) as ended:
        call_command("audit")

    printed = capsys.readouterr().out
    assert ended.value.code == 1
    assert f"   bookings-show-what-is-charged {Booking.objects.count():>18} rows  1 WRONG\n" in printed
    assert f"      {expired.get().pk}\n" in printed
    assert printed.endswith(f"1 of {len(INVARIANTS)} invariants are violated.\n")


def test_shows_as_many_as_it_is_asked_for(trips, clock, capsys):
    clock.move_to(LATER)
    Booking.objects.filter(state__in=("EXPIRED", "RELEASED", "REJECTED")).update(price=3)

    with pytest.raises(SystemExit):
        call_command("audit", "--show", "2", "--json")

    report = json.loads(capsys.readouterr().out)
    [wrong] = [each for rule in report["rules"] for each in rule["invariants"] if each["violations"]]
    assert (report["ok"], report["at"]) == (False, LATER.isoformat())
    assert (wrong["name"], wrong["violations"], len(wrong["ids"])) == ("bookings-show-what-is-charged", 3, 2)


def test_can_be_asked_about_every_invariant():
    found = set().union(*(expected for _statements, expected in FAULTS))
    shown_otherwise = {
        "commands-are-over", "nothing-is-echoed", "everything-is-of-one-provider", "calls-that-were-given-up",
    }  # fmt: skip

    assert found | shown_otherwise == {invariant.name for invariant in INVARIANTS}
