"""Whatever providers, travellers, staff and the clock do, in whatever order: the service does what rules.py says.

After each step everything that trips leave behind is compared with the model, so what is refused has changed nothing,
and nothing happened to anybody else's trip; in the end the audit has nothing to complain about. The calls are those of
an app; staff and clock go through the services that their pages and jobs use. CI makes 10,000 steps, the same each
time. TOMP_MODEL_STEPS=200000 goes further, and elsewhere each time unless TOMP_MODEL_SEED says where.
"""

import inspect
import os
import random
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bookings import tasks as booking_tasks
from bookings.models import Booking
from fleet.models import Asset, Reservation
from legs import services as legs
from legs import tasks as leg_tasks
from legs.models import Leg
from maas.models import Callback
from payments import services as payments
from payments.models import JournalEntry
from tests.client import MpClient, the_error
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory, ConditionFactory
from tests.journey import HERE, NOW, at, pause_plan
from tests.model.rules import CREATED, Contract, Trip, Vehicle
from tomp.errors import TompError
from tomp_operator.audit import audit
from tomp_operator.management.commands.operate import act

STEPS = int(os.environ.get("TOMP_MODEL_STEPS", "10000"))
SHARDS = 4
STEPS_OF_A_STORY = 60
STORIES = settings(
    max_examples=5,
    stateful_step_count=STEPS_OF_A_STORY,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink] if "TOMP_MODEL_SHRINK" in os.environ else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SEED = int(os.environ.get("TOMP_MODEL_SEED", random.randrange(10**6) if "TOMP_MODEL_STEPS" in os.environ else 0))

CONTRACTS = (
    Contract("usual", cancellation_fee=500),
    Contract("gives-back-early", auto_commit=True, stops_at_start_finishing=True),
)
NAMED = {contract.name: contract for contract in CONTRACTS}
VERSIONS = {"usual": "1.6.1", "gives-back-early": "1.5.0"}
OPEN = {"PENDING", "CONDITIONAL_CONFIRMED", "CONFIRMED", "STARTED"}
NOBODY_DELIVERS = {"jobs-go-on"}  # the clock jumps, and no worker runs here

# How often something happens for each of the others, and with what: rides have to be begun and ended, too.
HAPPENS = {
    "offer_or_book_at_once": 5,
    "ask_for_a_vehicle_by_a_former_id": 1,
    "time_passes": 5,
    "the_jobs_are_done": 2,
    "staff_take_a_vehicle_out_or_bring_it_back": 1,
}
HAPPENS_TO_TRIPS = {
    "book": 3,
    "operate": 5,
    "look": 1,
    "report": 12,
    "report_the_same_again": 1,
    "ask_for_help": 1,
    "meddle_with_the_trip_of_another": 1,
    "staff_decide": 2,
    "the_vehicle_or_staff_report": 3,
    "staff_give_money_back": 1,
}
WITH = {
    "contract": list(NAMED),
    "which": range(1000),  # picks one of those there are
    "once": (True, False),
    "operation": ("COMMIT", "COMMIT", "COMMIT", "CANCEL", "EXTEND_EXPIRY_TIME", "DENY"),
    "event": (
        "PREPARE", *["SET_IN_USE"] * 4, "PAUSE", "PAUSE", "START_FINISHING", "FINISH", "FINISH", "CANCEL", "OPEN_TRUNK",
    ),
    "late": (*[0] * 6, 1, 59, 240, 240, 599, 600, 601, 4000),
    "action": ("confirm", "confirm", "confirm", "deny", "cancel", "expire"),
    "amount": (1, 100, 140, 500),
    "seconds": (0, 1, 29, 29, 60, 60, 61, 61, 150, 150, 300, 300, 599, 600, 601, 899, 900, 1801, 3600),
}  # fmt: skip


def cents(amount):
    return int(amount * 100)


class Trips(RuleBasedStateMachine):
    """Two providers, three vehicles, and a clock."""

    steps = 0  # of all stories

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock, self.now = self.travel.start(), 0
        self.trips, self.ids, self.last = [], [], None
        self.apps = {contract.name: self._app(contract) for contract in CONTRACTS}
        self.vehicles = [Vehicle("plain"), Vehicle("deposit", has_deposit=True), Vehicle("asked", needs_answer=True)]
        for vehicle in self.vehicles:
            asset_type = AssetTypeFactory(
                default_plan=pause_plan(), response_minutes=10 if vehicle.needs_answer else None
            )
            if vehicle.has_deposit:
                ConditionFactory(asset_type=asset_type)
            AssetFactory(vehicle_number=vehicle.number, asset_type=asset_type)

    def teardown(self):
        try:
            self.the_jobs_are_done()
            self.everything_is_as_the_model_says()
            connection.check_constraints()
            found = {each.name for each, found in audit(now=timezone.now(), show=5) if found.violations}
            assert found <= NOBODY_DELIVERS, found
        finally:
            self.travel.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @staticmethod
    def _app(contract):
        milestone = "START_FINISHING" if contract.stops_at_start_finishing else "FINISH"
        provider = MaasProviderFactory(
            maas_id=contract.name, base_url="https://mp.example.org/tomp", auto_commit=contract.auto_commit,
            max_extensions=contract.extensions, cancellation_fee=Decimal(contract.cancellation_fee) / 100,
            bill_until=milestone, release_asset_on=milestone, lapse_warning_minutes=None,
        )  # fmt: skip
        return MpClient(provider, VERSIONS[contract.name])

    @rule(number=st.integers(0, 2**64 - 1))
    def something_happens(self, number):
        """Hypothesis alone would leave out too much at a time: hardly a ride was ever ended."""
        chance = random.Random(number)
        happens = HAPPENS | (HAPPENS_TO_TRIPS if self.trips else {})
        [name] = chance.choices(list(happens), happens.values())
        move = getattr(self, name)
        chosen = {each: chance.choice(WITH[each]) for each in inspect.signature(move).parameters}
        note(f"{self.now} s: {name} {chosen}")
        move(**chosen)

    # Booking

    def offer_or_book_at_once(self, contract, which, once):
        vehicle = self.vehicles[which % 3]
        wanted = {**at(HERE), "useAssets": [self._public_id(vehicle)]}
        trip = Trip(NAMED[contract], vehicle, offered_at=self.now, id_of_ride=vehicle.rides)
        is_free = vehicle.state == "AVAILABLE"
        if once:
            expected = trip.book(self.now) if is_free else (406, 3202)
            answer = self.apps[contract].one_stop(**wanted)
            self._expect(answer, expected)
            made = [answer.json()] if expected == CREATED else []
        else:
            made = self.apps[contract].offers(**wanted).json()["options"]
            assert len(made) == is_free
        if made:
            self.trips.append(trip)
            self.ids.append(made[0]["id"])

    def ask_for_a_vehicle_by_a_former_id(self, contract, which):
        former = Leg.objects.filter(state="FINISHED").order_by("pk").values_list("asset_public_id", flat=True)
        if former:
            wanted = {**at(HERE), "useAssets": [str(former[which % len(former)])]}
            assert self.apps[contract].offers(**wanted).json()["options"] == []

    def book(self, which):
        trip, app, booking_id = self._one(which, {"NEW"})
        self._expect(app.book(booking_id), trip.book(self.now))

    def operate(self, which, operation):
        trip, app, booking_id = self._one(which)
        self._expect(app.operation(booking_id, operation), trip.operate(operation, self.now))

    def look(self, which):
        trip, app, booking_id = self._one(which)
        trip.notice_lapse(self.now)
        answer = app.get(f"/bookings/{booking_id}")
        self._expect(answer, (404, 3204) if trip.state == "NEW" else (200, None))
        if trip.state != "NEW":
            assert (answer.json()["state"], answer.json()["legs"][0]["state"]) == (trip.state, trip.leg)

    # Riding

    def report(self, which, event, late):
        trip, _app, booking_id = self._one(which)
        self.last = (trip, booking_id, event, self.now - late)
        self._report(*self.last)

    def report_the_same_again(self):
        if self.last:
            self._report(*self.last)

    def _report(self, trip, leg_id, event, time):
        answer = self.apps[trip.contract.name].event(leg_id, event, time=self._moment(time).isoformat())
        self._expect(answer, trip.event(event, time, self.now))
        if answer.status_code == 200 and (event, time, False) in trip.reported:
            assert answer.json()["state"] == trip.leg

    def ask_for_help(self, which):
        trip, app, booking_id = self._one(which)
        help_ = {"id": booking_id, "supportType": "BROKEN_DOWN", "priority": "ERROR_CANNOT_CONTINUE", "comment": "!"}
        help_["time"] = timezone.now().isoformat()
        self._expect(app.post("/support/", help_), trip.ask_for_help(self.now))

    def meddle_with_the_trip_of_another(self, which, event):
        trip, _app, booking_id = self._one(which)
        stranger = next(app for name, app in self.apps.items() if name != trip.contract.name)
        for answer in (stranger.operation(booking_id, "CANCEL"), stranger.event(booking_id, event)):
            assert answer.status_code == 404

    # What we do ourselves

    def staff_decide(self, which, action):
        trip, _app, booking_id = self._one(which)
        if trip.state != "NEW":
            done = self._is_possible(act, action, booking_id, now=timezone.now(), actor="staff", reason="")
            assert done == trip.operator(action, self.now)

    def the_vehicle_or_staff_report(self, which, event, late):
        trip, _app, leg_id = self._one(which)
        if trip.state != "NEW":
            time = self.now - late
            done = self._is_possible(
                legs.apply, event, leg_id=leg_id, at=self._moment(time), now=timezone.now(), asked_by="TO"
            )
            assert done == (trip.event(event, time, self.now, by_operator=True)[0] == 200)

    def staff_take_a_vehicle_out_or_bring_it_back(self, which):
        vehicle = self.vehicles[which % 3]
        asset = Asset.objects.get(vehicle_number=vehicle.number)
        if vehicle.state == "AVAILABLE":
            asset.take_out_of_service(reason="New tyres")
            vehicle.state = "OUT_OF_SERVICE"
        elif vehicle.state == "OUT_OF_SERVICE":
            asset.put_in_service()
            vehicle.state = "AVAILABLE"
        asset.save()

    def staff_give_money_back(self, which, amount):
        trip, _app, booking_id = self._one(which)
        if trip.state != "NEW":
            money = Decimal(amount) / 100
            done = self._is_possible(payments.refund, booking_id=booking_id, amount=money, now=timezone.now())
            assert done == trip.refund(amount)

    # The clock

    def time_passes(self, seconds):
        self.now += seconds
        self.clock.shift(timedelta(seconds=seconds))

    def the_jobs_are_done(self):
        booking_tasks.expire_bookings(timestamp=0)
        booking_tasks.settle_unstarted(timestamp=0)
        leg_tasks.finish_forgotten(timestamp=0)
        for trip in self.trips:
            trip.notice_lapse(self.now)
            trip.nobody_came(self.now)
            trip.nobody_finished(self.now)

    # What is left of it

    @invariant()
    def everything_is_as_the_model_says(self):
        type(self).steps += 1
        stored = {str(pk): row for pk, *row in Booking.objects.values_list("pk", "state", "expires_at")}
        ridden = {str(pk): state for pk, state in Leg.objects.values_list("pk", "state")}
        journal, told = {}, {}
        entries = JournalEntry.objects.order_by("booking_id", "sequence")
        for booking_id, category, amount in entries.values_list("booking_id", "category", "amount"):
            journal.setdefault(str(booking_id), []).append((category, cents(amount)))
        for booking_id, body in Callback.objects.order_by("id").values_list("booking_id", "body"):
            told.setdefault(str(booking_id), []).append(_what_it_says(body))
        held = {str(leg_id) for leg_id in Reservation.objects.values_list("leg_id", flat=True)}
        assert set(stored) == set(ridden) == set(self.ids)
        for booking_id, trip in zip(self.ids, self.trips, strict=True):
            state, expires_at = stored[booking_id]
            until = None if trip.expires_at is None else self._moment(trip.expires_at)
            assert (state, ridden[booking_id], expires_at) == (trip.state, trip.leg, until)
            assert journal.get(booking_id, []) == trip.journal
            assert told.get(booking_id, []) == trip.told
            assert (booking_id in held) == trip.holds
        states = dict(Asset.objects.values_list("vehicle_number", "state"))
        assert states == {vehicle.number: vehicle.state for vehicle in self.vehicles}

    # In short

    def _one(self, which, states=OPEN):
        """A trip, four times out of five one in these states; the app of its provider, and its id."""
        likely = [place for place, trip in enumerate(self.trips) if trip.state in states]
        places = likely if likely and which % 5 else range(len(self.trips))
        place = places[which // 5 % len(places)]
        trip = self.trips[place]
        return trip, self.apps[trip.contract.name], self.ids[place]

    def _moment(self, seconds):
        return NOW + timedelta(seconds=seconds)

    def _public_id(self, vehicle):
        return str(Asset.objects.get(vehicle_number=vehicle.number).public_id)

    @staticmethod
    def _expect(answer, expected):
        code = the_error(answer)["errorcode"] if answer.status_code >= 400 else None
        assert (answer.status_code, code) == expected, answer.content[:500]

    @staticmethod
    def _is_possible(do, *args, **kwargs):
        try:
            do(*args, **kwargs)
        except TompError:
            return False
        return True


def _what_it_says(body):
    return body.get("operation") or body.get("event") or body.get("category")


@pytest.mark.parametrize("shard", range(SHARDS))
def test_of_many_steps_each_leads_where_the_model_says(clock, shard):
    machine = type("Trips", (Trips,), {"steps": 0})
    for run in range(SEED + shard, SEED + 10**6, SHARDS):
        try:
            run_state_machine_as_test(seed(run)(machine), settings=STORIES)
        except Exception as error:
            error.add_note(f"The same stories again, and then the shortest: TOMP_MODEL_SEED={run} TOMP_MODEL_SHRINK=1")
            raise
        if machine.steps * SHARDS >= STEPS:
            return
