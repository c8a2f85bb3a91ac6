"""What we tell a provider about a leg by calling it (TOMP POST {mp}/legs/{id}/events)."""

from legs.serializers import leg_asset_json
from maas import outbox
from tomp.serializers import moment_json, without_nulls


def event(leg, event, *, at, comment, now):
    """The provider will hear of an event that it did not send itself."""
    booking = leg.booking
    outbox.owe(
        provider=booking.provider,
        booking_id=booking.pk,
        path=f"legs/{leg.pk}/events",
        body=without_nulls(time=moment_json(at), event=event, comment=comment or None, asset=leg_asset_json(leg)),
        version=booking.api_version,
        callback_url=booking.callback_url,
        now=now,
    )
