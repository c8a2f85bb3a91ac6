"""Vehicles, their types and what both have in common."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.conditions import conditions
from tomp.components.declare import (
    Choice,
    Component,
    Country,
    Flag,
    FreeObject,
    ListOf,
    Moment,
    Number,
    Text,
    Url,
    Whole,
)
from tomp.components.money import SystemPricingPlan
from tomp.components.places import Place
from tomp.components.words import AssetAccessMethods, AssetClass
from tomp.versions import V1_6

DAMAGED_PARTS = ("FRONT", "REAR", "LEFT", "RIGHT", "TOP", "BOTTOM", "INTERIOR", "TIRE", "ANCILLARY", "OTHER")


class Requirement(Component):
    """An ability or an ancillary, by its code in the travellers' dictionary (CROW)."""

    is_open = True

    source = Text()  # type: ignore[assignment]  # the metaclass takes it off the class
    category = Text(required=True)
    number = Text(required=True, min_length=2, max_length=2)
    type = Text()
    memo = Text()
    variable_number = Whole(min_value=0)
    applicable_days = ListOf(Choice("MO", "TU", "WE", "TH", "FR", "SA", "SU"))


class Damage(Component):
    """What is broken on a vehicle."""

    since = {V1_6: ("vehicleComponentName",)}

    vehicleComponent = Choice(*DAMAGED_PARTS, required=True)
    vehicleComponentName = Text()
    description = Text(required=True)
    pictures = ListOf(Url())


class EcoLabel(Component):
    """An environmental sticker, as in GBFS."""

    countryCode = Country()
    ecoSticker = Text()


class AssetProperties(Component):
    """What a vehicle is like; on a type for all of them, on a vehicle where it differs."""

    name = Text()
    location = Place()
    brand = Text()
    model = Text()
    buildingYear = Whole()
    colour = Text()
    maxSpeed = Whole(help_text="km/h")
    wheelCount = Whole(min_value=0)
    image = Url()
    icon = Url()
    accessMethods = ListOf(AssetAccessMethods())
    fuel = Choice(
        "NONE",
        "GASOLINE",
        "DIESEL",
        "ELECTRIC",
        "HYBRID_GASOLINE",
        "HYBRID_DIESEL",
        "HYBRID_GAS",
        "HYDROGEN",
        "GAS",
        "BIO_MASS",
        "KEROSINE",
        "OTHER",
    )
    propulsion = Choice("MUSCLE", "ELECTRIC", "GASOLINE", "DIESEL", "HYBRID", "LPG", "HYDROGEN")
    energyLabel = Choice("A", "B", "C", "D", "E")
    ecoLabel = EcoLabel(many=True)
    co2PerKm = Number(min_value=0)
    gears = Whole()
    gearbox = Choice("MANUAL", "AUTOMATIC", "SEMIAUTOMATIC")
    airConditioning = Flag()
    cabrio = Flag()
    towingHook = Flag()
    winterTires = Flag()
    nrOfDoors = Whole()
    nrOfHelmets = Whole()
    navigation = Flag()
    cruiseControl = Flag()
    persons = Whole(min_value=1)
    infantSeat = Flag()
    pets = Flag()
    smoking = Flag()
    easyAccessibility = Choice(
        "LIFT", "ESCALATOR", "GROUND_LEVEL", "SIGHTIMPAIRMENT", "HEARINGIMPAIRMENT", "WHEELCHAIR"
    )
    ancillaries = Requirement(many=True)
    regionId = Text()
    cargo = Text()
    cargoVolume = Whole(help_text="Litres.")
    cargoLoad = Whole(help_text="Kilograms.")
    travelAbroad = Flag()
    undergroundParking = Flag()
    helmetRequired = Flag()
    defaultReserveTime = Whole(min_value=0, help_text="Minutes a vehicle may be held before the ride.")
    other = Text()
    meta = FreeObject()


class Asset(Component):
    """One vehicle, under an id that changes after every trip."""

    id = Text(required=True)
    isReserved = Flag()
    isReservedFrom = Moment()
    isReservedTo = Moment()
    isDisabled = Flag()
    availableUntil = Moment()
    rentalUrl = Text()
    rentalUrlAndroid = Text()
    rentalUrlIOS = Text()
    mileage = Number(min_value=0)
    stateOfCharge = Whole(min_value=0, max_value=100)
    maxRange = Whole(min_value=0, help_text="Metres.")
    licensePlate = Text()
    stationId = Text()
    homeStationId = Text()
    damages = Damage(many=True)
    overriddenProperties = AssetProperties()


class AssetType(Component):
    """A kind of vehicle, and in available-assets which of them are free."""

    id = Text(required=True)
    stationId = Text(help_text="nrAvailable counts those at this station.")
    nrAvailable = Whole()
    assets = Asset(many=True)
    assetClass = AssetClass()
    assetSubClass = Text()
    sharedProperties = AssetProperties()
    applicablePricings = SystemPricingPlan(many=True)
    defaultPricingPlan = SystemPricingPlan()
    conditions = conditions()
