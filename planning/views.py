"""The planning module (TOMP /planning)."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from bookings.serializers import booking_json
from maas.views import ProviderViewSet
from planning import services
from planning.options import Trip
from planning.serializers import BookingIntent, PlanningRequest, planning_json
from tomp import components

TAGS = ["planning"]


class PlanningViewSet(ProviderViewSet):
    """What could be done, and what can be booked."""

    module = 2

    @extend_schema(request=PlanningRequest, responses={201: components.Planning}, tags=TAGS)
    def inquiries(self, request):
        """Likely options; nothing is kept, nothing can be booked from the answer."""
        return self._plan(services.inquire, bookable=False)

    @extend_schema(request=PlanningRequest, responses={201: components.Planning}, tags=TAGS)
    def offers(self, request):
        """Options that can be booked until validUntil. They reserve nothing."""
        return self._plan(services.offer, bookable=True)

    @extend_schema(
        request=PlanningRequest,
        parameters=[BookingIntent],
        responses={201: components.Planning},
        tags=TAGS,
        deprecated=True,
    )
    def plannings(self, request):
        """Inquiries or, with booking-intent, offers; the old way to ask."""
        if self.valid_query(BookingIntent)["booking_intent"]:
            return self._plan(services.offer, bookable=True)
        return self._plan(services.inquire, bookable=False)

    def _plan(self, plan, *, bookable):
        now = timezone.now()
        trip = Trip(**self.valid(PlanningRequest))
        valid_until, drafts = plan(provider=self.provider, trip=trip, version=self.version.minor, now=now)
        options = [booking_json(booking, legs, self.dialect, now=now, with_ids=bookable) for booking, legs in drafts]
        return Response(planning_json(valid_until, options), status=status.HTTP_201_CREATED)
