"""Rule 6: what the journal charges is what the rides cost, and everything in it adds up."""

from bookings.models import ENDED_STATES
from tomp_operator.audit.invariant import Invariant, rows

# Each entry with the one it goes back to: a refund of a deposit is a matter of that deposit (docs/payments.md).
FAMILIES = """
    WITH RECURSIVE family AS (
        SELECT id, booking_id, sequence, category, amount, id AS root, category AS root_category,
               amount AS root_amount, 0 AS depth
        FROM payments_journalentry WHERE refers_to_id IS NULL
        UNION ALL
        SELECT e.id, e.booking_id, e.sequence, e.category, e.amount, f.root, f.root_category, f.root_amount, f.depth + 1
        FROM payments_journalentry e JOIN family f ON e.refers_to_id = f.id
    )
"""

INVARIANTS = (
    Invariant(
        6,
        "one-fare-per-ride",
        "A leg that is FINISHED has one FARE in the journal, any other leg has none.",
        rows(
            of="legs_leg",
            wrong="""
                SELECT coalesce('leg ' || coalesce(l.id, e.leg_id), 'a fare of no leg')
                FROM (SELECT id FROM legs_leg WHERE state = 'FINISHED') l
                FULL JOIN (
                    SELECT leg_id, count(*) AS fares FROM payments_journalentry WHERE category = 'FARE' GROUP BY 1
                ) e ON e.leg_id = l.id WHERE l.id IS NULL OR e.fares IS DISTINCT FROM 1""",
        ),
    ),
    Invariant(
        6,
        "fares-are-the-price-of-their-leg",
        "A FARE is of the amount, in the currency and in the parts that its leg shows.",
        rows(
            of="payments_journalentry WHERE category = 'FARE'",
            wrong="""
                SELECT e.id FROM payments_journalentry e JOIN legs_leg l ON l.id = e.leg_id
                WHERE e.category = 'FARE' AND l.fare IS NOT NULL AND (
                    e.currency <> l.fare->>'currency'
                    OR e.details IS NOT NULL AND e.details <> l.fare
                    OR e.amount <> (
                        SELECT coalesce(sum((line->>'amount')::numeric), 0)
                        FROM jsonb_array_elements(l.fare->'lines') line
                    )
                )""",
        ),
    ),
    Invariant(
        6,
        "journals-have-no-gap",
        "The entries of a booking are numbered 1, 2, 3 …",
        rows(
            of="payments_journalentry",
            wrong="""
                SELECT booking_id FROM payments_journalentry GROUP BY 1
                HAVING min(sequence) <> 1 OR max(sequence) <> count(*) OR count(DISTINCT sequence) <> count(*)""",
        ),
    ),
    Invariant(
        6,
        "no-more-given-back-than-charged",
        "No entry is given back beyond its amount, and no REFUND is more than had been charged till then.",
        rows(
            of="payments_journalentry WHERE amount < 0 OR refers_to_id IS NOT NULL",
            wrong=f"""{FAMILIES}
                SELECT booking_id FROM family GROUP BY booking_id, root, root_amount
                HAVING root_amount >= 0 AND sum(amount) < 0 OR root_amount <= 0 AND sum(amount) > 0
                UNION SELECT booking_id FROM (
                    SELECT booking_id, category,
                           sum(amount) OVER (PARTITION BY booking_id ORDER BY sequence) AS charged
                    FROM family WHERE root_category <> 'DEPOSIT'
                ) so_far WHERE category = 'REFUND' AND charged < 0""",  # noqa: S608 - our own texts
        ),
    ),
    Invariant(
        6,
        "deposits-are-given-back",
        "Once a leg is over nothing is left of its deposit.",
        rows(
            of="payments_journalentry WHERE category = 'DEPOSIT'",
            # A refund that staff took back after the trip leaves the deposit with us, and they meant that: then what
            # was given back directly is the whole of it.
            wrong=f"""{FAMILIES}
                SELECT f.booking_id FROM family f JOIN payments_journalentry e ON e.id = f.root
                JOIN bookings_booking b ON b.id = f.booking_id LEFT JOIN legs_leg l ON l.id = e.leg_id
                WHERE f.root_category = 'DEPOSIT' AND (b.state = ANY(%(ended)s) OR l.state IN ('FINISHED', 'CANCELLED'))
                GROUP BY f.booking_id, f.root
                HAVING sum(f.amount) <> 0 AND sum(f.amount) FILTER (WHERE f.depth < 2) <> 0""",  # noqa: S608 - as above
            ended=list(ENDED_STATES),
        ),
    ),
    Invariant(
        6,
        "bookings-show-what-is-charged",
        "Beside its fares a booking shows what its journal charges; once it is over, its price is their sum.",
        rows(
            of="bookings_booking",
            wrong=f"""{FAMILIES}
                SELECT b.id FROM bookings_booking b
                LEFT JOIN (
                    SELECT booking_id, sum(amount) AS charged, sum(amount) FILTER (WHERE category <> 'FARE') AS extra
                    FROM family WHERE root_category <> 'DEPOSIT' GROUP BY 1
                ) j ON j.booking_id = b.id
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum((cost->>'amount')::numeric), 0) AS extra
                    FROM jsonb_array_elements(b.extra_costs) cost
                ) shown
                WHERE shown.extra <> coalesce(j.extra, 0)
                OR b.state = ANY(%(ended)s) AND coalesce(b.price, 0) <> coalesce(j.charged, 0)""",  # noqa: S608 - as above
            ended=list(ENDED_STATES),
        ),
    ),
    Invariant(
        6,
        "invoices-are-the-sum-of-their-entries",
        "An invoice is the sum of entries of its provider, in its currency; what is INVOICED is on one.",
        rows(
            of="payments_invoice",
            wrong="""
                SELECT i.number FROM payments_invoice i
                LEFT JOIN payments_journalentry e ON e.invoice_number = i.number GROUP BY i.id
                HAVING i.total <> coalesce(sum(e.amount), 0)
                OR bool_or(e.provider_id <> i.provider_id OR e.currency <> i.currency)
                UNION SELECT e.invoice_number FROM payments_journalentry e
                LEFT JOIN payments_invoice i ON i.number = e.invoice_number
                WHERE e.invoice_number <> '' AND i.id IS NULL""",
        ),
    ),
    Invariant(
        6,
        "invoices-have-no-gap",
        "The invoices of a year are numbered 1, 2, 3 …",
        rows(
            of="payments_invoice",
            wrong="""
                SELECT year FROM payments_invoice GROUP BY 1
                HAVING min(serial) <> 1 OR max(serial) <> count(*) OR count(DISTINCT serial) <> count(*)""",
        ),
    ),
)
