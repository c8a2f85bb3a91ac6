"""A trailing slash …"""

import pytest
from django.test import RequestFactory

from tomp.middleware import TrailingSlash


@pytest.mark.parametrize(
    ("asked", "routed"),
    [
        ("/tomp/support/", "/tomp/support"),
        ("/tomp/support", "/tomp/support"),
        ("/tomp/bookings/1/events/", "/tomp/bookings/1/events"),
        ("/tomp/bookings//", "/tomp/bookings/"),
        ("/tomp/", "/tomp"),
        ("/admin/", "/admin/"),
        ("/", "/"),
    ],
)
def test_is_taken_off_addresses_of_the_protocol(asked, routed):
    request = RequestFactory().post(asked)

    assert TrailingSlash(lambda request: request.path_info)(request) == routed


def test_stays_in_the_path_that_was_asked_for():
    request = RequestFactory().post("/tomp/support/")

    assert TrailingSlash(lambda request: request.path)(request) == "/tomp/support/"
