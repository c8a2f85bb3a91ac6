"""What staff do that changes something …"""

import re
from pathlib import Path
from unittest.mock import MagicMock

from tests.admin import test_desk_overrides as desk
from tests.admin import test_fleet_overrides as fleet

MATRIX = Path(__file__).parents[1] / "permissions/matrix.csv"
MODELS = (
    "fleet/asset",
    "fleet/damage",
    "fleet/restriction",
    "maas/callback",
    "maas/maasprovider",
    "support/supportrequest",
)
FORMS = {"change", "delete", "report-damage", "maintain"}  # tests/admin/test_place_overrides.py, test_forms.py
LOOKS = {"history", "offered-to", "conformance", "export_csv", "export_xlsx", "qr_sheet"}
TELLS_NOTHING = {"test-call"}  # tests/admin/test_callbacks.py


def buttons():
    """{(model, button or action of the list)} that the service has."""
    rows = MATRIX.read_text()
    pages = re.findall(r"^GET /admin/(\w+/\w+)/<path:object_id>/([\w-]+)/,", rows, re.MULTILINE)
    lists = re.findall(r"^LIST /admin/(\w+/\w+)/ (\w+),", rows, re.MULTILINE)
    return {(model, name) for model, name in (*pages, *lists) if model in MODELS}


def tried(act):
    """The (model, button) of the act; what town it is done in makes no difference."""
    town = MagicMock()
    _admin, app, model, *further = act.address(town).strip("/").split("/")
    return f"{app}/{model}", further[-1] if further else act.form(town)["action"]


def test_is_tried_for_what_everybody_is_told_afterwards():
    acts = {tried(act) for act in (*fleet.ACTS.values(), *desk.ACTS.values())}

    assert {(model, name) for model, name in buttons() if name not in FORMS | LOOKS | TELLS_NOTHING} == acts
