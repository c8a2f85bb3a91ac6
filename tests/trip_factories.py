"""One factory per model of a trip and its money: any state is built at once, tests say what matters to them.

A booking has no legs of its own: LegFactory(booking=…) gives it one, with the same id when it is the only one.
"""

import datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from bookings.models import (
    OPEN_STATES,
    WAITING_STATES,
    Booking,
    BookingEvent,
    BookingState,
    Notification,
    Party,
    Subscription,
)
from customers.models import Customer
from fleet import pricing
from fleet.models import AssetPublicId
from legs.models import DONE_STATES, Evidence, Leg, LegEvent, LegState
from payments.models import Claim, Correction, Invoice, JournalEntry
from support.models import SupportRequest, SupportStatus
from tests.factories import MaasProviderFactory
from tests.fleet_factories import LAT, LON, AssetFactory

BOOKED_AT = datetime.datetime(2026, 5, 4, 12, 0, tzinfo=datetime.UTC)
RIDE = datetime.timedelta(minutes=10)
PLACE = {"name": "Central Station", "coordinates": {"lat": LAT, "lng": LON}}
BEGUN = (BookingState.STARTED, BookingState.FINISHED)


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    provider = factory.SubFactory(MaasProviderFactory)
    external_id = factory.Sequence("customer-{}".format)


class BookingFactory(DjangoModelFactory):
    """Confirmed, unless `state` says otherwise; the moments are those a booking in its state has."""

    class Meta:
        model = Booking

    provider = factory.SubFactory(MaasProviderFactory)
    customer = factory.SubFactory(CustomerFactory, provider=factory.SelfAttribute("..provider"))
    state = BookingState.CONFIRMED
    api_version = "1.6"
    from_place = PLACE
    created_at = BOOKED_AT
    booked_at = factory.LazyAttribute(lambda booking: None if booking.state == BookingState.NEW else BOOKED_AT)
    departs_at = BOOKED_AT
    departed_at = factory.LazyAttribute(lambda booking: BOOKED_AT if booking.state in BEGUN else None)
    arrived_at = factory.LazyAttribute(
        lambda booking: BOOKED_AT + RIDE if booking.state == BookingState.FINISHED else None
    )
    valid_until = BOOKED_AT + RIDE
    expires_at = factory.LazyAttribute(lambda booking: BOOKED_AT + RIDE if booking.state in WAITING_STATES else None)
    price = Decimal("3.50")
    currency = "EUR"


class LegFactory(DjangoModelFactory):
    """With a vehicle, its tariff frozen; in the state that fits its booking. Finished legs took ten minutes."""

    class Meta:
        model = Leg

    id = factory.LazyAttribute(lambda leg: leg.booking.id)
    booking = factory.SubFactory(BookingFactory)
    asset = factory.SubFactory(AssetFactory)
    asset_type = factory.LazyAttribute(lambda leg: leg.asset.asset_type)
    asset_public_id = factory.LazyAttribute(lambda leg: leg.asset.public_id)
    from_place = PLACE
    departs_at = BOOKED_AT
    tariff = factory.LazyAttribute(lambda leg: leg.asset_type.default_plan.tariff().as_json())

    @factory.lazy_attribute
    def state(self):
        if self.booking.state == BookingState.STARTED:
            return LegState.IN_USE
        if self.booking.state == BookingState.FINISHED:
            return LegState.FINISHED
        is_alive = self.booking.state in (BookingState.NEW, *OPEN_STATES)
        return LegState.NOT_STARTED if is_alive else LegState.CANCELLED

    @factory.lazy_attribute
    def departed_at(self):
        return None if self.state in (LegState.NOT_STARTED, LegState.PREPARING, LegState.CANCELLED) else BOOKED_AT

    @factory.lazy_attribute
    def arrived_at(self):
        return BOOKED_AT + RIDE if self.state == LegState.FINISHED else None

    @factory.lazy_attribute
    def segments(self):
        if self.departed_at is None:
            return []
        return [["IN_USE", int(RIDE.total_seconds()) if self.state in DONE_STATES else 0]]

    @factory.lazy_attribute
    def metered_since(self):
        return BOOKED_AT if self.departed_at and self.state not in DONE_STATES else None

    @factory.lazy_attribute
    def fare(self):
        if self.state != LegState.FINISHED:
            return None
        ride = pricing.Segment(pricing.AssetState.IN_USE, int(RIDE.total_seconds()))
        return pricing.price(pricing.Tariff.from_json(self.tariff), pricing.Usage((ride,))).as_json()


class BookingEventFactory(DjangoModelFactory):
    class Meta:
        model = BookingEvent

    booking = factory.SubFactory(BookingFactory)
    operation = "COMMIT"
    state = BookingState.CONFIRMED
    at = BOOKED_AT


class LegEventFactory(DjangoModelFactory):
    class Meta:
        model = LegEvent

    leg = factory.SubFactory(LegFactory)
    event = "SET_IN_USE"
    state = LegState.IN_USE
    at = BOOKED_AT
    received_at = factory.SelfAttribute("at")


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    leg = factory.SubFactory(LegFactory)
    url = factory.Sequence("https://mp.example.org/photos/{}.jpg".format)
    received_at = BOOKED_AT


class SubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = Subscription

    booking = factory.SubFactory(BookingFactory)
    webhook = "https://mp.example.org/hooks"
    since = BOOKED_AT


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    booking = factory.SubFactory(BookingFactory)
    type = Notification.Type.MESSAGE_TO_DRIVER
    comment = "I wait at the north entrance."
    sent_by = Party.MP
    at = BOOKED_AT


class JournalEntryFactory(DjangoModelFactory):
    """A fare of 3.50; `leg=…` makes it that leg's."""

    class Meta:
        model = JournalEntry

    booking = factory.SubFactory(BookingFactory, state=BookingState.FINISHED)
    provider = factory.LazyAttribute(lambda entry: entry.booking.provider)
    sequence = factory.Sequence(lambda number: number + 1)
    category = JournalEntry.Category.FARE
    amount = Decimal("3.500")
    currency = "EUR"
    created_at = BOOKED_AT


class ClaimFactory(DjangoModelFactory):
    """1.50 back, under review."""

    class Meta:
        model = Claim

    booking = factory.SubFactory(BookingFactory, state=BookingState.FINISHED)
    provider = factory.LazyAttribute(lambda claim: claim.booking.provider)
    category = JournalEntry.Category.REFUND
    amount = Decimal("-1.500")
    currency = "EUR"
    description = "The brake did not work."
    created_at = BOOKED_AT


class CorrectionFactory(DjangoModelFactory):
    """Ann wants to give 150.00 back; nobody decided yet."""

    class Meta:
        model = Correction

    booking = factory.SubFactory(BookingFactory, state=BookingState.FINISHED)
    kind = Correction.Kind.REFUND
    category = JournalEntry.Category.REFUND
    amount = Decimal("-150.000")
    currency = "EUR"
    description = "Refund"
    proposed_at = BOOKED_AT
    proposed_by = "ann"
    reason = "The brake did not work."


class InvoiceFactory(DjangoModelFactory):
    """Of a day, without entries."""

    class Meta:
        model = Invoice

    provider = factory.SubFactory(MaasProviderFactory)
    year = 2026
    serial = factory.Sequence(lambda number: number + 1)
    number = factory.LazyAttribute(lambda invoice: f"{invoice.year}-{invoice.serial:05}")
    since = BOOKED_AT
    until = BOOKED_AT + datetime.timedelta(days=1)
    currency = "EUR"
    total = Decimal("3.500")
    made_at = BOOKED_AT + datetime.timedelta(days=2)


class SupportRequestFactory(DjangoModelFactory):
    class Meta:
        model = SupportRequest

    booking = factory.SubFactory(BookingFactory)
    provider = factory.LazyAttribute(lambda request: request.booking.provider)
    reference = factory.LazyAttribute(lambda request: str(request.booking.pk))
    support_type = SupportRequest.Type.UNABLE_TO_CLOSE
    comment = "The lock does not close."
    created_at = BOOKED_AT


class SupportStatusFactory(DjangoModelFactory):
    """What was said with a request, as the next one under its reference."""

    class Meta:
        model = SupportStatus

    request = factory.SubFactory(SupportRequestFactory)
    reference = factory.SelfAttribute("request.reference")
    order = factory.LazyAttribute(lambda said: SupportStatus.objects.filter(reference=said.reference).count())
    status = factory.SelfAttribute("request.status")
    comment = factory.SelfAttribute("request.comment")
    at = factory.SelfAttribute("request.created_at")


class FormerPublicIdFactory(DjangoModelFactory):
    class Meta:
        model = AssetPublicId

    public_id = factory.Faker("uuid4")
    asset = factory.SubFactory(AssetFactory)
    replaced_at = BOOKED_AT
