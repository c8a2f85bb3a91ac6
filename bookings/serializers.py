"""Bookings on the wire: requests, operations, notifications and the booking itself (TOMP booking)."""

from decimal import Decimal

from rest_framework import serializers

from bookings.models import Notification
from customers.serializers import CustomerData
from fleet import serializers as fleet
from legs.models import LegState
from legs.serializers import leg_json
from planning.serializers import PlanningRequest
from tomp.serializers import (
    FreeObject,
    Place,
    Text,
    Url,
    WholeNumber,
    WireSerializer,
    moment_json,
    place_json,
    without_nulls,
)

OPERATIONS = ("CANCEL", "DENY", "COMMIT", "EXTEND_EXPIRY_TIME")
EXTEND_REASONS = ("BOOKING_PENDING", "PAYMENT_PENDING", "OTHER")
ORIGINS = ("TO", "MP", "END_USER", "OTHER")


class BookingRequest(WireSerializer):
    """TOMP bookingRequest → keywords of bookings.services.book."""

    id = Text(source="offer_id", max_length=200)
    from_ = Place(source="from_place", required=False, default=None)
    to = Place(source="to_place", required=False, default=None)
    customer = CustomerData(source="customer_data", required=False, default=None)
    callbackUrl = Url(source="callback_url", required=False, default="", max_length=500)
    extraInfo = FreeObject(source="extra_info", required=False, default=None)


class OneStopBookingRequest(PlanningRequest):
    """TOMP oneStopBookingRequest: a planning request that names assets or types, and who books."""

    customer = CustomerData(source="customer_data", required=False, default=None)
    callbackUrl = Url(source="callback_url", required=False, default="", max_length=500)

    def validate(self, trip):
        trip = super().validate(trip)
        if not trip["use_assets"] and not trip["use_asset_types"]:
            raise serializers.ValidationError(
                {"useAssets": ["Name the assets or the asset types to book."]}, code="required"
            )
        return trip


class BookingOperation(WireSerializer):
    """TOMP bookingOperation."""

    operation = serializers.ChoiceField(choices=OPERATIONS)
    origin = serializers.ChoiceField(choices=ORIGINS, required=False, default="MP")
    extendReason = serializers.ChoiceField(
        choices=EXTEND_REASONS, required=False, default="OTHER", source="extend_reason"
    )


class NotificationData(WireSerializer):
    """TOMP notification."""

    type = serializers.ChoiceField(choices=Notification.Type.values)
    minutes = WholeNumber(min_value=0, max_value=10**6, required=False, default=None)
    asset = FreeObject(required=False, default=None)
    comment = Text(required=False, default="", allow_blank=True, max_length=5000)
    legId = Text(required=False, default="", allow_blank=True, source="leg_id", max_length=100)


def booking_json(booking, legs, dialect, *, now, with_ids=True, with_access=False):
    """TOMP booking. `with_ids` is off in answers to inquiries, which cannot be booked."""
    return without_nulls(
        id=str(booking.id) if with_ids else None,
        state=booking.state,
        **{"from": place_json(booking.from_place)},
        to=place_json(booking.to_place) if booking.to_place else None,
        customer=customer_json(booking.customer_data, dialect.version),
        callbackUrl=booking.callback_url or None,
        extraInfo=booking.extra_info,
        departureTime=moment_json(booking.departs_at),
        arrivalTime=moment_json(booking.arrives_at),
        actualDepartureTime=moment_json(booking.departed_at),
        actualArrivalTime=moment_json(booking.arrived_at),
        mainAssetType=fleet.asset_type_json(legs[0].asset_type, language=dialect.language),
        legs=[leg_json(leg, dialect, with_ids=with_ids, with_access=with_access) for leg in legs],
        pricing=_pricing(booking, legs, now),
    )


def customer_json(data, version):
    """The customer as it was sent; 1.5 readers find the provider's own number under `id` (semantics §13)."""
    if data and version.customer_id_required and "id" not in data:
        return {**data, "id": data["externalId"]} if "externalId" in data else None
    return data


def _pricing(booking, legs, now):
    """One FIXED part per leg: what it costs so far (Entur profile)."""
    over = not booking.is_open and booking.state != booking.State.NEW
    parts, estimated = [], False
    for leg in legs:
        fare = leg.price(now)
        never_began = over and leg.departed_at is None
        part = fleet.amount_json(
            Decimal(0) if never_began else fare.total,
            currency=fare.currency,
            vat_rate=fare.vat_rate,
            vat_country=fare.vat_country,
        )
        parts.append({**part, "type": "FIXED"})
        estimated |= not (leg.is_concluded or never_began or leg.state == LegState.CANCELLED)
    return {"estimated": estimated, "parts": parts}


def notification_json(notification):
    """TOMP notification."""
    return without_nulls(
        type=notification.type,
        minutes=notification.minutes,
        comment=notification.comment or None,
        legId=notification.leg_id or None,
        asset=notification.asset,
    )
