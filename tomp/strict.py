"""What can be kept: JSON as the standard has it, and text as PostgreSQL has it. Nothing else is read, from whomever."""

import json
import math
from typing import Any

from django.utils.translation import gettext_noop as _

from tomp.sentences import Refusal

MAX_DEPTH = 100  # the official shapes need twelve; some hundreds would exhaust the stack of who writes them again


class Unreadable(Refusal):
    """It is JSON, but no value that could be kept."""


class TooDeep(Unreadable):
    """An abyss of lists and objects."""

    def __init__(self) -> None:
        super().__init__(_("it is nested too deeply"))


def loads(text: str) -> Any:
    """The value of the text. Raises json.JSONDecodeError for what is no JSON, Unreadable for what cannot be kept."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_finite_int)
    except RecursionError:
        raise TooDeep from None
    if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        check(value)
    return value


def check(value: Any, depth: int = 0) -> None:
    """Raises Unreadable: U+0000 and lone surrogates are no text PostgreSQL could keep; nor should it keep an abyss."""
    if isinstance(value, str):
        _check_text(value)
    elif depth > MAX_DEPTH:
        raise TooDeep
    elif isinstance(value, dict):
        for key, member in value.items():
            check(key, depth)
            check(member, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            check(item, depth + 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Unreadable(_("U+0000 is not a character"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Unreadable(_("half a surrogate pair is not a character")) from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable(_("a number is out of range"))
    return number


def _finite_int(text: str) -> int:
    _finite(text)  # what no float can hold breaks whoever calculates with it
    return int(text)


def _refuse_constant(name: str) -> None:
    raise Unreadable(_("%(name)s is not a JSON number"), name=name)
