"""Who is asking?"""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from bench.naive.models import Provider


class KeyAuthentication(BaseAuthentication):
    """The provider whose key this is."""

    def authenticate(self, request):
        try:
            provider = Provider.objects.get(key=request.headers.get("X-API-Key"))
        except Provider.DoesNotExist:
            raise AuthenticationFailed("Wrong key.") from None
        if provider.maas_id != request.headers.get("maas-id"):
            raise PermissionDenied("This is another provider's key.")
        return provider, None
