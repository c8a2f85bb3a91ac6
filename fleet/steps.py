"""What may a traveller be asked to do, step by step? The protocol's words, and what a step consists of. Pure.

A step is kept as {"action": …, "type": …, "goal": …, "text": {language: text}, "url": …}; all but the action may be
absent (TOMP information and planningStep … resumingStep, semantics §10.2).
"""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from tomp.components.steps import (
    BookingStep,
    Information,
    OffBoardingStep,
    OnBoardingStep,
    PausingStep,
    PlanningStep,
    ResumingStep,
)
from tomp.fields import validate_localized_text
from tomp.versions import LATEST

# The lists of /operator/meta; the last four exist as conditions too.
LISTS = {
    "planning": PlanningStep,
    "booking": BookingStep,
    "onboarding": OnBoardingStep,
    "offboarding": OffBoardingStep,
    "pausing": PausingStep,
    "resuming": ResumingStep,
}
CONDITIONS = {
    "conditionRequireOnboardingSteps": "onboarding",
    "conditionRequireOffboardingSteps": "offboarding",
    "conditionRequirePausingSteps": "pausing",
    "conditionRequireResumingSteps": "resuming",
}
EVIDENCE = {
    "SEND_EVIDENCE_PARKED": "PARKED",
    "SEND_EVIDENCE_HELMET": "HELMET_IN_BASKET",
    "SEND_EVIDENCE_CHARGER": "CHARGING",
}
TYPES = ("PLAIN_TEXT", "HTML", "URL", "IMAGE")
LINKED = ("URL", "IMAGE")
MEMBERS = {"action", "type", "goal", "text", "url"}

_ACTIONS: dict[str, Any] = {name: step().fields["action"] for name, step in LISTS.items()}
_GOALS: Any = Information().fields["goal"]
_is_absolute = URLValidator(schemes=("http", "https"))


def actions(name, version=LATEST):
    """The actions a list may have in this version."""
    return _ACTIONS[name].words_in(version)


@cache
def newer_actions(version):
    """The actions that came after this version."""
    return {action for name in LISTS for action in set(actions(name)) - set(actions(name, version))}


@cache
def goals(version=LATEST):
    """What information may be for, in this version."""
    return _GOALS.words_in(version)


def check_steps(name, steps):
    """Raises ValidationError unless these are steps of the list with this name."""
    if not isinstance(steps, list) or not steps:
        raise ValidationError(_("At least one step is needed."))
    for number, step in enumerate(steps, start=1):
        try:
            _check_step(name, step)
        except ValidationError as error:
            raise ValidationError(
                _("Step %(number)d: %(problem)s") % {"number": number, "problem": " ".join(error.messages)}
            ) from error


def check_planning_steps(steps):
    """For the field of a model that may be empty."""
    if steps:
        check_steps("planning", steps)


def check_booking_steps(steps):
    """For the field of a model that may be empty."""
    if steps:
        check_steps("booking", steps)


def _check_step(name, step):
    if not isinstance(step, dict) or set(step) - MEMBERS:
        raise ValidationError(_("It has action, type, goal, text and url, nothing else."))
    kind = step.get("type", "PLAIN_TEXT")
    for word, known in (
        (step.get("action"), actions(name)),
        (kind, TYPES),
        (step.get("goal", "INSTRUCTIONS"), goals()),
    ):
        if word not in known:
            raise ValidationError(_("%(word)r is none of %(known)s.") % {"word": word, "known": ", ".join(known)})
    validate_localized_text(step.get("text", {}))
    if (kind in LINKED) != ("url" in step):
        raise ValidationError(_("An address goes with the types URL and IMAGE, and only with them."))
    if kind in LINKED:
        _is_absolute(step["url"])
        if step.get("text"):
            raise ValidationError(_("The types URL and IMAGE have an address instead of a text."))
