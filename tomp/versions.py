"""Which TOMP versions we speak, and what is different in them. A version is a value, not a folder.

The whole difference between 1.5.0 and 1.6.1 that can touch an answer is the fields of `Version`;
additive members are simply accepted and sent in both.
"""

import re
from dataclasses import dataclass

from rest_framework.versioning import BaseVersioning

from tomp import errors


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the protocol. Patch numbers never change behaviour (TOMP wiki, Semantic versioning)."""

    minor: str
    full: str
    geojson_objects: bool
    customer_id_required: bool
    blocked_status: int
    expires_on_every_event: bool
    has_bounding_box: bool
    has_customers: bool
    reports_damage: bool


V1_5 = Version(
    minor="1.5",
    full="1.5.0",
    geojson_objects=False,
    customer_id_required=True,
    blocked_status=403,
    expires_on_every_event=False,
    has_bounding_box=False,
    has_customers=False,
    reports_damage=False,
)
V1_6 = Version(
    minor="1.6",
    full="1.6.1",
    geojson_objects=True,
    customer_id_required=False,
    blocked_status=428,
    expires_on_every_event=True,
    has_bounding_box=True,
    has_customers=True,
    reports_damage=True,
)
VERSIONS = {version.minor: version for version in (V1_5, V1_6)}
LOWEST, LATEST = V1_5, V1_6

_SEMVER = re.compile(r"(\d{1,3}\.\d{1,3})(?:\.\d{1,6})?", re.ASCII)


def parse(text):
    """The version meant by "1.6", "1.6.1" or "1.6.9"; raises UnsupportedVersion."""
    match = _SEMVER.fullmatch(text.strip())
    if not match or match[1] not in VERSIONS:
        served = ", ".join(version.full for version in VERSIONS.values())
        raise errors.UnsupportedVersion(f"Api-Version {text[:40]!r} is not served. Served: {served}.", module=7)
    return VERSIONS[match[1]]


class ApiVersionHeader(BaseVersioning):
    """Puts the Version on request.version; without the header it is the lowest we serve (semantics §1.1)."""

    without_header = LOWEST

    def determine_version(self, request, *args, **kwargs):
        text = request.META.get("HTTP_API_VERSION")
        return parse(text) if text else self.without_header

    def reverse(self, viewname, args=None, kwargs=None, request=None, format=None, **extra):
        return super().reverse(viewname, args, kwargs, request, format, **extra)
