"""A body that was sent without a length is read before Django looks at the request, and …"""

import io

import pytest
from django.test import RequestFactory

from tomp_operator.measuring import Measuring

LIMIT = 10
PATHS = ("/tomp/planning/offers", "/oauth/token", "/telemetry/")


@pytest.fixture(autouse=True)
def limit(settings):
    settings.TOMP_MAX_BODY_BYTES = LIMIT


def request(path, sent, method="POST", **more):
    return RequestFactory().generic(method, path).environ | {
        "wsgi.input": io.BytesIO(sent),
        "wsgi.input_terminated": True,
        **more,
    }


def passed_on(environ):
    """(the length Django is told, what it can read, what is left of what was sent)"""
    seen, sent = [], environ["wsgi.input"]

    def django(environ, start_response):
        seen.extend((environ.get("CONTENT_LENGTH"), environ["wsgi.input"].read()))
        return [b"answer"]

    assert Measuring(django)(environ, None) == [b"answer"]
    return *seen, sent.read()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("sent", [b"", b"123", b"1234567890"], ids=len)
def test_has_its_length(path, sent):
    assert passed_on(request(path, sent)) == (str(len(sent)), sent, b"")


@pytest.mark.parametrize("path", PATHS)
def test_is_not_read_further_than_where_it_is_too_large(path):
    assert passed_on(request(path, b"x" * 1000)) == ("11", b"x" * 11, b"x" * 989)


def test_is_left_alone_when_it_has_a_length():
    environ = request(PATHS[0], b"123", CONTENT_LENGTH="3")
    sent = environ["wsgi.input"]

    Measuring(lambda environ, start_response: [])(environ, None)

    assert (environ["wsgi.input"], sent.tell()) == (sent, 0)


@pytest.mark.parametrize(
    "environ",
    [
        request(PATHS[0], b"123", "GET"),
        request(PATHS[0], b"123", "HEAD"),
        request("/admin/login/", b"123"),
        request(PATHS[0], b"123", **{"wsgi.input_terminated": False}),
    ],
    ids=["GET", "HEAD", "of a page", "by a server that does not know its end"],
)
def test_is_left_alone_when_nobody_reads_it_or_its_end_is_unknown(environ):
    sent = environ["wsgi.input"]

    Measuring(lambda environ, start_response: [])(environ, None)

    assert ("CONTENT_LENGTH" in environ, sent.tell()) == (False, 0)
