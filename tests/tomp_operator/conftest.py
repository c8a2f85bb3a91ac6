"""What processes keep for a few seconds is gone before each test."""

import pytest

from fleet import catalogue, information
from tomp_operator import sharing


@pytest.fixture(autouse=True)
def nothing_is_kept():
    information.forget()
    catalogue.forget()
    sharing.forget()
