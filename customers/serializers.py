"""Customers on the wire: as a booking names them, and as an account knows them (TOMP customer, customerAccount)."""

import base64
import binascii

from django.core.validators import RegexValidator
from rest_framework import serializers

from tomp import components
from tomp.declared import Declared
from tomp.serializers import (
    Country,
    Day,
    Flag,
    FreeObject,
    OpenObject,
    Remark,
    Text,
    Url,
    WholeNumber,
    WireSerializer,
    moment_json,
    without_nulls,
)

MAX_PHOTO = 700_000  # characters of base64: half a megabyte
PHONE = r"^[+]*[(]{0,1}[0-9]{1,4}[)]{0,1}[-\s\.0-9]*$"  # the official pattern


class Photo(Text):
    """A picture in base64."""

    default_error_messages = {"not_base64": "Base64 is expected."}

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        try:
            base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self.fail("not_base64")
        return text


class PhoneNumber(Text):
    """Digits as they are dialled, as the official pattern has them."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=100, validators=[RegexValidator(PHONE, "A telephone number is expected.")], **kwargs
        )


class PhoneData(OpenObject):
    """TOMP phone."""

    preferred = Flag(required=False)
    number = PhoneNumber(required=False)
    kind = serializers.ChoiceField(choices=("LANDLINE", "MOBILE"), required=False)
    type = serializers.ChoiceField(choices=("PRIVATE", "BUSINESS", "OTHER"), required=False)


class TravelerData(OpenObject):
    """TOMP traveler."""

    isValidated = Flag(required=False)
    age = WholeNumber(required=False, min_value=0, max_value=150)
    referenceNumber = Remark()
    cardTypes = serializers.ListField(child=Declared(components.CardType), required=False, max_length=20)
    licenseTypes = serializers.ListField(child=Declared(components.LicenseType), required=False, max_length=20)
    requirements = Declared(components.Requirements, required=False)
    knownIdentifier = Text(required=False)
    knownIdentifierProvider = Text(required=False)


class CustomerData(TravelerData):
    """TOMP customer of a booking."""

    required_up_to_1_5 = ("id",)

    id = Text(required=False, max_length=200)
    externalId = Text(required=False, max_length=200)
    travelerReference = Text(required=False)
    initials = Text(required=False)
    firstName = Text(required=False)
    lastName = Text(required=False)
    middleName = Text(required=False)
    prefix = Text(required=False)
    postfix = Text(required=False)
    email = Text(required=False)
    birthDate = Day(required=False)
    placeOfBirth = Text(required=False)
    countryOfBirth = Country(required=False)
    phones = serializers.ListField(child=PhoneData(), required=False, max_length=20)
    address = Declared(components.Address, required=False)
    photo = Photo(required=False, max_length=MAX_PHOTO)
    cards = serializers.ListField(child=Declared(components.Card), required=False, max_length=20)
    licenses = serializers.ListField(child=Declared(components.License), required=False, max_length=20)
    extraInfo = FreeObject(required=False)


class CreateCustomerAccountParameters(CustomerData):
    """TOMP customer of an account."""

    def to_internal_value(self, data):
        return super().to_internal_value(in_one_spelling(data))


def in_one_spelling(customer):
    """The official schema says `extraInfo` where its own text says `extraFields` (reading 20)."""
    if not isinstance(customer, dict) or "extraFields" not in customer:
        return customer
    rest = {name: value for name, value in customer.items() if name != "extraFields"}
    said_twice = [said for said in (customer["extraFields"], rest.get("extraInfo")) if said is not None]
    if all(isinstance(said, dict) for said in said_twice):
        extra = {name: value for said in said_twice for name, value in said.items()}
        return {**rest, "extraInfo": extra if said_twice else None}
    return {**rest, "extraInfo": said_twice[-1]}


class AccountHeaders(WireSerializer):
    """The header the customer module has of its own."""

    wire_names = {"notification_url": "notification-url"}

    notification_url = Url(required=False, default="", allow_blank=True, max_length=500)


def account_json(customer):
    """TOMP customerAccount."""
    return {
        **customer.data,
        **without_nulls(
            id=str(customer.pk),
            externalId=customer.external_id,
            creationDate=_to_the_second(customer.created_at),
            modificationDate=_to_the_second(customer.updated_at),
            status=customer.status,
        ),
    }


def _to_the_second(moment):
    """The official pattern has no fractions here."""
    return moment_json(moment.replace(microsecond=0))
