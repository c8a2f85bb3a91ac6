"""The customer module (TOMP 1.6 /customers): accounts of travellers at the operator."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from customers import services
from customers.errors import MODULE
from customers.serializers import (
    AccountHeaders,
    CreateCustomerAccountParameters,
    CustomerData,
    account_json,
    in_one_spelling,
)
from maas.views import ProviderViewSet
from tomp import components
from tomp.errors import Invalid, Missing
from tomp.parsers import MergePatchParser
from tomp.versions import V1_6, ApiVersionHeader

TAGS = ["customer management"]


class VersionOfCustomers(ApiVersionHeader):
    """The module declares no Api-Version, and came with 1.6."""

    without_header = V1_6


class CustomerViewSet(ProviderViewSet):
    """The provider's customer accounts."""

    module = MODULE
    since = V1_6
    versioning_class = VersionOfCustomers
    answers_in_envelope = True
    declares_maas_id = False

    def get_parsers(self):
        is_patch = self.request is not None and self.request.method == "PATCH"
        return [MergePatchParser()] if is_patch else super().get_parsers()

    @extend_schema(request=CustomerData, responses={200: components.CustomerAccount}, tags=TAGS)
    def create(self, request):
        """Creates an account, or links to the one this customer has already."""
        data = self.valid(CreateCustomerAccountParameters)
        account = services.register(provider=self.provider, data=data, **self.valid_headers())
        return Response(account_json(account))

    @extend_schema(responses={200: components.CustomerAccount}, tags=TAGS)
    def retrieve(self, request, id):
        """The account as it is now."""
        return Response(account_json(services.account(provider=self.provider, customer_id=id)))

    @extend_schema(
        request={"application/merge-patch+json": OpenApiTypes.OBJECT},
        responses={200: components.CustomerAccount},
        tags=TAGS,
    )
    def change(self, request, id):
        """Changes the members that are sent (RFC 7396): null removes one."""
        if self.sent is None:
            raise Missing("Field: body, Reason: This field is required.")
        if not isinstance(self.sent, dict):
            raise Invalid("Field: body, Reason: a merge patch is an object.")
        account = services.change(
            provider=self.provider,
            customer_id=id,
            patch=in_one_spelling(self.sent),
            check=lambda patched: self.valid(CreateCustomerAccountParameters, data=patched),
            **self.valid_headers(),
        )
        return Response(account_json(account))

    @extend_schema(responses={200: None}, tags=TAGS)
    def erase(self, request, id):
        """Deletes the account: its personal data are gone at once, trips and journal stay without a name."""
        services.erase(provider=self.provider, customer_id=id, now=timezone.now())
        return Response()

    def valid_headers(self):
        """The headers the module has of its own, as keywords."""
        return self.valid(AccountHeaders, data={"notification-url": self.request.headers.get("notification-url", "")})
