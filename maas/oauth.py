"""How does a provider get a bearer token? By OAuth2 client credentials (RFC 6749 §4.4); client id = maas-id.

The toolkit makes the tokens and keeps their checksums. The server behind it knows this grant alone, so every
other is an unsupported_grant_type; and only the parameters of this grant ever reach it.
"""

from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views.mixins import OAuthLibMixin
from oauthlib.oauth2 import BackendApplicationServer  # type: ignore[import-untyped]

from maas.authentication import CHALLENGE, basic_pair
from maas.models import OAuthClient, digest_of
from tomp.errors import TooLarge
from tomp.views import check_size

PARAMETERS = {"grant_type", "scope", "client_id", "client_secret", "token", "token_type_hint"}
NO_FORM = (BadRequest, SuspiciousOperation, MultiPartParserError)  # what Django calls a body that it cannot read as one
NO_STORE = {"Cache-Control": "no-store"}  # RFC 6749 §5.1


class ClientCredentialsValidator(OAuth2Validator):
    """Knows the clients of active providers. A token is bound to its client, and so to one provider."""

    def client_authentication_required(self, request, *args, **kwargs):
        return True

    def authenticate_client(self, request, *args, **kwargs):
        shown = request.headers.get("Authorization", ""), request.client_id, request.client_secret
        request.client, request.secret_until = client_of(*shown, now=timezone.now())
        return request.client is not None

    def save_bearer_token(self, token, request, *args, **kwargs):
        """No token outlives the secret it was bought with."""
        if request.secret_until is not None:
            left = int((request.secret_until - timezone.now()).total_seconds())
            token["expires_in"] = max(min(token["expires_in"], left), 0)
        return super().save_bearer_token(token, request, *args, **kwargs)

    def introspect_token(self, token, token_type_hint, request, *args, **kwargs):
        """What RFC 7662 tells of a token that works. Another client's is as unknown as an invented one."""
        found = AccessToken.objects.filter(
            token_checksum=digest_of(token), application=request.client, expires__gt=timezone.now()
        ).first()
        if found is None:
            return None
        return {
            "client_id": request.client.client_id,
            "scope": found.scope,
            "token_type": "Bearer",
            "exp": int(found.expires.timestamp()),
        }


def client_of(authorization, client_id, client_secret, *, now):
    """(the client that proves to be one, by HTTP Basic or, without that, by the form; until when its secret works).

    The second is None for a secret without an end, and both are for nobody.
    """
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        pair = [unquote_plus(half) for half in basic_pair(value) or ()]  # RFC 6749 §2.3.1
        if not pair or client_id not in (None, pair[0]):
            return None, None
        client_id, client_secret = pair
    if not client_id or not client_secret or "\0" in client_id:
        return None, None
    client = OAuthClient.objects.filter(client_id=client_id, provider__is_active=True).first()
    is_known, until = client.knows(client_secret, now) if client else (False, None)
    return (client, until) if is_known else (None, None)


class ClientCredentialsCore(OAuthLibCore):
    """Between Django and oauthlib: hands over what the grant needs, and nothing a caller made up.

    Unknown parameters are ignored, and empty ones are absent (RFC 6749 §3.2).
    """

    def extract_headers(self, request):
        return {"Authorization": request.headers.get("Authorization", "")}

    def extract_body(self, request):
        return [(name, value) for name, value in request.POST.items() if name in PARAMETERS and value]

    def create_introspection_response(self, request):
        headers, body, status = self.server.create_introspect_response(*self._extract_params(request))
        return None, headers, body, status


@method_decorator([csrf_exempt, sensitive_post_parameters()], name="dispatch")
class OAuthView(OAuthLibMixin, View):
    """Answers a form: by a token, by revoking one (RFC 7009) or by telling about one (RFC 7662)."""

    http_method_names = ("post",)
    server_class = BackendApplicationServer
    validator_class = ClientCredentialsValidator
    oauthlib_backend_class = ClientCredentialsCore
    answer = ""  # the method of the core that gives it

    def post(self, request):
        if request.META.get("QUERY_STRING"):  # it is logged on its way, and secrets must not be
            return _refused("Send the parameters in the body.", status=400)
        try:
            check_size(request)
            _, _, body, status = getattr(self.get_oauthlib_core(), self.answer)(request)
        except TooLarge as refusal:
            return _refused(refusal.detail, status=refusal.status)
        except NO_FORM:
            return _refused("Send the few parameters as a form, in UTF-8.", status=400)
        response = HttpResponse(body or "{}", "application/json", status, headers=NO_STORE)
        if status == 401:
            response.headers["WWW-Authenticate"] = CHALLENGE
        return response


def _refused(description, *, status):
    refusal = {"error": "invalid_request", "error_description": description}
    return JsonResponse(refusal, status=status, headers=NO_STORE)
