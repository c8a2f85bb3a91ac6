"""docs/maas-provider-guide.md …"""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from demo import services
from maas import services as maas
from tests.demo.conftest import NOW
from tests.guide import Reader, differences

GUIDE = (Path(settings.BASE_DIR) / "docs" / "maas-provider-guide.md").read_text()
REFUSED_ON_PURPOSE = [404, 400]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_works_as_it_stands(live_server, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    services.build_city(now=NOW)
    made = maas.create_provider(maas_id="acme", name="Acme Travel")
    given = {"MAAS_ID": "acme", "API_KEY": made.api_key_secret, "CLIENT_SECRET": made.client_secret}
    reader = Reader(tmp_path, {"OPERATOR": live_server.url, **given})

    assert reader.follow(GUIDE) == []
    assert [status for status in reader.statuses if status >= 400] == REFUSED_ON_PURPOSE


def test_shows_every_operation_there_is(db):
    shown = set()
    for method, address, rest in re.findall(r'curl (?:-X (\w+) )?"?\$OPERATOR/tomp(/[^\s"?]*)([^`]*?)```', GUIDE):
        path = re.sub(r"\$\w+|00000000-[\w-]+", "{id}", address).replace("/AV/02", "/{category}/{number}").rstrip("/")
        shown.add((method or ("POST" if " -d " in rest else "GET"), path))
    shown |= {(method, path) for method, path in re.findall(r"`(POST) (/plannings)", GUIDE)}

    versions = Client().get("/tomp/operator/meta").json()
    endpoints = [each for version in versions for each in version["endpoints"] if "externalType" not in each]
    served = {(each["method"], each["path"].rstrip("/")) for each in endpoints if each["status"] == "IMPLEMENTED"}
    assert shown == served


@pytest.mark.parametrize(
    ("shown", "answered", "faults"),
    [
        ({"a": "…"}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"a": 2}, ["answer.a is 2, not 1"]),
        ({"a": 1}, {}, ["answer has no a: {}"]),
        (["…"], [1, 2], []),
        ([1, "…"], [1, 2], []),
        ([1], [1, 2], ["answer has 2 items: [1, 2]"]),
        ([1, 2, "…"], [1], ["answer has 1 items: [1]"]),
        ([1, "…", 3], [1, 2, 3], []),
        ([1, "…", 3], [1, 3, 4], ["answer[2] is 4, not 3"]),
    ],
)
def test_is_compared_with_what_is_answered(shown, answered, faults):
    assert list(differences(shown, answered)) == faults
