"""Who may only read …"""

import pytest

from fleet.models import Asset
from tests.admin.conftest import everything, superuser  # noqa: F401
from tests.browser import in_a_browser
from tests.days.books import violated
from tests.journey import NOW, nothing_changes

pytestmark = in_a_browser
CHANGES = ("Add", "Save", "Delete", "Import", "Block", "Approve", "Make", "Run")


@pytest.mark.usefixtures("everything")
def test_opens_every_list_and_changes_nothing(arrives):
    rob = arrives("rob", "Read-only")
    addresses = rob.menu()
    assert len(addresses) > 30
    before = violated(NOW)  # rows of everything are no whole trips

    with nothing_changes():
        for address in addresses:
            rob.opens(address)
            rob.is_not_offered(*CHANGES)
        may_not_change_by_hand(rob)

    assert violated(NOW) == before


def may_not_change_by_hand(rob):
    asset = Asset.objects.first()
    rob.opens(f"/admin/fleet/asset/{asset.pk}/change/")
    rob.is_not_offered("Save", "Service", "Report damage")

    assert rob.sends_by_hand(f"/admin/fleet/asset/{asset.pk}/change/", vehicle_number="MINE") == 403
    assert rob.sends_by_hand(f"/admin/fleet/asset/{asset.pk}/store/", _form_submitted="True", reason="x") == 403
