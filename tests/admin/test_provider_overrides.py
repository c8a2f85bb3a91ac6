"""What staff agree with providers, and say of us: afterwards rows, API, feeds, trips, calls and story agree …"""

from fleet import information
from maas.models import CallbackChannel, MaasProvider
from tests.admin.acting import having, new, page, removing, with_other
from tests.configuration import configuration
from tests.factories import MaasProviderFactory
from tests.fleet_factories import SystemFactory
from tests.town import ADDRESS, Act, ActsOfStaff

PROVIDER, SYSTEM = "maas/maasprovider", "fleet/system"
NEW = {
    "maas_id": "other", "name": "Other", "is_active": "on", "pending_minutes": "15", "max_extensions": "1",
    "quota_period": "DAY", "bill_until": "FINISH", "release_asset_on": "FINISH", "unstarted": "KEEP",
    "api_version": "1.6",
}  # fmt: skip

newcomer = having(PROVIDER, MaasProviderFactory, maas_id="other")


def ours(town):
    town.kept[PROVIDER] = town.mp.provider.pk


def operator(town):
    SystemFactory(name={"en": "Operator"}, languages=["en"])
    information.system()
    town.kept[SYSTEM] = 1


def terms(town):
    """Of which provider, and what is asked and promised."""
    fields = ("location_required_on", "bill_until", "customers_need_approval", "api_version", "base_url")
    said = {("terms", one.maas_id): tuple(getattr(one, name) for name in fields) for one in MaasProvider.objects.all()}
    channels = CallbackChannel.objects.values_list("provider__maas_id", "auth")
    return said | {("channel", maas_id): auth for maas_id, auth in channels}


RIDES = {("operator", ""): ("Rides", "Europe/Amsterdam"), ("feed of operator", ""): ("Rides", "24/7")}
OPERATOR = {
    "system_id": "rides", "name__en": "Rides", "languages": "en", "timezone": "Europe/Amsterdam",
    "product_type": "SHARING", "planning_steps-TOTAL_FORMS": "0", "planning_steps-INITIAL_FORMS": "0",
    "booking_steps-TOTAL_FORMS": "0", "booking_steps-INITIAL_FORMS": "0",
}  # fmt: skip
USUAL = ([], "FINISH", False, "1.6", "")
ACTS = {
    "a new provider": Act(
        new(PROVIDER),
        {("maasprovider", "other"): ["Other", True, False, None], ("terms", "other"): USUAL},
        [
            ("MaaS provider", "added", ""),
            ("MaaS provider", "changed", "Issued API key …"),
            ("MaaS provider", "changed", "Made a new OAuth2 client secret"),
        ],
        "add_maasprovider",
        lambda town: NEW,
        refused=newcomer,
        needs=("maas_id", "name"),
    ),
    "other terms": Act(
        page(PROVIDER),
        {("maasprovider", "mp"): ["MP", True, False, 7], ("terms", "mp"): (["FINISH"], *USUAL[1:4], ADDRESS)},
        [("MaaS provider", "changed", "")],
        "change_maasprovider",
        with_other(PROVIDER, location_required_on=["FINISH"], max_open_bookings="7"),
        given=ours,
        refused=ours,
        refused_form=lambda town: {"access_code_in": ["BOOKING"]},
        needs=("name", "api_version"),
    ),
    "that a provider is not served any more": Act(
        page(PROVIDER),
        {("maasprovider", "other"): ["OTHER", False, False, None]},
        [("MaaS provider", "changed", "")],
        "change_maasprovider",
        with_other(PROVIDER, is_active=None),
        given=newcomer,
        needs=("name",),
    ),
    **removing(
        PROVIDER,
        {("maasprovider", "other"): None, ("terms", "other"): None},
        [("MaaS provider", "deleted", "")],
        newcomer,
        refused=ours,
    ),
    "the operator": Act(
        new(SYSTEM),
        RIDES,
        [("Operator information", "added", "")],
        "add_system",
        lambda town: OPERATOR,
        refused=operator,
        needs=("system_id", "name__en"),
    ),
    "the name of the operator": Act(
        page(SYSTEM),
        RIDES,
        [("Operator information", "changed", "")],
        "change_system",
        with_other(SYSTEM, name__en="Rides"),
        given=operator,
        refused=operator,
        refused_form=lambda town: {"timezone": "Europe/Atlantis"},
        needs=("name__en", "languages"),
    ),
}


class TestOfProviders(ActsOfStaff):
    acts = ACTS
    tell = (configuration, terms)
    empty = ""
