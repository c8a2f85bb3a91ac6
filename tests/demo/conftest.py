"""The demo city, and a data folder of the test's own."""

from datetime import UTC, datetime

import pytest

from demo import services

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def city(db):
    services.build_city(now=NOW)
