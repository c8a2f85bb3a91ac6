"""The base of every operation a MaaS provider calls."""

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

    @property
    def provider(self):
        """The MaaS provider who is asking, or None where the public may ask."""
        return self.request.auth

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        check_maas_id(request, self.provider, is_required=self.declares_maas_id)
        check_addressed(request)

    @property
    def dialect(self):
        """How this provider is spoken to."""
        return Dialect(
            version=self.version,
            language=self.language,
            pascal_case=bool(self.provider and self.provider.pascal_case_types),
            evidence_condition=bool(self.provider and self.provider.evidence_condition),
        )


def check_addressed(request):
    """Raises Missing where the operator insists on being named (identifier TO_OPERATOR_REQUIRED)."""
    if information.system().must_be_addressed and not request.headers.get("addressed-to"):
        raise errors.Missing("Field: addressed-to, Reason: this operator is addressed by name.", module=errors.GENERAL)
