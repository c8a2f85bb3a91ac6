"""What the database promises of a row, it promises of one in which something is unknown, too.

A CHECK lets everything pass that is not false: what is compared with NULL is neither true nor false.
"""

import re
from itertools import product

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint

from fleet.models import FarePart
from tests.fleet_factories import PricingPlanFactory

pytestmark = pytest.mark.django_db

CHECKS = {
    constraint.name: model._meta.db_table
    for model in apps.get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, CheckConstraint)
}
SAMPLES = {
    "boolean": ("false", "true"),
    "uuid": ("'00000000-0000-0000-0000-000000000000'",),
    "jsonb": ("'{}'", "'[1]'"),
    "text[]": ("'{}'", "'{x}'"),
    "timestamp with time zone": ("'2026-01-01T00:00Z'", "'2026-01-02T00:00Z'"),
    "time without time zone": ("'00:00'", "'12:00'"),
    "text": ("''", "'x'"),
}
NUMBERS = ("-1", "0", "1", "200")


def columns_of(name):
    """Those that a CHECK is about: (name, type, whether it may be NULL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL), NOT attnotnull FROM pg_constraint JOIN pg_attribute"
            " ON attrelid = conrelid AND attnum = ANY (conkey) WHERE conname = %s AND conrelid = %s::regclass",
            [name, CHECKS[name]],
        )
        return cursor.fetchall()


def values_of(kind, may_be_null, said):
    """What a column of this kind may have, as far as it makes a difference to a CHECK that names these words."""
    kind = {"character varying": "text", "character varying[]": "text[]"}.get(kind, kind)
    words = tuple(f"'{word}'" for word in said) if kind == "text" else ()
    found = dict.fromkeys((*SAMPLES.get(kind, NUMBERS), *words, *(("NULL",) if may_be_null else ())))
    return [f"{value}::{kind}" for value in found]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_is_true_or_false_of_every_row(name):
    columns = columns_of(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass",
            [name, CHECKS[name]],
        )
        ((check,),) = cursor.fetchall()
        said = re.findall(r"'(\w+)'", check)
        rows = product(*(values_of(kind, may_be_null, said) for _name, kind, may_be_null in columns))
        listed = ", ".join(f"({', '.join(row)})" for row in rows)
        names = ", ".join(f'"{column}"' for column, _kind, _may_be_null in columns)
        cursor.execute(f"SELECT * FROM (VALUES {listed}) AS possible ({names}) WHERE ({check}) IS NULL")  # noqa: S608

        assert cursor.fetchall() == []


def test_is_false_of_a_price_per_unit_without_units():
    PricingPlanFactory()

    with pytest.raises(IntegrityError, match="a_flex_part_has_its_units"), transaction.atomic():
        FarePart.objects.update(units=None)

    assert list(FarePart.objects.values_list("type", "units")) == [("FIXED", None), ("FLEX", 1)]
