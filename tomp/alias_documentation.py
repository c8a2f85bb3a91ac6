"""The old names in an OpenAPI document: every operation that had another name, once more under that name."""

from tomp import declarations
from tomp.aliases import OLD_NAMES

TAG = "old names"


def add_to(paths, schemas):
    """Adds the operations by their old names to the paths, and what may be sent to them to the schemas."""
    for name in OLD_NAMES:
        for path in [path for path in paths if name.present_path(path)]:  # an old name that is still official
            for operation in paths[path].values():
                operation.update(_with_old_members(operation, name, schemas))
        for path in [path for path in paths if name.old_path(path)]:
            paths[name.old_path(path)] = {
                method: _under_old_name(operation, f"{method.upper()} {path}", name, schemas)
                for method, operation in paths[path].items()
            }


def _under_old_name(operation, present, name, schemas):
    return {
        **operation,
        **_with_old_members(operation, name, schemas),
        "operationId": f"old_{operation['operationId']}",
        "description": f"{present}, as it used to be called.",
        "tags": [TAG],
        "deprecated": True,
        "parameters": [*operation["parameters"], *_old_parameters(operation, name)],
        "responses": {
            status: answer if "$ref" in answer else _marked(answer) for status, answer in operation["responses"].items()
        },
    }


def _marked(answer):
    return {**answer, "headers": {**answer["headers"], "Deprecation": declarations.ANSWER_HEADERS["deprecation"]}}


def _old_parameters(operation, name):
    present = {parameter.get("name"): parameter for parameter in operation["parameters"]}
    return [{**present[new], "name": old, "deprecated": True} for old, new in name.parameters.items() if new in present]


def _with_old_members(operation, name, schemas):
    """The request body under its old names, if it has members that were called otherwise."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    component = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = schemas.get(component)
    members = {old: new for old, new in name.members.items() if schema and new in schema["properties"]}
    if not members:
        return {}
    variant = f"{component}ByOldNames"
    schemas[variant] = _renamed(schema, members)
    content = {"application/json": {**media, "schema": {"$ref": f"#/components/schemas/{variant}"}}}
    return {"requestBody": {**operation["requestBody"], "content": content}}


def _renamed(schema, members):
    """The schema with each of these members under either name."""
    present = schema["properties"]
    old = {name: {"allOf": [present[new]], "deprecated": True} for name, new in members.items()}
    required = [name for name in schema.get("required", ()) if name not in members.values()]
    either = [
        {"anyOf": [{"required": [new]}, {"required": [name]}]}
        for name, new in members.items()
        if new in schema.get("required", ())
    ]
    return {
        **schema,
        "properties": {**present, **old},
        "required": required,
        **({"allOf": either} if either else {}),
    }
