"""Customers on the wire: as a booking names them, and as an account knows them (TOMP customer, customerAccount)."""

import base64
import binascii

from rest_framework import serializers

from tomp.components.words import AssetClass
from tomp.serializers import FreeObject, Text, Url, WholeNumber, WireSerializer, moment_json, without_nulls

MAX_PHOTO = 700_000  # characters of base64: half a megabyte
CARD_TYPES = ("ID", "DISCOUNT", "TRAVEL", "BANK", "CREDIT", "PASSPORT", "OTHER")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class CustomerMembers(WireSerializer):
    """What is said about a customer in any request."""

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
    birthDate = serializers.DateField(required=False)
    age = WholeNumber(required=False, min_value=0, max_value=150)
    phones = serializers.ListField(child=FreeObject(), required=False, max_length=20)
    address = FreeObject(required=False)
    cards = serializers.ListField(child=FreeObject(), required=False, max_length=20)
    licenses = serializers.ListField(child=FreeObject(), required=False, max_length=20)
    knownIdentifier = Text(required=False)
    knownIdentifierProvider = Text(required=False)
    extraInfo = FreeObject(required=False)


class CustomerData(CustomerMembers):
    """TOMP customer of a booking. Known members are checked; the whole object is kept and echoed as it came."""

    def to_internal_value(self, data):
        super().to_internal_value(data)
        version = self.context.get("version")
        if version and version.customer_id_required and not data.get("id"):
            raise serializers.ValidationError({"id": ["This field is required."]}, code="required")
        return {key: value for key, value in data.items() if value is not None}


class Day(serializers.DateField):
    """A calendar date, kept as it is written."""

    def to_internal_value(self, value):
        return super().to_internal_value(value).isoformat()


class Flag(serializers.BooleanField):
    """true or false; a word that merely means it is neither."""

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Country(Text):
    """Two letters (ISO 3166-1)."""

    def __init__(self, **kwargs):
        super().__init__(min_length=2, max_length=2, **kwargs)


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


class AddressData(WireSerializer):
    """TOMP address."""

    streetAddress = Text()
    street = Text(required=False)
    houseNumber = WholeNumber(required=False, min_value=0)
    houseNumberAddition = Text(required=False)
    addressAdditionalInfo = Text(required=False)
    areaReference = Text()
    city = Text(required=False)
    province = Text(required=False)
    state = Text(required=False)
    postalCode = Text(required=False)
    country = Country(required=False)


class PhoneData(WireSerializer):
    """TOMP phone."""

    preferred = Flag(required=False)
    number = Text(required=False, max_length=100)
    kind = serializers.ChoiceField(choices=("LANDLINE", "MOBILE"), required=False)
    type = serializers.ChoiceField(choices=("PRIVATE", "BUSINESS", "OTHER"), required=False)


class CardTypeData(WireSerializer):
    """TOMP cardType."""

    type = serializers.ChoiceField(choices=CARD_TYPES)
    subType = Text(required=False)
    assetClass = serializers.ChoiceField(choices=AssetClass.words, required=False)
    acceptors = serializers.ListField(child=Text(), required=False, max_length=100)


class CardData(CardTypeData):
    """TOMP card."""

    cardDescription = Text(required=False)
    cardNumber = Text()
    cardAdditionalNumber = Text(required=False)
    validUntil = Day(required=False)
    country = Country(required=False)


class LicenseTypeData(WireSerializer):
    """TOMP licenseType."""

    assetClass = serializers.ChoiceField(choices=AssetClass.words)
    issuingCountry = Country(required=False)


class LicenseData(LicenseTypeData):
    """TOMP license."""

    number = Text(required=False)
    licenseCode = Text(required=False)
    validUntil = Day(required=False)


class RequirementData(WireSerializer):
    """TOMP requirement."""

    wire_names = {"variable_number": "variable-number", "applicable_days": "applicable-days"}

    source = Text(required=False)  # type: ignore[assignment]  # the metaclass takes it off the class
    category = Text()
    number = Text(min_length=2, max_length=2)
    type = Text(required=False)
    memo = Text(required=False)
    variable_number = WholeNumber(required=False, min_value=0)
    applicable_days = serializers.ListField(child=serializers.ChoiceField(choices=WEEKDAYS), required=False)

    def to_internal_value(self, data):
        checked = super().to_internal_value(data)
        return {self.wire_names.get(name, name): value for name, value in checked.items()}


class RequirementsData(WireSerializer):
    """TOMP requirements; more may be said than is known here."""

    abilities = RequirementData(many=True, required=False)
    bringAlong = RequirementData(many=True, required=False)

    def to_internal_value(self, data):
        return _with_unknown(self, data, super().to_internal_value(data))


class CreateCustomerAccountParameters(CustomerMembers):
    """TOMP customer of an account: every member is checked, and all that is said is kept."""

    birthDate = Day(required=False)
    placeOfBirth = Text(required=False)
    countryOfBirth = Country(required=False)
    address = AddressData(required=False)  # type: ignore[assignment]  # stricter than what bookings echo
    phones = serializers.ListField(child=PhoneData(), required=False, max_length=20)
    cards = serializers.ListField(child=CardData(), required=False, max_length=20)
    licenses = serializers.ListField(child=LicenseData(), required=False, max_length=20)
    photo = Photo(required=False, max_length=MAX_PHOTO)
    isValidated = Flag(required=False)
    referenceNumber = Text(required=False)
    cardTypes = serializers.ListField(child=CardTypeData(), required=False, max_length=20)
    licenseTypes = serializers.ListField(child=LicenseTypeData(), required=False, max_length=20)
    requirements = RequirementsData(required=False)

    def to_internal_value(self, data):
        data = in_one_spelling(data)
        return _with_unknown(self, data, super().to_internal_value(data))


def _with_unknown(serializer, data, checked):
    """The checked members, and as they came those that nobody declared."""
    unknown = {name: value for name, value in data.items() if name not in serializer.fields and value is not None}
    return {**unknown, **checked}


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
