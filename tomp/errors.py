"""What can go wrong, in the protocol's own numbers, and the one place where it becomes an answer.

A code is module digit × 1000 + number (TOMP wiki, Error handling; semantics §2.2). An error knows its
number; the view knows its module, unless the error says otherwise.
"""

import re
import uuid

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from tomp import logs, titles
from tomp.sentences import Sentence

log = structlog.get_logger(__name__)

GENERAL = 7
FIELD = re.compile(r"^Field: .+?, Reason: ")
MOST_ERRORS = 10  # in an envelope (OpenAPI errorResponse)
PASSING = (OperationalError, InterfaceError)  # the database is away, started anew, full, or undid one of two deadlocked
TRY_AGAIN = {"Retry-After": "5"}


class TompError(Exception):
    """A refusal the protocol has a number for. `detail` tells the caller what to do about it, in English.

    It may be a pattern, marked to be translated, with a placeholder for each of the `details`: staff read it in their
    language. A `field` is named to callers, and not to staff, who have a form before them.
    """

    number = 5
    status = 500
    type = "Technical issue"
    title = "Internal technical problem, contact support"
    module = None

    def __init__(self, detail, *, module=None, headers=None, field="", **details):
        self.sentence = Sentence(detail, **details)
        self.detail = f"Field: {field}, Reason: {self.sentence}" if field else self.sentence
        super().__init__(self.detail)
        self.module = module or type(self).module
        self.headers = headers or {}

    @property
    def reason(self):
        """The detail for staff, in their language: without the field it is about."""
        return FIELD.sub("", self.sentence.told())

    def code(self, view_module):
        return (self.module or view_module) * 1000 + self.number

    def status_for(self, version):
        """The HTTP status; only a few differ between versions."""
        return self.status


class Missing(TompError):
    number, status, type = 1, 400, "Missing"
    title = "A required value is missing"


class Invalid(TompError):
    number, status, type = 2, 400, "Invalid"
    title = "A value is invalid"


class NothingToDo(Invalid):
    """It is so already, as after a second click; only staff are told so."""


class TooLarge(Invalid):
    status = 413
    title = "The request is too large"


class UnsupportedContent(Invalid):
    status = 415
    title = "The body is not JSON"


class NotAcceptable(Invalid):
    status = 406
    title = "The answer is JSON"


class NoCredentials(TompError):
    number, status, type = 1, 401, "Missing"
    title = "Credentials are missing"
    module = GENERAL


class BadCredentials(TompError):
    number, status, type = 2, 401, "Invalid"
    title = "Credentials are wrong"
    module = GENERAL


class IllegalOperation(TompError):
    number, status, type = 4, 403, "Illegal operation"
    title = "The operation is illegal in the current status"


class AlreadyBooked(IllegalOperation):
    status = 409
    title = "The offer is booked already"


class MethodNotAllowed(IllegalOperation):
    status = 405
    title = "The method is not offered here"


class TemporaryFailure(TompError):
    """The vehicle or its lock did not answer, and nothing changed; or our database did not. Trying again is right."""

    number, status = 5, 503


class NoAccess(TompError):
    number, status, type = 6, 403, "Technical issue"
    title = "No access to the endpoint"


class RequestLimit(TompError):
    number, status, type = 7, 429, "Technical issue"
    title = "Request limit"


class UnsupportedVersion(TompError):
    number, status, type = 8, 400, "Illegal operation"
    title = "Unsupported API-version"


class PageTooBig(TompError):
    number, status, type = 9, 400, "Illegal operation"
    title = "Page size too big"


class QuotaReached(TompError):
    number, status, type = 201, 403, "Maximum bookings per period reached"
    title = "The contract allows no more bookings"


class Expired(TompError):
    number, status, type = 202, 410, "Expired"
    title = "The availability has expired"


class TooLate(Expired):
    """Expired, where the specification wants a 403: COMMIT of a lapsed booking, a lost race for a vehicle."""

    status = 403


class NotPossible(Expired):
    """One-stop: there is not exactly one way to do it (OpenAPI POST /bookings/one-stop, 406)."""

    status = 406
    title = "This booking cannot be done"


class InUse(TompError):
    number, status, type = 203, 403, "In use"
    title = "The trip has started"


class NotFound(TompError):
    number, status, type = 204, 404, "Not found"
    title = "Not found"


class UserBlocked(TompError):
    number, status, type = 209, 428, "Booking"
    title = "User blocked"

    def status_for(self, version):
        return version.blocked_status if version else self.status


class ReadOnly(TompError):
    number, status, type = 211, 400, "Read-only"
    title = "The data field is read-only"


class Refusal(Response):
    """The answer to an error. It says its own language, which need not be one the operator publishes."""


def exception_handler(error, context):
    """The answer to anything a view raises: always the TOMP error body, never a stack trace."""
    view, request = context.get("view"), context.get("request")
    refusals = _refusals(error)
    instance = str(uuid.uuid4())
    if not refusals:
        log.error("unexpected_error", exc_info=error, instance=instance, view=type(view).__name__)
        refusals = [unforeseen(error)]
    _roll_back()
    language = titles.language_of(request)
    about = {"module": getattr(view, "module", GENERAL), "version": getattr(request, "version", None)}
    bodies = [error_body(refusal, **about, language=language, instance=instance) for refusal in refusals]
    # Whoever quotes the instance finds the line of the request. Why it was refused may hold what the caller sent.
    logs.bind(instance=instance, errorcode=bodies[0]["errorcode"])
    body = in_envelope(bodies) if getattr(view, "answers_in_envelope", False) else bodies[0]
    headers = {"Content-Language": language, **refusals[0].headers}
    return Refusal(body, status=bodies[0]["status"], headers=headers)


def in_envelope(bodies):
    """TOMP errorResponse: how the customer module of 1.6 refuses, with everything that is wrong at once."""
    return {"errors": bodies[:MOST_ERRORS]}


def unforeseen(error):
    """The refusal that tells nothing but its instance, and whether it is worth to try again."""
    if isinstance(error, PASSING):
        detail = "This is not possible at the moment. Try again, or quote the instance when you contact support."
        return TemporaryFailure(detail, headers=TRY_AGAIN)
    return TompError("Something went wrong on our side. Quote the instance when you contact support.")


def error_body(refusal, *, module, version=None, language="en", instance=None):
    """The TOMP error of this refusal, its title in this language.

    `errorCode` repeats `errorcode` (reading 1 of semantics §16).
    """
    code = refusal.code(module)
    return {
        "errorcode": code,
        "errorCode": code,
        "type": refusal.type,
        "title": titles.in_words_of(language, refusal.title),
        "status": refusal.status_for(version),
        "detail": str(refusal.detail),
        "instance": instance or str(uuid.uuid4()),
    }


def translate(error):
    """The TompError that says what this exception of Django or DRF means; None when it was not foreseen."""
    return next((refuse(error) for kinds, refuse in FORESEEN if isinstance(error, kinds)), None)


def _refusals(error):
    """All that is to be said about it; only a validation finds several faults. Nothing when it was not foreseen."""
    if isinstance(error, exceptions.ValidationError):
        return faults_of(error)
    refusal = error if isinstance(error, TompError) else translate(error)
    return [refusal] if refusal else []


def _throttled(error):
    wait = error.wait or 1  # whole seconds, rounded up
    return RequestLimit(f"Too many requests. Try again in {wait} s.", headers={"Retry-After": str(wait)})


def _unauthenticated(error):
    challenge = getattr(error, "auth_header", None)  # where REST framework puts that of the view
    return NoCredentials(str(error.detail), headers={"WWW-Authenticate": challenge} if challenge else None)


ABSENT = {"required", "null"}


def from_validation(error):
    """Missing or Invalid, naming the first field that is at fault and why."""
    return faults_of(error)[0]


def faults_of(error):
    """Missing or Invalid for each field that is at fault, naming it and why."""
    return [_fault(path, reason) for path, reason in _faults(error.detail) or [((), exceptions.ErrorDetail("invalid"))]]


def _fault(path, reason):
    kind = Missing if reason.code in ABSENT else Invalid
    return kind(f"Field: {'.'.join(path) or 'body'}, Reason: {reason}")


def _faults(detail, path=()):
    """(path, reason) of each, in the order in which they were found."""
    if isinstance(detail, dict):
        inside = [(value, path if key == "non_field_errors" else (*path, str(key))) for key, value in detail.items()]
    elif isinstance(detail, list):
        inside = [(value, path) for value in detail]
    else:
        return [(path, detail)]
    return [fault for value, place in inside for fault in _faults(value, place)]


def _roll_back():
    """A refusal leaves no half-done work where the caller opened a transaction around the view."""
    if connection.in_atomic_block and connection.settings_dict.get("ATOMIC_REQUESTS"):
        connection.set_rollback(True)


WRONG_CONTENT = "Send the body as application/json, a PATCH as application/merge-patch+json."

# The first that fits counts, so what is special stands before what is general.
FORESEEN = (
    (exceptions.ValidationError, from_validation),
    (exceptions.UnsupportedMediaType, lambda error: UnsupportedContent(WRONG_CONTENT)),
    (exceptions.ParseError, lambda error: Invalid(str(error.detail))),
    (exceptions.MethodNotAllowed, lambda error: MethodNotAllowed(str(error.detail))),
    (exceptions.NotAcceptable, lambda error: NotAcceptable("Only application/json can be answered.")),
    (exceptions.Throttled, _throttled),
    (RequestDataTooBig, lambda error: TooLarge("The body is too large.")),
    ((Http404, exceptions.NotFound), lambda error: NotFound("There is nothing at this address.")),
    ((PermissionDenied, exceptions.PermissionDenied), lambda error: NoAccess("This is not open to you.")),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), _unauthenticated),
)
