"""Terms of a contract …"""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from maas.models import MaasProvider
from tests.factories import MaasProviderFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"access_code_in": ["BOOKING"]}, "access_code_in"),
        ({"atomic_set_in_use": True, "location_required_on": ["SET_IN_USE"]}, "location_required_on"),
        ({"access_code_in": ["EVERYWHERE"]}, "access_code_in"),
        ({"location_required_on": ["START_FINISHING"]}, "location_required_on"),
        ({"location_required_on": "FINISH"}, "location_required_on"),
        ({"access_code_in": {"GET_LEG": True}}, "access_code_in"),
    ],
    ids=str,
)
def test_that_do_not_fit_together_are_refused(terms, field):
    with pytest.raises(ValidationError) as refused:
        MaasProvider(maas_id="mp", name="MP", **terms).full_clean()

    assert next(iter(refused.value.message_dict)) == field


@pytest.mark.parametrize(
    "terms",
    [
        {"access_code_in": ["BOOKING"], "auto_commit": True},
        {"access_code_in": ["BOOKING"], "atomic_set_in_use": True},
        {"access_code_in": [], "location_required_on": []},
    ],
    ids=str,
)
def test_that_fit_are_kept(terms):
    MaasProvider(maas_id="mp", name="MP", **terms).full_clean()


def test_are_kept_in_the_order_of_the_protocol():
    provider = MaasProvider(maas_id="mp", name="MP", access_code_in=["GET_LEG", "PREPARE_EVENT", "GET_LEG"])

    provider.full_clean()

    assert provider.access_code_in == ["PREPARE_EVENT", "GET_LEG"]


@pytest.mark.parametrize("terms", [{"access_code_in": ["NOWHERE"]}, {"location_required_on": ["CANCEL"]}], ids=str)
def test_that_mean_nothing_do_not_get_past_the_database(terms):
    with pytest.raises(IntegrityError), transaction.atomic():
        MaasProviderFactory(**terms)
