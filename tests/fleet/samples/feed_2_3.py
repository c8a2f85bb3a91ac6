"""A GBFS 2.3 feed of an invented town (Lindorp, lat 52, lon 5) with the faults that real feeds have.

Our own making. `documents()` gives fresh copies to change; `write(folder, documents)` makes the files.
"""

import json
from copy import deepcopy

UUID = "4f0b1c1e-5f5d-4c6e-9d0a-3b1f5c7a9e10"
BIKE_UUID = "8a7c2d52-0d0e-4a55-8a35-0f6a4a3c1d11"


def square(south, west, size=0.01):
    """A counter-clockwise ring."""
    north, east = south + size, west + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def zone(name, rings, **rule):
    rules = [{"ride_allowed": True, "ride_through_allowed": True} | rule]
    geometry = {"type": "MultiPolygon", "coordinates": [rings]}
    return {"type": "Feature", "properties": {"name": name, "rules": rules}, "geometry": geometry}


def vehicle(bike_id, lat, lon, **more):
    """As in Divvy's feed: booleans are 0 and 1."""
    return {
        "bike_id": bike_id,
        "lat": lat,
        "lon": lon,
        "is_reserved": 0,
        "is_disabled": 0,
        "vehicle_type_id": "glider",
        "current_range_meters": 20000.4,
        "last_reported": 1730293002.0,
    } | more


def link(code):
    """The code is inside another link inside the link."""
    return {"android": f"https://go.example/open?campaign=x&deep_link=lin%3A%2F%2Fscooter%2F{code}"}


WORLD = [[-180, 90], [180, 90], [180, -90], [-180, -90]]  # clockwise, and not closed

DATA = {
    "system_information": {
        "system_id": "lindorp",
        "language": "en",
        "name": "Lindorp Rides",
        "timezone": "CET",
        "url": "https://lindorp.example/",
        "email": "hello@lindorp.example",
        "rental_apps": {"android": {"store_uri": "https://store.example/app", "discovery_uri": "lin://open"}},
    },
    "system_hours": {
        "rental_hours": [
            {
                "user_types": ["member", "nonmember"],
                "days": [day],
                "start_time": "06:00:00",
                "end_time": "23:59:59",
            }
            for day in ("mon", "tue", "sat")
        ]
        + [{"user_types": ["member"], "days": ["sun"], "start_time": "20:00:00", "end_time": "26:00:00"}]
    },
    "system_calendar": {"calendars": [{"start_month": 3, "start_day": 1, "end_month": 11, "end_day": 30}]},
    "system_regions": {"regions": [{"region_id": "centre", "name": "Centre"}, {"region_id": "moon", "name": "Moon"}]},
    "system_alerts": {
        "alerts": [
            {
                "alert_id": "a1",
                "type": "station_closure",
                "summary": "Market closed",
                "times": [{"start": 1730293002, "end": 1730379402}],
                "station_ids": ["market", "nowhere"],
            }
        ]
    },
    "system_pricing_plans": {
        "plans": [
            {
                "plan_id": "standard",
                "name": "Standard",
                "currency": "EUR",
                "price": "1.00",
                "is_taxable": False,
                "description": "1.00 to start, 0.25 per minute",
                "per_min_pricing": [{"start": 1, "rate": 0.25, "interval": 1}],
                "per_km_pricing": [{"start": 10, "rate": 0.1, "interval": 2}],
            },
            {
                "plan_id": "odd",
                "name": "Odd",
                "currency": "eur",
                "price": 0,
                "is_taxable": True,
                "description": "",
                "per_min_pricing": [
                    {"start": 0, "rate": 3, "interval": 0},
                    {"start": 0, "end": 59, "rate": 0.1, "interval": 1},
                    {"start": 60, "rate": -0.05, "interval": 1},
                ],
            },
            {
                "plan_id": "broken",
                "name": "Broken",
                "currency": "beads",
                "price": 1,
                "is_taxable": False,
                "description": "",
            },
        ]
    },
    "vehicle_types": {
        "vehicle_types": [
            {
                "vehicle_type_id": "glider",
                "form_factor": "scooter",
                "propulsion_type": "electric",
                "max_range_meters": 46,
                "name": "Glider",
                "make": "Lin",
                "model": "G2",
                "rider_capacity": 1,
                "default_reserve_time": 10,
                "default_pricing_plan_id": "standard",
                "pricing_plan_ids": ["odd", "gone"],
                "vehicle_accessories": ["doors_2", "automatic"],
            },
            {"vehicle_type_id": "city", "form_factor": "bicycle", "propulsion_type": "human"},
            {"vehicle_type_id": "raft", "form_factor": "raft", "propulsion_type": "wind", "name": "Raft"},
        ]
    },
    "station_information": {
        "stations": [
            {
                "station_id": "market",
                "name": "Market",
                "lat": 52.001,
                "lon": 5.001,
                "capacity": 12,
                "region_id": "centre",
                "address": "Market 1",
                "parking_type": "street_parking",
            },
            {"station_id": "swapped", "name": "Swapped", "lat": 5.002, "lon": 52.002, "region_id": "centre"},
            {"station_id": "null-island", "name": "Null Island", "lat": 0, "lon": 0, "capacity": 0},
            {"station_id": "market", "name": "Market again", "lat": 52.5, "lon": 5.5},
            {
                "station_id": "corner",
                "name": "Corner",
                "lat": 52.003,
                "lon": 5.003,
                "is_virtual_station": True,
                "region_id": "centre",
                "station_area": {"type": "MultiPolygon", "coordinates": [[square(52.003, 5.003, 0.001)]]},
            },
        ]
    },
    "station_status": {
        "stations": [
            {
                "station_id": "market",
                "num_bikes_available": 3,
                "num_docks_available": 8,
                "is_installed": 1,
                "is_renting": 0,
                "is_returning": 1,
                "last_reported": 1730293002,
                "vehicle_types_available": [{"vehicle_type_id": "city", "count": 3}],
            },
            {
                "station_id": "corner",
                "num_bikes_available": 0,
                "is_installed": True,
                "is_renting": True,
                "is_returning": True,
                "last_reported": 1730293002,
            },
        ]
    },
    "free_bike_status": {
        "bikes": [
            vehicle(UUID, 52.001, 5.001, current_fuel_percent=0.5, rental_uris=link("abcd")),
            vehicle("disabled", 52.002, 5.002, is_disabled=1, rental_uris=link("bcde")),
            vehicle("reserved", 52.003, 5.003, is_reserved=True, pricing_plan_id="odd", rental_uris=link("cdef")),
            vehicle("swapped", 5.004, 52.004, rental_uris=link("defg")),
            vehicle("nowhere", 0, 0, rental_uris=link("efgh")),
            vehicle("docked", None, None, station_id="market", vehicle_type_id="city", rental_uris=link("fghi")),
            vehicle(f"LIN:Vehicle:{BIKE_UUID}", 52.005, 5.005, pricing_plan_id="gone", rental_uris=link("ghij")),
            vehicle("disabled", 52.006, 5.006, rental_uris=link("hijk")),
            vehicle("alien", 52.007, 5.007, vehicle_type_id="saucer", rental_uris=link("ijkl")),
        ]
    },
    "geofencing_zones": {
        "geofencing_zones": {
            "type": "FeatureCollection",
            "features": [
                zone("Old town", [square(52.001, 5.001)[:-1]], ride_allowed=False, maximum_speed_kph=10),
                zone("Old town", [square(52.02, 5.02)], ride_allowed=False, ride_through_allowed=False),
                zone("Quay", [square(52.03, 5.03)], maximum_speed_kph=15, vehicle_type_id=["glider", "saucer"]),
                zone("Elsewhere", [WORLD, square(51.95, 4.95, 0.1)], ride_allowed=False, ride_through_allowed=False),
                {"type": "Feature", "properties": {"name": "Void", "rules": [{}]}, "geometry": None},
            ],
        }
    },
}


def documents():
    """One document per feed, and the list of them."""
    made = {
        name: {"last_updated": 1730293002, "ttl": 0, "version": "2.3", "data": deepcopy(data)}
        for name, data in DATA.items()
    }
    feeds = [{"name": name, "url": f"https://lindorp.example/{name}.json"} for name in made]
    made["gbfs"] = {"last_updated": 1730293002, "ttl": 0, "version": "v2.3", "data": {"en": {"feeds": feeds}}}
    return made


def write(folder, made=None):
    """The documents as files in the folder, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in (documents() if made is None else made).items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder
