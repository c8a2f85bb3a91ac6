"""What staff change about the way to vehicles: afterwards rows, API, feeds, trips, journal, calls and story agree …"""

from fleet.models import DeviceGroup
from tests.admin.acting import having, new, page, removing, with_other
from tests.configuration import configuration
from tests.fleet_factories import DeviceGroupFactory, GatewayFactory
from tests.town import Act, ActsOfStaff, nothing

GATEWAY, GROUP = "fleet/gateway", "fleet/devicegroup"
LOCKS = {"name": "locks", "kind": "HTTP", "url": "https://locks.example.org", "timeout_seconds": "5"}

boxes = having(GROUP, DeviceGroupFactory, name="boxes", secret="secret-of-boxes")
locks = having(GATEWAY, GatewayFactory, name="locks")


def locks_in_use(town):
    locks(town)
    town.kind.gateway_id = town.kept[GATEWAY]
    town.kind.save()


def keys(town):
    """The beginning of a key is chance: told is whether it is the one that the factory made."""
    made_before = dict.fromkeys(DeviceGroup.objects.filter(prefix="secret-o").values_list("name", flat=True), "former")
    return {("key", name): made_before.get(name, "new") for name in DeviceGroup.objects.values_list("name", flat=True)}


AT_LOCKS = {("gateway", "locks"): ["HTTP", "https://locks.example.org"]}
ANOTHER_KEY = [("Device group", "changed", ""), ("Device group", "changed", "Made a new key …")]
ACTS = {
    "a new group": Act(
        new(GROUP),
        {("devicegroup", "boxes"): [True], ("key", "boxes"): "new"},
        [("Device group", "added", ""), *ANOTHER_KEY],
        "add_devicegroup",
        lambda town: {"name": "boxes", "is_active": "on"},
        refused=boxes,
        needs=("name",),
    ),
    "that a group may not report": Act(
        page(GROUP),
        {("devicegroup", "boxes"): [False]},
        [("Device group", "changed", "")],
        "change_devicegroup",
        with_other(GROUP, is_active=None),
        given=boxes,
        refused=boxes,
        refused_form=lambda town: {"asset_types": ["0"]},
        needs=("name",),
    ),
    "another key": Act(
        page(GROUP, "new-key"),
        {("key", "boxes"): "new"},
        ANOTHER_KEY,
        "change_devicegroup",
        given=boxes,
        needs=(),
    ),
    **removing(
        GROUP, {("devicegroup", "boxes"): None, ("key", "boxes"): None}, [("Device group", "deleted", "")], boxes
    ),
    "a new gateway": Act(
        new(GATEWAY),
        AT_LOCKS,
        [("Gateway", "added", "")],
        "add_gateway",
        lambda town: LOCKS,
        refused=nothing,
        refused_form=lambda town: {"timeout_seconds": "0"},
        needs=("name", "url"),
    ),
    "where a gateway is": Act(
        page(GATEWAY),
        AT_LOCKS,
        [("Gateway", "changed", "")],
        "change_gateway",
        with_other(GATEWAY, **LOCKS),
        given=locks,
        refused=locks,
        refused_form=lambda town: {"url": "ftp://locks.example.org"},
        needs=("url",),
    ),
    **removing(GATEWAY, {("gateway", "locks"): None}, [("Gateway", "deleted", "")], locks, refused=locks_in_use),
}


class TestOfDevices(ActsOfStaff):
    acts = ACTS
    tell = (configuration, keys)
    empty = ""
