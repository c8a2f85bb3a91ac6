"""One factory per model of the fleet, in Utrecht: tests say what matters to them, the rest is usual."""

import datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from fleet import information, models, tariffs
from fleet.models.imports import signature_of
from maas.models import digest_of

LAT, LON = 52.09, 5.12


def square(lat=LAT, lon=LON, half=0.05):
    """A GeoJSON Polygon: the square with this middle, `half` degrees in each direction."""
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


class SystemFactory(DjangoModelFactory):
    """The one operator; whoever asked before is told anew."""

    class Meta:
        model = models.System
        django_get_or_create = ("id",)

    id = 1
    system_id = "utrecht"
    name = {"en": "Utrecht Rides", "nl": "Utrecht Rijdt"}
    languages = ["en", "nl"]
    timezone = "Europe/Amsterdam"

    @classmethod
    def _create(cls, *args, **kwargs):
        information.forget()
        return super()._create(*args, **kwargs)


class RegionFactory(DjangoModelFactory):
    """An operating area; `area=square(…)` puts it elsewhere."""

    class Meta:
        model = models.Region

    class Params:
        slow = factory.Trait(kind=models.Region.Kind.SPEEDLIMIT, max_speed_kmh=8)

    region_id = factory.Sequence("region-{}".format)
    name = factory.LazyAttribute(lambda region: {"en": region.region_id.capitalize()})
    area = factory.LazyFunction(square)


class StationFactory(DjangoModelFactory):
    class Meta:
        model = models.Station

    station_id = factory.Sequence("station-{}".format)
    name = factory.LazyAttribute(lambda station: {"en": station.station_id.capitalize()})
    lat = LAT
    lon = LON
    capacity = 10


class PricingPlanFactory(DjangoModelFactory):
    """1.00 to unlock and 0.25 per minute, 21 % VAT included; `parts=[FarePartFactory.build(…)]` replaces that."""

    class Meta:
        model = models.PricingPlan
        skip_postgeneration_save = True

    plan_id = factory.Sequence("plan-{}".format)
    name = factory.LazyAttribute(lambda plan: {"en": plan.plan_id.capitalize()})
    currency = "EUR"
    vat_rate = Decimal(21)
    vat_country = "NL"

    @factory.post_generation
    def parts(self, create, parts, **kwargs):
        if create:
            for part in _usual_parts() if parts is None else parts:
                part.plan = self
                part.save()


class FarePartFactory(DjangoModelFactory):
    """A fixed amount; the trait `per_minute` makes it one for each minute."""

    class Meta:
        model = models.FarePart

    class Params:
        per_minute = factory.Trait(type="FLEX", unit_type="MINUTE", units=Decimal(1), amount=Decimal("0.25"))

    type = "FIXED"
    amount = Decimal(1)


def _usual_parts():
    return [FarePartFactory.build(name="unlock"), FarePartFactory.build(per_minute=True, position=1)]


class AssetTypeFactory(DjangoModelFactory):
    """A free-floating scooter that is booked as such. Traits: `docked` (a bike that goes from station to station) and
    `ahead` (a cargo bike booked by type, which returns to its station)."""

    class Meta:
        model = models.AssetType
        skip_postgeneration_save = True

    class Params:
        docked = factory.Trait(
            name={"en": "Bike", "nl": "Fiets"},
            asset_class="BICYCLE",
            asset_subclass="",
            form_factor="bicycle",
            propulsion="human",
            return_rule=models.AssetType.ReturnRule.ANY_STATION,
        )
        ahead = factory.Trait(
            name={"en": "Cargo bike", "nl": "Bakfiets"},
            asset_class="BICYCLE",
            asset_subclass="cargo bike",
            form_factor="cargo_bicycle",
            propulsion="electric_assist",
            booked_by=models.AssetType.BookedBy.TYPE,
            return_rule=models.AssetType.ReturnRule.ROUNDTRIP_STATION,
        )

    type_id = factory.Sequence("type-{}".format)
    name = {"en": "E-scooter", "nl": "E-step"}
    asset_class = "STEP"
    asset_subclass = "e-scooter"
    form_factor = "scooter_standing"
    propulsion = "electric"
    default_plan = factory.SubFactory(PricingPlanFactory)

    @factory.post_generation
    def plans(self, create, plans, **kwargs):
        if create and plans:
            self.plans.set(plans)


class UserGroupFactory(DjangoModelFactory):
    """`providers=[…]` may have users in it, `asset_types=[…]` are theirs."""

    class Meta:
        model = models.UserGroup
        skip_postgeneration_save = True

    group_id = factory.Sequence("group-{}".format)
    name = factory.LazyAttribute(lambda group: {"en": group.group_id.capitalize()})

    @factory.post_generation
    def providers(self, create, providers, **kwargs):
        if create and providers:
            self.providers.set(providers)

    @factory.post_generation
    def asset_types(self, create, asset_types, **kwargs):
        if create and asset_types:
            self.asset_types.set(asset_types)


class PlanRuleFactory(DjangoModelFactory):
    """Another plan for every type, everywhere and at all times; whoever asked before is told anew."""

    class Meta:
        model = models.PlanRule

    plan = factory.SubFactory(PricingPlanFactory)

    @classmethod
    def _create(cls, *args, **kwargs):
        tariffs.forget()
        return super()._create(*args, **kwargs)


class ConditionFactory(DjangoModelFactory):
    """A deposit of 50.00."""

    class Meta:
        model = models.Condition

    asset_type = factory.SubFactory(AssetTypeFactory)
    kind = models.Condition.Kind.DEPOSIT
    details = factory.LazyFunction(lambda: {"amount": "50.00", "currency": "EUR", "vat_rate": "0"})


class AncillaryFactory(DjangoModelFactory):
    """A child seat for 2.00; `asset_types=[…]` says where it can be had."""

    class Meta:
        model = models.Ancillary
        skip_postgeneration_save = True

    category = "AV"
    number = factory.Sequence(lambda n: f"{n % 100:02}")
    name = {"en": "Child seat", "nl": "Kinderzitje"}
    price = Decimal(2)

    @factory.post_generation
    def asset_types(self, create, asset_types, **kwargs):
        if create and asset_types:
            self.asset_types.set(asset_types)


class AssetFactory(DjangoModelFactory):
    """A charged vehicle in the street; with `station=…` it stands there."""

    class Meta:
        model = models.Asset

    class Params:
        # What tells a vehicle apart for ever, and what the public must never see.
        marked = factory.Trait(
            vehicle_code=factory.Sequence("code-{}".format),
            license_plate=factory.Sequence("PLATE-{}".format),
            mac=factory.Sequence(lambda n: f"AA:BB:CC:DD:{n // 256 % 256:02X}:{n % 256:02X}"),
            nfc_id=factory.Sequence("04{:012X}".format),
            imei=factory.Sequence("35{:013d}".format),
            serial_number=factory.Sequence("serial-{}".format),
            name=factory.Sequence("painted-{}".format),
        )

    vehicle_number = factory.Sequence("vehicle-{}".format)
    asset_type = factory.SubFactory(AssetTypeFactory)
    lat = factory.LazyAttribute(lambda asset: asset.station.lat if asset.station else LAT)
    lon = factory.LazyAttribute(lambda asset: asset.station.lon if asset.station else LON)
    station = None
    state_of_charge = 80


class ReservationFactory(DjangoModelFactory):
    """One vehicle of a type, promised at its station for a period: `period=(from, until)`."""

    class Meta:
        model = models.Reservation

    leg_id = factory.Faker("uuid4")
    asset_type = factory.SubFactory(AssetTypeFactory, ahead=True)


class DeviceGroupFactory(DjangoModelFactory):
    """`secret` is what its devices show."""

    class Meta:
        model = models.DeviceGroup

    class Params:
        secret = factory.Sequence("secret-of-group-{}".format)

    name = factory.Sequence("group-{}".format)
    prefix = factory.LazyAttribute(lambda group: group.secret[:8])
    digest = factory.LazyAttribute(lambda group: digest_of(group.secret))


class VehicleAlertFactory(DjangoModelFactory):
    """A battery that has been low for an hour."""

    class Meta:
        model = models.VehicleAlert

    asset = factory.SubFactory(AssetFactory)
    kind = models.VehicleAlert.Kind.LOW_CHARGE
    details = "9 %"
    since = datetime.datetime(2026, 6, 1, 11, 0, tzinfo=datetime.UTC)
    last_seen_at = datetime.datetime(2026, 6, 1, 12, 0, tzinfo=datetime.UTC)


class GatewayFactory(DjangoModelFactory):
    """Through which every command succeeds; whoever asked before is told anew."""

    class Meta:
        model = models.Gateway

    name = factory.Sequence("gateway-{}".format)
    kind = models.Gateway.Kind.SIMULATED


class CommandFactory(DjangoModelFactory):
    class Meta:
        model = models.Command

    asset = factory.SubFactory(AssetFactory)
    kind = models.Command.Kind.UNLOCK
    state = models.Command.State.DONE
    at = datetime.datetime(2026, 6, 1, 12, 0, tzinfo=datetime.UTC)


class OpeningHoursFactory(DjangoModelFactory):
    """Every day from seven to eleven in the evening, everywhere."""

    class Meta:
        model = models.OpeningHours

    opens_at = datetime.time(7)
    closes_at = datetime.time(23)


class CalendarPeriodFactory(DjangoModelFactory):
    """April to October, each year, everywhere."""

    class Meta:
        model = models.CalendarPeriod

    start_month, start_day = 4, 1
    end_month, end_day = 10, 31


class AlertFactory(DjangoModelFactory):
    """Something about the whole system; `stations=[…]` and `regions=[…]` narrow it."""

    class Meta:
        model = models.Alert
        skip_postgeneration_save = True

    alert_id = factory.Sequence("alert-{}".format)
    summary = {"en": "Fewer scooters today", "nl": "Vandaag minder steps"}

    @factory.post_generation
    def stations(self, create, stations, **kwargs):
        if create and stations:
            self.stations.set(stations)

    @factory.post_generation
    def regions(self, create, regions, **kwargs):
        if create and regions:
            self.regions.set(regions)


class ImportBatchFactory(DjangoModelFactory):
    """A list of two rows that was compared: one vehicle is new, one wrong."""

    class Meta:
        model = models.ImportBatch
        skip_postgeneration_save = True

    kind = "LIST"
    source = "fleet.csv"
    state = "COMPARED"
    header = ["number", "type"]
    sample = [["S-1", "glider"]]
    mapping = {"vehicle_number": 0, "vehicle_type": 1}
    counts = {"all": 2, "new": 1, "wrong": 1}
    created_at = datetime.datetime(2026, 5, 4, 12, 0, tzinfo=datetime.UTC)
    compared_at = created_at

    @factory.post_generation
    def rows(self, create, rows, **kwargs):
        if create:
            changes = {"state": [None, "AVAILABLE"], "vehicle_type": ["", "glider"]}
            self.rows.create(number=2, vehicle="S-1", kind="NEW", changes=changes)
            self.rows.create(number=3, vehicle="", kind="WRONG", errors=["vehicle_number is missing"], cells=["", "x"])


class ColumnMappingFactory(DjangoModelFactory):
    class Meta:
        model = models.ColumnMapping

    name = factory.Sequence("Supplier {}".format)
    signature = signature_of(["Bike", "Kind"])
    columns = {"vehicle_number": 0, "vehicle_type": 1}


class RestrictionFactory(DjangoModelFactory):
    """Decided and running, until staff end it; `assets=[…]` are its vehicles."""

    class Meta:
        model = models.Restriction
        skip_postgeneration_save = True

    reason = "New tyres"
    starts_at = created_at = decided_at = datetime.datetime(2026, 6, 1, 12, 0, tzinfo=datetime.UTC)

    @factory.post_generation
    def assets(self, create, assets, **kwargs):
        for asset in assets or ():
            models.RestrictedAsset.objects.create(restriction=self, asset=asset)


class DamageFactory(DjangoModelFactory):
    class Meta:
        model = models.Damage

    asset = factory.SubFactory(AssetFactory)
    part = "TIRE"
    description = "The front wheel is flat."
    reported_at = datetime.datetime(2026, 6, 1, 12, 0, tzinfo=datetime.UTC)


class MaintenanceFactory(DjangoModelFactory):
    class Meta:
        model = models.Maintenance

    asset = factory.SubFactory(AssetFactory)
    motive = "Yearly inspection"
    starts_at = datetime.datetime(2026, 6, 1, 12, 0, tzinfo=datetime.UTC)
