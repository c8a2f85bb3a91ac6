"""The protocol's closed lists of words that several objects use."""

from tomp.components.declare import Choice


class AssetClass(Choice):
    """The kind of vehicle, after NeTEx."""

    name = "assetClass"
    words = (
        "AIR",
        "BUS",
        "TROLLEYBUS",
        "TRAM",
        "COACH",
        "RAIL",
        "INTERCITYRAIL",
        "URBANRAIL",
        "METRO",
        "WATER",
        "CABLEWAY",
        "FUNICULAR",
        "TAXI",
        "SELFDRIVE",
        "FOOT",
        "BICYCLE",
        "MOTORCYCLE",
        "CAR",
        "SHUTTLE",
        "OTHER",
        "PARKING",
        "MOPED",
        "STEP",
        "FERRY",
    )


class AssetAccessMethods(Choice):
    """How a vehicle is opened."""

    name = "assetAccessMethods"
    words = (
        "DEEPLINK",
        "QR",
        "AZTEC",
        "TOMP-API",
        "AXA-EKEY-OTP",
        "PHYSICAL-KEY",
        "BARCODE",
        "PDF",
        "HTML",
        "OVC",
        "EMV",
        "NONE",
    )


class WeekDay(Choice):
    """A day of the week."""

    name = "day"
    words = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class BookingState(Choice):
    """Where a booking is in its life."""

    name = "bookingState"
    words = (
        "NEW",
        "PENDING",
        "REJECTED",
        "RELEASED",
        "EXPIRED",
        "CONDITIONAL_CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "STARTED",
        "FINISHED",
    )


class LegState(Choice):
    """Where a leg is in its life."""

    name = "legState"
    words = (
        "NOT_STARTED",
        "PREPARING",
        "IN_USE",
        "PAUSED",
        "FINISHING",
        "FINISHED",
        "ISSUE_REPORTED",
        "CANCELLED",
    )
