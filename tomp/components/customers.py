"""Travellers and customers."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import (
    Choice,
    Component,
    Country,
    Day,
    Flag,
    FreeObject,
    Moment,
    Text,
    Whole,
    texts,
)
from tomp.components.places import Address
from tomp.components.vehicles import Requirement
from tomp.components.words import AssetClass
from tomp.versions import V1_5, V1_6


class CardType(Component):
    """A kind of card."""

    is_open = True

    type = Choice("ID", "DISCOUNT", "TRAVEL", "BANK", "CREDIT", "PASSPORT", "OTHER", required=True)
    subType = Text()
    assetClass = AssetClass()
    acceptors = texts()


class Card(CardType):
    """A card of somebody."""

    required_in = {V1_5: ("validUntil",)}

    cardDescription = Text()
    cardNumber = Text(required=True)
    cardAdditionalNumber = Text()
    validUntil = Day()
    country = Country()


class LicenseType(Component):
    """What a licence is for."""

    is_open = True

    assetClass = AssetClass(required=True)
    issuingCountry = Country()


class License(LicenseType):
    """A licence of somebody."""

    number = Text()
    licenseCode = Text()
    validUntil = Day()


class Phone(Component):
    """A telephone number."""

    is_open = True

    preferred = Flag()
    number = Text(help_text="Digits as they are dialled: +31 30 1234567.")
    kind = Choice("LANDLINE", "MOBILE")
    type = Choice("PRIVATE", "BUSINESS", "OTHER")


class Requirements(Component):
    """What a traveller needs or brings along."""

    is_open = True

    abilities = Requirement(many=True)
    bringAlong = Requirement(many=True)


class Traveler(Component):
    """Somebody who travels, without a name."""

    isValidated = Flag()
    age = Whole()
    referenceNumber = Text()
    cardTypes = CardType(many=True)
    licenseTypes = LicenseType(many=True)
    requirements = Requirements()
    knownIdentifier = Text()
    knownIdentifierProvider = Text()


class Customer(Traveler):
    """Who books. What the provider sent is given back as it came, so there may be more than is declared here."""

    is_open = True
    since = {V1_6: ("externalId", "placeOfBirth", "countryOfBirth")}
    required_in = {V1_5: ("id",)}

    id = Text(help_text="Up to 1.5 the provider's number, since 1.6 the operator's.")
    externalId = Text(help_text="The provider's number.")
    travelerReference = Text()
    initials = Text()
    firstName = Text()
    lastName = Text()
    middleName = Text()
    prefix = Text()
    postfix = Text()
    phones = Phone(many=True)
    email = Text()
    birthDate = Day()
    placeOfBirth = Text()
    countryOfBirth = Country()
    address = Address()
    photo = Text(help_text="base64")
    cards = Card(many=True)
    licenses = License(many=True)
    extraInfo = FreeObject()


class CustomerAccountStatus(Choice):
    """Whether an account may be used."""

    name = "customerAccountStatus"
    words = ("CREATED", "TO_PENDING_VALIDATION", "ACTIVE", "BLOCKED")


class CustomerAccount(Customer):
    """A customer as the operator knows it (1.6)."""

    id = Text(required=True)
    creationDate = Moment()
    modificationDate = Moment()
    status = CustomerAccountStatus()
