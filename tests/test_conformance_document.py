"""docs/conformance.md says what GET /operator/meta says, and names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import get_resolver

from legs.serializers import EVENTS
from tomp.components.operator import Scenario
from tomp.versions import VERSIONS
from tomp_operator import meta
from tomp_operator.identifiers import IDENTIFIERS

BASE = Path(settings.BASE_DIR)
DOCUMENT = (BASE / "docs" / "conformance.md").read_text()
NAMED_TEST = re.compile(r"`([\w/]+\.py(?:::\w+)+)`")


def rows(first_column):
    """The rows of the table whose first column is called so, each as its cells."""
    lines = DOCUMENT.split(f"\n| {first_column} |")[1].splitlines()[2:]
    table = lines[: next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def called(endpoint):
    """The operation as the table calls it: `POST /legs/{id}/events` PAUSE."""
    return " ".join([f"`{endpoint['method']} {endpoint['path']}`", *filter(None, [endpoint.get("eventType")])])


def told_by_meta():
    """{operation: [yes, no or nothing for each version]}"""
    patterns = get_resolver().urlconf_module.tomp_patterns
    told: dict[str, list[str]] = {}
    for column, implementation in enumerate(meta.implementations(patterns, provider=None)):
        for endpoint in implementation["endpoints"]:
            if "externalType" in endpoint:
                continue
            marks = told.setdefault(called(endpoint), [""] * len(VERSIONS))
            marks[column] = "yes" if endpoint["status"] == "IMPLEMENTED" else "no"
    return told


@cache
def functions_of(file):
    """The names of the tests in this file, those of classes as Class::test."""
    tree = ast.parse((BASE / "tests" / file).read_text())
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{method.name}" for method in node.body if isinstance(method, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return found


@pytest.mark.django_db
def test_operations_are_what_meta_says():
    assert {operation: marks for operation, *marks, _shown_by in rows("operation")} == told_by_meta()


@pytest.mark.parametrize("table", ["operation", "event"])
def test_what_is_implemented_names_a_test_and_nothing_else_does(table):
    for name, *marks, shown_by in rows(table):
        assert bool(NAMED_TEST.findall(shown_by)) == ("yes" in marks), name


def test_events_meta_has_no_words_for_are_there():
    named = {name.rpartition(" ")[2] for table in ("operation", "event") for name, *_rest in rows(table)}

    assert named >= {*EVENTS, "EXTEND_EXPIRY_TIME"}


def test_every_scenario_of_the_protocol_is_shown():
    assert {name for name, shown_by in rows("scenario") if NAMED_TEST.search(shown_by)} == set(Scenario.words)


def test_every_identifier_meta_may_declare_is_shown():
    shown = [name for name, shown_by in rows("identifier") if NAMED_TEST.search(shown_by)]

    assert sorted(shown) == sorted(identifier.name for identifier in IDENTIFIERS)


@pytest.mark.parametrize("name", sorted(set(NAMED_TEST.findall(DOCUMENT))))
def test_it_names_a_test_that_exists(name):
    file, _, test = name.partition("::")

    assert test in functions_of(file)
