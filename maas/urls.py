"""Where a provider gets its bearer tokens; the toolkit's other pages are not offered."""

from django.urls import re_path

from maas.oauth import OAuthView

urlpatterns = [
    re_path(r"^oauth/token/?$", OAuthView.as_view(answer="create_token_response"), name="oauth-token"),
    re_path(r"^oauth/revoke/?$", OAuthView.as_view(answer="create_revocation_response"), name="oauth-revoke"),
    re_path(
        r"^oauth/introspect/?$",
        OAuthView.as_view(answer="create_introspection_response"),
        name="oauth-introspect",
    ),
]
