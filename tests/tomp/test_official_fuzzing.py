"""Whatever the official files allow or forbid to be sent, in whatever state a trip is: an answer the files declare.

No 5xx, no status but those declared and those issue 439 allows everywhere, no body off the official schema. The files
are relaxed as tests/contract.py says and nowhere else. TOMP_FUZZ_EXAMPLES=100 looks further than these few, and
elsewhere each time.
"""

import json
import os
from functools import cache
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from tests.contract import HAS_OFFICIAL_FILES, NO_OFFICIAL_FILES, official
from tests.fleet_factories import LAT, LON, AssetFactory, AssetTypeFactory, RegionFactory, StationFactory
from tests.journey import given_booking, given_leg, given_offer
from tomp.operations import OPERATIONS

pytestmark = pytest.mark.skipif(not HAS_OFFICIAL_FILES, reason=NO_OFFICIAL_FILES)

EXAMPLES = os.environ.get("TOMP_FUZZ_EXAMPLES")
NAMES = [f"{operation.method} {operation.path}" for operation in OPERATIONS]
HERE = {"coordinates": {"lat": LAT, "lng": LON}}
UNSENT = {"maas-id", "Api-Version", "Authorization", "X-API-Key"}  # always those of a known provider and version


@cache
def official_operations(minor):
    """The operations of the official file, by name."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(official(minor).openapi)))
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


class World:
    """What there is to be asked for: a fleet and, where the operation is about trips, trips in every kind of state."""

    def __init__(self, provider, stranger, *, has_trips):
        RegionFactory()
        StationFactory(station_id="hub")
        AssetTypeFactory(ahead=True, type_id="cargo", user_may_pick=True)
        self.assets = [str(asset.public_id) for asset in AssetFactory.create_batch(3)]
        self.offers = [str(given_offer(provider).pk)]
        self.trips = self._trips(provider, stranger) if has_trips else []

    def _trips(self, provider, stranger):
        return [
            str(given_booking(provider, state="PENDING").pk),
            *(str(given_leg(provider, state=state).pk) for state in ("NOT_STARTED", "IN_USE", "PAUSED", "FINISHING")),
            *(str(given_leg(provider, state=state).pk) for state in ("FINISHED", "CANCELLED")),
            str(given_booking(stranger).pk),
            *self.offers,
            "00000000-0000-4000-8000-000000000000",
        ]

    def make_real(self, path, body, choose):
        """The body with a few things that exist, so that more than the first check is reached."""
        if not isinstance(body, dict):
            return body
        if "from" in body and choose([True, False]):
            body = {**body, "from": choose([HERE, {**HERE, "stationId": "hub"}])}
        if "useAssets" in body and choose([True, False]):
            body = {**body, "useAssets": [choose(self.assets)]}
        if path == "/bookings" and "id" in body and choose([True, False]):
            body = {**body, "id": choose(self.offers)}
        if path == "/support/" and "id" in body and choose([True, False]):
            body = {**body, "id": choose(self.trips)}
        return body


@pytest.fixture
def world(mp, other_mp, name):
    return World(mp.provider, other_mp.provider, has_trips="{id}" in name or "/support" in name)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
@pytest.mark.parametrize("name", NAMES)
def test_any_request_is_answered_as_the_official_file_has_it(mp, world, name, mode):
    operation = official_operations(mp.version.minor).get(name)
    if operation is None:
        pytest.skip(f"{name} is not in {mp.version.minor}")

    @given(operation.as_strategy(generation_mode=mode), st.data())
    @settings(
        max_examples=int(EXAMPLES or 5),
        derandomize=EXAMPLES is None,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case, data):
        def choose(among):
            return data.draw(st.sampled_from(among))

        path = operation.path
        for parameter, value in (case.path_parameters or {}).items():
            known = choose(world.trips) if parameter == "id" and choose([True, True, True, False]) else value
            path = path.replace(f"{{{parameter}}}", quote(str(known), safe=""))
        body = None
        if case.body is not NOT_SET:
            body = json.dumps(world.make_real(operation.path, case.body, choose), default=str).encode()
        answer = mp.call(operation.method.upper(), path, body, query=case.query, headers=headers_of(case, mode))
        assert answer.status_code < 500

    ask()


def headers_of(case, mode):
    """Those that were made up; an allowed request speaks TOMP."""
    mine = UNSENT if mode == GenerationMode.NEGATIVE else {*UNSENT, "Api", "addressed-to"}
    sent = {name: str(value) for name, value in (case.headers or {}).items() if name not in mine}
    return {name: value for name, value in sent.items() if "\n" not in value and "\r" not in value}
