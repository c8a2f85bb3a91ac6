"""docs/testing.md …"""

import re
from pathlib import Path

from django.conf import settings

TESTS = Path(settings.BASE_DIR, "tests")


def test_names_every_option_of_the_tests_and_no_other():
    document = Path(settings.BASE_DIR, "docs", "testing.md").read_text()
    sources = [path.read_text() for path in TESTS.rglob("*.py")]
    asked_for = r'environ\.get\(\s*"(TOMP_\w+)"|"(TOMP_\w+)" (?:not )?in os\.environ'
    read = {a or b for source in sources for a, b in re.findall(asked_for, source)}

    assert set(re.findall(r"TOMP_[A-Z_]+", document)) == read
