"""What a booking asks of the provider or the traveller (semantics §10.1): all eleven conditions."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import Choice, Component, ListOf, Moment, OneOf, Spelled, Text, texts
from tomp.components.geometry import Geometry
from tomp.components.money import AmountOfMoney
from tomp.components.operator import SystemHours
from tomp.components.places import Coordinates
from tomp.components.steps import OffBoardingStep, OnBoardingStep, PausingStep, ResumingStep
from tomp.versions import V1_6


class Condition(Component):
    """What every condition has."""

    conditionType = Spelled()
    id = Text()


class ConditionDeposit(AmountOfMoney, Condition):
    """A deposit is claimed before the ride and refunded after it."""


class ConditionPayWhenFinished(Condition):
    """Payment is due when the ride ends."""


class ConditionPostponedCommit(Condition):
    """The operator confirms or denies later."""

    ultimateResponseTime = Moment(required=True)


class ConditionRequireBookingData(Condition):
    """The booking must carry these data."""

    requiredFields = ListOf(
        Choice(
            "FROM_ADDRESS",
            "TO_ADDRESS",
            "BIRTHDATE",
            "EMAIL",
            "PERSONAL_ADDRESS",
            "PHONE_NUMBERS",
            "LICENSES",
            "BANK_CARDS",
            "DISCOUNT_CARDS",
            "TRAVEL_CARDS",
            "ID_CARDS",
            "CREDIT_CARDS",
            "NAME",
            "AGE",
            "BLOCKCHAIN_CLAIMS",
            since={
                V1_6: (
                    "FIRST_NAME",
                    "LAST_NAME",
                    "MIDDLE_NAME",
                    "PREFIX",
                    "POSTFIX",
                    "KNOWN_IDENTIFIER",
                    "KNOWN_IDENTIFIER_PROVIDER",
                )
            },
        ),
        required=True,
    )
    claims = texts()


class ConditionReturnArea(Condition):
    """Where the vehicle must be brought back to."""

    stationId = Text()
    returnArea = Geometry("geojsonPolygon")
    coordinates = Coordinates()
    returnHours = SystemHours(many=True)


class ConditionUpfrontPayment(Condition):
    """Payment is due while booking."""


class ConditionRequireEvidence(Condition):
    """Evidence the FINISH event must carry. Deprecated since 1.5 in favour of off-boarding steps."""

    evidenceTypes = ListOf(Choice("PARKED", "HELMET_IN_BASKET", "CHARGING"), required=True)


class ConditionRequireOnboardingSteps(Condition):
    """How the ride begins."""

    steps = OnBoardingStep(many=True, required=True)


class ConditionRequireOffboardingSteps(Condition):
    """How the ride ends."""

    steps = OffBoardingStep(many=True, required=True)


class ConditionRequirePausingSteps(Condition):
    """How the ride is interrupted."""

    steps = PausingStep(many=True, required=True)


class ConditionRequireResumingSteps(Condition):
    """How the ride is continued."""

    steps = ResumingStep(many=True, required=True)


def conditions(**kwargs):
    """A list of conditions, told apart by conditionType."""
    return ListOf(
        OneOf(
            ConditionDeposit,
            ConditionPayWhenFinished,
            ConditionPostponedCommit,
            ConditionRequireBookingData,
            ConditionReturnArea,
            ConditionUpfrontPayment,
            ConditionRequireEvidence,
            ConditionRequireOnboardingSteps,
            ConditionRequireOffboardingSteps,
            ConditionRequirePausingSteps,
            ConditionRequireResumingSteps,
            by="conditionType",
        ),
        **kwargs,
    )
