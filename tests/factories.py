"""One factory per model: tests say what matters to them, the rest is usual."""

import datetime

import factory
from factory.django import DjangoModelFactory

from maas import models as maas


class MaasProviderFactory(DjangoModelFactory):
    class Meta:
        model = maas.MaasProvider

    maas_id = factory.Sequence("mp-{}".format)
    name = factory.LazyAttribute(lambda provider: provider.maas_id.upper())


class CallbackFactory(DjangoModelFactory):
    """A CANCEL we owe."""

    class Meta:
        model = maas.Callback

    provider = factory.SubFactory(MaasProviderFactory)
    booking_id = factory.Faker("uuid4")
    base_url = "https://mp.example.org/tomp"
    path = factory.LazyAttribute(lambda callback: f"bookings/{callback.booking_id}/events")
    body = factory.LazyFunction(lambda: {"operation": "CANCEL", "origin": "TO"})
    api_version = "1.6"
    created_at = datetime.datetime(2026, 5, 4, 12, 0, tzinfo=datetime.UTC)


class CallbackChannelFactory(DjangoModelFactory):
    """Whose bookings may name an address at mp.example.org."""

    class Meta:
        model = maas.CallbackChannel

    provider = factory.SubFactory(MaasProviderFactory)
    more_hosts = factory.LazyFunction(lambda: ["mp.example.org"])


class ApiKeyFactory(DjangoModelFactory):
    """`secret` is what the caller shows."""

    class Meta:
        model = maas.ApiKey

    class Params:
        secret = factory.Sequence("secret-of-key-{}".format)

    provider = factory.SubFactory(MaasProviderFactory)
    prefix = factory.LazyAttribute(lambda key: key.secret[:8])
    digest = factory.LazyAttribute(lambda key: maas.digest_of(key.secret))
