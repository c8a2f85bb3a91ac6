"""The base of every operation a MaaS provider calls."""

from functools import cache

from fleet import information
from maas.authentication import IsProvider, check_maas_id
from maas.idempotency import IdempotentPosts
from tomp import errors
from tomp.dialect import Dialect
from tomp.views import TompViewSet


class ProviderViewSet(IdempotentPosts, TompViewSet):
    """An operation on behalf of one provider: whatever it looks up belongs to that provider, or is a 404."""

    permission_classes = (IsProvider,)
    declares_maas_id = True
    known_members: frozenset[str] | None = None  # of the body this call came with, once it was looked at

    @property
    def provider(self):
        """The MaaS provider who is asking, or None where the public may ask."""
        return self.request.auth

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        check_maas_id(request, self.provider, is_required=self.declares_maas_id)
        check_addressed(request)

    def valid(self, serializer_class, data=None, **context):
        if data is None:
            self.known_members = members_of(serializer_class)
        return super().valid(serializer_class, data, **context)

    @property
    def dialect(self):
        """How this provider is spoken to."""
        return Dialect(
            version=self.version,
            language=self.language,
            pascal_case=bool(self.provider and self.provider.pascal_case_types),
            evidence_condition=bool(self.provider and self.provider.evidence_condition),
        )


@cache
def members_of(serializer_class):
    """The names of all members we read."""
    return frozenset(serializer_class().fields)


def check_addressed(request):
    """Raises NotFound for what is addressed to somebody else, Missing where we insist on it (semantics §1.1)."""
    check_receiver(request)
    if not request.META.get("HTTP_ADDRESSED_TO") and information.system().must_be_addressed:
        raise errors.Missing("Field: addressed-to, Reason: this operator is addressed by name.", module=errors.GENERAL)


def check_receiver(request):
    """Raises NotFound for what is addressed to somebody else."""
    receiver, us = request.META.get("HTTP_ADDRESSED_TO"), information.operator_id()
    if receiver and us and receiver != us:
        raise errors.NotFound(f"Nobody here is called {receiver[:80]!r}.", module=errors.GENERAL)
