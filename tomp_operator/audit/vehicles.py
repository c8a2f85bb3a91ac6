"""Rules 4 and 8: what is held of the fleet, by whom, and the ids the public knows it by."""

from bookings.models import OPEN_STATES
from fleet.models.vehicles import TRIP_STATES
from fleet.services import IN_SERVICE
from legs.models import RUNNING_STATES, WAITING_STATES, LegState
from tomp_operator.audit.invariant import Invariant, rows

# A leg that holds something: booked and not begun, or on the road. A vehicle that the contract gives back at
# START_FINISHING has another public id from then on, and is no affair of the leg any more.
HOLDING = """
    SELECT l.* FROM legs_leg l
    JOIN bookings_booking b ON b.id = l.booking_id AND b.state = ANY(%(open)s)
    LEFT JOIN fleet_asset a ON a.id = l.asset_id
    WHERE l.state = ANY(%(waiting)s)
    OR l.state = ANY(%(running)s) AND (l.state <> %(finishing)s OR a.public_id = l.asset_public_id)
"""
STATES = {
    "open": list(OPEN_STATES),
    "waiting": list(WAITING_STATES),
    "running": list(RUNNING_STATES),
    "finishing": LegState.FINISHING.value,
}

INVARIANTS = (
    Invariant(
        4,
        "vehicles-and-reservations",
        "A vehicle that is RESERVED or IN_USE has one reservation, any other has none.",
        rows(
            of="fleet_asset",
            wrong="""
                SELECT a.id FROM fleet_asset a LEFT JOIN fleet_reservation r ON r.asset_id = a.id
                GROUP BY a.id HAVING count(r.id) <> CASE WHEN a.state = ANY(%(on_a_trip)s) THEN 1 ELSE 0 END""",
            on_a_trip=list(TRIP_STATES),
        ),
    ),
    Invariant(
        4,
        "vehicles-and-their-legs",
        "A reserved vehicle is reserved for a leg that has it and did not begin, one in use for one that did.",
        rows(
            of="fleet_asset WHERE state = ANY(%(on_a_trip)s)",
            wrong="""
                SELECT a.id FROM fleet_asset a
                JOIN fleet_reservation r ON r.asset_id = a.id JOIN legs_leg l ON l.id = r.leg_id
                WHERE a.state = ANY(%(on_a_trip)s) AND NOT (
                    l.asset_id IS NOT DISTINCT FROM a.id
                    AND l.asset_public_id IS NOT DISTINCT FROM a.public_id
                    AND l.state = ANY(
                        CASE a.state WHEN 'RESERVED' THEN %(waiting)s::text[] ELSE %(running)s::text[] END
                    )
                )""",
            on_a_trip=list(TRIP_STATES),
            waiting=STATES["waiting"],
            running=STATES["running"],
        ),
    ),
    Invariant(
        4,
        "legs-and-reservations",
        "A booked leg holds its vehicle, or the promise of one of its type, until the vehicle is given back.",
        rows(
            of=f"({HOLDING}) AS holding",
            wrong=f"""
                SELECT l.id FROM ({HOLDING}) l LEFT JOIN fleet_reservation r ON r.leg_id = l.id
                WHERE r.id IS NULL OR r.asset_type_id <> l.asset_type_id
                OR (r.asset_id IS NULL) <> (l.asset_id IS NULL)""",  # noqa: S608 - our own texts
            **STATES,
        ),
    ),
    Invariant(
        4,
        "one-live-leg-per-vehicle",
        "Nobody else is promised, or rides, the vehicle of a booked leg.",
        rows(
            of=f"({HOLDING}) AS holding WHERE asset_id IS NOT NULL",
            wrong=f"SELECT asset_id FROM ({HOLDING}) l WHERE asset_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1",  # noqa: S608
            **STATES,
        ),
    ),
    Invariant(
        4,
        "reservations-do-not-overlap",
        "The reservations of a vehicle do not overlap.",
        rows(
            of="fleet_reservation WHERE asset_id IS NOT NULL",
            wrong="""
                SELECT DISTINCT r.asset_id FROM fleet_reservation r
                JOIN fleet_reservation other ON other.asset_id = r.asset_id AND other.id > r.id
                AND other.period && r.period""",
        ),
    ),
    Invariant(
        4,
        "promises-can-be-kept",
        "Where vehicles are promised by their type, type and station have as many as are promised for now.",
        rows(
            of="fleet_reservation WHERE asset_id IS NULL AND period @> %(now)s::timestamptz",
            # As fleet.services.places_left counts: a vehicle whose reservation has ended is late, not back.
            wrong="""
                SELECT t.type_id || coalesce(' at ' || s.station_id, '') FROM (
                    SELECT asset_type_id, station_id, is_virtual, count(*) AS promised FROM fleet_reservation
                    WHERE asset_id IS NULL AND period @> %(now)s::timestamptz GROUP BY 1, 2, 3
                ) p
                JOIN fleet_assettype t ON t.id = p.asset_type_id LEFT JOIN fleet_station s ON s.id = p.station_id
                CROSS JOIN LATERAL (
                    SELECT count(*) FILTER (WHERE NOT EXISTS (
                        SELECT FROM fleet_reservation r WHERE r.asset_id = a.id
                        AND (r.period @> %(now)s::timestamptz OR upper(r.period) < %(now)s)
                    )) AS there
                    FROM fleet_asset a WHERE a.asset_type_id = p.asset_type_id AND a.state = ANY(%(in_service)s)
                    AND (a.script <> '') = p.is_virtual
                    AND (p.station_id IS NULL OR coalesce(a.home_station_id, a.station_id) = p.station_id)
                ) fleet
                WHERE p.promised > fleet.there""",
            in_service=list(IN_SERVICE),
        ),
    ),
    Invariant(
        8,
        "public-ids-are-used-once",
        "The public id of a vehicle was never that of another one, nor its own before.",
        rows(
            of="fleet_asset",
            wrong="""
                SELECT a.id FROM fleet_asset a JOIN fleet_assetpublicid former ON former.public_id = a.public_id
                UNION SELECT min(id) FROM fleet_asset GROUP BY public_id HAVING count(*) > 1""",
        ),
    ),
    Invariant(
        8,
        "public-ids-rotate",
        "The vehicle of a ride that ended was known by an id of its own, which is a former one since.",
        rows(
            of="legs_leg WHERE state = 'FINISHED' AND asset_id IS NOT NULL",
            wrong="""
                SELECT l.id FROM legs_leg l
                LEFT JOIN fleet_assetpublicid former
                    ON former.public_id = l.asset_public_id AND former.asset_id = l.asset_id
                WHERE l.state = 'FINISHED' AND l.asset_id IS NOT NULL AND former.public_id IS NULL
                UNION SELECT unnest(array_agg(id)) FROM legs_leg WHERE state = 'FINISHED' AND asset_id IS NOT NULL
                GROUP BY asset_public_id HAVING count(*) > 1""",
        ),
    ),
)
