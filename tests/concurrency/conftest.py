"""What threads may not make at the same time is made before; when a race is over, the books are looked at."""

import pytest
from django.utils import timezone

from tests.contract import HAS_OFFICIAL_FILES, official, ours
from tests.fleet_factories import AssetTypeFactory, StationFactory
from tomp.versions import LATEST
from tomp_operator.audit import audit


@pytest.fixture(autouse=True, scope="session")
def contracts():
    """The documents every answer is compared with."""
    ours(LATEST.minor)
    if HAS_OFFICIAL_FILES:
        official(LATEST.minor)


@pytest.fixture
def all_adds_up(clock):
    """What `manage.py audit` looks at is right after the race."""
    yield
    found = {each.name: found.ids for each, found in audit(now=timezone.now(), show=5) if found.violations}
    assert found == {}


@pytest.fixture
def hub(clock):
    return StationFactory(station_id="hub")


@pytest.fixture
def cargo(hub):
    """Booked by type, at the hub; users may pick."""
    return AssetTypeFactory(ahead=True, type_id="cargo", user_may_pick=True)
