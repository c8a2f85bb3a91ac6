"""The OpenAPI document of each version: made from the routes under /tomp/, kept while the process lives."""

import re
from functools import cache

from django.conf import settings
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.plumbing import normalize_result_object, sanitize_result_object

from tomp import alias_documentation, declarations
from tomp.operations import OPERATIONS
from tomp.versions import LATEST, parse

BASE_PATH = "/tomp"
SPELLED = {f"{BASE_PATH}{operation.path}".strip("/"): operation.path for operation in OPERATIONS}


class ProtocolEndpoints(EndpointEnumerator):
    """The operations of the protocol, their paths as the official files spell them: without our prefix."""

    def get_api_endpoints(self, patterns=None, prefix=""):
        found = super().get_api_endpoints(patterns, prefix)
        return [(SPELLED[path.strip("/")], path_regex, method, view) for path, path_regex, method, view in found]

    def should_include_endpoint(self, path, callback):
        return path.strip("/") in SPELLED and super().should_include_endpoint(path, callback)


class DocumentGenerator(SchemaGenerator):
    """Writes the document of one version: `manage.py spectacular --api-version 1.5` or `document("1.5")`."""

    endpoint_inspector_cls = ProtocolEndpoints

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.protocol = parse(self.api_version) if self.api_version else LATEST

    def create_view(self, callback, method, request=None):
        view = super().create_view(callback, method, request)
        view.documented_version = self.protocol
        view.versioning_class = None  # the version is in a header: paths and media types are the same in all
        return view

    def get_schema(self, request=None, public=False):
        reset_generator_stats()
        paths = self.parse(request, public=True)
        components = self.registry.build({})
        alias_documentation.add_to(paths, components["schemas"])
        document = {
            "openapi": "3.0.3",
            "info": {
                "title": "TOMP Transport Operator",
                "version": self.protocol.full,
                "description": f"The operator's side of the TOMP-API, version {self.protocol.full}.",
                "license": {"name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0.html"},
            },
            "servers": [{"url": settings.TOMP_PUBLIC_URL + BASE_PATH}],
            "tags": _tags(paths),
            "paths": paths,
            "components": _needed(components, paths),
        }
        return sanitize_result_object(normalize_result_object(document))


def _tags(paths):
    """The modules that have operations here, in the order of a trip."""
    used = {tag for item in paths.values() for operation in item.values() for tag in operation["tags"]}
    return [{"name": name, "description": text} for name, text in declarations.TAGS.items() if name in used]


def _needed(components, paths):
    """The components that are referred to, and the security schemes."""
    needed, waiting = set(), _references(paths)
    while waiting:
        needed |= waiting
        waiting = {reference for kind, name in waiting for reference in _references(components[kind][name])} - needed
    return {
        kind: {name: schema for name, schema in members.items() if kind == "securitySchemes" or (kind, name) in needed}
        for kind, members in components.items()
    }


def _references(node):
    if isinstance(node, dict):
        found = {
            match.groups() for text in node.values() if isinstance(text, str) and (match := _REFERENCE.fullmatch(text))
        }
        return found.union(*map(_references, node.values()))
    if isinstance(node, list):
        return set().union(*map(_references, node))
    return set()


_REFERENCE = re.compile(r"#/components/(\w+)/([^/]+)")


@cache
def document(minor):
    """The OpenAPI document of version "1.5" or "1.6"."""
    return DocumentGenerator(api_version=minor).get_schema()
