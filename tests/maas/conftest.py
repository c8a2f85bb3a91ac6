import pytest

from tests.receiver import Receiver


@pytest.fixture
def receiver():
    """A provider's server that listens."""
    with Receiver().listening() as receiver:
        yield receiver
