"""What threads may not make at the same time is made before."""

import pytest

from tests.contract import HAS_OFFICIAL_FILES, official, ours
from tomp.versions import LATEST


@pytest.fixture(autouse=True, scope="session")
def contracts():
    """The documents every answer is compared with."""
    ours(LATEST.minor)
    if HAS_OFFICIAL_FILES:
        official(LATEST.minor)
