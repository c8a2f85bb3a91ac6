"""The OpenAPI documents, and the pages that show them to people."""

from functools import cache

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from django.views.generic import TemplateView, View
from rest_framework.utils.encoders import JSONEncoder

from tomp.document import document
from tomp.public import only_read
from tomp.versions import LATEST, VERSIONS


@only_read
@method_decorator(gzip_page, name="dispatch")
class Schema(View):
    """The document of one version, the latest when none is named."""

    def get(self, request, minor=LATEST.minor):
        return HttpResponse(_as_json(minor), content_type="application/json")


@cache
def _as_json(minor):
    return JSONEncoder(ensure_ascii=False).encode(document(minor))


@only_read
class Docs(TemplateView):
    """Swagger, with a choice of the versions. Its script is a file of its own: the policy allows none in the page."""

    template_name = "docs.html"
    extra_context = {"versions": [version.minor for version in reversed(VERSIONS.values())]}
