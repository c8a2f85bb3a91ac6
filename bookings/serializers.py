"""Bookings on the wire: requests, operations, notifications and the booking itself (TOMP booking)."""

from dataclasses import replace
from decimal import Decimal

from rest_framework import serializers

from bookings.changes import differences
from bookings.models import Notification
from customers.serializers import CustomerData
from fleet import serializers as fleet
from legs.serializers import leg_json
from planning.serializers import PlanningRequest
from tomp import components
from tomp.declared import Declared
from tomp.errors import ReadOnly
from tomp.serializers import (
    CallbackUrl,
    FreeObject,
    Moment,
    Place,
    Text,
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
    callbackUrl = CallbackUrl(source="callback_url", required=False, default="", max_length=500)
    extraInfo = FreeObject(source="extra_info", required=False, default=None)


class BookingChange(WireSerializer):
    """The members of TOMP booking that may be changed → keywords of bookings.services.change.

    The whole booking may be sent. What differs from the booking as it is (`current`, in the context) and is not among
    these is refused with ReadOnly; what we work out ourselves is compared where it means something. A customer who is
    as the caller was told is no change: what the caller's version cannot say stays.
    """

    departureTime = Moment(required=False, default=None, source="departs_at")
    arrivalTime = Moment(required=False, default=None, source="arrives_at")
    to = Place(source="to_place", required=False, default=None)
    customer = CustomerData(source="customer_data", required=False, default=None)

    def to_internal_value(self, data):
        changes = super().to_internal_value(data)
        differing = differences(data, self.context["current"])
        if differing:
            raise ReadOnly(f"Field: {differing}, Reason: it cannot be changed here.")
        if changes["customer_data"] == self.context["current"].get("customer"):
            changes["customer_data"] = None
        return changes


class OneStopBookingRequest(PlanningRequest):
    """TOMP oneStopBookingRequest: a planning request that names assets or types, and who books."""

    needs_one_of = ("useAssets", "useAssetTypes")

    customer = CustomerData(source="customer_data", required=False, default=None)
    callbackUrl = CallbackUrl(source="callback_url", required=False, default="", max_length=500)


class BookingOperation(WireSerializer):
    """TOMP bookingOperation."""

    operation = serializers.ChoiceField(choices=OPERATIONS)
    origin = serializers.ChoiceField(choices=ORIGINS, required=False, default="MP")
    extendReason = serializers.ChoiceField(
        choices=EXTEND_REASONS, required=False, default="OTHER", source="extend_reason"
    )


class SubscriptionRequest(WireSerializer):
    """Body of POST /bookings/{id}/subscription, which may be left out (reading 27)."""

    may_be_absent = True

    webhook = CallbackUrl(required=False, default="", max_length=500)


class NotificationData(WireSerializer):
    """TOMP notification."""

    type = serializers.ChoiceField(choices=Notification.Type.values)
    minutes = WholeNumber(min_value=0, max_value=10**6, required=False, default=None)
    asset = Declared(components.Asset, required=False, default=None)
    comment = Text(required=False, default="", allow_blank=True, max_length=5000)
    legId = Text(required=False, default="", allow_blank=True, source="leg_id", max_length=100)


def booking_json(booking, legs, dialect, *, now, with_ids=True, access=None):
    """TOMP booking. `with_ids` is off in answers to inquiries, which cannot be booked; `access` as for leg_json()."""
    told = [leg_json(leg, dialect, with_ids=with_ids, access=access) for leg in legs]
    return without_nulls(
        id=str(booking.id) if with_ids else None,
        state=booking.state,
        **{"from": place_json(booking.from_place, dialect.language)},
        to=place_json(booking.to_place, dialect.language) if booking.to_place else None,
        customer=customer_json(booking.customer_data, dialect.version),
        callbackUrl=booking.callback_url or None,
        extraInfo=booking.extra_info,
        departureTime=moment_json(booking.departs_at),
        arrivalTime=moment_json(booking.arrives_at),
        actualDepartureTime=moment_json(booking.departed_at),
        actualArrivalTime=moment_json(booking.arrived_at),
        mainAssetType=told[0]["assetType"],
        legs=told,
        pricing=_pricing(booking, legs, now),
    )


def customer_json(data, version):
    """The customer as it was sent. 1.5 readers find the provider's own number under `id` (semantics §13); a customer
    without a number, or a card without an end, is nothing they could read, and left out (§14).
    """
    if data is None or not version.customer_id_required:
        return data
    number = data.get("id", data.get("externalId"))
    if number is None:
        return None
    told = {**data, "id": number}
    if "cards" in data:
        told["cards"] = [card for card in data["cards"] if "validUntil" in card]
    return told


def _pricing(booking, legs, now):
    """One FIXED part per leg: what it costs so far; then one per extra cost or fee, by name (Entur profile)."""
    over = not booking.is_open and booking.state != booking.State.NEW
    parts, estimated = [], False
    for leg in legs:
        fare = leg.price(now)
        never_began = over and leg.departed_at is None
        if never_began:
            fare = replace(fare, lines=())
        parts.append({**fleet.total_amount_json(fare), "type": "FIXED"})
        estimated |= not (leg.is_price_final or never_began)
    return {"estimated": estimated, "parts": [*parts, *_extra_parts(booking)]}


def _extra_parts(booking):
    """What is charged besides the fares, as parts of a price; amounts below zero take off."""
    for cost in booking.extra_costs:
        part = fleet.owed_amount_json(
            Decimal(cost["amount"]),
            currency=booking.currency,
            vat_rate=None if cost["vat_rate"] is None else Decimal(cost["vat_rate"]),
            vat_country=cost["vat_country"],
        )
        yield {**part, "type": "FIXED", "name": cost["name"], "class": "ANCILLARY"}


def notification_json(notification):
    """TOMP notification."""
    return without_nulls(
        type=notification.type,
        minutes=notification.minutes,
        comment=notification.comment or None,
        legId=notification.leg_id or None,
        asset=notification.asset,
    )
