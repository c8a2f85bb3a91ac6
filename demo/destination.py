"""Where does a ride end? A provider knows of places to leave a vehicle what the operator publishes, and no more."""

from collections.abc import Iterator

from demo.client import Client
from demo.search import Json, Wish, listed

FARTHER_THAN = 0.002  # degrees of latitude: some 220 metres, so that somebody rode
BESIDE = 0.00002  # two metres


def destination(client: Client, leg: Json) -> Json:
    """Beside the nearest vehicle of its type that stands some way off: there one may leave such a vehicle.

    Where it began, if none stands anywhere else or if it has to come back. Raises CallFailed.
    """
    start = Wish(lat=float(leg["from"]["coordinates"]["lat"]), lon=float(leg["from"]["coordinates"]["lng"]))
    others = [] if _has_to_come_back(leg) else _others(client, leg["assetType"]["id"])
    far = [place for place in others if start.away(place) > FARTHER_THAN]
    if not far:
        return leg["from"]
    point = min(far, key=start.away)["coordinates"]
    return {"coordinates": {"lat": round(float(point["lat"]) + BESIDE, 6), "lng": point["lng"]}}


def _others(client: Client, type_id: str) -> list[Json]:
    rows = client.get("/operator/available-assets", silently=True)
    return [place for place, _asset_id in listed([row for row in rows if row["id"] == type_id])]


def _has_to_come_back(leg: Json) -> bool:
    return any(condition.get("stationId") for condition in _return_areas(leg))


def _return_areas(leg: Json) -> Iterator[Json]:
    for condition in (*leg.get("conditions", ()), *leg.get("assetType", {}).get("conditions", ())):
        if condition["conditionType"].lower() == "conditionreturnarea":
            yield condition
