"""OpenAPI documents as judges: does an answer keep what the document promises?

Ours are judged strictly (what is not declared may not be there), the official ones as they are, but for the
relaxations that semantics §16 prescribes.
"""

import copy
import json
import re
from email.utils import parsedate_to_datetime
from functools import cache

import jsonschema_rs
import yaml
from django.conf import settings

from tomp.document import document

OFFICIAL_FOLDER = settings.BASE_DIR.parent / "shared" / "tomp"
OFFICIAL_FILES = {"1.5": "openapi-1.5.0.yaml", "1.6": "openapi-1.6.1.yaml"}
HAS_OFFICIAL_FILES = all((OFFICIAL_FOLDER / name).exists() for name in OFFICIAL_FILES.values())
NO_OFFICIAL_FILES = f"the official OpenAPI files are not in {OFFICIAL_FOLDER}"

# Other valid statuses may be used although the official file lacks them (issue 439), but not those that mean
# something in the protocol: 409, 410, 428, 503.
ALSO_VALID = {304, 400, 401, 403, 404, 405, 406, 413, 415, 429, 501}

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
FORMATS = {
    "hostname": lambda text: True,  # the official file says so of what its own example fills with an address
    "HH:MM time": lambda text: bool(re.fullmatch(r"([0-3]\d|4[0-7]):[0-5]\d", text)),
    **dict.fromkeys(("URL", "url", "URI"), lambda text: bool(ABSOLUTE.fullmatch(text))),
}
SILENT = {"example", "description", "deprecated", "default", "discriminator", "nullable", "title", "x-examples"}


class Contract:
    """One document, and what keeps or breaks it."""

    def __init__(self, openapi, *, strict):
        self.openapi, self.strict = openapi, strict
        self.schemas = {name: self._to_json_schema(schema) for name, schema in _components(openapi).items()}
        self.validators = {}

    def template(self, method, path):
        """The path of the document that this path is one of; None if the document has no such operation."""
        asked = path.split("?")[0].strip("/")
        fitting = [
            template
            for template, item in self.openapi["paths"].items()
            if method.lower() in item and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template.strip("/")), asked)
        ]
        return min(fitting, key=lambda template: template.count("{"), default=None)

    def operation(self, method, path):
        template = self.template(method, path)
        return self.openapi["paths"][template][method.lower()] if template else None

    def violations(self, method, path, response):
        """What is wrong with this answer, in sentences; none if it keeps the contract."""
        operation = self.operation(method, path)
        declared = self._declared(operation, response.status_code)
        if declared is None:
            return [f"the status {response.status_code} is not declared for this operation"]
        return [*_wrong_headers(declared, self.deref, response.headers), *self._wrong_body(declared, response)]

    def _declared(self, operation, status):
        if operation is None:
            return {} if status >= 400 else None
        answer = operation["responses"].get(str(status))
        if answer is None and status >= 400 and "default" in operation["responses"]:
            answer = operation["responses"]["default"]
        if answer is None and not self.strict and status in ALSO_VALID:
            return {}
        return None if answer is None else self.deref(answer)

    def _wrong_body(self, declared, response):
        if response.status_code == 204:
            return ["204 has a body"] if response.content else []
        media = declared.get("content", {}).get("application/json")
        if media is None:
            return []
        if not response.headers.get("Content-Type", "").startswith("application/json"):
            return [f"the body is {response.headers.get('Content-Type')!r}, not JSON"]
        return self.wrong(media["schema"], json.loads(response.content))

    def wrong(self, schema, value, most=5):
        """How the value differs from the schema, in sentences."""
        validator = self._validator(schema)
        found = []
        for error in validator.iter_errors(value):
            where = "/".join(map(str, error.instance_path)) or "(all of it)"
            found.append(f"body {where}: {error.message[:300]}")
            if len(found) == most:
                break
        return found

    def _validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {**self._to_json_schema(schema), "components": {"schemas": self.schemas}}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=FORMATS)
        return self.validators[key]

    def deref(self, node):
        while "$ref" in node:
            node = at(self.openapi, node["$ref"].removeprefix("#/"))
        return node

    def _to_json_schema(self, node):
        """JSON Schema for an OpenAPI 3.0 schema."""
        if isinstance(node, list):
            return [self._to_json_schema(item) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return {"$ref": node["$ref"]}  # what stands beside a reference does not count
        schema = {key: self._to_json_schema(value) for key, value in node.items() if key not in SILENT}
        if "properties" in node:  # whose names are no keywords
            schema["properties"] = {name: self._to_json_schema(sub) for name, sub in node["properties"].items()}
            if self.strict:
                schema.setdefault("additionalProperties", False)
        if node.get("nullable"):
            schema["type"] = [node["type"], "null"]
        return _choice(node, schema) if "oneOf" in node and "discriminator" in node else schema


def _choice(node, schema):
    """The alternative the discriminator names counts, so that an error is told of that one only."""
    name = node["discriminator"]["propertyName"]
    mapping = node["discriminator"].get("mapping") or {
        option["$ref"].rsplit("/", 1)[1]: option["$ref"] for option in node["oneOf"]
    }
    del schema["oneOf"]
    return {
        **schema,
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": list(mapping)}},
        "allOf": [
            {"if": {"properties": {name: {"const": value}}}, "then": {"$ref": reference}}
            for value, reference in mapping.items()
        ],
    }


def _wrong_headers(declared, deref, headers):
    for name, header in declared.get("headers", {}).items():
        value = headers.get(name)
        if value is None:
            if deref(header).get("required"):
                yield f"the header {name} is missing"
        elif name == "Content-Language" and not LANGUAGE_TAG.fullmatch(value):
            yield f"Content-Language {value!r} is not one language tag"
        elif name == "Expires" and not _is_http_date(value):
            yield f"Expires {value!r} is no HTTP date"


def _is_http_date(text):
    try:
        return text.endswith("GMT") and parsedate_to_datetime(text) is not None
    except ValueError:
        return False


def at(tree, path):
    for step in path.split("/"):
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


def _components(openapi):
    return openapi["components"]["schemas"]


@cache
def ours(minor):
    """What we publish for version "1.5" or "1.6"."""
    return Contract(json.loads(json.dumps(document(minor))), strict=True)


@cache
def official(minor):
    """The official file of that version, relaxed."""
    return Contract(relaxed(raw_official(minor)), strict=False)


@cache
def raw_official(minor):
    text = (OFFICIAL_FOLDER / OFFICIAL_FILES[minor]).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe


# Bounds of the official files that forbid what the files themselves mean (semantics §16), by the number of the reading.
BOUNDS_TO_DROP = (
    (15, "components/schemas/coordinates/properties/lat/minimum"),
    (15, "components/schemas/coordinates/properties/lng/minimum"),
    (15, "components/schemas/coordinates/properties/alt/minimum"),
    (15, "components/schemas/basePoint/items/minimum"),  # where geojsonPoint has its positions in both files
    (15, "components/schemas/geojsonPoint/items/minimum"),
    (16, "components/schemas/amountOfMoney/properties/amount/minimum"),
    (16, "components/schemas/amountOfMoney/properties/amountExVat/minimum"),
    (16, "components/schemas/farePart/allOf/1/properties/minimumAmount/minimum"),
    (16, "components/schemas/farePart/allOf/1/properties/maximumAmount/minimum"),
    (17, "components/schemas/asset/properties/maxRange/maximum"),
)
# Two words that a missing line break made one (reading 18).
WORDS_TO_PART = ((18, "components/schemas/conditionRequireBookingData/allOf/1/properties/requiredFields/items/enum"),)


def relaxed(openapi):
    """A copy with the readings 15 to 18 of semantics §16 applied."""
    openapi = copy.deepcopy(openapi)
    for _reading, path in BOUNDS_TO_DROP:
        way, _, keyword = path.rpartition("/")
        if (schema := _find(openapi, way)) is not None:
            schema.pop(keyword, None)
    for _reading, path in WORDS_TO_PART:
        words = at(openapi, path)
        words[:] = [word for text in words for word in text.split()]
    _untangle_geometry(_components(openapi))
    return openapi


def _find(document, path):
    """What is there, or None: the versions differ in where they keep things."""
    try:
        return at(document, path)
    except (KeyError, IndexError):
        return None


def _untangle_geometry(schemas):
    """In 1.6 geojsonGeometry chooses among schemas that include it: those get its bare members instead."""
    chooser = schemas["geojsonGeometry"]
    mapping = chooser["discriminator"].get("mapping")
    if mapping is None:
        return
    schemas["geojsonBase"] = {key: value for key, value in chooser.items() if key != "discriminator"}
    for reference in mapping.values():
        schemas[reference.rsplit("/", 1)[1]]["allOf"][0] = {"$ref": "#/components/schemas/geojsonBase"}
    chooser["oneOf"] = [{"$ref": reference} for reference in mapping.values()]
