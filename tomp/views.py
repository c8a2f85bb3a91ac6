"""What every operation of the protocol has in common: version, language, headers, errors."""

from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django_filters.utils import translate_validation
from rest_framework import viewsets
from rest_framework.response import Response

from tomp import errors, language
from tomp.aliases import in_present_names
from tomp.operations import is_since
from tomp.versions import Version


class TompViewSet(viewsets.GenericViewSet):
    """A resource of the protocol. `module` is the first digit of its error codes; `since` the version it came in."""

    module = errors.GENERAL
    since: Version | None = None
    answers_in_envelope = False  # whether refusals are {"errors": […]} (OpenAPI errorResponse)
    pagination_class = None
    filter_backends = ()
    queryset = None

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        check_headers(request)
        check_size(request)
        if self.since and not is_since(self.since, self.version):
            raise errors.NotFound(f"This came with TOMP {self.since.minor}.", module=errors.GENERAL)

    def options(self, request, *args, **kwargs):
        """Which methods there are is in Allow, as in every answer (RFC 9110 §9.3.7); what they mean, in /schema/."""
        return Response(status=HTTPStatus.NO_CONTENT)

    @property
    def sent(self):
        """The body; None where there is none. REST framework would take that for an object without members."""
        return None if self.request.stream is None else self.request.data

    def valid(self, serializer_class, data=None, **context):
        """The validated body (or `data`) as snake_case keywords; raises Missing or Invalid."""
        if data is None:
            data = in_present_names(self.sent, self._old_names("members"))
        return serializer_class.read(data, version=self.version, **context)

    def valid_query(self, serializer_class):
        """The validated query parameters; an empty one counts as absent."""
        given = {name: value for name, value in self.request.query_params.items() if value != ""}
        return self.valid(serializer_class, data=in_present_names(given, self._old_names("parameters")))

    def _old_names(self, kind):
        """What may be called otherwise, because the address was (tomp/aliases.py)."""
        return getattr(getattr(self.request, "old_name", None), kind, {})

    def filtered(self, filterset_class, queryset):
        """The rows the query asks for; raises Invalid when it makes no sense."""
        filterset = filterset_class(self.request.query_params, queryset=queryset, request=self.request)
        if not filterset.is_valid():
            raise translate_validation(filterset.errors)
        return filterset.qs

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if "Content-Language" not in response.headers:  # a refusal has one, and must not ask the database for it
            response.headers["Content-Language"] = self.language
        patch_vary_headers(response, ("Accept-Language",))
        version = getattr(request, "version", None)
        if version:
            response.headers["Api-Version"] = version.full
        return response

    @property
    def version(self):
        """The version of the protocol the caller speaks."""
        return cast(Version, self.request.version)

    @property
    def language(self):
        """The one language this answer is in (reading 29)."""
        return language.preferred(self.request.META.get("HTTP_ACCEPT_LANGUAGE"), language.published())


def check_headers(request):
    """Raises Invalid for another API family (semantics §1.1)."""
    family = request.META.get("HTTP_API")
    if family and family.strip().upper() != "TOMP":
        raise errors.Invalid(f"Field: Api, Reason: {family[:40]!r} is not TOMP.", module=errors.GENERAL)


def check_size(request):
    """Raises TooLarge before anything is looked up or read; the parser looks again at what comes without a length."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.TOMP_MAX_BODY_BYTES:
        raise errors.TooLarge(f"A body may have {settings.TOMP_MAX_BODY_BYTES} bytes.")


def expires(moment):
    """The header that says until when an answer holds (OpenAPI header Expires)."""
    return {"Expires": http_date(moment.timestamp())} if moment else {}


class UnknownOperation(TompViewSet):
    """Whatever is asked at an address we do not serve: 404, in the protocol's words, whoever asks."""

    versioning_class = None
    authentication_classes = ()
    permission_classes = ()

    @property
    def default_response_headers(self):
        """No Allow: nothing is here that a method could be allowed for."""
        return {}

    def refuse(self, request, **kwargs):
        raise errors.NotFound(
            f"{request.method} {request.path[:200]} is not served here; GET /tomp/operator/meta lists what is."
        )


unknown_operation = UnknownOperation.as_view(dict.fromkeys(UnknownOperation.http_method_names, "refuse"))
