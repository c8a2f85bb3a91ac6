"""Reading a JSON body: strictly, within bounds, and never with an exception of its own."""

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from tomp import strict
from tomp.errors import TooLarge


class TompJSONParser(JSONParser):
    """JSON as the standard has it: no NaN, no number beyond a float, no character a database cannot keep, no abyss."""

    def parse(self, stream, media_type=None, parser_context=None):
        raw = stream.read(settings.TOMP_MAX_BODY_BYTES + 1)
        if len(raw) > settings.TOMP_MAX_BODY_BYTES:
            raise TooLarge(f"A body may have {settings.TOMP_MAX_BODY_BYTES} bytes.")
        try:
            return strict.loads(raw.decode("utf-8"))
        except strict.TooDeep:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}"[:200]) from None


class MergePatchParser(TompJSONParser):
    """RFC 7396 bodies, used by the customer module."""

    media_type = "application/merge-patch+json"
