"""Rules 5 and 7: what was reported or told counts once; what we owe is under way, and nothing else is told."""

from legs.events import ASKED_FOR, RULES
from maas.outbox import DELIVER
from tomp_operator.audit.invariant import Invariant, counted, rows

# The address of the provider at that moment, as its history knows it. Without one it was owed nothing.
HAD_AN_ADDRESS = """(b.callback_url <> '' OR (
    SELECT h.base_url <> '' FROM maas_historicalmaasprovider h WHERE h.id = b.provider_id AND h.history_date <= {at}
    ORDER BY h.history_date DESC, h.history_id DESC LIMIT 1
))"""
# Calls about a booking go with its personal data, so after that nobody can tell.
TOLD = (
    """NOT EXISTS (SELECT FROM maas_callback c WHERE c.booking_id = b.id AND c.created_at = {at} AND {what})
    AND b.anonymised_at IS NULL AND """
    + HAD_AN_ADDRESS
)
# What an echo says that a subscription asked for (legs/callbacks.py).
ECHO = "Leg %%, booking %%."


def _not_told(*, at, what):
    return TOLD.format(at=at, what=what)


DECISIONS = f"""
    SELECT 'booking ' || b.id FROM bookings_bookingevent e JOIN bookings_booking b ON b.id = e.booking_id
    WHERE e.asked_by = 'TO' AND e.operation IN ('CONFIRM', 'DENY', 'CANCEL', 'NO_SHOW') AND {
    _not_told(
        at="e.at",
        what='''(
        c.path LIKE 'bookings/%%/events' AND c.body->>'operation' = CASE e.operation
            WHEN 'CONFIRM' THEN 'COMMIT' WHEN 'DENY' THEN 'DENY' ELSE 'CANCEL' END
        OR e.operation = 'CANCEL' AND c.path LIKE 'legs/%%/events' AND c.body->>'event' = 'CANCEL')''',
    )
}
    UNION SELECT 'leg ' || e.leg_id FROM legs_legevent e
    JOIN legs_leg l ON l.id = e.leg_id JOIN bookings_booking b ON b.id = l.booking_id
    WHERE e.asked_by = 'TO' AND e.event = ANY(%(events)s) AND {
    _not_told(
        at="e.received_at",
        what='''(
        c.path = 'legs/' || e.leg_id || '/events' AND c.body->>'event' = e.event
        OR e.event = ANY(%(planned)s) AND c.method = 'PUT' AND c.path = 'legs/' || e.leg_id)''',
    )
}
    UNION SELECT 'journal entry ' || e.id FROM payments_journalentry e JOIN bookings_booking b ON b.id = e.booking_id
    WHERE e.category <> 'FARE' AND NOT EXISTS (SELECT FROM payments_claim WHERE entry_id = e.id) AND {
    _not_told(
        at="e.created_at",
        what="c.path LIKE 'payment/%%' AND c.body->>'category' = e.category",
    )
}
    UNION SELECT 'notification ' || e.id FROM bookings_notification e JOIN bookings_booking b ON b.id = e.booking_id
    WHERE e.sent_by = 'TO' AND {
    _not_told(
        at="e.at",
        what="c.path LIKE 'bookings/%%/notifications' AND c.body->>'type' = e.type",
    )
}
"""  # noqa: S608 - our own texts

INVARIANTS = (
    Invariant(
        5,
        "events-are-reported-once",
        "No event of a leg is recorded twice, with the same time from the same side.",
        rows(
            of="legs_legevent",
            wrong="SELECT leg_id FROM legs_legevent GROUP BY leg_id, event, at, asked_by HAVING count(*) > 1",
        ),
    ),
    Invariant(
        5,
        "commands-are-over",
        "Of each command to a vehicle we know what came of it, a minute later at the latest.",
        rows(
            of="fleet_command",
            wrong="SELECT id FROM fleet_command WHERE state = 'SENT' AND at < %(now)s - interval '2 minutes'",
        ),
    ),
    Invariant(
        7,
        "owed-calls-are-under-way",
        "For every callback that is owed there is a job that will make it.",
        rows(
            of="maas_callback WHERE state = 'OWED'",
            wrong="""
                SELECT c.id FROM maas_callback c
                LEFT JOIN procrastinate_jobs j ON j.task_name = %(deliver)s AND j.status IN ('todo', 'doing')
                    AND (j.args->>'callback_id')::bigint = c.id
                WHERE c.state = 'OWED' AND j.id IS NULL""",
            deliver=DELIVER,
        ),
    ),
    Invariant(
        7,
        "jobs-go-on",
        "Jobs that are being done have a living worker; jobs that are due are begun within ten minutes.",
        rows(
            of="procrastinate_jobs WHERE status IN ('todo', 'doing')",
            # A job waits, rightly, for the one with the same lock that was there before it.
            wrong="""
                SELECT j.id FROM procrastinate_jobs j
                LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
                LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id) last ON true
                WHERE j.status = 'doing'
                AND coalesce(w.last_heartbeat, last.at, '-infinity') < %(now)s - interval '2 minutes'
                OR j.status = 'todo' AND coalesce(j.scheduled_at, last.at) < %(now)s - interval '10 minutes'
                AND NOT EXISTS (
                    SELECT FROM procrastinate_jobs other WHERE other.lock = j.lock AND other.id <> j.id
                    AND (other.status = 'doing' OR other.status = 'todo' AND other.id < j.id)
                )""",
        ),
    ),
    Invariant(
        7,
        "calls-arrive-in-order",
        "Calls about one booking were delivered in the order in which they were owed.",
        rows(
            of="maas_callback WHERE state = 'DELIVERED'",
            # What staff send once more comes after the others. A second, because two workers have two clocks.
            wrong="""
                SELECT id FROM (
                    SELECT id, state, attempted_at, max(CASE state WHEN 'OWED' THEN 'infinity' ELSE attempted_at END)
                        OVER (PARTITION BY booking_id ORDER BY id
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                    FROM maas_callback WHERE state IN ('OWED', 'DELIVERED') AND owed_again_at IS NULL
                ) told WHERE state = 'DELIVERED' AND attempted_at < before - interval '1 second'""",
        ),
    ),
    Invariant(
        7,
        "calls-can-be-told-apart",
        "No two callbacks have the same X-Correlation-ID.",
        rows(
            of="maas_callback",
            wrong="SELECT correlation_id FROM maas_callback GROUP BY 1 HAVING count(*) > 1",
        ),
    ),
    Invariant(
        7,
        "calls-that-were-given-up",
        "Staff may send again what was given up (Providers → Callbacks).",
        counted(of="maas_callback", which="state = 'GIVEN_UP'", note="{} given up"),
    ),
    Invariant(
        7,
        "nothing-is-echoed",
        "No provider is told what it did itself, unless it subscribed to the booking.",
        rows(
            of="maas_callback WHERE path LIKE 'legs/%%/events' OR path LIKE 'bookings/%%/events'",
            wrong=f"""
                SELECT c.id FROM maas_callback c
                JOIN legs_legevent e ON e.leg_id::text = split_part(c.path, '/', 2) AND e.event = c.body->>'event'
                    AND e.at = (c.body->>'time')::timestamptz AND e.asked_by <> 'TO'
                LEFT JOIN bookings_subscription s ON s.booking_id = c.booking_id
                WHERE c.path LIKE 'legs/%%/events' AND NOT EXISTS (
                    SELECT FROM legs_legevent o
                    WHERE o.leg_id = e.leg_id AND o.event = e.event AND o.at = e.at AND o.asked_by = 'TO'
                )
                AND NOT coalesce(s.since <= c.created_at, false) AND coalesce(c.body->>'comment', '') NOT LIKE '{ECHO}'
                UNION SELECT c.id FROM maas_callback c JOIN bookings_booking b ON b.id = c.booking_id
                WHERE c.path LIKE 'bookings/%%/events' AND NOT EXISTS (
                    SELECT FROM bookings_bookingevent e WHERE e.booking_id = b.id AND e.asked_by = 'TO'
                    AND c.body->>'operation' = CASE e.operation
                        WHEN 'CONFIRM' THEN 'COMMIT' WHEN 'NO_SHOW' THEN 'CANCEL' ELSE e.operation END
                )""",  # noqa: S608 - our own texts
        ),
    ),
    Invariant(
        7,
        "what-we-decide-is-told",
        "What we decided, did, charged or wrote ourselves is owed to the provider, if it had an address then.",
        rows(
            of="bookings_bookingevent WHERE asked_by = 'TO'",
            wrong=DECISIONS,
            events=list(RULES),
            planned=list(ASKED_FOR),
        ),
    ),
)
