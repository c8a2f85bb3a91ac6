"""What is there for people alone: a session, who is signed in, a second step, whose doing a change is, messages.

Machines show a credential with each call. What they ask for passes by here: it takes no time, and a browser that
is signed in to the back office cannot lend its user to a call of the API.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_otp.middleware import OTPMiddleware
from simple_history.middleware import HistoryRequestMiddleware

from tomp_operator.middleware import FOR_MACHINES


class ForPeople:
    """Mixed into a middleware, it keeps out of what machines ask."""

    get_response: Callable[[HttpRequest], Any]

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(FOR_MACHINES):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class Session(ForPeople, SessionMiddleware):
    """`request.session`."""


class SignedIn(ForPeople, AuthenticationMiddleware):
    """`request.user`."""


class Verified(ForPeople, OTPMiddleware):
    """`request.user.is_verified()`: whether the second step was made."""


class _History:
    """simple-history's, which is a function, as a class."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response, self.recorded = get_response, HistoryRequestMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.recorded(request)


class History(ForPeople, _History):
    """The history of what changes says whose doing it is."""


class Messages(ForPeople, MessageMiddleware):
    """What the next page tells."""
