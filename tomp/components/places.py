"""Where: coordinates, addresses, places, stations' stops."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import Choice, Component, Country, FreeObject, Number, Text, Whole


class Coordinates(Component):
    """A point on the globe, WGS84 degrees. Negative values lie in the west and the south."""

    lng = Number(required=True, min_value=-180, max_value=180)
    lat = Number(required=True, min_value=-90, max_value=90)
    alt = Number(help_text="Metres above sea level.")


class Address(Component):
    """A postal address."""

    is_open = True

    streetAddress = Text(required=True, help_text="Street with number, or the PO box.")
    street = Text()
    houseNumber = Whole(min_value=0)
    houseNumberAddition = Text()
    addressAdditionalInfo = Text(help_text="What helps to find it.")
    areaReference = Text(required=True, help_text="City or town, and the province, state or county.")
    city = Text()
    province = Text()
    state = Text()
    postalCode = Text()
    country = Country()


class StopReference(Component):
    """A stop of public transport in another register."""

    type = Choice(
        "GTFS_STOP_ID",
        "GTFS_STOP_CODE",
        "GTFS_AREA_ID",
        "CHB_STOP_PLACE_CODE",
        "CHB_QUAY_CODE",
        "NS_CODE",
        required=True,
    )
    id = Text(required=True)
    country = Country(required=True)


class Place(Component):
    """Where a leg begins or ends, or a vehicle is."""

    name = Text(help_text="For people, in the language of the answer.")
    stopReference = StopReference(many=True)
    stationId = Text(help_text="A station of /operator/stations.")
    coordinates = Coordinates(required=True)
    physicalAddress = Address()
    extraInfo = FreeObject()
