"""The OAuth2 client secret of a provider is replaced while the old one works on …"""

import datetime

import pytest
from django.db import IntegrityError, transaction
from oauth2_provider.models import AccessToken

from maas import services
from maas.models import OAuthClient
from tests.concurrency.races import at_once
from tests.factories import MaasProviderFactory
from tests.maas.test_oauth import get_token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("maas.urls")]

NOW = datetime.datetime(2030, 5, 1, 12, 0, tzinfo=datetime.UTC)
MAAS_ID = "mp-1"


def hours(count):
    return datetime.timedelta(hours=count)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def provider(clock):
    return MaasProviderFactory(maas_id=MAAS_ID)


@pytest.fixture
def old(provider):
    return services.rotate_client_secret(provider=provider)


def replace(provider, *, overlap=24, now=NOW):
    return services.replace_client_secret(provider_id=provider.pk, overlap=hours(overlap), now=now, actor="ann")


def works(secret):
    return get_token(secret, client_id=MAAS_ID).status_code == 200


def test_for_so_many_hours_and_no_longer(clock, provider, old):
    new = replace(provider)

    assert (works(old), works(new)) == (True, True)
    clock.move_to(NOW + hours(24) - datetime.timedelta(seconds=1), tick=False)
    assert (works(old), works(new)) == (True, True)
    clock.move_to(NOW + hours(24), tick=False)
    assert (works(old), works(new)) == (False, True)


def test_and_says_who_made_it(provider, old):
    replace(provider)

    client = OAuthClient.objects.get()
    assert (client.secret_made_at, client.secret_made_by) == (NOW, "ann")
    assert client.former_secret_until == NOW + hours(24)


def test_and_no_token_outlives_the_secret_that_bought_it(clock, provider, old):
    before = get_token(old, client_id=MAAS_ID).json()
    new = replace(provider, overlap=0.5)

    bought = get_token(old, client_id=MAAS_ID).json()

    assert (before["expires_in"], bought["expires_in"]) == (3600, 1800)
    assert set(AccessToken.objects.values_list("expires", flat=True)) == {NOW + hours(0.5)}
    assert get_token(new, client_id=MAAS_ID).json()["expires_in"] == 3600


def test_or_ends_at_once_with_its_tokens(provider, old):
    works(old)

    new = replace(provider, overlap=0)

    assert not AccessToken.objects.exists()
    assert (works(old), works(new)) == (False, True)
    assert OAuthClient.objects.get().former_secret == ""


def test_which_may_be_ended_before_its_time(provider, old):
    new = replace(provider)
    works(old)

    services.end_former_secret(provider_id=provider.pk, now=NOW)

    assert not AccessToken.objects.exists()
    assert (works(old), works(new)) == (False, True)


def test_but_is_not_ended_twice(clock, provider, old):
    replace(provider)

    with pytest.raises(services.NothingToEnd):
        services.end_former_secret(provider_id=provider.pk, now=NOW + hours(24))
    services.end_former_secret(provider_id=provider.pk, now=NOW)
    with pytest.raises(services.NothingToEnd):
        services.end_former_secret(provider_id=provider.pk, now=NOW)


def test_but_not_three_of_them(provider, old):
    second = replace(provider)

    with pytest.raises(services.SecretStillChanging, match="until 2030-05-02 12:00 UTC"):
        replace(provider)

    assert (works(old), works(second)) == (True, True)
    third = replace(provider, overlap=0)
    assert (works(old), works(second), works(third)) == (False, False, True)


def test_again_once_the_former_ended(clock, provider, old):
    second = replace(provider)
    clock.move_to(NOW + hours(24), tick=False)

    third = replace(provider, now=NOW + hours(24))

    assert (works(old), works(second), works(third)) == (False, True, True)


def test_or_made_for_a_provider_who_had_none(provider):
    new = replace(provider)

    assert works(new)
    assert OAuthClient.objects.get().former_secret_until is None


def test_and_neither_is_kept(provider, old):
    new = replace(provider)

    kept = str(list(OAuthClient.objects.values()))
    assert old not in kept
    assert new not in kept


@pytest.mark.parametrize("wrong", [{"former_secret": "x"}, {"former_secret_until": NOW}])
def test_and_the_database_lets_none_work_for_ever(provider, old, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        OAuthClient.objects.update(**wrong)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_once_when_two_colleagues_do_it_at_once(clock, provider, old):
    def attempt():
        try:
            return replace(provider)
        except services.SecretStillChanging:
            return None

    made = at_once([attempt, attempt])

    assert made.count(None) == 1
    assert (works(old), works(next(filter(None, made)))) == (True, True)
