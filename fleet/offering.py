"""May this vehicle be offered, and if not, why? Each rule stands here once: its condition beside its explanation.

The planner and /operator/available-assets read the conditions; staff read the explanations. What depends on the request
(how far, how many, how old, how near) is the planner's business. Reads the fleet, writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import BooleanField, Case, F, Q, When
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet import groups, information, services, tariffs
from fleet.models import Asset, AssetType, Reservation
from fleet.models.places import rents_out
from fleet.models.vehicles import HAS_PLACE, IS_AVAILABLE, IS_CHARGED, is_given_to
from fleet.schedule import Schedule
from fleet.services import PLANNED_WITHOUT_ARRIVAL
from fleet.tariffs import Place

CLOSED, NO_PRICE = "closed", "no_price"
BOOKED_BY, ROAMS = AssetType.BookedBy, AssetType.ReturnRule.FREE_FLOATING


class Kind(Enum):
    """How one gets such a vehicle: this very one; one of its type at its station; one of its type that comes."""

    ITSELF = "itself"
    AT_STATION = "at station"
    COMES = "comes"

    @classmethod
    def of(cls, asset_type):
        if asset_type.booked_by == BOOKED_BY.ASSET:
            return cls.ITSELF
        return cls.COMES if asset_type.return_rule == ROAMS else cls.AT_STATION


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a vehicle is not offered, and what to do about it. `leg_id` is the trip that holds it."""

    code: str
    text: str | Promise
    advice: str | Promise
    since: datetime | None = None
    leg_id: Any = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Is it offered now, to this provider (None: to nobody in particular) and the groups of users it names?"""

    provider: Any = None
    group_ids: list | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Rule:
    """`holds` is the condition on rows of Asset; where it is false, `tell` says so."""

    code: str
    holds: Callable[[Question], Any]
    tell: Callable[[Asset, Question], Reason]
    kinds: tuple[Kind, ...] = tuple(Kind)


# -- what the planner asks


def vehicles(provider, group_ids=None):
    """The vehicles booked as such that the provider may be offered, as far as rows tell: no hours, no prices."""
    question = Question(provider=provider, group_ids=group_ids)
    conditions = (rule.holds(question) for rule in RULES if Kind.ITSELF in rule.kinds)
    return Asset.objects.filter(*conditions, asset_type__booked_by=BOOKED_BY.ASSET)


def fleet_of(provider):
    """All vehicles of the types this provider may see, in whatever state: real or virtual ones."""
    return Asset.objects.filter(*(rule.holds(Question(provider=provider)) for rule in (SANDBOX, HIDDEN)))


def is_open(schedule, *, station, point, local):
    """Whether rides may begin at this local time: at the station, or else at the point (lat, lon)."""
    if station is None:
        return schedule.is_open(local, point=point)
    return schedule.is_open(local, station_id=station.pk, region_id=station.region_id)


def plan(asset_type, *, station, point, local, own=None, rules=None):
    """The plan of a ride that begins there at this local time; None if it has no price.

    `rules` are those to go by in place of the current ones.
    """
    rules = rules or tariffs.current()
    if station is not None:
        place = Place.at(station)
    else:
        place = rules.place(asset_type, local, lat=point[0], lon=point[1]) if point else Place()
    return tariffs.plan_of(asset_type, rules=rules, place=place, local=local, own=own)


# -- what staff ask


def reasons(asset, *, provider=None, now):
    """Every reason why the vehicle is not offered now to the provider (None: to nobody in particular); [] if it is.

    A vehicle that is booked by type counts as offered when its type is, and it could be assigned.
    """
    question, kind = Question(provider=provider, now=now), Kind.of(asset.asset_type)
    found = [_inactive(provider)] if provider is not None and not provider.is_active else []
    asked = [rule for rule in RULES if kind in rule.kinds]
    holding = Asset.objects.filter(pk=asset.pk).annotate(**_marks(asked, question)).values(*map(_mark, asked)).get()
    found += [rule.tell(asset, question) for rule in asked if not holding[_mark(rule)]]
    return found + _at_this_moment(asset, kind, question)


def marks(now):
    """{name of a column: whether a rule holds, for nobody in particular}, one for each of RULES, in their order."""
    return _marks(RULES, Question(now=now))


def kept_out_by(asset, station, *, holding, local, schedule, rules):
    """(the codes of what keeps the vehicle out, the plan of a ride or None), as reasons() but for what was promised.

    `holding` are its marks; `station` is where it stands, as that is to be taken.
    """
    kind = Kind.of(asset.asset_type)
    codes = {rule.code for rule, holds in zip(RULES, holding, strict=True) if kind in rule.kinds and not holds}
    is_open, price = _hours_and_price(asset, station, local, schedule, rules)
    codes |= {code for code, holds in ((CLOSED, is_open), (NO_PRICE, price)) if not holds}
    return frozenset(codes), price


def told(asset, codes, *, now):
    """The texts of what keeps it out; a statement for some."""
    question = Question(now=now)
    texts = [rule.tell(asset, question).text for rule in RULES if rule.code in codes]
    if CLOSED in codes:
        texts.append(_closed(asset.station, information.local(now)).text)
    return texts + ([_no_price().text] if NO_PRICE in codes else [])


def _mark(rule):
    return f"rule_{rule.code}"


def _marks(rules, question):
    """Columns that say which of the rules hold."""
    return {
        _mark(rule): Case(When(rule.holds(question), then=True), default=False, output_field=BooleanField())
        for rule in rules
    }


def _hours_and_price(asset, station, local, schedule, rules):
    """(whether rides may begin, their plan or None) where the vehicle stands: at the station, if at any."""
    kind = Kind.of(asset.asset_type)
    station = None if kind is Kind.COMES else station
    point = (asset.lat, asset.lon) if kind is Kind.ITSELF and asset.lat is not None else None
    own = asset.pricing_plan if kind is Kind.ITSELF else None
    return (
        is_open(schedule, station=station, point=point, local=local),
        plan(asset.asset_type, station=station, point=point, local=local, own=own, rules=rules),
    )


def _at_this_moment(asset, kind, question):
    """What no column tells: hours, prices and promises."""
    local = information.local(question.now)
    can_begin, price = _hours_and_price(asset, asset.station, local, Schedule.load(), tariffs.current())
    found = []
    if not can_begin:
        found.append(_closed(None if kind is Kind.COMES else asset.station, local))
    if price is None:
        found.append(_no_price())
    return found + ([] if kind is Kind.ITSELF else _promised(asset, kind, question.now))


def _promised(asset, kind, now):
    place = None if kind is Kind.COMES else asset.home_station_id or asset.station_id
    if kind is Kind.AT_STATION and place is None:
        return []  # stands nowhere, which is a reason of its own
    left = services.places_left(
        asset_type_id=asset.asset_type_id,
        station_id=place,
        is_virtual=asset.is_virtual,
        period=(now, now + PLANNED_WITHOUT_ARRIVAL),
        now=now,
    )
    if left > 0:
        return []
    return [
        Reason(
            code="PROMISED",
            text=_("All vehicles of its type here are promised to others within the next two hours."),
            advice=_("See Reservations; bring more vehicles of the type here."),
        )
    ]


# -- the words


def _in_sandbox(asset, question):
    if asset.is_virtual:
        text = _("It is a virtual vehicle of the sandbox; real users never get one.")
    else:
        text = _("The provider is in the sandbox, which has virtual vehicles only.")
    return Reason(code="SANDBOX", text=text, advice=_("Nothing to do: that stays so."))


def _hidden(asset, question):
    return Reason(
        code="HIDDEN",
        text=_("Its type is kept for user groups that this provider does not have.")
        if question.provider
        else _("Its type is kept for user groups; only their providers are offered it."),
        advice=_("Change the user groups of the type or of the provider."),
    )


def _state(asset, question):
    if asset.is_on_a_trip:
        held = Reservation.objects.filter(asset=asset).first()
        return Reason(
            code=asset.state,
            text=_("A trip has it: it is %(state)s.") % {"state": asset.get_state_display()},
            advice=_("It is offered again when the trip ends."),
            since=held.period.lower if held else None,
            leg_id=held.leg_id if held else None,
        )
    since = _moved(asset)
    who = since.history_user.get_username() if since and since.history_user else ""
    words = [asset.get_state_display(), asset.state_reason, who]
    return Reason(
        code=asset.state,
        text=_("Its state: %(state)s.") % {"state": ", ".join(str(word) for word in words if word)},
        advice=_("Put it in service."),
        since=since.history_date if since else None,
    )


def _moved(asset):
    """The history row in which the vehicle came into its state; None if that is not remembered."""
    before = asset.history.exclude(state=asset.state).order_by("-history_date", "-history_id").first()
    since = asset.history.filter(history_id__gt=before.history_id) if before else asset.history
    return since.select_related("history_user").order_by("history_date", "history_id").first()


def _placeless(asset, question):
    return Reason(
        code="NO_POSITION",
        text=_("Nobody knows where it stands."),
        advice=_("Type its position, or let it report."),
        since=asset.reported_at,
    )


def _flat(asset, question):
    return Reason(
        code="CHARGE",
        text=_("Its battery has %(charge)d %%, its type asks for %(least)d %% to begin.")
        % {"charge": asset.state_of_charge, "least": asset.asset_type.min_charge_percent},
        advice=_("Charge it or change its battery."),
        since=asset.reported_at,
    )


def _station_closed(asset, question):
    text = (
        _("Its station %(station)s rents nothing out.")
        if asset.station.is_installed
        else _("Its station %(station)s is not installed.")
    )
    return Reason(
        code="STATION",
        text=text % {"station": asset.station},
        advice=_("Open the station, or move the vehicle."),
    )


def _away(asset, question):
    home = asset.home_station
    nowhere = _("It stands at no station, and its type is booked at stations.")
    elsewhere = _("It is counted at %(home)s and stands elsewhere, so it cannot be assigned.")
    text = elsewhere % {"home": home} if home else nowhere
    return Reason(code="AWAY", text=text, advice=_("Bring it to its station, or give it another home station."))


def _closed(station, local):
    return Reason(
        code="CLOSED",
        text=_("Closed at this hour (%(time)s).") % {"time": date_format(local, "D H:i")},
        advice=_("See Opening hours and Calendar periods of the station, its region and the system.")
        if station
        else _("See Opening hours and Calendar periods of the region and the system."),
    )


def _no_price():
    return Reason(
        code="NO_PRICE",
        text=_("No pricing plan: neither its own, nor by a price rule that holds here and now, nor that of its type."),
        advice=_("Give its type a plan."),
    )


def _inactive(provider):
    return Reason(
        code="PROVIDER",
        text=_("%(provider)s is not active: it may not call us.") % {"provider": provider},
        advice=_("Make the provider active again."),
    )


SANDBOX = Rule("sandbox", lambda asked: is_given_to(asked.provider), _in_sandbox)
HIDDEN = Rule("hidden", lambda asked: groups.open_to(asked.provider, asked.group_ids, path="asset_type"), _hidden)
RULES = (
    SANDBOX,
    HIDDEN,
    Rule("state", lambda asked: IS_AVAILABLE, _state),
    Rule("position", lambda asked: HAS_PLACE, _placeless),
    Rule("charge", lambda asked: IS_CHARGED, _flat),
    Rule(
        "station",
        lambda asked: Q(station__isnull=True) | rents_out("station__"),
        _station_closed,
        (Kind.ITSELF, Kind.AT_STATION),
    ),
    Rule(
        "away",
        lambda asked: Q(station__isnull=False) & (Q(home_station__isnull=True) | Q(home_station=F("station"))),
        _away,
        (Kind.AT_STATION,),
    ),
)
