"""A GBFS 3.0 feed of the same invented town; our own making, with the faults that 3.0 feeds have."""

from copy import deepcopy

from tests.fleet.samples.feed_2_3 import square

LONG_ID = "3833465119576306229"  # nineteen digits: no floating-point number holds them
WHEN = "2024-10-30T12:56:42Z"


def said(en, nl=None):
    return [{"language": "en", "text": en}] + ([{"language": "nl", "text": nl}] if nl else [])


def zone(name, rings, **rule):
    rules = [{"ride_start_allowed": True, "ride_end_allowed": True, "ride_through_allowed": True} | rule]
    geometry = {"type": "MultiPolygon", "coordinates": [rings]}
    properties = {"rules": rules} | ({"name": said(name)} if name else {})
    return {"type": "Feature", "properties": properties, "geometry": geometry}


DATA = {
    "system_information": {
        "system_id": "2023",
        "languages": ["en", "nl"],
        "name": said("Lindorp Bikes", "Lindorp Fietsen"),
        "opening_hours": "24/7",
        "feed_contact_email": "",
        "timezone": "Europe/Amsterdam",
        "terms_url": said("https://lindorp.example/terms"),
        "license_id": "CC-BY-4.0",
    },
    "system_pricing_plans": {
        "plans": [
            {
                "plan_id": "3645",
                "name": said("Ride", "Rit"),
                "currency": "EUR",
                "price": 1.0,
                "is_taxable": False,
                "description": said("Ride"),
                "per_min_pricing": [
                    {"start": 0, "end": 30, "rate": 0, "interval": 30},
                    {"start": 30, "rate": 0.29, "interval": 1},
                ],
                "fare_capping": {"duration": 1440, "price": 20},
            }
        ]
    },
    "vehicle_types": {
        "vehicle_types": [
            {
                "vehicle_type_id": kind,
                "form_factor": "bicycle",
                "propulsion_type": "electric_assist",
                "max_range_meters": 50000,
                "name": said(f"Bike {kind}"),
                "default_pricing_plan_id": "3645",
                "return_constraint": "hybrid",
            }
            for kind in ("e-bike", "cargo")
        ]
    },
    "vehicle_status": {
        "vehicles": [
            {
                "vehicle_id": LONG_ID,
                "lat": 52.0,
                "lon": -5.0,
                "is_reserved": False,
                "is_disabled": False,
                "vehicle_type_id": "e-bike",
                "current_range_meters": 17000,
                "current_fuel_percent": 55,
                "last_reported": WHEN,
                "rental_uris": {"ios": "https://go.example/bike?deviceIMEI=868440060183257"},
            },
            {
                "vehicle_id": "second",
                "lat": 52.001,
                "lon": -5.001,
                "is_reserved": False,
                "is_disabled": False,
                "vehicle_type_id": "cargo",
                "current_range_meters": 17000,
                "current_fuel_percent": 1,
            },
        ]
    },
    "geofencing_zones": {
        "geofencing_zones": {
            "type": "FeatureCollection",
            "features": [
                zone("Slow", [square(52.0, -5.01)], maximum_speed_kph=8, vehicle_type_id=["cargo"]),
                zone("", [square(51.9, -5.1, 0.2)[::-1]]),
                zone("Park", [square(52.01, -5.02)], ride_end_allowed=False, ride_start_allowed=False),
            ],
        },
        "global_rules": [{"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": True}],
    },
}


def documents():
    made = {
        name: {"last_updated": WHEN, "ttl": 0, "version": "3.0", "data": deepcopy(data)} for name, data in DATA.items()
    }
    feeds = [{"name": name, "url": f"https://lindorp.example/3/{name}"} for name in made]
    made["gbfs"] = {"last_updated": WHEN, "ttl": 0, "version": "3.0", "data": {"feeds": feeds}}
    return made
