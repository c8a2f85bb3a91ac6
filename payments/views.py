"""The payment module (TOMP /payment)."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from maas.views import ProviderViewSet
from payments.filters import JournalFilter
from payments.models import JournalEntry
from payments.serializers import entry_json
from tomp import components
from tomp.serializers import Paging, page


class PaymentViewSet(ProviderViewSet):
    """What the provider owes us and we owe it."""

    module = 6
    paged_actions = ("journal",)

    @extend_schema(
        parameters=[Paging, *JournalFilter.parameters()],
        responses={200: components.JournalEntry(many=True)},
        tags=["payment"],
    )
    def journal(self, request):
        """The provider's journal entries, oldest first."""
        entries = self.filtered(JournalFilter, JournalEntry.objects.for_provider(self.provider))
        return Response([entry_json(entry) for entry in page(entries, **self.valid_query(Paging))])
