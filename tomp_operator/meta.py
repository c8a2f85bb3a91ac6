"""What do we implement in which version? Made from the routes, so that it cannot drift (TOMP /operator/meta)."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from fleet import information
from fleet.models import AssetType, Condition
from gbfs import building as gbfs
from maas.models import MaasProvider
from tomp.dialect import Dialect
from tomp.operations import OPERATIONS, earlier, is_since
from tomp.serializers import without_nulls
from tomp.versions import LATEST, VERSIONS
from tomp_operator import identifiers
from tomp_operator.steps import meta_steps, uniform_steps

BASE_PATH = "/tomp"

SCENARIOS = {
    Condition.Kind.DEPOSIT: "DEPOSIT",
    Condition.Kind.PAY_WHEN_FINISHED: "PAY_WHEN_FINISHED",
    Condition.Kind.REQUIRE_BOOKING_DATA: "REQUIRE_BOOKING_DATA",
    Condition.Kind.RETURN_AREA: "RETURN_AREA",
    Condition.Kind.UPFRONT_PAYMENT: "UPFRONT_PAYMENT",
}

# The members of a GBFS file whose values planning takes (TOMP endpoint: useAssets, useAssetTypes).
TAKEN_FROM = {
    "vehicle_types": {"useAssetTypes": ["vehicle_type_id"]},
    "vehicle_status": {"useAssetTypes": ["vehicle_type_id"], "useAssets": ["vehicle_id"]},
    "free_bike_status": {"useAssetTypes": ["vehicle_type_id"], "useAssets": ["bike_id"]},
    "station_status": {"useAssetTypes": ["vehicle_type_id"]},
}


def implementations(patterns, *, provider, reader=LATEST, language="en"):
    """TOMP endpointImplementation, one per version, as this provider (None: anybody) sees it.

    `reader` is the version the answer is in: a reader of 1.5 gets no word of 1.6, not even in what is said about 1.6.
    """
    routes = _routes(patterns)
    types = list(AssetType.objects.prefetch_related("conditions"))
    facts = identifiers.Facts(terms=provider or MaasProvider(), system=information.system(), types=types)
    steps = uniform_steps(information.system(), types)
    external = feeds()
    return [
        without_nulls(
            version=version.full,
            baseUrl=settings.TOMP_PUBLIC_URL + BASE_PATH,
            endpoints=endpoints(routes, version) + external,
            scenarios=scenarios(types),
            processIdentifiers=identifiers.declared(facts, version),
            steps=meta_steps(steps, Dialect(version=earlier(version, reader), language=language)),
        )
        for version in VERSIONS.values()
    ]


def scenarios(types):
    """Those that apply to all trips, whatever the type (semantics §1.5); what differs is told by conditions."""
    each = [_scenarios_of(asset_type) for asset_type in types]
    return sorted(set.intersection(*each)) if each else []


def _scenarios_of(asset_type):
    found = {SCENARIOS[condition.kind] for condition in asset_type.conditions.all() if condition.kind in SCENARIOS}
    if asset_type.response_minutes is not None:
        found.add("POSTPONED_COMMIT")
    if asset_type.return_rule == AssetType.ReturnRule.ROUNDTRIP_STATION:
        found.add("RETURN_AREA")
    if asset_type.minimum_age is not None or asset_type.licence:
        found.add("REQUIRE_BOOKING_DATA")
    return found


def endpoints(routes, version):
    """TOMP endpoint: every operator-side operation of the version, and each of its events."""
    return [
        endpoint
        for operation in OPERATIONS
        if operation.is_in(version)
        for endpoint in _endpoints_of(operation, routes.get((operation.method, _shape(operation.path))), version)
    ]


def feeds():
    """TOMP endpoint of other standards: every GBFS file, and what of it is good for planning (semantics §1.5)."""
    external = {"method": "GET", "status": _status(True), "externalType": "GBFS"}
    return [{**external, "path": address, **TAKEN_FROM.get(name, {})} for name, address in gbfs.files()]


def _endpoints_of(operation, route, version):
    is_offered = route is not None and route.is_offered(version)
    endpoint = {"method": operation.method, "path": operation.path, "status": _status(is_offered)}
    if operation.events:
        events = route.events if is_offered else ()
        return [{**endpoint, "eventType": event, "status": _status(event in events)} for event in operation.events]
    return [{**endpoint, **route.paging} if is_offered else endpoint]


def _status(is_offered):
    return "IMPLEMENTED" if is_offered else "NOT_IMPLEMENTED"


@dataclass(frozen=True)
class Route:
    """The action of a view that answers a method on a path, and what the view says about it."""

    view: Any
    action: str

    def is_offered(self, version):
        since = self.view.since
        is_here = since is None or is_since(since, version)
        return is_here and not getattr(getattr(self.view, self.action), "not_implemented", False)

    @property
    def events(self):
        return getattr(self.view, "meta_events", {}).get(self.action, ())

    @property
    def paging(self):
        if self.action not in getattr(self.view, "paged_actions", ()):
            return {}
        return {"supportsPaging": True, "maxPageSize": settings.TOMP_MAX_PAGE_SIZE}


def _routes(patterns):
    """The Route of each (method, shape of the path)."""
    return {
        (method.upper(), _shape(str(pattern.pattern))): Route(pattern.callback.cls, action)
        for pattern in patterns
        for method, action in getattr(pattern.callback, "actions", {}).items()
    }


def _shape(path):
    """The path without slashes around it and without the names of its parameters: bookings/{}/events."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path.strip("/"))
