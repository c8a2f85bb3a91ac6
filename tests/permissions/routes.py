"""Every address of the service, and how it is called: the rows of the matrix (matrix.csv)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from tomp.versions import VERSIONS

API = "tomp/"
POSTED = ("oauth/token", "telemetry", "/process_import/", "/step/<str:step>/", "/<int:pk>/plans/")  # ways that end so
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One row: how it is called and the pattern of the address; for the API, the version."""

    method: str
    pattern: str
    version: str = ""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.method.upper(), "/" + self.pattern, self.version)))


def routes() -> Iterator[Route]:
    """GET for every page; each method and version for each operation; `LIST` for the actions of a list."""
    seen: set[str] = set()  # the first of two with the same address answers
    for pattern, view in _walk(get_resolver().url_patterns):
        if pattern.startswith(API):
            if "unknown" in pattern:
                continue
            for method in METHODS:
                if method in getattr(view, "actions", {}):
                    yield from (Route(method, pattern, minor) for minor in VERSIONS)
        elif pattern not in seen:
            seen.add(pattern)
            yield Route("get", pattern)
    yield from (Route("post", pattern) for pattern in sorted(seen) if pattern.endswith(POSTED))
    for model, site in admin.site._registry.items():
        for name in _actions(site):
            yield Route("list", f"admin/{model._meta.app_label}/{model._meta.model_name}/ {name}")


def _actions(site: admin.ModelAdmin) -> Iterator[str]:
    """Its own, and those of every list: to delete what was chosen, where anybody may delete."""
    for action in site.actions or ():
        yield action if isinstance(action, str) else action.__name__
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True)
    if site.has_delete_permission(request):
        yield from (name for name, _action in admin.site.actions)


def _walk(patterns: list, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        here = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.callback


def _plain(pattern: str) -> str:
    """A regular expression as a path."""
    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", r"<\1>", pattern)
    pattern = pattern.replace("([^/]+)/history/([^/]+)/", "<object_id>/history/<version>/")
    return re.sub(r"/\?\$|\$|\^", "", pattern).replace("\\.", ".")
