"""The payment module (TOMP /payment)."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from bookings.models import Booking
from maas.views import ProviderViewSet
from payments import services
from payments.errors import BookingUnknown
from payments.filters import JournalFilter
from payments.models import JournalEntry
from payments.serializers import ExtraCosts, claim_json, entry_json
from tomp import components
from tomp.serializers import Paging, page


class PaymentViewSet(ProviderViewSet):
    """What the provider owes us and we owe it."""

    module = 6
    paged_actions = ("journal",)

    @extend_schema(
        parameters=[Paging, *JournalFilter.parameters()],
        responses={200: components.JournalEntry(many=True)},
        tags=["payment"],
    )
    def journal(self, request):
        """The provider's journal entries, oldest first."""
        entries = self.filtered(JournalFilter, JournalEntry.objects.for_provider(self.provider))
        return Response([entry_json(entry) for entry in page(entries, **self.valid_query(Paging))])

    @extend_schema(request=ExtraCosts, responses={200: components.JournalEntry}, tags=["payment"])
    def claim(self, request, id):
        """The provider claims extra costs, or money back. The operator decides; the journal has it once approved."""
        booking = self.get_booking(id)
        claim = services.propose(booking=booking, now=timezone.now(), **self.valid(ExtraCosts))
        return Response(claim_json(claim))

    def get_booking(self, booking_id):
        """The provider's booking; raises BookingUnknown."""
        mine = Booking.objects.booked().for_provider(self.provider)
        booking = mine.filter(pk=_as_uuid(booking_id)).first()
        if booking is None:
            raise BookingUnknown(f"Booking {booking_id[:80]!r} not found.")
        return booking


def _as_uuid(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BookingUnknown(f"Booking {text[:80]!r} not found.") from None
