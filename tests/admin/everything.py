"""Rows of each model that the back office shows."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet.models import Asset, AssetType, Station
from fleet.models.vehicles import AssetState
from legs.models import Leg
from tests.factories import ApiKeyFactory, CallbackFactory
from tests.fleet_factories import (
    AlertFactory,
    AncillaryFactory,
    AssetFactory,
    CalendarPeriodFactory,
    ColumnMappingFactory,
    CommandFactory,
    ConditionFactory,
    DamageFactory,
    DeviceGroupFactory,
    GatewayFactory,
    ImportBatchFactory,
    MaintenanceFactory,
    OpeningHoursFactory,
    PlanRuleFactory,
    RegionFactory,
    ReservationFactory,
    RestrictionFactory,
    StationFactory,
    SystemFactory,
    UserGroupFactory,
    VehicleAlertFactory,
)
from tests.trip_factories import (
    BOOKED_AT,
    RIDE,
    BookingEventFactory,
    ClaimFactory,
    CorrectionFactory,
    EvidenceFactory,
    FormerPublicIdFactory,
    InvoiceFactory,
    JournalEntryFactory,
    LegEventFactory,
    LegFactory,
    NotificationFactory,
    SubscriptionFactory,
    SupportRequestFactory,
    SupportStatusFactory,
)


def one_of_each(superuser):
    """At least one row of each model the back office shows: {model: row}; the second time, other rows."""
    asset = AssetFactory(marked=True, state=AssetState.IN_USE, station=StationFactory())
    leg = LegFactory(booking__state="FINISHED", asset=asset)
    period = (BOOKED_AT, BOOKED_AT + RIDE)
    reservation = ReservationFactory(leg_id=leg.pk, asset=asset, asset_type=asset.asset_type, period=period)
    app.configure_task("tests.some_task", allow_unknown=True).defer(booking="1")
    FormerPublicIdFactory(asset=asset)
    EvidenceFactory(leg=leg)
    ConditionFactory(asset_type=asset.asset_type)
    ApiKeyFactory(provider=leg.booking.provider)
    request = SupportRequestFactory(booking=leg.booking, asset=asset)
    rows = [
        *(asset, asset.asset_type, asset.asset_type.default_plan, asset.station, reservation),
        *(leg, leg.booking, leg.booking.provider, leg.booking.customer, LegEventFactory(leg=leg)),
        *(BookingEventFactory(booking=leg.booking), NotificationFactory(booking=leg.booking)),
        SubscriptionFactory(booking=leg.booking),
        *(JournalEntryFactory(booking=leg.booking, leg=leg), request, SupportStatusFactory(request=request)),
        CallbackFactory(booking_id=leg.booking_id, provider=leg.booking.provider),
        *(ClaimFactory(booking=leg.booking), InvoiceFactory(provider=leg.booking.provider)),
        CorrectionFactory(booking=leg.booking),
        *(SystemFactory(), RegionFactory(), AlertFactory(), OpeningHoursFactory(), CalendarPeriodFactory()),
        UserGroupFactory(),
        DeviceGroupFactory(),
        VehicleAlertFactory(asset=asset),
        *(RestrictionFactory(assets=[asset]), DamageFactory(asset=asset), MaintenanceFactory(asset=asset)),
        GatewayFactory(),
        ColumnMappingFactory(),
        ImportBatchFactory(),
        CommandFactory(asset=asset),
        PlanRuleFactory(),
        AncillaryFactory(asset_types=[asset.asset_type]),
        *(superuser, Group.objects.get_or_create(name="Support agent")[0], ProcrastinateJob.objects.latest("pk")),
        LogEntry.objects.create(
            user=superuser, action_flag=CHANGE, object_id="1", object_repr="a station", change_message="[]"
        ),
    ]
    return {type(row): row for row in rows}


def tell_more_of(rows, superuser):
    """Once more what can be told many times of these same rows, as if much had happened to them."""
    asset, leg, asset_type, station = rows[Asset], rows[Leg], rows[AssetType], rows[Station]
    booking, provider = leg.booking, leg.booking.provider
    request = SupportRequestFactory(booking=booking, asset=asset)
    SupportStatusFactory(request=request)
    for make in (FormerPublicIdFactory, DamageFactory, MaintenanceFactory, CommandFactory):
        make(asset=asset)
    AssetFactory(asset_type=asset_type, station=station)
    RestrictionFactory(assets=[asset])
    AncillaryFactory(asset_types=[asset_type])
    LegFactory(booking__provider=provider, booking__customer=booking.customer, asset=asset)
    LegEventFactory(leg=leg, at=BOOKED_AT + timedelta(seconds=leg.events.count()))
    EvidenceFactory(leg=leg)
    for make in (BookingEventFactory, NotificationFactory, ClaimFactory):
        make(booking=booking)
    JournalEntryFactory(booking=booking, leg=leg, category="CREDIT", amount=-1)
    CallbackFactory(booking_id=booking.pk, provider=provider)
    for make in (ApiKeyFactory, InvoiceFactory):
        make(provider=provider)
    LogEntry.objects.create(
        user=superuser, action_flag=CHANGE, object_id="1", object_repr="a station", change_message="[]"
    )
