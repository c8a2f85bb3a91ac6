"""Who works in the back office, and one row of everything to work with."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet import information
from fleet import models as fleet
from fleet.models.vehicles import AssetState
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


@pytest.fixture
def superuser(db):
    information.system()  # kept by who was there before, in whatever counts statements
    return User.objects.create(username="rita", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client, superuser):
    """A browser in which a superuser is signed in."""
    client.force_login(superuser)
    return client


@pytest.fixture
def signed_in(client, db):
    """Signs in a member of staff who has these permissions and no others."""

    information.system()

    def sign_in(*codenames):
        user = User.objects.create(username="ingrid", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def everything(superuser):
    return one_of_each(superuser)


def one_of_each(superuser):
    """At least one row of each model the back office shows: {model: row}."""
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


@pytest.fixture
def e_scooter(db) -> fleet.Asset:
    return AssetFactory(marked=True)
