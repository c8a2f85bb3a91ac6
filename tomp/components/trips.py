"""Planning answers, bookings, legs, what opens a vehicle, notifications and support."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.conditions import conditions
from tomp.components.customers import Customer
from tomp.components.declare import (
    Choice,
    Component,
    FreeObject,
    ListOf,
    Moment,
    Number,
    OneOf,
    Spelled,
    Text,
    Url,
    Whole,
    texts,
)
from tomp.components.geometry import Geometry
from tomp.components.money import Fare
from tomp.components.places import Coordinates, Place
from tomp.components.steps import Information
from tomp.components.vehicles import Asset, AssetType, Damage
from tomp.components.words import BookingState, LegState
from tomp.versions import V1_6


class TokenData(Component):
    """What every kind of access data has."""

    is_open = True

    tokenType = Spelled()


class TokenDefault(TokenData):
    """Anything the two parties agreed on."""

    url = Text()


class TokenDeeplink(TokenData):
    """An address that opens the vehicle."""

    url = Text()
    knownParameters = texts()


class EKey(Component):
    """A certificate for a lock."""

    key = Text()
    passkey = Text()


class Lock(Component):
    """A Bluetooth lock."""

    bdAddress = Text()
    deviceName = Text()


class TokenEKey(TokenData):
    """A key for an AXA lock."""

    ekey = EKey(required=True)
    lock = Lock(required=True)


class TokenQR(TokenData):
    """A QR code to show."""

    base64 = Text(required=True)
    version = Text()


class Token(Component):
    """What opens a vehicle or proves the right to travel, and how long."""

    validFrom = Moment(required=True)
    validUntil = Moment(required=True)
    tokenType = Spelled("tokenDefault", "tokenDeeplink", "tokenEKey", "tokenQR")
    tokenData = OneOf(TokenDefault, TokenDeeplink, TokenEKey, TokenQR, by="tokenType")


class Suboperator(Component):
    """Who drives or owns, if it is not the operator."""

    name = Text(required=True)
    maasId = Text()
    description = Text()
    contact = Text()


class Leg(Component):
    """The journey on one vehicle, as planned and as it went."""

    id = Text()
    from_ = Place(required=True)
    to = Place()
    departureTime = Moment()
    arrivalTime = Moment()
    actualArrivalTime = Moment()
    actualDepartureTime = Moment()
    travelerReferenceNumbers = texts()
    assetType = AssetType(required=True)
    legSequenceNumber = Whole()
    asset = Asset()
    pricing = Fare(help_text="The tariff until the end; then what the leg cost.")
    suboperator = Suboperator()
    conditions = conditions()
    state = LegState()
    departureDelay = Whole(min_value=0, max_value=2**31 - 1, help_text="Milliseconds.")
    arrivalDelay = Whole(min_value=0, max_value=2**31 - 1, help_text="Milliseconds.")
    distance = Whole(min_value=0, help_text="Metres.")
    progressGeometry = Geometry("geojsonLine")
    ticket = Token()
    assetAccessData = Token()
    allAssetAccessData = Token(many=True)
    userCommunication = Information(many=True)
    memo = Text()


class BookingRequest(Component):
    """What a provider says when it books."""

    id = Text()
    from_ = Place()
    callbackUrl = Url()
    to = Place()
    customer = Customer()
    extraInfo = FreeObject()


class BookingExtraData(Component):
    """Waiting and travel times in minutes, and whatever else the operator adds."""

    is_open = True

    safeWaitTime = Whole(min_value=0)
    maxWaitTime = Whole(min_value=0)
    safeTravelTime = Whole(min_value=0)
    maxTravelTime = Whole(min_value=0)


class Booking(BookingRequest):
    """The agreement about a trip. An offer is a booking in state NEW."""

    state = BookingState()
    legs = Leg(many=True)
    pricing = Fare(help_text="What the trip costs so far: one part per leg.")
    departureTime = Moment()
    arrivalTime = Moment()
    actualDepartureTime = Moment()
    actualArrivalTime = Moment()
    mainAssetType = AssetType()
    userCommunication = Information(many=True)
    memo = Text()
    extraData = BookingExtraData()


class Planning(Component):
    """What could be done, and until when it can be booked."""

    validUntil = Moment(required=True)
    options = Booking(many=True, required=True)


class LegProgress(Component):
    """Where the vehicle is, and how far and how long it has come."""

    coordinates = Coordinates(required=True)
    duration = Whole(min_value=0, max_value=2**31 - 1, help_text="Milliseconds.")
    distance = Whole(min_value=0, help_text="Metres.")
    asset = Asset()


class LegEvent(Component):
    """Something that happens to a leg, or is asked for."""

    since = {V1_6: ("userLocation",)}

    time = Moment(required=True)
    event = Choice(
        "PREPARE",
        "ASSIGN_ASSET",
        "SET_IN_USE",
        "PAUSE",
        "OPEN_TRUNK",
        "START_FINISHING",
        "FINISH",
        "TIME_EXTEND",
        "TIME_POSTPONE",
        "CANCEL",
        required=True,
    )
    comment = Text()
    url = ListOf(Url(), help_text="Pictures and the like.")
    userLocation = Place()
    asset = Asset()


class Notification(Component):
    """A message about a booking."""

    type = Choice(
        "VEHICLE_NOT_AVAILABLE",
        "USER_NO_SHOW",
        "ETA",
        "MESSAGE_TO_DRIVER",
        "MESSAGE_TO_END_USER",
        "USER_OUT_OF_LIMITS",
        "OTHER",
        required=True,
    )
    minutes = Whole(min_value=0)
    asset = Asset()
    comment = Text()
    legId = Text()


class SupportRequest(Component):
    """A call for help."""

    since = {V1_6: ("damage", "assetId")}

    id = Text(help_text="The booking, or the id given for a vehicle nobody booked.")
    supportType = Choice(
        "BROKEN_DOWN",
        "NOT_AT_LOCATION",
        "MISSING_AFTER_PAUSE",
        "NOT_CLEAN",
        "NOT_AVAILABLE",
        "UNABLE_TO_OPEN",
        "UNABLE_TO_CLOSE",
        "API_TECHNICAL",
        "API_FUNCTIONAL",
        "ACCIDENT",
        "OTHER",
    )
    location = Place()
    time = Moment()
    priority = Choice("ERROR_CANNOT_CONTINUE", "ERROR_CAN_CONTINUE", "DISTURBING_ISSUE", "QUESTION", "OTHER")
    contactInformationEndUser = Text()
    comment = Text()
    requestedResponseTime = Number(min_value=0, help_text="Minutes.")
    damage = Damage()
    urls = ListOf(Url())
    assetId = Text()


class SupportStatus(SupportRequest):
    """What has become of a call for help."""

    status = Choice("PROCESSING", "UPDATE_REQUESTED", "RESOLVED", "CANCELLED")
    timeToResolution = Whole(help_text="Minutes.")
    order = Whole(min_value=0)
