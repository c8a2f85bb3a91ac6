"""Book a vehicle, begin the ride, end it and charge it."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.naive.models import Asset, AuditRecord, Booking, JournalEntry, Leg
from bench.naive.serializers import BookingSerializer, LegEventRequest, LegSerializer, OneStopRequest


class OneStop(APIView):
    @transaction.atomic
    def post(self, request):
        """The vehicle is booked, and the booking confirmed."""
        wanted = OneStopRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        asset = Asset.objects.select_for_update().get(pk=wanted.validated_data["useAssets"][0].pk)
        if asset.state != "AVAILABLE":
            raise ValidationError("The vehicle is not available.")
        place = wanted.validated_data["from"]["coordinates"]
        booking = Booking.objects.create(provider=request.user, departs_at=timezone.now(), **place)
        Leg.objects.create(id=booking.id, booking=booking, asset=asset)
        asset.state = "RESERVED"
        asset.save()
        audit(booking, "BOOK")
        booking.state = "CONFIRMED"
        booking.save()
        audit(booking, "COMMIT")
        return Response(BookingSerializer(booking).data, status=status.HTTP_201_CREATED)


class LegEvents(APIView):
    @transaction.atomic
    def post(self, request, leg_id):
        """The ride has begun, or it is over and charged."""
        told = LegEventRequest(data=request.data)
        told.is_valid(raise_exception=True)
        leg = get_object_or_404(Leg.objects.select_for_update(), pk=leg_id, booking__provider=request.user)
        if told.validated_data["event"] == "SET_IN_USE":
            begin(leg, told.validated_data["time"])
        else:
            end(leg, told.validated_data["time"])
        audit(leg.booking, told.validated_data["event"])
        return Response(LegSerializer(leg).data)


def begin(leg, at):
    if leg.state != "NOT_STARTED":
        raise PermissionDenied(f"The leg is {leg.state}.")
    leg.state, leg.departed_at = "IN_USE", at
    leg.save()
    leg.booking.state = "STARTED"
    leg.booking.save()
    leg.asset.state = "IN_USE"
    leg.asset.save()


def end(leg, at):
    if leg.state != "IN_USE":
        raise PermissionDenied(f"The leg is {leg.state}.")
    leg.state, leg.arrived_at, leg.price = "FINISHED", at, price(leg, at)
    leg.save()
    plan = leg.asset.asset_type.plan
    JournalEntry.objects.create(leg=leg, provider=leg.booking.provider, amount=leg.price, currency=plan.currency)
    leg.booking.state = "FINISHED"
    leg.booking.save()
    leg.asset.state = "AVAILABLE"
    leg.asset.save()


def price(leg, at):
    """What was agreed once, and for each minute that was begun."""
    minutes = -int(-(at - leg.departed_at).total_seconds() // 60)
    total = Decimal(0)
    for part in leg.asset.asset_type.plan.parts.all():
        total += part.amount if part.type == "FIXED" else part.amount * -(-minutes // part.minutes)
    return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def audit(booking, action):
    AuditRecord.objects.create(provider=booking.provider, booking=booking, action=action, state=booking.state)
