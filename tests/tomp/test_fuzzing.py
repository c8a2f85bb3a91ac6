"""Whatever the published document allows or forbids to be sent, the answer is one that it declares: never a 5xx."""

import json
from functools import cache

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from tests.fleet_factories import AssetFactory, RegionFactory
from tests.journey import given_leg
from tomp.document import document
from tomp.operations import OPERATIONS

NAMES = [f"{operation.method} {operation.path}" for operation in OPERATIONS]


@cache
def published(minor):
    """The operations of the document, by name."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document(minor))))
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


@pytest.fixture
def leg_id(mp):
    RegionFactory()
    AssetFactory()
    return str(given_leg(mp.provider, state="IN_USE").pk)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
@pytest.mark.parametrize("name", NAMES)
def test_any_request_is_answered_as_declared(mp, leg_id, name, mode):
    operation = published(mp.version.minor).get(name)
    if operation is None:
        pytest.skip(f"{name} is not offered in {mp.version.minor}")

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=5,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        path = operation.path.replace("{id}", leg_id)
        body = None if case.body is NOT_SET else json.dumps(case.body, default=str).encode()
        mp.call(operation.method.upper(), path, body, query=case.query)

    ask()
