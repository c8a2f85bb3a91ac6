"""What should somebody look at? One alert per vehicle and kind, open as long as it is so.

Charge has to rise by some points above the limit before its alert is over, and what comes back within the quiet
period is the same alert again: a battery that wavers around the limit is told once per fall.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from fleet import geo
from fleet.models import Asset, AssetPublicId, VehicleAlert
from fleet.models.vehicles import AssetState

Kind = VehicleAlert.Kind
IN_SERVICE = (AssetState.AVAILABLE, AssetState.RESERVED, AssetState.IN_USE)
RISES_BY = 5  # percent above the limit
PUSHED_KMH = 6
JUST_RIDDEN = timedelta(minutes=10)  # whoever gave it back may still be putting it in its place
FADING = (Kind.MOVED_UNBOOKED, Kind.FAULT)  # nothing need ever tell that these are over


@dataclass(frozen=True)
class Finding:
    """Whether it is so, since when we know, and in which words."""

    is_so: bool
    at: datetime
    details: str = ""
    not_if_ridden_since: datetime | None = None


def look(asset, report, before, areas):
    """What a new report tells about the vehicle, {kind: Finding}; `before` is (lat, lon, reported at) until then."""
    findings = {Kind.SILENT: Finding(False, report["at"])}
    if "state_of_charge" in report:
        findings |= _charge(asset, report["at"])
    if "faults" in report:
        findings[Kind.FAULT] = Finding(bool(report["faults"]), report["at"], "; ".join(report["faults"])[:200])
    if "position" in report and asset.state in IN_SERVICE:
        is_allowed = areas.allow(asset.lat, asset.lon, asset_type_id=asset.asset_type_id)
        findings[Kind.OUTSIDE_AREA] = Finding(not is_allowed, report["at"], f"{asset.lat:.5f}, {asset.lon:.5f}")
    return findings | _movement(asset, report, before)


def _charge(asset, at):
    limit = max(settings.TOMP_LOW_CHARGE_PERCENT, asset.asset_type.min_charge_percent)
    if limit <= asset.state_of_charge < limit + RISES_BY:
        return {}
    return {Kind.LOW_CHARGE: Finding(asset.state_of_charge < limit, at, f"{asset.state_of_charge} %")}


def _movement(asset, report, before):
    lat, lon, reported_at = before
    if asset.state != AssetState.AVAILABLE or report["is_docked"] or asset.is_virtual:
        return {Kind.MOVED_UNBOOKED: Finding(False, report["at"])}
    moved_m = 0.0
    if "position" in report and lat is not None and reported_at is not None:
        moved_m = geo.distance_m(lat, lon, asset.lat, asset.lon)
    is_so = moved_m > settings.TOMP_MOVED_METRES or report.get("speed", 0) >= PUSHED_KMH
    if not is_so:
        return {}
    since = (reported_at or report["at"]) - JUST_RIDDEN
    return {Kind.MOVED_UNBOOKED: Finding(True, report["at"], f"{moved_m:.0f} m", not_if_ridden_since=since)}


def left_its_dock(at):
    """The finding about a vehicle that nobody booked and that left its dock."""
    return Finding(True, at, "left its dock", not_if_ridden_since=at - JUST_RIDDEN)


def keep(found, now):
    """The alerts are as found, {asset id: {kind: Finding}}. Returns those that are new.

    Whoever calls holds the locks of the vehicles.
    """
    recent = VehicleAlert.objects.filter(asset__in=found).filter(
        Q(closed_at=None) | Q(closed_at__gt=now - timedelta(minutes=settings.TOMP_ALERT_QUIET_MINUTES))
    )
    latest = {(alert.asset_id, alert.kind): alert for alert in recent.order_by("since")}
    new, changed = [], []
    for asset_id, kind, finding in _not_ridden(found):
        alert = latest.get((asset_id, kind))
        if alert is not None and _follow(alert, finding):
            changed.append(alert)
        elif alert is None and finding.is_so:
            told = {"since": finding.at, "last_seen_at": finding.at, "details": finding.details}
            new.append(VehicleAlert(asset_id=asset_id, kind=kind, **told))
    VehicleAlert.objects.bulk_create(new)
    VehicleAlert.objects.bulk_update(changed, ["last_seen_at", "closed_at", "details"])
    return new


def _follow(alert, finding):
    """The alert, not saved, is as found; returns whether anything changed."""
    if finding.is_so:
        alert.last_seen_at, alert.closed_at = max(alert.last_seen_at, finding.at), None
        alert.details = finding.details
        return True
    if alert.closed_at is None:
        alert.closed_at = max(alert.last_seen_at, finding.at)
        return True
    return False


def _not_ridden(found):
    """(asset id, kind, finding) of all, but for movements that were the end of a ride."""
    each = [(asset_id, kind, finding) for asset_id, kinds in found.items() for kind, finding in kinds.items()]
    asked = {asset_id: finding.not_if_ridden_since for asset_id, _kind, finding in each if finding.not_if_ridden_since}
    ridden = set()
    if asked:
        ends = AssetPublicId.objects.filter(asset__in=asked, replaced_at__gte=min(asked.values()))
        ridden = {asset_id for asset_id, at in ends.values_list("asset", "replaced_at") if at >= asked[asset_id]}
    return [one for one in each if not (one[2].not_if_ridden_since and one[0] in ridden)]


def notice_silence(*, now):
    """Vehicles in service that used to report and have not for TOMP_SILENT_MINUTES have an alert. Returns how many."""
    open_already = VehicleAlert.objects.open().filter(asset=OuterRef("pk"), kind=Kind.SILENT)
    limit = now - timedelta(minutes=settings.TOMP_SILENT_MINUTES)
    silent = Asset.objects.real().filter(~Exists(open_already), state__in=IN_SERVICE, reported_at__lt=limit)
    alerts = [
        VehicleAlert(asset=asset, kind=Kind.SILENT, since=asset.reported_at or limit, last_seen_at=now)
        for asset in silent.only("reported_at")
    ]
    VehicleAlert.objects.bulk_create(alerts, ignore_conflicts=True)
    return len(alerts)


def expire(*, now):
    """Closed are alerts of vehicles out of service, and those that fade and were not seen for TOMP_ALERT_HOURS.

    Gone are those closed for longer than personal data are kept. Returns how many were closed.
    """
    unseen = Q(kind__in=FADING, last_seen_at__lt=now - timedelta(hours=settings.TOMP_ALERT_HOURS))
    over = VehicleAlert.objects.open().filter(unseen | ~Q(asset__state__in=IN_SERVICE))
    closed = over.update(closed_at=now)
    VehicleAlert.objects.filter(closed_at__lt=now - timedelta(days=settings.TOMP_RETENTION_DAYS)).delete()
    return closed
