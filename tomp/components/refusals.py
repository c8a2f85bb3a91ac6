"""How the operator says no."""
# ruff: noqa: N815 -- the wire's own names

from tomp.components.declare import Component, Text, Whole


class Error(Component):
    """Why a request was refused. The codes are those of the TOMP wiki, Error handling."""

    errorcode = Whole(required=True, help_text="Module × 1000 + number.")
    errorCode = Whole(required=True, help_text="The same, in the spelling of the wiki.")
    type = Text(required=True, help_text="The category; goes with the number.")
    title = Text(required=True, help_text="The same words for the same code, in the language of the answer.")
    status = Whole(required=True, help_text="The HTTP status.")
    detail = Text(required=True, help_text="What is wrong this time, and what to do about it: in English, for a log.")
    instance = Text(required=True, help_text="Names this one refusal; quote it to support.")


class ErrorResponse(Component):
    """The envelope of refusals in the customer module (1.6)."""

    errors = Error(many=True, required=True, max_length=10)  # type: ignore[assignment]  # the metaclass takes it off the class
