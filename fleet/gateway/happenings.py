"""What happened to vehicles while they reported: handed to the trips in the transaction of the reports.

The fleet knows no trips, so the job is called by its name, as in maas/outbox.py. Jobs of one share of the fleet are
done one after the other: what happened to a vehicle is told in the order in which it happened.
"""

from collections import defaultdict
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

FOLLOW = "legs.tasks.follow_vehicles"
SHARES = 8

POSITION, UNDOCKED, DOCKED, LOCKED, UNLOCKED = "POSITION", "UNDOCKED", "DOCKED", "LOCKED", "UNLOCKED"
LOW_CHARGE, OUTSIDE_AREA = "LOW_CHARGE", "OUTSIDE_AREA"  # as VehicleAlert.Kind has them


def hand_over(told: dict[int, list[dict[str, Any]]]) -> None:
    """Each vehicle's trip will hear, in the order of time, what is told here: {asset id: [{what, at, …}, …]}."""
    shares: dict[int, list[JSONValue]] = defaultdict(list)
    for asset_id, happenings in told.items():
        in_order = sorted(happenings, key=lambda each: each["at"])  # of the same moment: as they were found
        shares[asset_id % SHARES].append({"asset": asset_id, "happenings": [_as_json(each) for each in in_order]})
    for share, vehicles in shares.items():
        app.configure_task(FOLLOW, lock=f"telemetry {share}").defer(vehicles=vehicles)


def _as_json(happening):
    return {**happening, "at": happening["at"].isoformat()}
