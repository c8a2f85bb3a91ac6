"""The vehicles of the demo city: the same ones every time, down to their public ids. Writes nothing."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from random import Random

from demo.catalogue import DOCKED, HERDS, TYPES, Herd
from demo.geography import Ground, table
from fleet.geo import METRES_PER_DEGREE
from fleet.models import Asset, AssetType, Station

SEED = "Utrecht"
SLOT_M = 0.6
PLATE_LETTERS = "BDFGHJKLNPRSTVXZ"  # those that Dutch plates use


def build(asset_types: dict[str, AssetType], stations: dict[str, Station], *, now: datetime) -> list[Asset]:
    """All vehicles, unsaved: first those around the squares, then those at the stations."""
    ground = Ground.load()
    return [asset for herd in HERDS for asset in _herd(herd, asset_types[herd.type_id], stations, ground, now)]


def _herd(
    herd: Herd, asset_type: AssetType, stations: dict[str, Station], ground: Ground, now: datetime
) -> Iterator[Asset]:
    rng = Random(f"{SEED} {herd.type_id}")  # noqa: S311 the same city every time is the point
    places = _on_the_street(herd, ground, rng) if herd.count else _at_stations(herd, stations)
    for number, place in enumerate(places, start=1):
        yield Asset(
            vehicle_number=f"{herd.prefix}-{number:04}",
            public_id=uuid.UUID(int=rng.getrandbits(128), version=4),
            asset_type=asset_type,
            reported_at=now,
            **place,
            **_printed(herd, number, rng),
            **_charge(herd, rng),
        )


def _on_the_street(herd: Herd, ground: Ground, rng: Random) -> Iterator[dict]:
    spots = ground.spots(table("places"), rng)
    for _number in range(herd.count):
        lat, lon = next(spots)
        yield {"lat": lat, "lon": lon}


def _at_stations(herd: Herd, stations: dict[str, Station]) -> Iterator[dict]:
    """Side by side, from the first slot on."""
    for row in table("stations"):
        if row["asset_type"] == herd.type_id:
            for slot in range(int(row["assets"])):
                yield {
                    "station": stations[row["station_id"]],
                    "home_station": None if herd.type_id in DOCKED else stations[row["station_id"]],
                    "station_slot": f"{slot + 1:02}" if herd.type_id in DOCKED else "",
                    "lat": round(float(row["lat"]) + slot * SLOT_M / METRES_PER_DEGREE, 6),
                    "lon": float(row["lon"]),
                }


def _printed(herd: Herd, number: int, rng: Random) -> dict:
    """QR code, Bluetooth and NFC lock, licence plate: what identifies the vehicle to somebody in front of it."""
    printed = {}
    if herd.first_code is not None:
        printed["vehicle_code"] = str(herd.first_code + number)
    if herd.has_lock:
        printed["mac"] = f"02:DE:30:00:{number // 256:02X}:{number % 256:02X}"
        printed["nfc_id"] = f"04DE3000{number:06X}"
        printed["name"] = f"{herd.prefix} {number}"
    if herd.has_plate:
        letters = "".join(rng.choices(PLATE_LETTERS, k=3))
        printed["license_plate"] = f"{letters[0]}-{number:03}-{letters[1:]}"
    return printed


def _charge(herd: Herd, rng: Random) -> dict:
    if herd.charge is None:
        return {}
    percent = rng.randint(*herd.charge)
    return {"state_of_charge": percent, "range_m": TYPES[herd.type_id]["max_range_m"] * percent // 100}
