"""The first page says what needs somebody and how the day goes, and each number is that of the list it leads to."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from backoffice.models import FleetCount
from backoffice.tasks import count_fleet, forget_fleet_counts
from legs.models import Evidence
from payments.models import JournalEntry
from tests.factories import CallbackFactory, MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, SystemFactory, VehicleAlertFactory
from tests.trip_factories import (
    BookingFactory,
    ClaimFactory,
    CorrectionFactory,
    CustomerFactory,
    EvidenceFactory,
    JournalEntryFactory,
    LegFactory,
    SupportRequestFactory,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)  # 14:00 in Utrecht
MIDNIGHT = datetime(2026, 5, 3, 22, 0, tzinfo=UTC)  # its last one
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MONEY_OF_TODAY = {"created_at": NOW}


@pytest.fixture(autouse=True)
def at_noon(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    SystemFactory()


@pytest.fixture
def tester(db):
    return MaasProviderFactory(is_sandbox=True)


def page(client):
    return client.get("/admin/").context


def rows_of(client, address):
    """The rows of the list, whatever page they are on."""
    return client.get(address).context["cl"].result_count


def figure(client, title):
    return next(each for each in page(client)["figures"] if each.title == title)


def ride(**more):
    """A ride that began at this moment."""
    moment = more.pop("at", NOW)
    return LegFactory(
        booking__state=more.pop("state", "FINISHED"), departed_at=moment, arrived_at=more.pop("until", moment), **more
    )


def something_of_everything(provider, script=""):
    """Two rows of each list the page counts."""
    for number in range(2):
        asset = AssetFactory(script=script)
        stuck = AssetFactory(script=script)
        running = LegFactory(booking__provider=provider, booking__state="STARTED", asset=asset, overdue_at=NOW)
        LegFactory(booking__provider=provider, booking__state="STARTED", state="ISSUE_REPORTED", asset=stuck)
        for priority in ("ERROR_CANNOT_CONTINUE", "ERROR_CAN_CONTINUE", "DISTURBING_ISSUE", "QUESTION", "OTHER"):
            status = "PROCESSING" if number else "UPDATE_REQUESTED"
            SupportRequestFactory(booking=running.booking, priority=priority, status=status)
        BookingFactory(provider=provider, state="CONDITIONAL_CONFIRMED", expires_at=NOW + HOUR)
        CallbackFactory(provider=provider, attempts=1)
        CallbackFactory(provider=provider, state="GIVEN_UP")
        for kind in ("LOW_CHARGE", "SILENT", "FAULT", "MOVED_UNBOOKED", "OUTSIDE_AREA"):
            VehicleAlertFactory(asset=asset, kind=kind)
        ClaimFactory(booking=running.booking), CorrectionFactory(booking=running.booking)
        CustomerFactory(provider=provider, status="TO_PENDING_VALIDATION")
        EvidenceFactory(leg=running), EvidenceFactory(leg=running)


def what_needs_nobody():
    """Rows that look nearly like those that are counted."""
    over = LegFactory(booking__state="FINISHED", overdue_at=NOW)
    SupportRequestFactory(booking=over.booking, status="RESOLVED")
    BookingFactory(state="CONDITIONAL_CONFIRMED", expires_at=NOW), BookingFactory(state="PENDING")
    CallbackFactory(attempts=0)
    CallbackFactory(state="GIVEN_UP", created_at=MIDNIGHT - 6 * DAY - SECOND)
    CallbackFactory(state="DELIVERED", attempts=1, attempted_at=NOW)
    VehicleAlertFactory(closed_at=NOW)
    ClaimFactory(state="REJECTED", decided_at=NOW)
    CorrectionFactory(state="REFUSED", decided_at=NOW, decided_by="ben")
    CustomerFactory(), CustomerFactory(status="TO_PENDING_VALIDATION", erased_at=NOW)
    EvidenceFactory(leg=over, reviewed_at=NOW)


def test_each_need_has_as_many_rows_as_its_list(staff, tester):
    something_of_everything(MaasProviderFactory())
    something_of_everything(tester, script="WORKS")
    what_needs_nobody()

    needs = page(staff)["needs"]

    assert len(needs) == 19
    assert {need.title: (need.count, rows_of(staff, need.address)) for need in needs} == {
        need.title: (2, 2) for need in needs
    }


def test_nothing_needs_anybody_in_the_sandbox(staff, tester):
    something_of_everything(tester, script="WORKS")
    what_needs_nobody()

    context = page(staff)

    assert context["needs"] == []
    assert len(context["quiet"]) == 19
    assert {rows_of(staff, need.address) for need in context["quiet"]} == {0}


def test_the_most_urgent_stands_on_top_with_its_age(staff):
    SupportRequestFactory(priority="QUESTION", created_at=NOW - 3 * DAY)
    SupportRequestFactory(priority="ERROR_CANNOT_CONTINUE", created_at=NOW - 90 * SECOND)
    SupportRequestFactory(priority="ERROR_CANNOT_CONTINUE", created_at=NOW - 5 * HOUR - 59 * SECOND)

    needs = page(staff)["needs"]

    assert [(need.title, need.count, need.detail) for need in needs] == [
        ("Support: cannot continue", 2, "the oldest for 5 h"),
        ("Support: question", 1, "the oldest for 3 d"),
    ]


def test_rides_of_a_day_are_those_of_the_operators_calendar(staff):
    ride(at=MIDNIGHT), ride(at=NOW), ride(at=MIDNIGHT - SECOND), ride(at=MIDNIGHT - 13 * DAY)
    ride(at=MIDNIGHT - 13 * DAY - SECOND)

    rides = figure(staff, "Rides begun")

    assert rides.value == "2"
    assert rows_of(staff, rides.address) == 2
    assert [bar.text for bar in rides.bars][:1] + [bar.text for bar in rides.bars][-2:] == [
        "2026-04-21: 1", "2026-05-03: 1", "2026-05-04: 2",
    ]  # fmt: skip
    assert [rows_of(staff, bar.address) for bar in rides.bars] == [1, *[0] * 11, 1, 2]


def test_rides_under_way_are_counted(staff, tester):
    ride(state="STARTED", at=NOW - 2 * DAY, until=None), ride(), ride(booking__provider=tester)

    rides = figure(staff, "Rides begun")

    assert (rides.value, rides.links[0].text) == ("1", "1 under way")
    assert rows_of(staff, rides.links[0].address) == 1


def test_revenue_is_what_the_journal_adds_up_to_without_deposits(staff, tester):
    deposit = JournalEntryFactory(category="DEPOSIT", amount="50", **MONEY_OF_TODAY)
    back = JournalEntryFactory(category="CREDIT", amount="-50", refers_to=deposit, **MONEY_OF_TODAY)
    JournalEntryFactory(category="OTHER", amount="50", refers_to=back, **MONEY_OF_TODAY)
    fare = JournalEntryFactory(amount="7.25", **MONEY_OF_TODAY)
    JournalEntryFactory(category="REFUND", amount="-1.25", refers_to=fare, **MONEY_OF_TODAY)
    JournalEntryFactory(amount="4", currency="NOK", created_at=MIDNIGHT)
    JournalEntryFactory(amount="99", created_at=MIDNIGHT - SECOND)
    JournalEntryFactory(amount="99", booking__provider=tester, **MONEY_OF_TODAY)

    revenue = figure(staff, "Revenue, VAT included")

    assert (revenue.value, revenue.links[0].text) == ("6.00 EUR", "3 entries of the journal + 4.00 NOK")
    totals = staff.get(revenue.address).context["totals"]
    assert totals == [{"sum": "6.00 EUR", "count": 2}, {"sum": "4.00 NOK", "count": 1}]
    assert [bar.text for bar in revenue.bars][-2:] == ["2026-05-03: 99.00 EUR", "2026-05-04: 6.00 EUR"]


def test_what_is_earned_is_what_is_no_deposit(db):
    deposit = JournalEntryFactory(category="DEPOSIT", amount="50")
    entries = [deposit]
    for _generation in range(3):
        entries.append(JournalEntryFactory(category="OTHER", refers_to=entries[-1]))
    JournalEntryFactory(), JournalEntryFactory(category="OTHER", refers_to=JournalEntryFactory())

    earned = set(JournalEntry.objects.earned())

    assert earned == {entry for entry in JournalEntry.objects.all() if not entry.is_of_a_deposit}
    assert len(earned) == 3


def fleet():
    """4 usable of 7: 2 free, 2 on a trip; 3 are not; the rest is no part of the fleet."""
    thirsty = AssetTypeFactory(min_charge_percent=20)
    AssetFactory(), AssetFactory(state_of_charge=None), AssetFactory(state="IN_USE"), AssetFactory(state="RESERVED")
    (
        AssetFactory(asset_type=thirsty, state_of_charge=19),
        AssetFactory(state="OUT_OF_SERVICE"),
        AssetFactory(lat=None, lon=None),
    )
    AssetFactory(state="STORED"), AssetFactory(state="RETIRED"), AssetFactory(script="WORKS")
    AssetFactory(script="WORKS", state="IN_USE")


def test_utilisation_and_availability_are_those_of_the_real_fleet(staff):
    fleet()

    utilisation, availability = figure(staff, "Utilisation now"), figure(staff, "Availability now")

    assert (utilisation.value, [link.text for link in utilisation.links]) == ("50\u00a0%", ["2 on a trip", "2 free"])
    assert (availability.value, [link.text for link in availability.links]) == ("57\u00a0%", ["4 usable", "3 not"])
    assert [rows_of(staff, link.address) for link in (*utilisation.links, *availability.links)] == [2, 2, 4, 3]
    assert [rows_of(staff, each.address) for each in (utilisation, availability)] == [2, 4]


def test_the_fleet_is_counted_every_quarter_of_an_hour(staff, time_machine):
    fleet()
    for minutes in (0, 7, 15):
        time_machine.move_to(NOW + timedelta(minutes=minutes), tick=False)
        count_fleet(timestamp=0)

    kept = list(FleetCount.objects.order_by("at").values_list("at", "vehicles", "usable", "on_a_trip"))

    assert kept == [(NOW, 7, 4, 2), (NOW + timedelta(minutes=15), 7, 4, 2)]
    assert figure(staff, "Availability now").bars[-1].text == "2026-05-04: 57\u00a0%"
    assert figure(staff, "Availability now").bars[-2].text == "2026-05-03: –"


def test_counts_are_forgotten_with_the_rest(db, settings):
    settings.TOMP_RETENTION_DAYS = 30
    for days in (29, 31):
        FleetCount.objects.create(at=NOW - days * DAY, vehicles=1, usable=1, on_a_trip=0)

    assert forget_fleet_counts(timestamp=0) == 1
    assert FleetCount.objects.get().at == NOW - 29 * DAY


def test_an_empty_operator_has_an_empty_page(staff):
    context = page(staff)

    assert context["needs"] == []
    assert [each.value for each in context["figures"]] == ["0", "0", "–", "–"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_needs_the_same_statements_for_any_number_of_rows(staff, django_assert_num_queries, rows):
    for _row in range(rows):
        ride(id=uuid.uuid4()), JournalEntryFactory(), AssetFactory(), SupportRequestFactory(), EvidenceFactory()
        VehicleAlertFactory(), CallbackFactory(attempts=1)
    staff.get("/admin/")  # the operator is read every few seconds

    with django_assert_num_queries(18):
        staff.get("/admin/")


@pytest.mark.parametrize(
    ("permissions", "titles"),
    [
        ((), set()),
        (("view_customer",), {"Customers to approve"}),
        (("view_claim",), {"Claims to decide"}),
        (("view_booking",), {"Bookings wait for our confirmation"}),
    ],
)
def test_each_sees_what_is_theirs(signed_in, permissions, titles):
    something_of_everything(MaasProviderFactory())

    context = page(signed_in(*permissions))

    assert {need.title for need in context["needs"]} == titles
    assert (context["quiet"], context["figures"]) == ([], [])


@pytest.mark.parametrize(
    ("permission", "titles"),
    [
        ("view_leg", ["Rides begun"]),
        ("view_journalentry", ["Revenue, VAT included"]),
        ("view_asset", ["Utilisation now", "Availability now"]),
    ],
)
def test_each_sees_the_figures_that_are_theirs(signed_in, permission, titles):
    assert [each.title for each in page(signed_in(permission))["figures"]] == titles


def test_photos_are_looked_at_once(signed_in):
    leg = LegFactory(booking__state="FINISHED")
    EvidenceFactory(leg=leg), EvidenceFactory()
    client = signed_in("view_leg", "view_booking", "change_booking")

    client.post(f"/admin/legs/leg/{leg.pk}/review-photos/", {"_form_submitted": "True"})

    assert Evidence.objects.filter(leg=leg).values_list("reviewed_at", "reviewed_by").get() == (NOW, "ingrid")
    assert Evidence.objects.to_review().count() == 1


def test_who_may_only_read_does_not_look_at_photos_for_others(signed_in):
    photo = EvidenceFactory(leg=LegFactory(booking__state="FINISHED"))

    answer = signed_in("view_leg").post(f"/admin/legs/leg/{photo.leg_id}/review-photos/", {"_form_submitted": "True"})

    assert answer.status_code == 403
    assert Evidence.objects.to_review().count() == 1


@pytest.mark.parametrize("days", ["nonsense", "0001-01-01", "9999-12-31", "2026-02-30", "14", "yesterday"])
def test_a_list_takes_any_day(staff, days):
    assert staff.get("/admin/legs/leg/", {"days": days}).status_code == 200
