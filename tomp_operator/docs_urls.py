"""Where the API is described: /schema/ for programs, /docs/ for people."""

from django.urls import re_path

from tomp.versions import VERSIONS
from tomp_operator.docs import Docs, Schema

MINOR = "|".join(map(str, VERSIONS)).replace(".", r"\.")

urlpatterns = [
    re_path(r"^schema/?$", Schema.as_view(), name="schema"),
    re_path(rf"^schema/(?P<minor>{MINOR})/?$", Schema.as_view(), name="schema-of-version"),
    re_path(r"^docs/?$", Docs.as_view(), name="docs"),
]
