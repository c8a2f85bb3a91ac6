"""The yardsticks: what does a constant answer of 620 bytes cost, by Django without anything else and without Django?"""

import json
from functools import cache

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import re_path

BODY = json.dumps({"answer": "x" * 606}).encode()


def answer(request):
    """As the product does, whatever is sent is read."""
    assert request.body is not None
    return HttpResponse(BODY, content_type="application/json", headers={"Content-Length": str(len(BODY))})


urlpatterns = [re_path("", answer)]


def django_application():
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", MIDDLEWARE=[])  # noqa: S106
    return get_wsgi_application()


def raw_application(environ, start_response):
    """A callable and nothing else. The address may say how many bytes it sends; 304 says that nothing is new."""
    asked_for = environ["PATH_INFO"].strip("/")
    if asked_for == "304":
        start_response("304 Not Modified", [])
        return []
    body = sized(int(asked_for)) if asked_for else BODY
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


@cache
def sized(length):
    return b"x" * length  # in memory of their own: zeros would all be the one page that Linux has of them
