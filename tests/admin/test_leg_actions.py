"""The button on the page of a leg …"""

import pytest

from legs.models import LegEvent
from maas.models import Callback
from tests.admin.test_actions import press
from tests.factories import MaasProviderFactory
from tests.trip_factories import LegFactory


def address(leg):
    return f"/admin/legs/leg/{leg.pk}/replace-asset/"


@pytest.mark.parametrize(("base_url", "level"), [("https://mp.example.org", "success"), ("", "error")])
def test_asks_the_provider_whether_the_vehicle_may_be_replaced(staff, base_url, level):
    leg = LegFactory(booking__provider=MaasProviderFactory(base_url=base_url))

    [(said, _text)] = press(staff, address(leg), reason="The brake is worn.")

    assert said == level
    assert [call.body["type"] for call in Callback.objects.all()] == ["REPLACE_ASSET"] * (level == "success")
    assert [(event.actor, event.comment) for event in LegEvent.objects.all()] == [("rita", "The brake is worn.")] * (
        level == "success"
    )


@pytest.mark.parametrize(("state", "shown"), [("CONFIRMED", True), ("STARTED", False), ("CANCELLED", False)])
def test_is_there_while_the_vehicle_can_be_replaced(staff, state, shown):
    leg = LegFactory(booking__state=state)

    page = staff.get(f"/admin/legs/leg/{leg.pk}/change/").content.decode()

    assert ("replace-asset" in page) is shown
