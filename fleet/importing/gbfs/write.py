"""The contents of a feed, written: places, prices and types in one transaction, vehicles in chunks."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from fleet.importing import assets
from fleet.importing.findings import Findings
from fleet.importing.gbfs.items import Area, Contents, Plan, SystemInformation, Vehicle, VehicleType
from fleet.importing.gbfs.standing import STATUS
from fleet.importing.references import References
from fleet.importing.things import KINDS, State, ThingChange, changes, look_at
from fleet.importing.turns import take_turn
from fleet.importing.upsert import Saved, assign, record_history, relate, upsert
from fleet.models import (
    Alert,
    AssetType,
    CalendarPeriod,
    FarePart,
    OpeningHours,
    PricingPlan,
    Region,
    Station,
    System,
)
from fleet.models.vehicles import AssetState
from fleet.pricing import Part

RecordThings = Callable[[list[ThingChange]], None]
DISABLED = "disabled in the feed"
ALREADY_THERE = _("the operator's information is there already and stays as it is (--replace-system replaces it)")


@dataclass(frozen=True)
class Count:
    """What became of the entities of one kind."""

    kind: str
    new: int
    changed: int
    unchanged: int
    skipped: int = 0

    @classmethod
    def of(cls, kind: str, saved: Saved, skipped: int) -> "Count":
        return cls(kind, len(saved.new), len(saved.changed), saved.unchanged, skipped)


def write(
    contents: Contents,
    findings: Findings,
    *,
    reason: str,
    replace_system: bool = False,
    dry_run: bool = False,
    record: assets.Record | None = None,
    record_things: RecordThings | None = None,
) -> list[Count]:
    """Everything in the contents is in the database; counts by kind. A dry run counts the same and leaves nothing.

    Nothing is ever deleted: what a later feed does not name any more stays as it is. `record` is called with the
    changes of vehicles, of a dry run too; see assets.apply. `record_things` likewise with those of everything else.
    """
    with transaction.atomic() if dry_run else nullcontext():
        counts = write_places(
            contents, findings, reason=reason, replace_system=replace_system, record_things=record_things
        )
        counts.append(_vehicles(contents.vehicles, findings, reason, dry_run, record))
        if dry_run:
            transaction.set_rollback(True)
    return counts


def write_places(
    contents: Contents,
    findings: Findings,
    *,
    reason: str,
    replace_system: bool,
    record_things: RecordThings | None = None,
) -> list[Count]:
    """All but the vehicles is in the database."""
    with transaction.atomic():
        take_turn()
        before = _looked_at(contents) if record_things else {}
        counts = [
            _system(contents, findings, replace_system),
            _plans(contents.plans, findings, reason),
            _types(contents.vehicle_types, findings, reason),
            _areas(contents.areas, findings, reason),
            _stops(contents, findings, reason),
            _alerts(contents, findings, reason),
        ]
        if record_things:
            after = _looked_at(contents)
            record_things([change for name in KINDS for change in changes(KINDS[name], before[name], after[name])])
    return counts


def _looked_at(contents: Contents) -> dict[str, dict[int, State]]:
    """What is there of all that the contents name."""
    named = {
        "operator": [],
        "pricing plans": [plan.plan_id for plan in contents.plans],
        "vehicle types": [vehicle_type.type_id for vehicle_type in contents.vehicle_types],
        "regions": [area.region_id for area in contents.areas],
        "stations": [stop.station_id for stop in contents.stops],
        "alerts": [alert.alert_id for alert in contents.announcements],
    }
    return {name: look_at(KINDS[name], keys) for name, keys in named.items()}


def _row(item: Any, *without: str) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in fields(item) if field.name not in without}


def _system(contents: Contents, findings: Findings, replace: bool) -> Count:
    """The one operator, with its hours and calendar, which only a replacement touches once they are there."""
    kind, there = "operator", System.objects.first()
    if contents.system is None:
        return Count(kind, 0, 0, 0, skipped=1)
    if there and not replace:
        if there.system_id != contents.system.system_id or _differs(there, contents.system):
            findings.about("system_information").note("", ALREADY_THERE)
        return Count(kind, 0, 0, 1)
    values = {name: value for name, value in _row(contents.system).items() if value is not None}
    is_news = _replace_schedule(contents)
    if there is None:
        System.objects.create(**values)
        return Count(kind, 1, 0, 0)
    if assign(there, values):
        there.save()
        is_news = True
    return Count(kind, 0, int(is_news), int(not is_news))


def _differs(there: System, information: SystemInformation) -> bool:
    return any(value is not None and getattr(there, name) != value for name, value in _row(information).items())


def _replace_schedule(contents: Contents) -> bool:
    """The hours and periods of the whole system are those of the feed, if it has any; tells whether that is news."""
    is_news = False
    for model, items in ((OpeningHours, contents.hours), (CalendarPeriod, contents.periods)):
        rows = [{name: _listed(value) for name, value in _row(item).items()} for item in items]
        there = list(model.objects.filter(region=None, station=None))
        if rows and [{name: getattr(found, name) for name in rows[0]} for found in there] != rows:
            for found in there:
                found.delete()
            for row in rows:
                model.objects.create(**row)
            is_news = True
    return is_news


def _listed(value: Any) -> Any:
    """As JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value


def _plans(plans: Iterable[Plan], findings: Findings, reason: str) -> Count:
    plans = list(plans)
    saved = upsert(PricingPlan, "plan_id", (_row(p, "parts") | {"source_id": p.plan_id} for p in plans), reason=reason)
    there: dict[int, list[FarePart]] = {saved.pk(plan.plan_id): [] for plan in plans}
    for part in FarePart.objects.filter(plan__in=there):
        there[part.plan_id].append(part)
    news = [plan for plan in plans if tuple(p.value() for p in there[saved.pk(plan.plan_id)]) != plan.parts]
    for plan in news:
        for part in there[saved.pk(plan.plan_id)]:
            part.delete()
    parts = [_fare_part(saved.pk(p.plan_id), position, part) for p in news for position, part in enumerate(p.parts)]
    if parts:
        FarePart.objects.bulk_create(parts)
        record_history(parts, "+", reason=reason)
    saved.note_changes(plan.plan_id for plan in news)
    return Count.of("pricing plans", saved, findings.skipped("system_pricing_plans"))


def _fare_part(plan_pk: int, position: int, part: Part) -> FarePart:
    """Texts that a part leaves out are empty in the database."""
    values = {name: "" if value is None and name in PART_TEXTS else value for name, value in _row(part).items()}
    return FarePart(plan_id=plan_pk, position=position, **values)


PART_TEXTS = ("unit_type", "scale_type", "asset_state")


def _types(types: Iterable[VehicleType], findings: Findings, reason: str) -> Count:
    types = list(types)
    plans = dict(PricingPlan.objects.values_list("plan_id", "pk"))
    rows = [
        _row(t, "default_plan", "plans") | {"default_plan_id": plans.get(t.default_plan or ""), "source_id": t.type_id}
        for t in types
    ]
    saved = upsert(AssetType, "type_id", rows, reason=reason)
    wanted = {saved.pk(t.type_id): [plans[plan] for plan in t.plans] for t in types if t.plans}
    news = relate(AssetType.plans.through, "assettype_id", "pricingplan_id", wanted)
    saved.note_changes(t.type_id for t in types if saved.pk(t.type_id) in news)
    return Count.of("vehicle types", saved, findings.skipped("vehicle_types"))


def _areas(areas: Iterable[Area], findings: Findings, reason: str) -> Count:
    areas = list(areas)
    types = dict(AssetType.objects.values_list("type_id", "pk"))
    there = set(Region.objects.filter(region_id__in=[a.region_id for a in areas]).values_list("region_id", flat=True))
    rows = [
        _row(area, "polygon", "is_estimate", "asset_types")
        | {"area": None if area.is_estimate and area.region_id in there else _geojson(area)}
        for area in areas
    ]
    saved = upsert(Region, "region_id", rows, reason=reason)
    wanted = {saved.pk(a.region_id): [types[t] for t in a.asset_types] for a in areas if not a.is_estimate}
    news = relate(Region.asset_types.through, "region_id", "assettype_id", wanted)
    saved.note_changes(a.region_id for a in areas if saved.pk(a.region_id) in news)
    return Count.of("regions", saved, findings.skipped("system_regions", "geofencing_zones"))


def _geojson(area: Area) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": area.polygon}


def _stops(contents: Contents, findings: Findings, reason: str) -> Count:
    regions = dict(Region.objects.values_list("region_id", "pk"))
    rows = [
        _row(stop, "region") | {"region_id": regions.get(stop.region or ""), "source_id": stop.station_id}
        for stop in contents.stops
    ]
    saved = upsert(Station, "station_id", rows, reason=reason)
    return Count.of("stations", saved, findings.skipped("station_information"))


def _alerts(contents: Contents, findings: Findings, reason: str) -> Count:
    alerts = contents.announcements
    saved = upsert(Alert, "alert_id", (_row(alert, "stations", "regions") for alert in alerts), reason=reason)
    for name, model, key, through, target in (
        ("stations", Station, "station_id", Alert.stations.through, "station_id"),
        ("regions", Region, "region_id", Alert.regions.through, "region_id"),
    ):
        named = {one for alert in alerts for one in getattr(alert, name)}
        pks = dict(model.objects.filter(**{f"{key}__in": named}).values_list(key, "pk"))
        wanted = {saved.pk(alert.alert_id): [pks[one] for one in getattr(alert, name)] for alert in alerts}
        news = relate(through, "alert_id", target, wanted)
        saved.note_changes(alert.alert_id for alert in alerts if saved.pk(alert.alert_id) in news)
    return Count.of("alerts", saved, findings.skipped("system_alerts"))


def _vehicles(
    vehicles: Iterable[Vehicle], findings: Findings, reason: str, dry_run: bool, record: assets.Record | None
) -> Count:
    wanted, references = [_wanted(vehicle) for vehicle in vehicles], References.load()
    if dry_run:
        changes = assets.preview(wanted, key="source_id", references=references)
        if record:
            record(changes)
    else:
        changes = assets.apply(wanted, key="source_id", references=references, reason=reason, record=record)
    remarks = findings.about("vehicles")
    for change in changes:
        for message in change.errors:
            remarks.skip(change.wanted.key, message)
        for message in change.warnings:
            remarks.warn(change.wanted.key, message)
    outcomes = Counter(change.outcome for change in changes)
    return Count(
        _("vehicles"),
        new=outcomes[assets.Outcome.NEW],
        changed=outcomes[assets.Outcome.CHANGED],
        unchanged=outcomes[assets.Outcome.UNCHANGED],
        skipped=outcomes[assets.Outcome.WRONG] + findings.skipped(*STATUS),
    )


def _wanted(vehicle: Vehicle) -> assets.Wanted:
    """What the feed does not say stays; that a vehicle is at no station, it says."""
    values = _row(vehicle, "source_id", "is_disabled", "public_id", "vehicle_code")
    initial = {
        "vehicle_number": vehicle.source_id,
        "public_id": vehicle.public_id,
        "vehicle_code": vehicle.vehicle_code,
    }
    if vehicle.is_disabled:
        state = assets.WantedState(AssetState.OUT_OF_SERVICE, DISABLED, undoes=DISABLED)
    else:
        state = assets.WantedState(AssetState.AVAILABLE, undoes=DISABLED)
    return assets.Wanted(
        key=vehicle.source_id,
        values={name: value for name, value in values.items() if value is not None} | {"source_id": vehicle.source_id},
        initial={name: value for name, value in initial.items() if value is not None},
        state=state,
    )
