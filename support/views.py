"""The support module (TOMP /support)."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from maas.views import ProviderViewSet
from support import services
from support.serializers import SupportRequestData, status_json
from tomp import components

TAGS = ["support"]


class SupportViewSet(ProviderViewSet):
    """Help for the users of the provider."""

    module = services.MODULE

    @extend_schema(request=SupportRequestData, responses={200: components.SupportStatus}, tags=TAGS)
    def ask(self, request):
        """Asks for help with a booking, or (1.6) reports a vehicle nobody booked."""
        asked = services.ask(provider=self.provider, now=timezone.now(), **self.valid(SupportRequestData))
        return Response(status_json(asked, self.version))

    @extend_schema(responses={200: components.SupportStatus(many=True)}, tags=TAGS)
    def status(self, request, id):
        """All that was said about the booking (or under the minted id), the latest last."""
        found = services.history(provider=self.provider, reference=id)
        return Response([status_json(entry, self.version) for entry in found])
