"""What staff decide about a trip: afterwards API, vehicle, journal, callbacks, story and audits agree …"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bookings import services as bookings
from bookings.models import Booking, BookingEvent, Note
from customers import services as customers
from fleet.models import Asset
from legs.models import Leg, LegEvent
from maas.models import Callback, CallbackState
from payments.models import JournalEntry
from tests.admin.test_actions import press
from tests.days.books import trail, violated
from tests.factories import CallbackFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory
from tests.journey import NOW, given_booking, given_leg, minutes, mp_client, nothing_changes, pause_plan, report
from tests.trip_factories import BookingFactory

ADDRESS = "https://mp.example.org"
MATRIX = Path(__file__).parents[1] / "permissions/matrix.csv"
MAY = ("view_booking", "view_leg", "change_booking", "add_journalentry", "change_callback")
WHY = "The lock is stuck."
RIDE = Decimal("3.00")  # 1.00 and ten minutes at 0.20
DEPOSIT = ("DEPOSIT", Decimal(50))
BACK = ("REFUND", Decimal(-50))


@dataclass
class Override:
    """One button: where it is pressed and what agrees afterwards."""

    button: str
    given: str  # the state of the leg, or of the booking
    state: tuple[str, str]  # of booking and leg, as the API tells
    asset: str
    journal: list[tuple[str, Decimal]]
    calls: list[str]
    event: str
    form: dict[str, Any] = field(default_factory=dict)
    of: str = "leg"  # or booking
    price: Decimal | None = None
    permission: str = "change_booking"
    refused: str = "FINISHED"  # in which state it is not possible
    late: int = 10  # minutes after it began


FARE = ("FARE", RIDE)
OVER, CALLED_OFF = ("FINISHED", "FINISHED"), ("CANCELLED", "CANCELLED")
END = {"at": "2026-06-01T12:10:00"}
EXTRA = {"category": "FINE", "amount": "20", "vat_rate": "21", "description": "Wrong parking"}
OVERRIDES = {
    "confirm": Override(
        "confirm", "CONDITIONAL_CONFIRMED", ("CONFIRMED", "NOT_STARTED"), "RESERVED", [DEPOSIT],
        ["DEPOSIT", "COMMIT"], "CONFIRM", of="booking", late=1,
    ),
    "deny": Override(
        "deny", "CONDITIONAL_CONFIRMED", ("REJECTED", "CANCELLED"), "AVAILABLE", [], ["DENY"], "DENY", of="booking",
        price=Decimal(0), late=1,
    ),
    "expire": Override(
        "expire", "PENDING", ("EXPIRED", "CANCELLED"), "AVAILABLE", [], [], "EXPIRE", of="booking", price=Decimal(0),
        late=1,
    ),
    "cancel": Override(
        "cancel", "CONFIRMED", CALLED_OFF, "AVAILABLE", [DEPOSIT, BACK], ["REFUND", "CANCEL"], "CANCEL", of="booking",
        price=Decimal(0),
    ),
    "nobody came": Override(
        "no-show", "CONFIRMED", CALLED_OFF, "AVAILABLE", [DEPOSIT, BACK], ["REFUND", "USER_NO_SHOW", "CANCEL"],
        "NO_SHOW", of="booking", price=Decimal(0),
    ),
    "claim": Override(
        "claim-extra-costs", "FINISHED", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK, ("FINE", Decimal(20))], ["FINE"], "",
        EXTRA, of="booking", price=Decimal(23), permission="add_journalentry", refused="NEW",
    ),
    "refund": Override(
        "refund", "FINISHED", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK, ("REFUND", Decimal("-1.5"))], ["REFUND"], "",
        {"entry": "", "amount": "1.5", "description": "Sorry"}, of="booking", price=Decimal("1.5"),
        permission="add_journalentry", refused="NEW",
    ),
    "send again": Override(
        "send-again", "CONFIRMED", ("CONFIRMED", "NOT_STARTED"), "RESERVED", [DEPOSIT], ["CANCEL"], "SEND_AGAIN",
        of="booking", permission="change_callback",
    ),
    "pause": Override("pause", "IN_USE", ("STARTED", "PAUSED"), "IN_USE", [DEPOSIT], ["PAUSE"], "PAUSE"),
    "resume": Override("resume", "PAUSED", ("STARTED", "IN_USE"), "IN_USE", [DEPOSIT], ["SET_IN_USE"], "SET_IN_USE"),
    "extend": Override(
        "change-times", "IN_USE", ("STARTED", "IN_USE"), "IN_USE", [DEPOSIT], ["PUT"], "TIME_EXTEND",
        {"arrives_at": "2026-06-01T13:00:00"},
    ),
    "reassign": Override(
        "reassign", "NOT_STARTED", ("CONFIRMED", "NOT_STARTED"), "AVAILABLE", [DEPOSIT], ["ASSIGN_ASSET", "PUT"],
        "ASSIGN_ASSET", {"vehicle_number": "SPARE"},
    ),
    "ask to begin": Override(
        "start-leg", "NOT_STARTED", ("CONFIRMED", "NOT_STARTED"), "RESERVED", [DEPOSIT], ["START_LEG"], "START_LEG",
    ),
    "ask to replace": Override(
        "replace-asset", "NOT_STARTED", ("CONFIRMED", "NOT_STARTED"), "RESERVED", [DEPOSIT], ["REPLACE_ASSET"],
        "REPLACE_ASSET",
    ),
    "release before": Override(
        "release", "NOT_STARTED", CALLED_OFF, "AVAILABLE", [DEPOSIT, BACK], ["REFUND", "CANCEL"], "CANCEL",
        {"at": "2026-06-01T12:10:00"}, price=Decimal(0),
    ),
    "release during": Override(
        "release", "IN_USE", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK, ("REFUND", -RIDE)],
        ["REFUND", "FINISH", "REFUND"], "FINISH", END, price=Decimal(0), permission="add_journalentry",
    ),
    "end": Override(
        "end-ride", "IN_USE", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK], ["REFUND", "FINISH"], "FINISH",
        {**END, "charge": "STANDARD"}, price=RIDE,
    ),
    "end for nothing": Override(
        "end-ride", "PAUSED", OVER, "AVAILABLE",
        [DEPOSIT, ("FARE", Decimal("1.5")), BACK, ("REFUND", Decimal("-1.5"))],
        ["REFUND", "FINISH", "REFUND"], "FINISH", {**END, "charge": "VOID"}, price=Decimal(0),
    ),
    "end for less": Override(
        "end-ride", "IN_USE", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK, ("REFUND", Decimal(-1))],
        ["REFUND", "FINISH", "REFUND"], "FINISH", {**END, "charge": "SET", "amount": "2"}, price=Decimal(2),
    ),
    "end with a debit": Override(
        "end-ride", "IN_USE", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK, ("EXTRA_USAGE", Decimal(5))],
        ["REFUND", "FINISH", "EXTRA_USAGE"], "FINISH", {**END, "charge": "ADJUST", "amount": "5"}, price=Decimal(8),
    ),
    "end with a credit": Override(
        "end-ride", "IN_USE", OVER, "AVAILABLE", [DEPOSIT, FARE, BACK, ("REFUND", Decimal(-1))],
        ["REFUND", "FINISH", "REFUND"], "FINISH", {**END, "charge": "ADJUST", "amount": "-1"}, price=Decimal(2),
    ),
    "end as of before": Override(
        "end-ride", "IN_USE", OVER, "AVAILABLE", [DEPOSIT, ("FARE", Decimal("1.8")), BACK], ["REFUND", "FINISH"],
        "FINISH", {"at": "2026-06-01T12:04:00", "charge": "STANDARD"}, price=Decimal("1.8"),
    ),
}  # fmt: skip


DECIDE_NOTHING = {"change", "delete", "history"}
TELL_OR_NOTE = {"notify", "add-note", "review-photos"}  # nothing about the trip is another than before


def test_are_all_tried_here():
    """Each button of a booking or leg that has an address (tests/permissions/matrix.csv) is an override above."""
    addresses = re.compile(r"GET /admin/(?:bookings/booking|legs/leg)/<path:object_id>/([a-z-]+)/,")
    there = set(addresses.findall(MATRIX.read_text()))

    assert there - DECIDE_NOTHING - TELL_OR_NOTE == {override.button for override in OVERRIDES.values()}


@pytest.fixture
def mp(clock):
    return mp_client(base_url=ADDRESS)


@pytest.fixture
def trip(mp, clock):
    """Makes the trip an override is about, and lets its ten minutes pass."""

    def make(state, late=10):
        kind = AssetTypeFactory(default_plan=pause_plan())
        ConditionFactory(asset_type=kind, kind="conditionDeposit", details={"amount": 50, "currency": "EUR"})
        asset = AssetFactory(asset_type=kind, vehicle_number="FIRST")
        AssetFactory(asset_type=kind, vehicle_number="SPARE")
        if state in ("CONDITIONAL_CONFIRMED", "PENDING", "CONFIRMED", "FINISHED"):
            booking = given_booking(mp.provider, asset, state="STARTED" if state == "FINISHED" else state)
            if state == "FINISHED":
                report("FINISH")(booking.pk, NOW + minutes(10))
        else:
            booking = given_leg(mp.provider, asset, state=state).booking
        given_up = CallbackFactory(provider=mp.provider, booking_id=booking.pk)
        given_up.attempt(at=NOW, status=404, outcome="404: {}")
        given_up.give_up()
        given_up.save()
        clock.shift(timedelta(minutes=late))
        return booking.pk

    return make


def address(override, pk):
    return f"/admin/{'legs/leg' if override.of == 'leg' else 'bookings/booking'}/{pk}/{override.button}/"


def told_by_the_api(mp, pk):
    booking, leg = mp.get(f"/bookings/{pk}").json(), mp.get(f"/legs/{pk}").json()
    assert booking["legs"][0]["state"] == leg["state"]
    return booking["state"], leg["state"]


def form_of(override):
    """What is typed; of the calls that were given up there is one."""
    if override.button != "send-again":
        return override.form
    return {"call": Callback.objects.get(outcome="404: {}").pk}


def owed_calls(known=()):
    """What calls tell that are owed now and were not then, or not any more."""
    return [call.subject for call in Callback.objects.owed().order_by("pk") if call.pk not in known]


def owed():
    return set(Callback.objects.owed().values_list("pk", flat=True))


def story(pk):
    """Who did what and why, latest last; what a provider did is left out."""
    booking = BookingEvent.objects.filter(booking=pk, actor="ingrid").values_list("operation", "reason")
    leg = LegEvent.objects.filter(leg=pk, actor="ingrid").values_list("event", "comment")
    money = JournalEntry.objects.filter(booking=pk, actor="ingrid").values_list("category", "reason")
    return [*booking, *leg, *money]


@pytest.mark.parametrize("name", OVERRIDES)
def test_after(signed_in, mp, trip, name):
    override = OVERRIDES[name]
    pk, client = trip(override.given, override.late), signed_in(*MAY)
    known, broken = owed(), violated(NOW + minutes(override.late))

    [(level, said)] = press(client, address(override, pk), reason=WHY, **form_of(override))

    assert level == "success", said
    assert told_by_the_api(mp, pk) == override.state
    assert Asset.objects.get(vehicle_number="FIRST").state == override.asset
    entries = JournalEntry.objects.order_by("sequence").values_list("category", "amount")
    assert list(entries) == override.journal
    assert owed_calls(known) == override.calls
    if override.price is not None:
        assert Booking.objects.get().price == override.price
    events = dict(story(pk))
    assert any(WHY in why for why in events.values())
    assert override.event in ("", *events)
    assert any(WHY in why for _kind, _what, why in trail("ingrid"))
    assert violated(NOW + minutes(override.late)) <= broken


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_look_shows_it_and_changes_nothing(staff, trip, name):
    override = OVERRIDES[name]
    pk = trip(override.given, override.late)
    jobs, calls = ProcrastinateJob.objects.count(), list(Callback.objects.values())

    with nothing_changes():
        shown = staff.post(
            address(override, pk), {"_form_submitted": "True", "_look": "1", "reason": "", **form_of(override)}
        )

    effect = shown.context["form"].effect
    assert effect.refusal == ""
    assert len(effect.entries) == len(override.journal) - JournalEntry.objects.count()
    assert [call.partition(":")[0] for call in effect.calls] == override.calls
    assert (ProcrastinateJob.objects.count(), list(Callback.objects.values())) == (jobs, calls)


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_refusal_changes_nothing_in_another_state(staff, trip, name):
    override = OVERRIDES[name]
    given = {"NEW": "PENDING"}.get(override.refused, override.refused)
    pk = trip(given, 1)
    if name == "send again":
        Callback.objects.update(state=CallbackState.DELIVERED, attempted_at=NOW)
    form = form_of(override) | ({"amount": "100"} if name == "refund" else {"amount": "0"} if name == "claim" else {})
    calls = list(Callback.objects.values())

    with nothing_changes():
        answer = staff.post(address(override, pk), {"_form_submitted": "True", "seen": "", "reason": WHY, **form})

    assert answer.status_code == 200
    form = answer.context["form"]
    assert form.errors or form.effect.refusal
    assert list(Callback.objects.values()) == calls


@pytest.mark.parametrize("name", OVERRIDES)
@pytest.mark.parametrize("lacks", ["permission", "reason"])
def test_a_refusal_changes_nothing_without(signed_in, trip, name, lacks):
    override = OVERRIDES[name]
    pk = trip(override.given, override.late)
    client = signed_in(*(each for each in MAY if lacks != "permission" or each != override.permission))
    calls = list(Callback.objects.values())

    with nothing_changes():
        answer = client.post(
            address(override, pk),
            {"_form_submitted": "True", "reason": " " if lacks == "reason" else WHY, **form_of(override)},
        )

    assert answer.status_code == (403 if lacks == "permission" else 200)
    assert lacks == "permission" or answer.context["form"].errors.keys() == {"reason"}
    assert list(Callback.objects.values()) == calls


# What was shown is what is done


def seen(answer):
    return answer.context["form"].effect.digest


def test_what_was_not_seen_is_shown_first(staff, trip):
    pk = trip("IN_USE")
    end = OVERRIDES["end for less"]
    form = {"_form_submitted": "True", "reason": WHY, **end.form}
    opened = staff.get(address(end, pk))

    with nothing_changes():
        shown = staff.post(address(end, pk), {**form, "seen": seen(opened)})
    done = staff.post(address(end, pk), {**form, "seen": seen(shown)})

    assert shown.context["form"].is_another_effect
    assert "refund -1.00 EUR: The ride costs 2.00 EUR." in shown.content.decode()
    assert done.status_code == 302
    assert Booking.objects.get().price == 2


def test_what_somebody_else_changed_meanwhile_is_shown_first(staff, trip, clock):
    pk = trip("IN_USE")
    end = OVERRIDES["end"]
    form = {"_form_submitted": "True", "reason": WHY, **end.form}
    shown = staff.post(address(end, pk), {**form, "_look": "1"})
    report("PAUSE")(pk, NOW + minutes(10))

    answer = staff.post(address(end, pk), {**form, "seen": seen(shown)})

    assert answer.context["form"].is_another_effect
    assert Leg.objects.get().state == "PAUSED"


@pytest.mark.parametrize(("name", "after"), [("pause", "PAUSED"), ("end", "FINISHED")])
def test_the_effect_is_the_same_however_long_one_looks(staff, trip, clock, name, after):
    pk, override = trip("IN_USE"), OVERRIDES[name]
    opened = staff.get(address(override, pk))
    clock.shift(timedelta(minutes=5))
    form = {"_form_submitted": "True", "reason": WHY, **override.form}

    done = staff.post(address(override, pk), {**form, "seen": seen(opened)})

    assert done.status_code == 302
    assert Leg.objects.get().state == after


@pytest.mark.parametrize("is_window", [True, False])
def test_a_dialog_is_a_window_or_without_script_a_page(staff, trip, is_window):
    pk = trip("IN_USE")

    html = staff.get(
        address(OVERRIDES["end"], pk), headers={"HX-Request": "true"} if is_window else {}
    ).content.decode()

    assert ("<html" in html) is not is_window
    assert 'name="seen"' in html
    assert "End the ride" in html


# The end of a ride


@pytest.mark.parametrize("at", ["2026-06-01T11:59:00", "2026-06-01T12:11:00"])
def test_a_ride_ends_after_it_began_and_not_in_the_future(staff, trip, at):
    pk = trip("IN_USE")

    with nothing_changes():
        said = press(staff, address(OVERRIDES["end"], pk), reason=WHY, at=at, charge="STANDARD")

    assert said == [("error", "A ride ends after it began, and not in the future.")]


def test_why_not_is_said_in_the_language_of_the_colleague(staff, trip, settings):
    pk = trip("IN_USE")
    staff.cookies[settings.LANGUAGE_COOKIE_NAME] = "nl"

    said = press(staff, address(OVERRIDES["end"], pk), reason=WHY, at="2026-06-01T11:59:00", charge="STANDARD")

    assert said == [("error", "Een rit eindigt na het begin ervan, en niet in de toekomst.")]


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"charge": "SET"}, "amount"),
        ({"charge": "SET", "amount": "-1"}, "amount"),
        ({"charge": "STANDARD", "amount": "2"}, "amount"),
        ({"charge": "VOID", "amount": "2"}, "amount"),
        ({"charge": "STANDARD", "place": "Utrecht"}, "place"),
        ({"charge": "STANDARD", "place": "91, 5"}, "place"),
        ({"charge": "STANDARD", "place": "5.12, 52.09"}, "place"),  # near Somalia
    ],
)
def test_a_ride_is_not_ended_by_what_makes_no_sense(staff, trip, typed, where):
    pk = trip("IN_USE")

    with nothing_changes():
        answer = staff.post(address(OVERRIDES["end"], pk), {"_form_submitted": "True", "reason": WHY, **END, **typed})

    assert answer.context["form"].errors.keys() == {where}


def test_a_ride_ends_where_staff_say(staff, trip):
    pk = trip("IN_USE")

    press(staff, address(OVERRIDES["end"], pk), reason=WHY, charge="STANDARD", place="52.1, 5.2", **END)

    asset = Asset.objects.get(vehicle_number="FIRST")
    assert (asset.lat, asset.lon) == (52.1, 5.2)
    assert Callback.objects.get(body__event="FINISH").body["comment"] == WHY


def test_who_may_not_charge_ends_rides_for_what_they_cost(signed_in, trip):
    pk, client = trip("IN_USE"), signed_in("view_leg", "change_booking")
    end = OVERRIDES["end for nothing"]

    with nothing_changes():
        answer = client.post(address(end, pk), {"_form_submitted": "True", "reason": WHY, **end.form})
    press(client, address(end, pk), reason=WHY, charge="STANDARD", **END)

    assert answer.context["form"].errors["charge"] == ["You may not change what a ride costs."]
    assert Booking.objects.get().price == RIDE


def test_a_pause_after_the_end_was_no_pause(staff, trip, clock):
    pk = trip("IN_USE", late=0)
    for event, at in (("PAUSE", 4), ("SET_IN_USE", 6)):
        report(event)(pk, NOW + minutes(at))
    clock.shift(timedelta(minutes=10))

    press(staff, address(OVERRIDES["end"], pk), reason=WHY, charge="STANDARD", at="2026-06-01T12:03:00")

    leg = Leg.objects.get()
    assert (leg.segments, leg.arrived_at, leg.price(NOW).total) == (
        [["IN_USE", 180]],
        NOW + minutes(3),
        Decimal("1.60"),
    )


# The vehicle


def test_another_vehicle_of_the_type_is_assigned(staff, trip):
    pk = trip("NOT_STARTED")

    press(staff, address(OVERRIDES["reassign"], pk), reason=WHY, vehicle_number="")

    leg = Leg.objects.get()
    assert (leg.asset.vehicle_number, leg.asset.state, leg.asset_public_id) == (
        "SPARE",
        "RESERVED",
        leg.asset.public_id,
    )


def test_the_nearest_vehicle_is_assigned_where_none_is_named(staff, trip):
    pk = trip("NOT_STARTED")
    had = Leg.objects.get().asset
    AssetFactory(vehicle_number="A-FAR", asset_type=had.asset_type, lat=had.lat + 0.02, lon=had.lon)
    Asset.objects.filter(vehicle_number="SPARE").update(lat=had.lat - 0.001)

    press(staff, address(OVERRIDES["reassign"], pk), reason=WHY, vehicle_number="")

    assert Leg.objects.get().asset.vehicle_number == "SPARE"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("NONE", "There is no vehicle 'NONE'."),
        ("OTHER", "OTHER is of another type: moped."),
        ("sold", "SOLD is not free, it is RETIRED."),
        ("own", "The leg has OWN already."),
    ],
)
def test_a_vehicle_that_cannot_be_had_is_not_assigned(staff, trip, number, said):
    pk = trip("NOT_STARTED")
    AssetFactory(vehicle_number="OTHER", asset_type__type_id="moped")
    AssetFactory(vehicle_number="SOLD", asset_type=Leg.objects.get().asset_type, state="RETIRED")
    Asset.objects.filter(pk=Leg.objects.get().asset_id).update(vehicle_number="OWN")

    with nothing_changes():
        messages = press(staff, address(OVERRIDES["reassign"], pk), reason=WHY, vehicle_number=number)

    assert messages == [("error", said)]


# Notes


def test_a_note_is_for_colleagues(staff, trip):
    pk = trip("IN_USE")
    known = owed()

    press(staff, f"/admin/bookings/booking/{pk}/add-note/", text="She calls back at six.")

    note = Note.objects.get()
    assert (str(note.booking_id), note.actor, note.text) == (str(pk), "rita", "She calls back at six.")
    assert owed() == known
    assert "She calls back at six." in staff.get(f"/admin/bookings/booking/{pk}/change/").content.decode()


def test_a_note_needs_the_permission_to_change_bookings(signed_in, trip):
    pk, client = trip("IN_USE"), signed_in("view_booking")

    assert (
        client.post(f"/admin/bookings/booking/{pk}/add-note/", {"_form_submitted": "True", "text": "x"}).status_code
        == 403
    )

    assert not Note.objects.exists()


def test_a_note_is_gone_with_the_personal_data(trip, clock):
    pk = trip("FINISHED")
    bookings.add_note(booking_id=pk, text="Kim called.", actor="rita", now=NOW)

    bookings.anonymise(before=NOW + timedelta(days=1), limit=10, now=NOW + timedelta(days=1))

    assert not Note.objects.exists()


def test_a_note_is_gone_with_the_customer(db):
    booking = BookingFactory(state="FINISHED")
    other = bookings.add_note(booking_id=BookingFactory(state="FINISHED").pk, text="Another.", actor="rita", now=NOW)
    bookings.add_note(booking_id=booking.pk, text="Kim called.", actor="rita", now=NOW)

    customers.erase(customer_id=booking.customer_id, now=NOW)

    assert list(Note.objects.all()) == [other]
