"""How the views and their components become OpenAPI, in the version of the document at hand.

Whoever writes a view says `@extend_schema(request=…, responses={200: components.Leg})`; everything that all
operations have in common is added here from tomp/declarations.py.
"""

from http import HTTPStatus

from django.conf import settings
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    ResolvedComponent,
    force_instance,
    is_list_serializer,
    is_patched_serializer,
)

from tomp import components, declarations
from tomp.components.declare import Component, Described, official_name
from tomp.errors import TompError
from tomp.operations import is_since
from tomp.versions import LATEST

OFFICIAL = {official_name(getattr(components, name)): getattr(components, name) for name in components.__all__}
SENT_TO_US = {"planningRequest", "bookingRequest", "oneStopBookingRequest", "supportRequest", "legEvent"}
ANSWERED = OFFICIAL.keys() - SENT_TO_US


class TompSchema(AutoSchema):
    """Describes one operation. It is also the writer that components describe themselves to."""

    @property
    def version(self):
        """The version of the protocol that is being described (tomp/document.py)."""
        return getattr(self.view, "documented_version", LATEST)

    def reaches(self, version):
        """Whether the described version is that one or later."""
        return is_since(version, self.version)

    def refer(self, component):
        """A reference to this component."""
        return self.resolve_serializer(component, "response").ref

    def refer_to_schema(self, name, schema):
        """A reference to this schema, which becomes a component of that name."""
        return self._refer(ResolvedComponent.SCHEMA, name, schema)

    def _refer(self, kind, name, schema):
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    def is_excluded(self):
        since = getattr(self.view, "since", None)
        action = getattr(self.view, getattr(self.view, "action", self.method.lower()), None)
        return (since is not None and not self.reaches(since)) or getattr(action, "not_implemented", False)

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation:
            operation["parameters"] = [*self._headers(), *filter(self._has_parameter, operation.get("parameters", []))]
            for status, answer in operation["responses"].items():
                self._complete(int(status), answer)
            if path in declarations.KEPT:
                operation["responses"]["200"]["headers"]["ETag"] = self._header("etag")
                operation["responses"]["304"] = self._not_modified()
            for status in declarations.refusals_of(method, path, self.version):
                operation["responses"][str(status)] = self._refusal(status)
        return operation

    def _get_request_body(self, direction="request"):
        """REST framework takes a body without required members for one that may be left out; we do not."""
        body = super()._get_request_body(direction)
        if body and not getattr(self.get_request_serializer(), "may_be_absent", False):
            body["required"] = True
        return body

    def _has_parameter(self, parameter):
        return parameter["name"] != "boundingbox" or self.version.has_bounding_box

    def _headers(self):
        names = declarations.headers_of(self.path)
        if self.method == "POST":
            names = (*names, "idempotencyKey")
        return [self._refer(ResolvedComponent.PARAMETER, name, declarations.PARAMETERS[name]) for name in names]

    def _complete(self, status, answer):
        """What an answer of any operation has."""
        answer["description"] = answer.get("description") or HTTPStatus(status).phrase
        answer["headers"] = {**answer.get("headers", {}), "Content-Language": self._header("language")}
        if declarations.EXPIRING.get((self.method, self.path)) == status:
            answer["headers"]["Expires"] = self._expires()

    def _expires(self):
        if self.path.endswith("/events") and not self.version.expires_on_every_event:
            return {**declarations.ANSWER_HEADERS["expires"], "required": False}
        return self._header("expires")

    def _header(self, name):
        return self._refer(ResolvedComponent.HEADER, name, declarations.ANSWER_HEADERS[name])

    def _not_modified(self):
        name, description = declarations.NOT_MODIFIED
        headers = {"Content-Language": self._header("language"), "ETag": self._header("etag")}
        return self._refer(ResolvedComponent.RESPONSE, name, {"description": description, "headers": headers})

    def _refusal(self, status):
        name, description = declarations.REFUSALS[status]
        body: type[Component] = components.Error
        if self.path in declarations.IN_ENVELOPE:
            name, body = f"{name}InEnvelope", components.ErrorResponse
        headers = {"Content-Language": self._header("language")}
        if status in declarations.WITH_RETRY_AFTER:
            headers["Retry-After"] = self._header("retryAfter")
        if status in declarations.WITH_CHALLENGE:
            headers["WWW-Authenticate"] = self._header("challenge")
        content = {"application/json": {"schema": self.refer(body)}}
        refusal = {"description": description, "headers": headers, "content": content}
        return self._refer(ResolvedComponent.RESPONSE, name, refusal)

    def get_auth(self):
        ways: list[dict[str, list[str]]] = [{name: []} for name in declarations.SECURITY]
        for name, scheme in declarations.SECURITY.items():
            self._refer(ResolvedComponent.SECURITY_SCHEMA, name, scheme)
        return [*ways, {}] if self._is_open_to_all() else ways

    def _is_open_to_all(self):
        """Whether the view lets somebody in who shows no credentials: it is asked."""
        try:
            self.view.check_permissions(self.view.request)
        except TompError:
            return False
        return True

    def _get_serializer_name(self, serializer, direction, bypass_extensions=False):
        """The official name; what is sent to us gets a suffix if answers have a shape of that name, too."""
        if is_list_serializer(serializer):
            serializer = serializer.child
        name = _name_of(serializer)
        if isinstance(serializer, Component):
            return name
        if is_patched_serializer(serializer, direction):
            return f"{name}Patch"
        return f"{name}Request" if name in ANSWERED else name

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        serializer = force_instance(serializer)
        official = OFFICIAL.get(_name_of(serializer))
        if official:
            self._fit_to_version(schema, official)
        if isinstance(serializer, Component):
            return {**schema, "additionalProperties": {}} if serializer.is_open else schema
        schema.pop("description", None)  # tells us which keywords it becomes, not the caller what to send
        alternatives = [{"required": [name]} for name in getattr(serializer, "needs_one_of", ())]
        return {**schema, "anyOf": alternatives} if alternatives else schema

    def _fit_to_version(self, schema, official):
        required = set(schema.get("required", ()))
        for version, names in official.since.items():
            if not self.reaches(version):
                for name in names:
                    schema["properties"].pop(name, None)
                    required.discard(name)
        required |= set(official.required_in.get(self.version, ()))
        if required:
            schema["required"] = sorted(required)


def _name_of(serializer):
    """What the official file calls it: notification for NotificationData, legEvent for LegEventRequest."""
    name = official_name(type(force_instance(serializer)))
    if isinstance(serializer, Component) or name in SENT_TO_US:
        return name
    name = name.removesuffix("Data")
    return name if name in SENT_TO_US else name.removesuffix("Request")


class DescribedMember(OpenApiSerializerFieldExtension):
    """Members of components that describe themselves."""

    target_class = Described
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        return self.target.openapi(auto_schema)


class DeclaredOfInput(OpenApiSerializerFieldExtension):
    """The component itself, as in answers."""

    target_class = "tomp.declared.Declared"

    def map_serializer_field(self, auto_schema, direction):
        return auto_schema.refer(self.target.component)


class FreeObjectOfInput(OpenApiSerializerFieldExtension):
    """REST framework's JSON field would allow anything; ours takes objects."""

    target_class = "tomp.serializers.FreeObject"

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "object", "additionalProperties": {}}


class WholeNumberInQuery(OpenApiSerializerFieldExtension):
    """Digits in a query are a number to OpenAPI."""

    target_class = "tomp.serializers.WholeNumberText"

    def map_serializer_field(self, auto_schema, direction):
        most = {"maximum": settings.TOMP_MAX_PAGE_SIZE} if self.target.field_name == "limit" else {}
        return {"type": "integer", "minimum": 0, **most}


class UrlOfInput(OpenApiSerializerFieldExtension):
    """A string of a certain form."""

    target_class = "tomp.serializers.Url"

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "format": "uri"}
