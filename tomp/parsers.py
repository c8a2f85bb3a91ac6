"""Reading a JSON body: strictly, within bounds, and never with an exception of its own."""

import json
import math

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from tomp.errors import TooLarge

MAX_DEPTH = 100  # the official shapes need twelve; some hundreds would exhaust the stack of who writes them again


class TompJSONParser(JSONParser):
    """JSON as the standard has it: no NaN, no number beyond a float, no character a database cannot keep, no abyss."""

    def parse(self, stream, media_type=None, parser_context=None):
        raw = stream.read(settings.TOMP_MAX_BODY_BYTES + 1)
        if len(raw) > settings.TOMP_MAX_BODY_BYTES:
            raise TooLarge(f"A body may have {settings.TOMP_MAX_BODY_BYTES} bytes.")
        try:
            text = raw.decode("utf-8")
            body = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_finite_int)
            if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
                _refuse_unstorable(body)
            return body
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}"[:200]) from None


class MergePatchParser(TompJSONParser):
    """RFC 7396 bodies, used by the customer module."""

    media_type = "application/merge-patch+json"


def _finite(text):
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _finite_int(text):
    _finite(text)  # what no float can hold breaks whoever calculates with it
    return int(text)


def _refuse_constant(name):
    raise ValueError(f"{name} is not a JSON number")


def _refuse_unstorable(value, depth=0):
    """U+0000 and lone surrogates are JSON, but no text PostgreSQL could keep; nor should it keep a bottomless pit."""
    if isinstance(value, str):
        value.encode("utf-8")
        if "\0" in value:
            raise ValueError("U+0000 is not a character")
    elif depth > MAX_DEPTH:
        raise RecursionError
    elif isinstance(value, dict):
        for key, member in value.items():
            _refuse_unstorable(key, depth)
            _refuse_unstorable(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item, depth + 1)
