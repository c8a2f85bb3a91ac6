"""Who calls too often is answered 429 with Retry-After: providers by their account, anybody else by their address."""

from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from maas import pace
from tomp import callers


class CallsPerMinute(BaseThrottle):
    """Counts the calls of the API, those of a provider after it proved to be one."""

    seconds = 0

    def allow_request(self, request, view):
        if request.auth is None:
            self.seconds = seconds_to_wait(request)
        elif settings.TOMP_CALLS_PER_MINUTE:
            caller = pace.of_provider(request.auth)
            self.seconds = pace.pace.wait_for(caller, settings.TOMP_CALLS_PER_MINUTE, timezone.now())
        return self.seconds == 0

    def wait(self):
        return self.seconds


def seconds_to_wait(request):
    """Counts a call of nobody we know; 0 if it may be answered."""
    return seconds_to_wait_at(callers.address_of(request))


def seconds_to_wait_at(address):
    """The same of whoever calls from there. Where no address is known nothing is counted."""
    limit = settings.TOMP_ANONYMOUS_CALLS_PER_MINUTE
    if not limit or address == callers.UNKNOWN:
        return 0
    return pace.pace.wait_for(pace.of_address(address), limit, timezone.now())


def refuse_guessing(request):
    """Counts wrong credentials. Raises Throttled if their address has shown too many."""
    if seconds := seconds_to_wait(request):
        raise Throttled(wait=seconds)
