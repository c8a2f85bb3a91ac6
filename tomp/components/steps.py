"""What a traveller is told or has to do, step by step (semantics §10.2)."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import Choice, Component, Text
from tomp.versions import V1_6


class Information(Component):
    """A text, a picture or a page for the traveller."""

    type = Choice("URL", "IMAGE", "PLAIN_TEXT", "HTML")
    url = Text()
    goal = Choice("INSTRUCTIONS", "SALES", since={V1_6: ("TERMS_CONDITIONS",)})
    text = Text()
    showTime = Choice(
        "PLANNING",
        "COMMITTED_BOOKING",
        "PREPARE",
        "SET_IN_USE",
        "PAUSE",
        "OPEN_TRUNK",
        "START_FINISHING",
        "FINISH",
        help_text="Deprecated.",
    )


class PlanningStep(Information):
    """Shown with the proposed legs."""

    action = Choice("RESULT_SHOWN", since={V1_6: ("SHOW_TERMS_CONDITIONS",)})


class BookingStep(Information):
    """Shown while the booking is in a certain state."""

    action = Choice("PENDING", "WAITING_FOR_PAYMENT", "CONFIRMED", "CONDITIONAL_CONFIRMED", "CANCELLED", "EXPIRED")


class OnBoardingStep(Information):
    """Something that begins the ride."""

    action = Choice(
        "SEND_PREPARE",
        "UNLOCK_LOCKER",
        "DISCONNECT_CHARGER",
        "SHOW_DAMAGES",
        "UNLOCK_ASSET",
        "START_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "TAKE_HELMET",
        "SEND_SET_IN_USE",
        "SEND_ASSIGN_ASSET",
        "LOCK_LOCKER",
    )


class OffBoardingStep(Information):
    """Something that ends the ride."""

    action = Choice(
        "SEND_START_FINISHING",
        "PARK_ASSIST",
        "UNLOCK_LOCKER",
        "CONNECT_CHARGER",
        "LOCK_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "STOW_HELMET",
        "LOCK_TRUNK",
        "LOCK_LOCKER",
        "SEND_FINISH",
        "SEND_EVIDENCE_PARKED",
        "SEND_EVIDENCE_HELMET",
        "SEND_EVIDENCE_CHARGER",
    )


class PausingStep(Information):
    """Something that interrupts the ride."""

    action = Choice(
        "SEND_PAUSE",
        "PARK_ASSIST",
        "LOCK_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "STOW_HELMET",
        "LOCK_TRUNK",
    )


class ResumingStep(Information):
    """Something that continues the ride."""

    action = Choice(
        "UNLOCK_ASSET",
        "SEND_OPEN_TRUNK",
        "UNLOCK_TRUNK",
        "TAKE_HELMET",
        "LOCK_TRUNK",
        "START_ASSET",
        "SEND_SET_IN_USE",
    )
