"""What happened to this vehicle? Its latest trips with their ways, its commands, and what colleagues did and noted."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fleet.admin.wording import duration
from fleet.models import Asset, Command
from legs.admin.legs import STATE_COLOURS
from legs.models import RUNNING_STATES, Leg
from tomp.admin import label, moment, short
from tomp.words import kilometres

LATEST, VERSIONS = 20, 200
COMMAND_COLOURS = {Command.State.SENT: "info", Command.State.DONE: "success", Command.State.FAILED: "danger"}
Point = list[float]


@dataclass(frozen=True)
class Trip:
    """A leg with this vehicle; `way` is [[lat, lon], …], of one point or none where nothing else was heard."""

    leg: Leg
    way: list[Point]

    @property
    def is_running(self) -> bool:
        return self.leg.state in RUNNING_STATES

    @property
    def address(self) -> str:
        return reverse("admin:legs_leg_change", args=[self.leg.pk])

    @property
    def name(self) -> str:
        return short(self.leg.pk)

    @property
    def state(self) -> str:
        return label(self.leg.state, self.leg.get_state_display(), STATE_COLOURS)

    @property
    def since(self) -> str:
        return moment(self.leg.departed_at or self.leg.departs_at)

    @property
    def until(self) -> str:
        return moment(self.leg.arrived_at) if self.leg.arrived_at else ""

    @property
    def lasted(self) -> str:
        if not (self.leg.departed_at and self.leg.arrived_at):
            return ""
        return duration(int((self.leg.arrived_at - self.leg.departed_at).total_seconds()))

    @property
    def km(self) -> str:
        return kilometres(self.leg.distance_m).replace(" ", "\u00a0") if self.leg.distance_m else ""


@dataclass(frozen=True)
class Place:
    """Where it was at a moment, and how that is known."""

    at: datetime
    lat: float
    lon: float
    what: str | Promise
    address: str = ""


@dataclass(frozen=True)
class Note:
    """What somebody wrote; empty = they deleted what was there."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class Story:
    trips: list[Trip] | None  # None: this colleague may not see them
    commands: list[Command] | None
    notes: list[Note]
    places: list[Place]

    @property
    def current(self) -> Trip | None:
        return next((trip for trip in self.trips or () if trip.is_running), None)

    def drawn(self, asset: Asset) -> dict[str, Any]:
        """What static/backoffice/whereabouts.js is told."""
        return {
            "here": [asset.lat, asset.lon] if asset.lat is not None else None,
            "rides": [[trip.way, trip.is_running] for trip in self.trips or () if len(trip.way) > 1],
            "places": [[place.lat, place.lon] for place in self.places],
        }


def story(asset: Asset, user: User) -> Story:
    """Of this vehicle, as far as this colleague may see it; three statements."""
    trips = _trips(asset) if user.has_perm("legs.view_leg") else None
    versions = _versions(asset)
    return Story(
        trips=trips,
        commands=list(asset.commands.all()[:LATEST]) if user.has_perm("fleet.view_command") else None,
        notes=_notes(versions),
        places=sorted(_places(trips or [], versions), key=lambda place: place.at, reverse=True)[: 2 * LATEST],
    )


def _trips(asset: Asset) -> list[Trip]:
    legs = Leg.objects.filter(asset=asset).select_related("booking__provider").defer("tariff", "conditions", "fare")
    return [Trip(leg, _way(leg)) for leg in legs.order_by("-departs_at", "-pk")[:LATEST]]


def _way(leg: Leg) -> list[Point]:
    if leg.departed_at is None:
        return []
    if leg.track:
        return [[lat, lon] for _millis, lat, lon in leg.track]
    begin = (leg.from_place or {}).get("coordinates")
    return [[begin["lat"], begin["lng"]]] if begin else []


def _versions(asset: Asset) -> list[dict[str, Any]]:
    """What staff and imports wrote, the oldest first."""
    columns = ("history_date", "history_user__username", "lat", "lon", "notes")
    newest = asset.history.order_by("-history_date", "-history_id").values(*columns)[:VERSIONS]
    return list(newest)[::-1]


def _notes(versions: list[dict[str, Any]]) -> list[Note]:
    """Each time the notes became other ones, the newest first."""
    first = [version for version in versions[:1] if version["notes"]]
    later = [newer for older, newer in pairwise(versions) if newer["notes"] != older["notes"]]
    notes = [Note(v["history_date"], v["history_user__username"] or "", v["notes"]) for v in [*first, *later]]
    return notes[::-1][:LATEST]


def _places(trips: list[Trip], versions: list[dict[str, Any]]) -> list[Place]:
    """Where its trips began and ended, and where colleagues or imports put it."""
    found = []
    for trip in trips:
        if trip.way and trip.leg.departed_at:
            found.append(_end_of(trip, trip.leg.departed_at, trip.way[0], _("a trip began")))
        if len(trip.way) > 1 and trip.leg.arrived_at:
            found.append(_end_of(trip, trip.leg.arrived_at, trip.way[-1], _("a trip ended")))
    moved = [v for v in versions[:1] if v["lat"] is not None]
    for older, newer in pairwise(versions):
        if newer["lat"] is not None and (newer["lat"], newer["lon"]) != (older["lat"], older["lon"]):
            moved.append(newer)
    for version in moved:
        by = version["history_user__username"]
        what = _("placed by %(who)s") % {"who": by} if by else _("placed")
        found.append(Place(version["history_date"], version["lat"], version["lon"], what))
    return found


def _end_of(trip: Trip, at: datetime, point: Point, what: str) -> Place:
    lat, lon = point
    return Place(at, lat, lon, what, trip.address)


def outcome(command: Command) -> str:
    """How the command went, as a coloured tag."""
    return label(command.state, command.get_state_display(), COMMAND_COLOURS)
