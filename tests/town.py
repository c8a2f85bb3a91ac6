"""A small town in which staff act: two vehicles stand free, one is held for a trip, one is ridden."""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import time_machine
from django.contrib import admin
from django.contrib.messages import get_messages

from bookings.models import Booking
from fleet.models import Asset
from tests.agreement import books, differences, no_row_changes
from tests.days.books import trail
from tests.fleet_factories import LAT, AssetFactory, AssetTypeFactory, RegionFactory, StationFactory
from tests.journey import NOW, given_booking, given_leg, mp_client, pause_plan

ADDRESS = "https://mp.example.org"
WHY = "The lock is stuck."
RANDOM = re.compile(r"#\d+|[\w-]{8}…")


class Town:
    """FIRST and SPARE stand free, HELD waits for the trip of that name, RIDDEN is in the middle of its own."""

    def __init__(self):
        self.mp = mp_client(maas_id="mp", base_url=ADDRESS)
        self.kind = AssetTypeFactory(type_id="scooter", default_plan=pause_plan(plan_id="usual"))
        self.region = RegionFactory(region_id="city", name={"en": "City"})
        self.station = StationFactory(station_id="dom", lat=LAT + 0.01)
        for number in ("FIRST", "SPARE"):
            AssetFactory(asset_type=self.kind, vehicle_number=number)
        held = given_booking(self.mp.provider, self._vehicle("HELD"), state="CONFIRMED")
        ridden = given_leg(self.mp.provider, self._vehicle("RIDDEN"), state="IN_USE")
        self.trips = {held.pk: "HELD", ridden.booking_id: "RIDDEN"}
        self.kept = {}  # what a preparation made, by name
        self.client = None  # of the colleague

    def _vehicle(self, number):
        return AssetFactory(asset_type=self.kind, vehicle_number=number)

    def pk(self, number):
        return Asset.objects.values_list("pk", flat=True).get(vehicle_number=number)

    def booking(self, name):
        return Booking.objects.get(pk=next(pk for pk, known_as in self.trips.items() if known_as == name))

    def books(self, *further):
        """What is told by everybody, and what these further ones tell of the town."""
        said = books(self.mp, trips=self.trips)
        for tell in further:
            said |= tell(self)
        return said


@pytest.fixture(scope="module")
def founded(shared_world):
    with time_machine.travel(NOW, tick=False):
        return Town()


@pytest.fixture
def town(founded, clock):
    """As it was founded, whatever happened there in other tests of the file."""
    return deepcopy(founded)


def nothing(town):
    """Is prepared."""


@dataclass
class Act:
    """What a colleague does, once `given` was prepared, and all that is told otherwise afterwards."""

    address: Callable[[Town], str]
    makes: dict[tuple[str, str], Any]
    told: list[tuple[str, str, str]]  # by the audit trail: of what, what, why
    permission: str
    form: Callable[[Town], dict[str, Any]] = lambda town: {}
    given: Callable[[Town], None] = nothing
    refused: Callable[[Town], None] | None = None  # prepares what makes it impossible, in place of `given`
    refused_form: Callable[[Town], dict[str, Any]] = lambda town: {}
    needs: tuple[str, ...] = ("reason",)  # fields that may not be left empty
    then: Callable[[Town], None] = nothing  # what a worker does about it
    may_also: tuple[str, ...] = ()


def do(client, town, act, **changed):
    """(status, [level of each message]) of the form sent as a browser does; what is None is not sent."""
    town.client = client
    form = {"_form_submitted": "True", "reason": WHY, **act.form(town), **changed}
    form = {name: value for name, value in form.items() if value is not None}
    answer = client.post(act.address(town), form, headers={"HX-Current-URL": "/admin/"})
    return answer.status_code, [message.level_tag for message in get_messages(answer.wsgi_request)]


def codenames(act):
    """Whoever does it may look at everything."""
    return {*(f"view_{model._meta.model_name}" for model in admin.site._registry), act.permission, *act.may_also}


def all_agree_after(town, client, act, further):
    act.given(town)
    before = town.books(*further)

    _status, levels = do(client, town, act)
    act.then(town)

    assert "error" not in levels
    assert differences(before, town.books(*further)) == act.makes
    assert before["audit", ""] == set()
    assert told() == sorted(act.told)


def told():
    """What the audit trail says of the colleague, without numbers and beginnings of keys."""
    return sorted((about, what, RANDOM.sub("…", why)) for about, what, why in trail("ingrid"))


def nothing_changes_without(town, client, act, **missing):
    """`missing`: fields sent empty; none: the permission is what is missing."""
    act.given(town)

    with no_row_changes():
        status, levels = do(client, town, act, **missing)

    assert "success" not in levels
    assert status in ((200,) if missing else (200, 302, 403))


def nothing_changes_where_it_is_refused(town, client, act):
    act.refused(town)
    town.client = client

    with no_row_changes():
        status, levels = do(client, town, act, **act.refused_form(town))

    assert "success" not in levels
    assert status in (200, 403) or levels


class ActsOfStaff:
    """What is tested of each act of a file. Its class says which these are, and how a browser leaves a field empty."""

    acts: ClassVar[dict[str, Act]] = {}
    tell: ClassVar[tuple[Callable[[Town], dict], ...]] = ()  # who else is asked
    empty = " "

    def pytest_generate_tests(self, metafunc):
        cases = [(name, field) for name, act in self.acts.items() for field in act.needs]
        if "field" in metafunc.fixturenames:
            metafunc.parametrize(("name", "field"), cases)
        elif "possible" in metafunc.function.__name__:
            metafunc.parametrize("name", [name for name, act in self.acts.items() if act.refused])
        else:
            metafunc.parametrize("name", self.acts)

    def test_after(self, town, signed_in, name):
        all_agree_after(town, signed_in(*codenames(self.acts[name])), self.acts[name], self.tell)

    def test_a_refusal_changes_nothing_where_it_is_not_possible(self, town, signed_in, name):
        nothing_changes_where_it_is_refused(town, signed_in(*codenames(self.acts[name])), self.acts[name])

    def test_a_refusal_changes_nothing_without_permission(self, town, signed_in, name):
        client = signed_in(*codenames(self.acts[name]) - {self.acts[name].permission})

        nothing_changes_without(town, client, self.acts[name])

    def test_a_refusal_changes_nothing_without_what_is_asked_for(self, town, signed_in, name, field):
        client = signed_in(*codenames(self.acts[name]))

        nothing_changes_without(town, client, self.acts[name], **{field: self.empty})
