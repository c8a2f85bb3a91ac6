"""The booking module (TOMP /bookings)."""

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from bookings import at_once, listing, services
from bookings.errors import BookingNotFound
from bookings.filters import BookingFilter
from bookings.models import Booking, Party
from bookings.serializers import (
    BookingChange,
    BookingOperation,
    BookingRequest,
    NotificationData,
    OneStopBookingRequest,
    SubscriptionRequest,
    booking_json,
    notification_json,
)
from legs.access import Access
from maas.views import ProviderViewSet
from planning.options import Trip
from tomp import components
from tomp.compiled import compiled
from tomp.ids import as_uuid
from tomp.views import expires

TAGS = ["booking"]


class BookingViewSet(ProviderViewSet):
    """The provider's bookings."""

    module = 3
    meta_events = {"events": ("COMMIT", "CANCEL")}

    @extend_schema(parameters=BookingFilter.parameters(), responses={200: components.Booking(many=True)}, tags=TAGS)
    def list(self, request):
        """The provider's bookings that fit the filters, the newest first; offers are no bookings yet.

        The protocol has no pages here; the newest TOMP_MAX_PAGE_SIZE are given.
        """
        now = timezone.now()
        for booking in _lapsed.all(provider=self.provider.pk, now=now):
            services.expire(booking_id=booking.pk, now=now)
        mine = Booking.objects.for_provider(self.provider).booked()
        bookings = list(self.filtered(BookingFilter, mine)[: settings.TOMP_MAX_PAGE_SIZE])
        legs = listing.legs_of(bookings)
        dialect = self.dialect
        return Response([booking_json(booking, legs[booking.pk], dialect, now=now) for booking in bookings])

    @extend_schema(request=BookingRequest, responses={201: components.Booking}, tags=TAGS)
    def create(self, request):
        """Books an offer."""
        now = timezone.now()
        wanted = self.valid(BookingRequest)
        offer_id = wanted.pop("offer_id")
        if as_uuid(offer_id) is None:
            raise BookingNotFound(f"Offer {offer_id[:80]!r} not found.")
        booking, legs = at_once.book(
            provider=self.provider, offer_id=as_uuid(offer_id), version=self.version.minor, now=now, **wanted
        )
        return self.created(booking, legs, now)

    @extend_schema(request=OneStopBookingRequest, responses={201: components.Booking}, tags=["planning"])
    def one_stop(self, request):
        """Offers and books in one step."""
        now = timezone.now()
        wanted = self.valid(OneStopBookingRequest)
        customer = {key: wanted.pop(key) for key in ("customer_data", "callback_url")}
        booking, legs = at_once.book_one_stop(
            provider=self.provider,
            trip=Trip(**wanted),
            extra_info=wanted["extra_info"],
            version=self.version.minor,
            now=now,
            **customer,
        )
        return self.created(booking, legs, now)

    @extend_schema(responses={200: components.Booking}, tags=TAGS)
    def retrieve(self, request, id):
        """The booking as it is now."""
        booking = self.get_booking(id)
        return self.answer(booking, services.legs_of(booking), timezone.now(), "GET_BOOKING")

    @extend_schema(request=components.Booking, responses={200: components.Booking}, tags=["booking [optional]"])
    def update(self, request, id):
        """Changes times, destination or customer of a booking that did not start; everything else is read-only."""
        booking = self.get_booking(id)
        now = timezone.now()
        services.check_changeable(booking, now)
        current = booking_json(booking, services.legs_of(booking), self.dialect, now=now)
        changes = self.valid(BookingChange, current=current)
        booking, legs = services.change(booking_id=booking.pk, now=now, **changes)
        return self.answer(booking, legs, now)

    @extend_schema(request=BookingOperation, responses={200: components.Booking}, tags=TAGS)
    def events(self, request, id):
        """COMMIT, CANCEL or EXTEND_EXPIRY_TIME; the answer is the booking after it."""
        booking = self.get_booking(id)
        asked = self.valid(BookingOperation)
        now = timezone.now()
        booking, legs = self._operate(asked, booking.pk, now)
        tell = self.version.expires_on_every_event or booking.expires_at is not None
        return self.answer(
            booking,
            legs,
            now,
            f"{asked['operation']}_EVENT",
            headers=expires(ends_at(booking)) if tell else {},
        )

    def _operate(self, asked, booking_id, now):
        match asked["operation"]:
            case "COMMIT":
                return services.commit(booking_id=booking_id, now=now)
            case "CANCEL":
                by = Party.END_USER if asked["origin"] == "END_USER" else Party.MP
                return services.cancel(booking_id=booking_id, now=now, asked_by=by)
            case "EXTEND_EXPIRY_TIME":
                return services.extend(
                    booking_id=booking_id, provider=self.provider, reason=asked["extend_reason"], now=now
                )
            case _:
                return services.deny_by_provider(booking_id=booking_id)

    @extend_schema(request=SubscriptionRequest, responses={204: None}, tags=["booking [optional]"])
    def subscribe(self, request, id):
        """The provider is told of every step, until the booking is over; asking again may name another webhook."""
        booking = self.get_booking(id)
        services.subscribe(booking_id=booking.pk, now=timezone.now(), **self.valid(SubscriptionRequest))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None}, tags=["booking [optional]"])
    def unsubscribe(self, request, id):
        """The provider is told only what it must know; so it is where it never subscribed."""
        services.unsubscribe(booking_id=self.get_booking(id).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={200: components.Notification(many=True)}, tags=["general"])
    def notifications(self, request, id):
        """All messages about the booking, of both sides, the oldest first."""
        booking = self.get_booking(id)
        return Response([notification_json(notification) for notification in booking.notifications.all()])

    @extend_schema(request=NotificationData, responses={204: None}, tags=["general"])
    def notify(self, request, id):
        """A message of the provider about the booking."""
        booking = self.get_booking(id)
        services.notify(booking_id=booking.pk, sent_by=Party.MP, now=timezone.now(), **self.valid(NotificationData))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_booking(self, booking_id):
        """The provider's booking, its lapse noticed; raises BookingNotFound."""
        now = timezone.now()
        try:
            booking = _booking.get(provider=self.provider.pk, booking_id=as_uuid(booking_id))
        except Booking.DoesNotExist:
            raise BookingNotFound(f"Booking {booking_id[:80]!r} not found.") from None
        if booking.has_lapsed(now):
            booking = services.expire(booking_id=booking.pk, now=now)
        return booking

    def created(self, booking, legs, now):
        """What was booked. It may be committed and begun already: then this is the answer to these, too."""
        begun = ("SET_IN_USE_EVENT",) if booking.state == Booking.State.STARTED else ()
        return self.answer(
            booking,
            legs,
            now,
            *("BOOKING", "COMMIT_EVENT", *begun),
            status=status.HTTP_201_CREATED,
            headers=expires(ends_at(booking)),
        )

    def answer(self, booking, legs, now, *names, **response):
        """The booking, with as much access data as belongs to an answer of these names (maas.models.AccessAnswer)."""
        access = Access.in_answer(*names, provider=self.provider, now=now)
        return Response(booking_json(booking, legs, self.dialect, now=now, access=access), **response)


@compiled
def _lapsed(provider, now):
    return Booking.objects.for_provider(provider).lapsed(now)


@compiled
def _booking(provider, booking_id):
    return Booking.objects.booked().for_provider(provider).filter(pk=booking_id)


def ends_at(booking):
    """Until when the booking stands as it is: its time to commit, else its planned end (reading 30)."""
    return booking.expires_at or booking.arrives_at or booking.departs_at + services.PLANNED_WITHOUT_ARRIVAL
