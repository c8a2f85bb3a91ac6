"""Which vehicle will it be? A provider looks at what is available and asks for an offer, the nearest first."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from demo.client import Client

Json = dict[str, Any]
TRIES = 3


class RideFailed(Exception):
    """The ride could not be made, or not to its end; the message says why in one line."""


@dataclass(frozen=True)
class Wish:
    """What the traveller, who stands here, wants: this vehicle, or one of this type, or just a vehicle."""

    lat: float
    lon: float
    asset_type: str | None = None
    asset: str | None = None

    @property
    def place(self) -> Json:
        return {"coordinates": {"lat": self.lat, "lng": self.lon}}

    def away(self, place: Json) -> float:
        """How far off the place is, in degrees of latitude."""
        point, shrink = place["coordinates"], math.cos(math.radians(self.lat))
        return math.hypot(float(point["lat"]) - self.lat, (float(point["lng"]) - self.lon) * shrink)


def offer(client: Client, wish: Wish) -> Json:
    """The first option that the operator offers for the wish. Raises CallFailed, RideFailed."""
    rows = client.get("/operator/available-assets")
    for request in _requests(client, wish, rows):
        options = client.post("/planning/offers", request)["options"]
        if options:
            return options[0]
    raise RideFailed(f"Nothing is offered for {wish.asset or wish.asset_type or 'this place'}.")


def _requests(client: Client, wish: Wish, rows: list[Json]) -> Iterator[Json]:
    """Planning requests, the most promising first: by vehicle, by type at a station, by type right here."""
    if wish.asset:
        places = [place for place, asset_id in listed(rows) if asset_id == wish.asset]
        yield {"from": places[0] if places else wish.place, "useAssets": [wish.asset]}
        return
    wanted = wish.asset_type or _most_listed(rows)
    rows = [row for row in rows if row["id"] == wanted]
    if not rows:
        raise RideFailed(f"No vehicle of type {wanted} is available.")
    for place, asset_id in sorted(listed(rows), key=lambda found: wish.away(found[0]))[:TRIES]:
        yield {"from": place, "useAssets": [asset_id]}
    for place in _stations(client, wish, rows) or [wish.place]:
        yield {"from": place, "useAssetTypes": [wanted]}


def listed(rows: list[Json]) -> list[tuple[Json, str]]:
    """Where each listed vehicle stands, and its id."""
    return [
        ({"coordinates": location["coordinates"]}, asset["id"])
        for row in rows
        for asset in row.get("assets", ())
        if (location := asset.get("overriddenProperties", {}).get("location"))
    ]


def _stations(client: Client, wish: Wish, rows: list[Json]) -> list[Json]:
    """The stations of these rows as places, the nearest first."""
    station_ids = {row["stationId"] for row in rows if "stationId" in row}
    if not station_ids:
        return []
    places = [
        {"stationId": station["stationId"], "coordinates": station["coordinates"]}
        for station in client.get("/operator/stations")
        if station["stationId"] in station_ids
    ]
    return sorted(places, key=wish.away)[:TRIES]


def _most_listed(rows: list[Json]) -> str:
    """The type with the most vehicles on the map. Raises RideFailed if there is none."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["id"]] = counts.get(row["id"], 0) + len(row.get("assets", ()))
    if not counts:
        raise RideFailed("The operator has no vehicle available.")
    return max(counts, key=lambda type_id: counts[type_id])
