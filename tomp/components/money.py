"""What it costs: amounts, fares and their parts, pricing plans, the journal."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import (
    Choice,
    Component,
    Country,
    Flag,
    FreeObject,
    Moment,
    Number,
    OneOf,
    Text,
    Whole,
)


class AmountOfMoney(Component):
    """An amount in the base unit of its currency, VAT included; credits and discounts are negative."""

    amount = Number()
    amountExVat = Number()
    currencyCode = Text(min_length=3, max_length=3, help_text="ISO 4217.")
    vatRate = Number(min_value=0, help_text="Percent of the amount without VAT.")
    vatCountryCode = Country()


class FarePart(AmountOfMoney):
    """One line of a fare: a fixed amount, an amount per unit, or a maximum."""

    amount = Number(required=True)
    type = Choice("FIXED", "FLEX", "MAX")
    kind = Choice("DEFAULT", "DISCOUNT", "SURGE")
    unitType = Choice("KM", "SECOND", "MINUTE", "HOUR", "MILE", "PERCENTAGE", help_text="Never PERCENTAGE.")
    units = Number(min_value=0, help_text="So many units cost the amount: 15 for an amount per 15 minutes.")
    scaleFrom = Number(min_value=0, help_text="Where the part begins to apply, in scaleType.")
    scaleTo = Number(min_value=0, help_text="Where it no longer applies.")
    scaleType = Choice("KM", "MILE", "HOUR", "MINUTE")
    name = Text()
    class_ = Choice("FARE", "ANCILLARY", help_text="FARE when absent.")
    minimumAmount = Number(help_text="A range to show, never charged; negative for a discount.")
    maximumAmount = Number(help_text="A range to show, never charged; negative for a discount.")
    assetState = Choice("IN_USE", "PAUSED", help_text="IN_USE when absent.")
    meta = FreeObject()


class Fare(Component):
    """The sum of its parts, less what a MAX part cuts off."""

    estimated = Flag(required=True, help_text="Whether the amount may still change.")
    description = Text()
    class_ = Text()
    parts = FarePart(many=True, required=True)


class SystemPricingPlan(Component):
    """A tariff the operator publishes."""

    planId = Text(required=True)
    url = Text()
    name = Text(required=True)
    stationId = Text()
    regionId = Text()
    fare = Fare(required=True)
    isTaxable = Flag(required=True, help_text="Whether taxes come on top.")
    surgePricing = Flag()
    description = Text(required=True)


class BankAccount(Component):
    """Where to pay to."""

    name = Text()
    number = Text()
    country = Country()
    bankIdentification = Text()


class JournalCategory(Choice):
    """What an entry of the journal is for."""

    name = "journalCategory"
    words = (
        "ALL",
        "DAMAGE",
        "LOSS",
        "STOLEN",
        "EXTRA_USAGE",
        "REFUND",
        "FINE",
        "OTHER_ASSET_USED",
        "CREDIT",
        "VOUCHER",
        "DEPOSIT",
        "OTHER",
        "FARE",
    )


class JournalState(Choice):
    """Whether an entry is on an invoice."""

    name = "journalState"
    words = ("TO_INVOICE", "INVOICED")


class ExtraCosts(AmountOfMoney):
    """Costs besides the fare; credits are negative."""

    amount = Number(required=True)
    category = JournalCategory(required=True)
    description = Text(required=True)
    number = Number(min_value=0, help_text="How many litres, kilowatt-hours …")
    numberType = Choice("LITER", "KILOWATTHOUR", "CO2_COMPENSATION", "OTHER")
    account = BankAccount()
    meta = FreeObject()


class JournalEntry(AmountOfMoney):
    """An amount to be paid, never changed once written."""

    category = JournalCategory()
    journalId = Text()
    journalSequenceId = Text(help_text="Unique together with journalId.")
    invoiceId = Text()
    invoiceDate = Moment()
    state = JournalState()
    expirationDate = Moment()
    comment = Text()
    distance = Number(min_value=0)
    distanceType = Choice("KM", "MILE")
    usedTime = Whole(min_value=0, help_text="Seconds.")
    rentalStartMileage = Number(min_value=0)
    vatNumber = Text()
    bankAccount = BankAccount()
    details = OneOf(Fare, ExtraCosts, help_text="What the amount is made of.")
