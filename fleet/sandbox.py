"""The virtual vehicles of the sandbox: some of every type and script, where real ones of the type stand.

They are booked, ridden and charged like all others, but only by providers in the sandbox (Asset.objects.given_to).
What they do by themselves is in legs/sandbox.py.
"""

from itertools import cycle

from fleet.models import Asset, AssetType
from fleet.models.vehicles import Script

COPIES = {Script.WORKS: 4, Script.DOCKS: 4}  # of the others: two, so that one in use does not stop a test
SPREAD = 10  # places
FULL = 80  # percent


def furnish(*, now):
    """Every type that has real vehicles has its virtual ones. Returns how many are new; safe to repeat."""
    made = Asset.objects.virtual().values("asset_type")
    missing = AssetType.objects.filter(assets__script="", assets__lat__isnull=False).exclude(pk__in=made).distinct()
    vehicles = [vehicle for asset_type in missing for vehicle in _of_type(asset_type, now)]
    Asset.objects.bulk_create(vehicles, ignore_conflicts=True)
    return len(vehicles)


def _of_type(asset_type, now):
    """Those that do all they are told come first: they are the ones that are assigned."""
    stands = cycle(_places(asset_type))
    number = 0
    for script in _scripts(asset_type):
        for copy in range(1, COPIES.get(script, 2) + 1):
            number += 1
            real = next(stands)
            yield Asset(
                vehicle_number=f"SANDBOX {asset_type.type_id} {number:02}",
                vehicle_code=f"SANDBOX-{asset_type.type_id}-{script}-{copy}",
                name=f"Sandbox: {script} {copy}",
                asset_type=asset_type,
                script=script,
                lat=real.lat,
                lon=real.lon,
                station=real.station,
                home_station=real.home_station,
                station_slot=f"S{number}" if asset_type.docks_report else "",
                is_docked=True if asset_type.docks_report else None,
                dock_reported_at=now if asset_type.docks_report else None,
                **({"state_of_charge": FULL, "range_m": asset_type.max_range_m} if asset_type.max_range_m else {}),
            )


def _places(asset_type):
    """Real vehicles of the type beside which virtual ones stand: one of each station, or any."""
    real = Asset.objects.real().filter(asset_type=asset_type, lat__isnull=False)
    at_stations = real.exclude(station=None).order_by("station__station_id", "vehicle_number")
    return at_stations.distinct("station__station_id")[:SPREAD] or real.order_by("vehicle_number")[:SPREAD]


def _scripts(asset_type):
    """What makes sense for the type: only what has a battery runs empty, only docks that report tell of rides."""
    if asset_type.docks_report:
        return [Script.DOCKS]
    return [
        script
        for script in Script
        if script != Script.DOCKS and (script != Script.RUNS_EMPTY or asset_type.max_range_m is not None)
    ]
