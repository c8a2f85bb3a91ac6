"""Who takes JSON gets it, as the framework would decide."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from tomp.negotiation import Negotiation
from tomp.renderers import TompJSONRenderer


class Text(JSONRenderer):
    media_type, format = "text/plain", "text"


def decided(negotiation, headers, query, kinds):
    request = Request(RequestFactory().get("/", query, headers=headers))
    try:
        renderer, media_type = negotiation().select_renderer(request, [kind() for kind in kinds])
    except (NotAcceptable, Http404) as refusal:
        return type(refusal)
    return type(renderer), media_type


@pytest.mark.parametrize("kinds", [[TompJSONRenderer], [TompJSONRenderer, Text], [Text, TompJSONRenderer]])
@pytest.mark.parametrize("query", [{}, {"format": "json"}, {"format": "xml"}])
@pytest.mark.parametrize(
    "accept",
    [
        None,
        *("", "*/*", "application/json", "application/*", "APPLICATION/JSON", "application/json; indent=4"),
        *("text/plain", "text/html", "text/html, */*;q=0.1", "application/json, text/plain", "application/json;q=0"),
    ],
)
def test_decides_as_the_framework_does(accept, query, kinds):
    headers = {} if accept is None else {"Accept": accept}

    ours, theirs = (decided(each, headers, query, kinds) for each in (Negotiation, DefaultContentNegotiation))

    assert ours == theirs
