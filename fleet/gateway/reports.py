"""Taking in what vehicles report, a batch in one transaction.

Newer facts are never overwritten by older ones; what happened counts whenever we hear of it (docs/gateway.md).
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from rest_framework.exceptions import ValidationError

from fleet.gateway import alerts, facts, happenings
from fleet.gateway.areas import Areas
from fleet.gateway.serializers import Report
from fleet.models import AssetType, Station, VehicleAlert
from fleet.models.vehicles import AssetState, LockState
from tomp.errors import TooLarge, from_validation

MOST_REPORTS = 1000
CLOCK_DRIFT = timedelta(seconds=60)
FACTS = ("state_of_charge", "range_m", "odometer_m")
TOLD_TO_RIDERS = (VehicleAlert.Kind.LOW_CHARGE, VehicleAlert.Kind.OUTSIDE_AREA)


@dataclass
class Outcome:
    """What became of a batch: counts, the vehicles nobody here knows, and what is wrong with which report."""

    accepted: int = 0
    repeated: int = 0
    late: int = 0
    unknown: list = field(default_factory=list)
    wrong: list = field(default_factory=list)


def take_in(*, vehicles, reports, now):
    """These vehicles (a queryset) are as the reports (JSON) say, and the trips will hear what happened.

    Returns the Outcome. What is wrong with one report says nothing about the others. Raises TooLarge; then nothing has
    changed.
    """
    if len(reports) > MOST_REPORTS:
        raise TooLarge(f"A batch may have {MOST_REPORTS} reports.")
    outcome = Outcome()
    believed = _believed(reports, now, outcome)
    with transaction.atomic():
        heard = _locked({each["vehicle"] for each in believed}, vehicles, now)
        known = {each.asset.imei: each for each in heard if each.asset.imei}
        known |= {each.asset.vehicle_number: each for each in heard}
        areas = Areas(now)
        for report in sorted(believed, key=lambda each: each["at"]):
            if report["vehicle"] in known:
                kind = known[report["vehicle"]].hear(report, areas)
                setattr(outcome, kind, getattr(outcome, kind) + 1)
        _keep(heard, now)
    named = dict.fromkeys(each["vehicle"] for each in believed)
    outcome.unknown = [name for name in named if name not in known]
    return outcome


def _locked(names, vehicles, now):
    """A fleet list or a feed may have said that a vehicle reported in the future: then we do not know when it did."""
    assets = facts.locked(names, vehicles)
    types = AssetType.objects.in_bulk({asset.asset_type_id for asset in assets})
    for asset in assets:
        asset.asset_type = types[asset.asset_type_id]
        if asset.reported_at is not None and asset.reported_at > now + CLOCK_DRIFT:
            asset.reported_at = None
    return [_Vehicle(asset) for asset in assets]


def _keep(vehicles, now):
    """Facts and alerts are written; what concerns a trip is handed over."""
    facts.write([each.asset for each in vehicles if each.is_changed])
    of_asset = {each.asset.pk: each for each in vehicles}
    for alert in alerts.keep({pk: each.findings for pk, each in of_asset.items() if each.findings}, now):
        of_asset[alert.asset_id].warn_rider(alert)
    happenings.hand_over({pk: each.told for pk, each in of_asset.items() if each.told})


def _believed(reports, now, outcome):
    """Those that make sense, with their station; the others are listed as wrong."""
    serializer, sensible = Report(), []
    for index, given in enumerate(reports):
        try:
            report = serializer.run_validation(given)
        except ValidationError as error:
            outcome.wrong.append({"index": index, "reason": from_validation(error).detail})
            continue
        if report["at"] > now + CLOCK_DRIFT:
            outcome.wrong.append({"index": index, "reason": "Field: at, Reason: that is in the future."})
        else:
            sensible.append((index, report))
    return _at_known_stations(sensible, outcome)


def _at_known_stations(sensible, outcome):
    named = {report["dock"]["station_id"] for _index, report in sensible if "dock" in report}
    stations = {}
    if named:
        stations = dict(Station.objects.filter(station_id__in=named).values_list("station_id", "pk"))
    believed = []
    for index, report in sensible:
        station_id = report.get("dock", {}).get("station_id")
        if station_id is not None and station_id not in stations:
            reason = f"Field: dock.stationId, Reason: there is no station {station_id[:80]!r}."
            outcome.wrong.append({"index": index, "reason": reason})
        else:
            believed.append({**report, "station_pk": stations.get(station_id)})
    outcome.wrong.sort(key=lambda each: each["index"])
    return believed


class _Vehicle:
    """A locked row on its way through the reports about it, and what is to be told of it."""

    def __init__(self, asset):
        self.asset = asset
        self.told = []
        self.findings = {}
        self.is_changed = False

    def hear(self, report, areas):
        """The row, not saved, is as the report says. Returns what the report is: accepted, repeated or late."""
        asset, at = self.asset, report["at"]
        if at == asset.reported_at:
            return "repeated"
        if asset.reported_at is not None and at < asset.reported_at:
            self._follow_dock(report)
            return "late"
        before = (asset.lat, asset.lon, asset.reported_at)
        self.is_changed = True
        asset.reported_at = at
        for name in FACTS:
            if name in report:
                setattr(asset, name, round(report[name]))
        self._follow_position(report)
        self._follow_lock(report)
        self.findings |= alerts.look(asset, report, before, areas)
        self._follow_dock(report)
        return "accepted"

    def warn_rider(self, alert):
        """Whoever rides it will be told of an alert that concerns the ride."""
        if self.asset.state == AssetState.IN_USE and alert.kind in TOLD_TO_RIDERS:
            self._tell(alert.kind, alert.since, details=alert.details)

    def _follow_position(self, report):
        if "position" not in report:
            return
        asset, place = self.asset, report["position"]
        asset.lat, asset.lon = place["lat"], place["lng"]
        if asset.state == AssetState.IN_USE or (asset.state == AssetState.RESERVED and asset.asset_type.docks_report):
            self._tell(happenings.POSITION, report["at"], lat=asset.lat, lon=asset.lon)

    def _follow_lock(self, report):
        """A turned lock is told once; one that was unknown before was turned by nobody."""
        asset, said = self.asset, report.get("lock_state", self.asset.lock_state)
        is_turned = LockState.UNKNOWN != asset.lock_state != said
        asset.lock_state = said
        if is_turned and asset.asset_type.lock_pauses and asset.state == AssetState.IN_USE:
            self._tell(happenings.LOCKED if said == LockState.CLOSED else happenings.UNLOCKED, report["at"])

    def _follow_dock(self, report):
        """Statements about docks have an order of their own: a late one may be the first to tell of a ride."""
        asset, is_docked, at = self.asset, report["is_docked"], report["at"]
        if is_docked is None or at == asset.dock_reported_at:
            return
        if asset.dock_reported_at is not None and at < asset.dock_reported_at:
            self._follow_late_dock(report)
            return
        self.is_changed = True
        differs = asset.is_docked != is_docked and (asset.is_docked is not None or not is_docked)
        asset.is_docked, asset.dock_reported_at = is_docked, at
        if asset.state != AssetState.IN_USE:
            asset.station_id = report["station_pk"]
            asset.station_slot = report["dock"]["slot"] if is_docked else ""
        if differs:
            self._tell_dock(is_docked, at, report["station_pk"], report.get("dock", {}).get("slot", ""))

    def _follow_late_dock(self, report):
        """If it differs from what is so now, something happened in between: both are told, in their order."""
        asset, is_docked = self.asset, report["is_docked"]
        if asset.is_docked == is_docked:
            return
        self._tell_dock(is_docked, report["at"], report["station_pk"], report.get("dock", {}).get("slot", ""))
        self._tell_dock(asset.is_docked, asset.dock_reported_at, asset.station_id, asset.station_slot)

    def _tell_dock(self, is_docked, at, station_pk, slot):
        if not self.asset.asset_type.docks_report:
            return
        if is_docked:
            self._tell(happenings.DOCKED, at, station=station_pk, slot=slot)
            return
        self._tell(happenings.UNDOCKED, at)
        if self.asset.state == AssetState.AVAILABLE and not self.asset.is_docked:
            self.findings[VehicleAlert.Kind.MOVED_UNBOOKED] = alerts.left_its_dock(at)

    def _tell(self, what, at, **details):
        self.told.append({"what": what, "at": at, **details})
