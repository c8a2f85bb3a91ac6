"""What an operator publishes about itself: its system, regions, stations, hours, alerts, and what it implements."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import (
    Choice,
    Component,
    Day,
    Flag,
    FreeObject,
    ListOf,
    Moment,
    Number,
    Text,
    Url,
    Whole,
    texts,
)
from tomp.components.geometry import AnyGeometry, Geometry
from tomp.components.places import Address, Coordinates
from tomp.components.steps import (
    BookingStep,
    OffBoardingStep,
    OnBoardingStep,
    PausingStep,
    PlanningStep,
    ResumingStep,
)
from tomp.components.words import AssetClass, WeekDay
from tomp.versions import V1_6


class ChamberOfCommerceInfo(Component):
    """Where the operator is registered."""

    number = Text()
    place = Text()


class SystemInformation(Component):
    """The operator's system."""

    systemId = Text(required=True)
    language = texts(required=True, help_text="BCP 47 tags that can be asked for, the default first.")
    name = Text(required=True)
    shortName = Text()
    operator = Text()
    url = Url()
    purchaseUrl = Url()
    discoveryUriAndroid = Text()
    discoveryUriIOS = Text()
    storeUriAndroid = Text()
    storeUriIOS = Text()
    startDate = Day()
    phoneNumber = Text()
    email = Text()
    feedContactEmail = Text()
    timezone = Text(required=True, help_text="A name of the tz database.")
    licenseUrl = Text()
    typeOfSystem = Choice("FREE_FLOATING", "STATION_BASED", "VIRTUAL_STATION_BASED", required=True)
    chamberOfCommerceInfo = ChamberOfCommerceInfo()
    conditions = Text()
    productType = Choice("RENTAL", "SHARING", "PARKING", "CHARGING")
    assetClasses = ListOf(AssetClass())


class SystemRegion(Component):
    """An area and what holds in it."""

    regionId = Text(required=True)
    name = Text(required=True)
    type = Choice("OPERATING", "NO_ACCESS", "NO_PARKING", "PARKING", "DISCOUNT", "SPEEDLIMIT")
    typeUnit = Choice("KMPH", "MPH")
    typeValue = Number()
    areaStartTime = Moment()
    areaEndTime = Moment()
    serviceArea = Geometry("geojsonPolygon")


class StationInformation(Component):
    """A place where vehicles are taken and brought back."""

    stationId = Text(required=True)
    name = Text(required=True)
    contactPhone = Text()
    coordinates = Coordinates(required=True)
    physicalAddress = Address()
    crossStreet = Text()
    regionId = Text()
    stationArea = AnyGeometry()
    parkingType = Choice("PARKING_LOT", "STREET_PARKING", "UNDERGROUND_PARKING", "SIDEWALK_PARKING", "OTHER")
    isVirtual = Flag()
    isValetStation = Flag()
    isChargingStation = Flag()
    parkingHoop = Flag()
    isInstalled = Flag()
    isRenting = Flag()
    isReturning = Flag()
    capacity = Whole()
    assetTypeCapacity = FreeObject(help_text="Docks per asset type id.")
    assetsAvailable = Whole()
    assetTypesAvailable = FreeObject(help_text="Available vehicles per asset type id.")
    docksAvailable = Whole()
    assetDocksAvailable = FreeObject(help_text="Free docks per asset type id.")
    rentalMethods = ListOf(
        Choice(
            "KEY",
            "CASH",
            "BANKCARD",
            "CREDITCARD",
            "PAYPASS",
            "APPLEPAY",
            "ANDROIDPAY",
            "TRANSITCARD",
            "ACCOUNTNUMBER",
            "PHONE",
            "OTHER",
        )
    )
    rentalMethodOther = Text()
    rentalUrl = Text()
    rentalUrlAndroid = Text()
    rentalUrlIOS = Text()


class SystemAlert(Component):
    """Something out of the ordinary."""

    alertId = Text(required=True)
    alertType = Choice("SYSTEM_CLOSURE", "STATION_CLOSURE", "STATION_MOVE", "OTHER", required=True)
    startAndEndTimes = ListOf(ListOf(Moment(), min_length=2, max_length=2))
    stationIds = texts()
    regionId = texts()
    url = Text()
    summary = Text(required=True)
    description = Text()
    lastUpdated = Moment()


class SystemCalendar(Component):
    """From which day to which the system, a station or a region is open."""

    stationId = Text()
    regionId = Text()
    startMonth = Whole(required=True, min_value=1, max_value=12)
    startDay = Whole(required=True, min_value=1, max_value=31)
    startYear = Whole()
    endMonth = Whole(required=True, min_value=1, max_value=12)
    endDay = Whole(required=True, min_value=1, max_value=31)
    endYear = Whole()


class SystemHours(Component):
    """On which days, from when until when; hours past midnight count on (25:30)."""

    userType = Choice("MEMBER", "NON_MEMBERS")
    stationId = Text()
    regionId = Text()
    startTime = Text(required=True, help_text="HH:MM")
    endTime = Text(required=True, help_text="HH:MM")
    days = ListOf(WeekDay(), required=True)


class Endpoint(Component):
    """One operation, or one event of it, and whether it is implemented."""

    method = Choice("POST", "PUT", "GET", "DELETE", "PATCH", required=True)
    path = Text(required=True, help_text="After the base address, or the whole address of an external feed.")
    eventType = Choice(
        "PREPARE",
        "ASSIGN_ASSET",
        "SET_IN_USE",
        "PAUSE",
        "OPEN_TRUNK",
        "START_FINISHING",
        "FINISH",
        "ISSUE",
        "CANCEL",
        "EXPIRE",
        "DENY",
        "COMMIT",
    )
    status = Choice("NOT_IMPLEMENTED", "DIALECT", "IMPLEMENTED", required=True)
    supportsPaging = Flag()
    maxPageSize = Whole(min_value=1)
    externalType = Choice("GBFS", "GTFS", "NeTEx", "OSDM_Offline", "IXSI5", "APDS", since={V1_6: ("CDS",)})
    useAssetTypes = texts(help_text="Members of the external feed that useAssetTypes takes.")
    useAssets = texts(help_text="Members of the external feed that useAssets takes.")


class Scenario(Choice):
    """A way of doing business that applies to all trips."""

    name = "scenario"
    words = (
        "POSTPONED_COMMIT",
        "DEPOSIT",
        "PAY_WHEN_FINISHED",
        "REQUIRE_BOOKING_DATA",
        "RETURN_AREA",
        "UPFRONT_PAYMENT",
    )


class ProcessIdentifiers(Component):
    """How each part of the process is done; the identifiers are listed in the TOMP wiki."""

    operatorInformation = texts(required=True)
    planning = texts(required=True)
    booking = texts(required=True)
    tripExecution = texts(required=True)
    support = texts(required=True)
    payment = texts(required=True)
    general = texts(required=True)


class Steps(Component):
    """What the traveller does or is shown, in this order, whatever the vehicle."""

    planning = PlanningStep(many=True)
    booking = BookingStep(many=True)
    onboarding = OnBoardingStep(many=True)
    offboarding = OffBoardingStep(many=True)
    pausing = PausingStep(many=True)
    resuming = ResumingStep(many=True)


class EndpointImplementation(Component):
    """One version that is served here, with all its operations."""

    version = Text(required=True)
    baseUrl = Text(required=True)
    endpoints = Endpoint(many=True, required=True)
    scenarios = ListOf(Scenario(), required=True)
    processIdentifiers = ProcessIdentifiers(required=True)
    steps = Steps()
