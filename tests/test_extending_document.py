"""The checklists of docs/extending.md name what is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from fleet.gateway import adapters
from fleet.models import AssetType, Gateway
from tomp import operations, versions
from tomp.egress import call
from tomp.fields import EncryptedTextField

BASE = Path(settings.BASE_DIR)
TEXT = (BASE / "docs" / "extending.md").read_text()
PATHS = sorted(set(re.findall(r"`((?:\w+/)+\w+(?:\.\w+)?|[A-Z]+\.md)`", TEXT)))


@pytest.mark.parametrize("path", PATHS)
def test_files(path):
    assert (BASE / path).exists()


def test_links():
    for target in re.findall(r"\]\(([\w/.-]+)\)", TEXT):
        assert (BASE / "docs" / target).exists(), target


def test_the_names_in_them():
    assert set(adapters.ADAPTERS) == set(Gateway.Kind)
    assert all(callable(adapter.send) for adapter in adapters.ADAPTERS.values())
    assert issubclass(adapters.CommandFailed, Exception)
    assert callable(call)
    assert isinstance(Gateway._meta.get_field("secret"), EncryptedTextField)
    assert "scooter_standing" in AssetType.FormFactor
    assert versions.VERSIONS[versions.LATEST.minor] is versions.LATEST
    assert operations.Operation("GET", "/x", since=versions.V1_6).since == versions.V1_6
