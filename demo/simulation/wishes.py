"""What does a traveller ask for? Something on the map of the app, which is never quite up to date."""

from demo.catalogue import TYPES
from demo.search import Json, listed
from demo.simulation.travellers import Gone, Traveller
from fleet.models import AssetType


def wish_of(traveller: Traveller) -> Json:
    """A planning request for one vehicle of the traveller's type. Raises Gone if the map has none."""
    rows = [row for row in traveller.world.map.rows(traveller.client) if row["id"] == traveller.type_id]
    if not rows:
        raise Gone("none on the map")
    if TYPES[traveller.type_id].get("booked_by") == AssetType.BookedBy.TYPE:
        return {"from": _where(traveller, traveller.rng.choice(rows)), "useAssetTypes": [traveller.type_id]}
    shown = listed(rows)
    if not shown:
        raise Gone("none on the map")
    place, asset_id = traveller.rng.choice(shown)
    return {"from": place, "useAssets": [asset_id]}


def _where(traveller: Traveller, row: Json) -> Json:
    """At the station of the row, else anywhere in the city."""
    if "stationId" in row:
        return traveller.world.streets.station(row["stationId"])
    lat, lon = traveller.world.streets.anywhere()
    return {"coordinates": {"lat": lat, "lng": lon}}
