"""What we publish is what we serve, in each version, and what the official files have."""

import re

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from tests.contract import HAS_OFFICIAL_FILES, NO_OFFICIAL_FILES, official, ours, raw_official
from tomp import declarations
from tomp.document import DocumentGenerator, document
from tomp.operations import OPERATIONS, is_since
from tomp.versions import V1_5, V1_6, VERSIONS

every_version = pytest.mark.parametrize("minor", VERSIONS)
needs_official_files = pytest.mark.skipif(not HAS_OFFICIAL_FILES, reason=NO_OFFICIAL_FILES)


def operations(openapi):
    """(method, path), operation: of a whole document, but for the old names (test_aliases.py)."""
    return {
        (method.upper(), path): operation
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and "old names" not in operation.get("tags", ())
    }


def shape(path):
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path.strip("/"))


# The document


@every_version
def test_it_is_written_without_warnings_and_is_openapi(minor):
    written = DocumentGenerator(api_version=minor).get_schema()

    assert not GENERATOR_STATS, GENERATOR_STATS.emit_summary()
    validate_schema(written)


@every_version
def test_the_command_writes_it_too(minor, tmp_path):
    call_command(
        "spectacular",
        generator_class="tomp.document.DocumentGenerator",
        api_version=minor,
        file=str(tmp_path / "openapi.yaml"),
        validate=True,
        fail_on_warn=True,
    )

    assert f"version: {VERSIONS[minor].full}" in (tmp_path / "openapi.yaml").read_text()


@every_version
def test_it_says_which_version_it_is_and_where(minor, settings):
    settings.TOMP_PUBLIC_URL = "https://rides.example"

    written = DocumentGenerator(api_version=minor).get_schema()

    assert written["info"]["version"] == VERSIONS[minor].full
    assert written["servers"] == [{"url": "https://rides.example/tomp"}]


@every_version
def test_every_operation_that_is_served_is_published_and_no_other(minor):
    version = VERSIONS[minor]
    known = {(operation.method, shape(operation.path)): operation for operation in OPERATIONS}
    served = set()
    for pattern in get_resolver().urlconf_module.tomp_patterns:
        for method, action in pattern.callback.actions.items():
            view = pattern.callback.cls
            is_offered = (view.since is None or is_since(view.since, version)) and not getattr(
                getattr(view, action), "not_implemented", False
            )
            if is_offered and method != "head":  # which REST framework adds by itself
                served.add((method.upper(), known[method.upper(), shape(str(pattern.pattern))].path))

    assert operations(document(minor)).keys() == served


@every_version
def test_every_operation_has_a_name_a_tag_and_a_description(minor):
    found = operations(document(minor)).values()

    assert len({operation["operationId"] for operation in found}) == len(found)
    assert all(operation["description"] for operation in found)
    tags = {tag for operation in found for tag in operation["tags"]}
    assert tags | {"old names"} == {tag["name"] for tag in document(minor)["tags"]}


@every_version
def test_components_are_those_that_are_used(minor):
    text = str(document(minor))

    for kind, members in document(minor)["components"].items():
        if kind != "securitySchemes":
            assert [name for name in members if f"'#/components/{kind}/{name}'" not in text] == []


def test_a_caller_reads_no_notes_of_the_programmers():
    schemas = document("1.6")["components"]["schemas"]

    assert "description" not in schemas["bookingRequest"]
    assert schemas["booking"]["description"] == "The agreement about a trip. An offer is a booking in state NEW."


# What operations have in common


@every_version
def test_headers_are_declared(minor):
    found = operations(document(minor))

    for (method, path), operation in found.items():
        names = [reference["$ref"].rsplit("/", 1)[1] for reference in operation["parameters"] if "$ref" in reference]
        expected = [*declarations.headers_of(path), *(["idempotencyKey"] if method == "POST" else [])]
        assert names == expected, path


@every_version
@pytest.mark.parametrize(
    ("component", "names"),
    [("oneStopBookingRequest", ("useAssets", "useAssetTypes")), ("placeRequest", ("coordinates", "stationId"))],
)
def test_what_needs_one_of_its_members_says_so(minor, component, names):
    assert member(minor, component, "anyOf") == [{"required": [name]} for name in names]


@every_version
def test_a_body_is_required_but_for_that_of_a_subscription(minor):
    bodies = {name: operation.get("requestBody") for name, operation in operations(document(minor)).items()}

    may_be_left_out = [name for name, body in bodies.items() if body and not body.get("required")]
    assert may_be_left_out == [("POST", "/bookings/{id}/subscription")]


@every_version
def test_every_refusal_carries_the_error(minor):
    contract = ours(minor)

    for (method, path), operation in operations(document(minor)).items():
        refusals = {int(status): answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {400, 401, 403, 404, 406, 429} <= refusals.keys()
        assert ({413, 415} <= refusals.keys()) == (method in ("POST", "PUT", "PATCH"))
        name = "errorResponse" if path.startswith("/customers") else "error"
        for status, answer in refusals.items():
            declared = contract.deref(answer)
            assert declared["content"]["application/json"]["schema"]["$ref"] == f"#/components/schemas/{name}"
            assert contract.deref(declared["headers"]["Content-Language"])["required"]
            assert ("Retry-After" in declared["headers"]) == (status in (429, 503))


@every_version
def test_every_answer_says_its_language(minor):
    for operation in operations(document(minor)).values():
        for status, answer in operation["responses"].items():
            assert "Content-Language" in ours(minor).deref(answer)["headers"], status


@every_version
def test_whole_lists_are_not_sent_to_who_has_them(minor):
    found = operations(document(minor))
    paths = {path for (_method, path), operation in found.items() if "304" in operation["responses"]}

    assert paths == {"/operator/stations", "/operator/available-assets"}
    for path in paths:
        answers = found["GET", path]["responses"]
        assert list(answers)[:2] == ["200", "304"]
        assert "ETag" in answers["200"]["headers"]
        not_modified = ours(minor).deref(answers["304"])
        assert not_modified["headers"].keys() == {"Content-Language", "ETag"}
        assert "content" not in not_modified


@pytest.mark.parametrize(
    ("minor", "required"),
    [
        ("1.5", {"POST /bookings": True, "POST /bookings/one-stop": True, "POST /bookings/{id}/events": False}),
        ("1.6", {"POST /bookings": True, "POST /bookings/one-stop": True, "POST /bookings/{id}/events": True}),
    ],
)
def test_bookings_say_when_they_expire(minor, required):
    contract = ours(minor)
    found = {
        f"{method} {path}": contract.deref(answer["headers"]["Expires"])["required"]
        for (method, path), operation in operations(document(minor)).items()
        for answer in operation["responses"].values()
        if "Expires" in answer.get("headers", {})
    }

    assert found == required


@every_version
def test_there_are_three_ways_to_show_who_is_asking(minor):
    schemes = document(minor)["components"]["securitySchemes"]
    required = [{"ApiKeyAuth": []}, {"BasicAuth": []}, {"OAuth": []}]

    assert schemes["ApiKeyAuth"]["name"] == "X-API-Key"
    assert schemes["BasicAuth"]["scheme"] == "basic"
    assert schemes["OAuth"]["flows"]["clientCredentials"]["tokenUrl"] == "/oauth/token"
    found = operations(document(minor))
    assert found["GET", "/bookings"]["security"] == required
    assert found["GET", "/operator/ping"]["security"] == [*required, {}]
    assert found["GET", "/operator/meta"]["security"] == [*required, {}]


@pytest.mark.parametrize("is_public", [True, False])
def test_information_is_open_to_all_if_the_operator_says_so(settings, is_public):
    settings.TOMP_INFORMATION_IS_PUBLIC = is_public

    found = operations(DocumentGenerator().get_schema())

    assert ({} in found["GET", "/operator/stations"]["security"]) == is_public
    assert {} not in found["POST", "/planning/offers"]["security"]


# What differs between the versions


def member(minor, component, *path):
    found = document(minor)["components"]["schemas"][component]
    for step in path:
        found = found[step]
    return found


def test_geometries_are_arrays_in_1_5_and_objects_in_1_6():
    for name in ("geojsonLine", "geojsonPolygon"):
        assert member("1.5", name, "type") == "array"
        assert member("1.6", name, "type") == "object"
    assert member("1.5", "systemRegion", "properties", "serviceArea") == {"$ref": "#/components/schemas/geojsonPolygon"}
    assert member("1.5", "leg", "properties", "progressGeometry") == {"$ref": "#/components/schemas/geojsonLine"}
    assert member("1.5", "conditionReturnArea", "properties", "returnArea") == {
        "$ref": "#/components/schemas/geojsonPolygon"
    }


def test_a_bounding_box_is_asked_for_since_1_6():
    def names(minor):
        operation = operations(document(minor))["GET", "/operator/available-assets"]
        return {parameter.get("name") for parameter in operation["parameters"]}

    assert names("1.6") - names("1.5") == {"boundingbox"}


def test_428_came_with_1_6():
    assert {found for found, operation in operations(document("1.6")).items() if "428" in operation["responses"]} == {
        ("POST", "/bookings")
    }
    assert not [1 for operation in operations(document("1.5")).values() if "428" in operation["responses"]]


def test_the_customer_module_came_with_1_6():
    def of_customers(minor):
        return [path for _method, path in operations(document(minor)) if path.startswith("/customers")]

    assert of_customers("1.5") == []
    assert of_customers("1.6") == ["/customers", *["/customers/{id}"] * 3]


@pytest.mark.parametrize("component", ["customer", "customerRequest"])
def test_a_customer_needs_an_id_up_to_1_5(component):
    assert member("1.5", component, "required") == ["id"]
    assert "required" not in member("1.6", component)


@pytest.mark.parametrize(
    ("component", "new"),
    [
        ("customer", {"externalId", "placeOfBirth", "countryOfBirth"}),
        ("damage", {"vehicleComponentName"}),
        ("supportRequest", {"damage", "assetId"}),
        ("supportStatus", {"damage", "assetId"}),
        ("legEvent", {"userLocation"}),
        ("booking", set()),
        ("leg", set()),
        ("asset", set()),
    ],
)
def test_members_that_came_with_1_6(component, new):
    assert member("1.6", component, "properties").keys() - member("1.5", component, "properties").keys() == new


@pytest.mark.parametrize(
    ("component", "path", "new"),
    [
        ("information", ("properties", "goal"), {"TERMS_CONDITIONS"}),
        ("planningStep", ("properties", "action"), {"SHOW_TERMS_CONDITIONS"}),
        ("endpoint", ("properties", "externalType"), {"CDS"}),
        (
            "conditionRequireBookingData",
            ("properties", "requiredFields", "items"),
            {"FIRST_NAME", "LAST_NAME", "MIDDLE_NAME", "PREFIX", "POSTFIX"}
            | {"KNOWN_IDENTIFIER", "KNOWN_IDENTIFIER_PROVIDER"},
        ),
        ("bookingState", (), set()),
    ],
)
def test_words_that_came_with_1_6(component, path, new):
    before, since = (set(member(minor, component, *path, "enum")) for minor in ("1.5", "1.6"))

    assert since - before == new
    assert before <= since


def test_a_card_needs_its_end_up_to_1_5():
    assert set(member("1.5", "card", "required")) - set(member("1.6", "card", "required")) == {"validUntil"}


@pytest.mark.parametrize("version", [V1_5, V1_6])
def test_conditions_are_told_apart_by_their_type_in_both_spellings(version):
    items = member(version.minor, "leg", "properties", "conditions", "items")

    assert len(items["oneOf"]) == 11
    assert items["discriminator"]["propertyName"] == "conditionType"
    mapping = items["discriminator"]["mapping"]
    assert mapping["conditionDeposit"] == mapping["ConditionDeposit"] == "#/components/schemas/conditionDeposit"
    assert len(mapping) == 22


# The official files

# Where ours promises more than the official file, and why (readings of semantics §16).
SAME_BUT_STRICTER = {
    "error": "all of it always, and errorCode too (reading 1)",
    "conditionType": "the names of the schemas, as its text asks for, in both spellings (reading 14)",
    "tokenType": "likewise",
    "lat": "on the globe, also its other half (reading 15)",
    "lng": "likewise",
    "geojsonLine": "always with coordinates, and of its own type only",
    "geojsonPolygon": "likewise",
    "geojsonGeometry": "likewise",
}
COMPARED = ("enum", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength")


def flattened(contract, schema):
    """The members, what is required and the bounds, with references and allOf resolved."""
    schema = contract.deref(schema)
    parts = [flattened(contract, part) for part in schema.get("allOf", [])]
    flat = {"properties": {}, "required": set(), "items": None, "oneOf": []}
    for part in [*parts, schema]:
        flat["properties"] |= part.get("properties", {})
        flat["required"] |= set(part.get("required", ()))
        flat |= {name: part[name] for name in ("items", "oneOf", *COMPARED) if part.get(name)}
    return flat


def differences(mine, theirs, place):
    """Where two schemas, each (contract, schema), differ."""
    if SAME_BUT_STRICTER.keys() & {*place[-1:], _target(mine[1])}:
        return
    a, b = flattened(*mine), flattened(*theirs)
    yield from (f"{'.'.join(place) or 'the body'}: {text}" for text in _differences_here(a, b))
    for name, inner, their_inner in _pairs(a, b):
        yield from differences((mine[0], inner), (theirs[0], their_inner), (*place, name))


def _differences_here(a, b):
    if a["properties"].keys() != b["properties"].keys():
        yield f"members {sorted(a['properties'].keys() ^ b['properties'].keys())}"
    if a["required"] != b["required"]:
        yield f"required {sorted(a['required'] ^ b['required'])}"
    if {_target(option) for option in a["oneOf"]} != {_target(option) for option in b["oneOf"]}:
        yield f"alternatives {[_target(option) for option in a['oneOf']]}"
    for name in COMPARED:
        if _as_set(a.get(name)) != _as_set(b.get(name)):
            yield f"{name} {a.get(name)} instead of {b.get(name)}"


def _pairs(a, b):
    """What is inside both: members, items, alternatives."""
    for name in a["properties"].keys() & b["properties"].keys():
        yield name, a["properties"][name], b["properties"][name]
    if a["items"] and b["items"]:
        yield "[]", a["items"], b["items"]
    options = {_target(option): option for option in b["oneOf"]}
    for option in a["oneOf"]:
        yield _target(option), option, options[_target(option)]


def _target(schema):
    return schema.get("$ref", "").rsplit("/", 1)[-1]


def _as_set(value):
    return frozenset(value) if isinstance(value, list) else value


@needs_official_files
@every_version
def test_every_operation_is_in_the_official_file(minor):
    assert operations(document(minor)).keys() <= operations(raw_official(minor)).keys()


@needs_official_files
def test_the_list_of_operations_is_that_of_the_official_files():
    for minor, version in VERSIONS.items():
        officially = {
            found
            for found, operation in operations(raw_official(minor)).items()
            if "TO" in operation["tags"] or "customer management" in operation["tags"] or "claim-extra" in found[1]
        }
        assert {(o.method, o.path) for o in OPERATIONS if o.is_in(version)} == officially


@needs_official_files
@every_version
def test_every_official_status_is_declared(minor):
    theirs = operations(raw_official(minor))

    missing = {
        found: sorted(theirs[found]["responses"].keys() - operation["responses"].keys() - {"default"})
        for found, operation in operations(document(minor)).items()
    }

    # What changes a leg is always answered with the leg (reading 10).
    ancillary = "/legs/{id}/ancillaries/{category}/{number}"
    assert {found: statuses for found, statuses in missing.items() if statuses} == {
        ("POST", "/legs/{id}/events"): ["204"],
        ("POST", ancillary): ["204"],
        ("DELETE", ancillary): ["204"],
    }


@needs_official_files
@every_version
def test_statuses_that_mean_something_are_declared_only_where_they_officially_are(minor):
    meaningful = {"409", "410", "428", "503"}
    theirs = operations(raw_official(minor))

    for found, operation in operations(document(minor)).items():
        if "default" not in theirs[found]["responses"]:
            assert operation["responses"].keys() & meaningful == theirs[found]["responses"].keys() & meaningful, found


@needs_official_files
@every_version
def test_every_parameter_is_the_official_one(minor):
    mine, theirs = ours(minor), official(minor)

    def parameters(contract, path, operation):
        listed = [*contract.openapi["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        found = [contract.deref(parameter) for parameter in listed]
        return {(parameter["in"], parameter["name"], parameter.get("required", False)) for parameter in found}

    for (method, path), operation in operations(mine.openapi).items():
        extra = {("header", "Idempotency-Key", False)} if method == "POST" else set()
        extra |= {("header", "If-None-Match", False)} if path in declarations.KEPT else set()
        officially = parameters(theirs, path, operations(theirs.openapi)[method, path])
        assert parameters(mine, path, operation) == officially | extra, (method, path)


@needs_official_files
@every_version
def test_every_answer_has_the_official_shape(minor):
    mine, theirs = ours(minor), official(minor)
    official_operations = operations(theirs.openapi)
    found = []
    for key, operation in operations(mine.openapi).items():
        for status in operation["responses"].keys() & official_operations[key]["responses"].keys():
            a, b = (
                contract.deref(operations(contract.openapi)[key]["responses"][status]).get("content")
                for contract in (mine, theirs)
            )
            if a and b:
                pair = [
                    (contract, content["application/json"]["schema"]) for contract, content in ((mine, a), (theirs, b))
                ]
                found += [f"{key} {status} {text}" for text in differences(*pair, ())]

    assert found == []
