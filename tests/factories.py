"""One factory per model: tests say what matters to them, the rest is usual."""

import factory
from factory.django import DjangoModelFactory

from maas import models as maas


class MaasProviderFactory(DjangoModelFactory):
    class Meta:
        model = maas.MaasProvider

    maas_id = factory.Sequence("mp-{}".format)
    name = factory.LazyAttribute(lambda provider: provider.maas_id.upper())


class ApiKeyFactory(DjangoModelFactory):
    """`secret` is what the caller shows."""

    class Meta:
        model = maas.ApiKey

    class Params:
        secret = factory.Sequence("secret-of-key-{}".format)

    provider = factory.SubFactory(MaasProviderFactory)
    prefix = factory.LazyAttribute(lambda key: key.secret[:8])
    digest = factory.LazyAttribute(lambda key: maas.digest_of(key.secret))
