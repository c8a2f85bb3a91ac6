"""Who books? identify …"""

import uuid

import pytest

from customers import services
from customers.models import Customer
from tests.factories import MaasProviderFactory
from tests.trip_factories import CustomerFactory
from tomp.errors import NotFound, UserBlocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    return MaasProviderFactory()


@pytest.fixture
def known(provider):
    return CustomerFactory(provider=provider, external_id="c-1")


def identify(provider, data):
    return services.identify(provider=provider, data=data)


def test_remembers_a_new_customer_by_the_providers_number(provider):
    customer = identify(provider, {"id": "c-9", "firstName": "Zoë"})

    assert (customer.external_id, customer.provider, customer.status) == ("c-9", provider, "ACTIVE")
    assert Customer.objects.get() == customer


@pytest.mark.parametrize(
    "data", [{"id": "c-1"}, {"externalId": "c-1"}, {"id": "of another system", "externalId": "c-1"}]
)
def test_knows_a_customer_again(provider, known, data):
    assert identify(provider, data) == known
    assert Customer.objects.count() == 1


def test_knows_a_customer_by_our_own_id(provider, known):
    assert identify(provider, {"id": str(known.pk)}) == known
    assert identify(provider, {"id": str(known.pk), "externalId": "renamed"}) == known
    assert Customer.objects.count() == 1


def test_takes_a_number_that_looks_like_an_id_for_a_number(provider):
    number = str(uuid.UUID(int=7))

    assert identify(provider, {"id": number}).external_id == number


def test_does_not_know_the_customers_of_another_provider(provider, known):
    stranger = identify(MaasProviderFactory(), {"id": str(known.pk), "externalId": "c-1"})

    assert stranger != known
    assert stranger.external_id == "c-1"


@pytest.mark.parametrize("data", [None, {}, {"firstName": "Zoë"}, {"id": ""}], ids=str)
def test_knows_nobody_without_a_number(provider, data):
    assert identify(provider, data) is None
    assert not Customer.objects.exists()


def test_refuses_a_blocked_customer(provider, known):
    services.block(customer_id=known.pk, reason="vandalism")

    with pytest.raises(UserBlocked):
        identify(provider, {"id": "c-1"})

    services.unblock(customer_id=known.pk)
    assert identify(provider, {"id": "c-1"}) == known


@pytest.mark.parametrize("change", [services.block_number, services.unblock_number])
@pytest.mark.parametrize("named", [{"number": "c-2"}, {"number": "c-1", "maas_id": "another"}], ids=str)
def test_says_when_nobody_has_the_number(change, named, known):
    with pytest.raises(NotFound):
        change(**named)

    assert Customer.objects.get().status == "ACTIVE"
