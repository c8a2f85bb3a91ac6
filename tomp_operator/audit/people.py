"""Rules 9, 11 and 12: whose things are whose, what should have lapsed, and what should have been forgotten."""

from datetime import timedelta

from django.conf import settings

from bookings.models import WAITING_STATES, Booking
from tomp_operator.audit.invariant import Found, Invariant, rows

JOB_IS_HOURLY = timedelta(hours=3)  # it may take one turn, and be late for the next


def _forgotten(now, show):
    before = now - timedelta(days=settings.TOMP_RETENTION_DAYS) - JOB_IS_HOURLY
    known = Booking.objects.with_personal_data(before).order_by("created_at")
    ids = [str(pk) for pk in known.values_list("pk", flat=True)[:show]]
    return Found(Booking.objects.booked().count(), known.count(), ids)


INVARIANTS = (
    Invariant(
        9,
        "everything-is-of-one-provider",
        "Customer, journal, claims, support and callbacks of a booking are of the provider who made it.",
        rows(
            of="bookings_booking",
            wrong="""
                SELECT 'booking ' || b.id FROM bookings_booking b JOIN customers_customer c ON c.id = b.customer_id
                WHERE c.provider_id <> b.provider_id
                UNION SELECT 'journal entry ' || e.id FROM payments_journalentry e
                JOIN bookings_booking b ON b.id = e.booking_id LEFT JOIN legs_leg l ON l.id = e.leg_id
                LEFT JOIN payments_journalentry r ON r.id = e.refers_to_id
                WHERE e.provider_id <> b.provider_id OR l.booking_id <> b.id OR r.booking_id <> b.id
                UNION SELECT 'claim ' || c.id FROM payments_claim c JOIN bookings_booking b ON b.id = c.booking_id
                LEFT JOIN payments_journalentry e ON e.id = c.entry_id
                WHERE c.provider_id <> b.provider_id OR e.booking_id <> b.id
                UNION SELECT 'support request ' || s.id FROM support_supportrequest s
                JOIN bookings_booking b ON b.id = s.booking_id WHERE s.provider_id <> b.provider_id
                UNION SELECT 'callback ' || c.id FROM maas_callback c JOIN bookings_booking b ON b.id = c.booking_id
                WHERE c.provider_id <> b.provider_id
                UNION SELECT 'callback ' || c.id FROM maas_callback c JOIN legs_leg l
                ON l.id::text = split_part(c.path, '/', 2)
                WHERE c.path LIKE 'legs/%%' AND l.booking_id <> c.booking_id""",
        ),
    ),
    Invariant(
        9,
        "the-sandbox-stays-apart",
        "Providers in the sandbox are given virtual vehicles, and nobody else is given one.",
        rows(
            of="legs_leg WHERE asset_id IS NOT NULL",
            wrong="""
                SELECT l.id FROM legs_leg l JOIN fleet_asset a ON a.id = l.asset_id
                JOIN bookings_booking b ON b.id = l.booking_id JOIN maas_maasprovider p ON p.id = b.provider_id
                LEFT JOIN fleet_reservation r ON r.leg_id = l.id
                WHERE (a.script <> '') <> p.is_sandbox OR r.is_virtual <> p.is_sandbox""",
        ),
    ),
    Invariant(
        11,
        "what-lapsed-is-expired",
        "No booking waits for a word five minutes after the time for it was over.",
        rows(
            of="bookings_booking WHERE state = ANY(%(waiting)s)",
            wrong="""
                SELECT id FROM bookings_booking
                WHERE state = ANY(%(waiting)s) AND expires_at < %(now)s - interval '5 minutes'""",
            waiting=list(WAITING_STATES),
        ),
    ),
    Invariant(
        12,
        "people-are-forgotten",
        "Of bookings that ended longer ago than TOMP_RETENTION_DAYS nobody can tell whose they were.",
        _forgotten,
    ),
    Invariant(
        12,
        "the-forgotten-stay-so",
        "Of an anonymised booking neither customer nor way is kept; of an erased customer nothing, nor of its trips.",
        rows(
            of="bookings_booking WHERE anonymised_at IS NOT NULL",
            wrong="""
                SELECT 'booking ' || b.id
                FROM bookings_booking b LEFT JOIN customers_customer c ON c.id = b.customer_id
                WHERE b.anonymised_at IS NOT NULL AND b.customer_id IS NOT NULL
                OR (b.anonymised_at IS NOT NULL OR c.erased_at IS NOT NULL) AND (
                    b.customer_data IS NOT NULL OR b.extra_info IS NOT NULL
                    OR EXISTS (SELECT FROM legs_leg l WHERE l.booking_id = b.id AND l.track <> '[]')
                )
                UNION SELECT 'customer ' || id FROM customers_customer
                WHERE erased_at IS NOT NULL AND (data <> '{}' OR notification_url <> '')""",
        ),
    ),
)
