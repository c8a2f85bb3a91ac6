"""Statements that are prepared once for a connection …"""

import threading
import uuid
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import monotonic, sleep

import pytest
from django.db import (
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from bookings.models import Party
from fleet.models import Asset
from tests.fleet_factories import AssetFactory
from tomp import prepared
from tomp.compiled import compiled

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time"


@compiled
def _vehicle(number):
    return Asset.objects.filter(vehicle_number=number)


def sent(sql, *values):
    return prepared.send(connections["default"], sql, values)


def kept():
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        return [statement for (statement,) in cursor.fetchall()]


def process():
    [(number,)], _count = sent("SELECT pg_backend_pid()")
    return number


@pytest.fixture(autouse=True)
def fresh():
    connection.close()
    yield
    connection.close()


def test_are_the_same_whatever_their_values():
    assert sent("SELECT %s + 1", 41) == ([(42,)], 1)
    assert sent("SELECT %s + 1", 1_000_000) == ([(1_000_001,)], 1)
    assert sent("SELECT %s + 1", None) == ([(None,)], 1)

    assert kept() == ["SELECT $1 + 1"]


def test_take_and_give_what_a_cursor_does():
    given = [
        *(uuid.UUID(int=7), ["a", None, "b,{}"], [uuid.UUID(int=8)], None, True, 1.5, Decimal("12.340"), "Zoë's \\ %s"),
        *(datetime(2026, 5, 4, 9, 30, 15, 123456, tzinfo=UTC), date(2026, 5, 4), time(9, 30), timedelta(minutes=90)),
        *(b"\x00\xff", Jsonb({"a": [1, None]}), Range(1, None), Party.TO),
    ]
    types = (
        *("uuid", "text[]", "uuid[]", "int", "bool", "float", "numeric", "text"),
        *("timestamptz", "date", "time", "interval"),
        *("bytea", "jsonb", "int4range", "text"),
    )
    sql = f"SELECT {', '.join(f'%s::{each}' for each in types)}, '50 %%'"
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        expected = cursor.fetchall()

    assert sent(sql, *given) == (expected, 1)
    assert expected[0][:4] == (uuid.UUID(int=7), ["a", None, "b,{}"], [uuid.UUID(int=8)], None)
    assert expected[0][-1] == "50 %"


def test_tell_how_many_rows_they_changed():
    first, _second = AssetFactory.create_batch(2)

    assert sent("UPDATE fleet_asset SET range_m = 1") == ([], 2)
    assert sent("UPDATE fleet_asset SET range_m = 2 WHERE id = %s", first.pk) == ([], 1)
    assert sent("UPDATE fleet_asset SET range_m = 3 WHERE id = 0") == ([], 0)


def test_are_others_on_another_connection():
    first = process()
    connection.close()

    assert process() != first


def test_are_prepared_again_on_the_connection_that_replaces_one_that_the_server_ended():
    first = process()
    end(first)

    connection.close_if_unusable_or_obsolete()  # as Django does before a request

    assert process() != first


def test_say_that_the_connection_broke_in_their_midst():
    end(process())

    with pytest.raises(OperationalError, match=r"terminating connection|closed the connection"):
        sent("SELECT 1")


def end(number):
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [number])
    other.close()


@pytest.mark.parametrize(
    ("sql", "values", "error"),
    [
        ("SELECT * FROM no_such_table", [], ProgrammingError),
        ("SELECT 1 / %s", [0], DataError),
        ("INSERT INTO fleet_region (id) VALUES (%s)", [1], IntegrityError),
        ("SELECT %s", [object()], ProgrammingError),
    ],
)
def test_fail_as_with_a_cursor(sql, values, error):
    AssetFactory(vehicle_number="B-1")
    with pytest.raises(error):
        sent(sql, *values)

    assert _vehicle.get(number="B-1").vehicle_number == "B-1"


def test_which_constraint_refused_is_known():
    AssetFactory(vehicle_number="B-1")

    with pytest.raises(IntegrityError) as refused:
        sent("UPDATE fleet_asset SET asset_type_id = NULL")

    assert refused.value.__cause__.diag.column_name == "asset_type_id"


def test_begin_the_transaction_they_are_the_first_of():
    AssetFactory(vehicle_number="B-1")

    with transaction.atomic():
        assert sent("UPDATE fleet_asset SET range_m = 1") == ([], 1)
        transaction.set_rollback(True)

    assert Asset.objects.get().range_m != 1


def sent_together(*statements):
    return prepared.send_all(connections["default"], *statements)


def test_several_see_what_those_before_them_did():
    AssetFactory(range_m=1)
    change = "UPDATE fleet_asset SET range_m = range_m + %s RETURNING range_m"

    assert sent_together((change, [1]), (change, [10]), ("SELECT range_m FROM fleet_asset", [])) == [
        ([(2,)], 1),
        ([(12,)], 1),
        ([(12,)], 1),
    ]


def test_several_are_the_first_of_a_transaction():
    AssetFactory(range_m=1)

    with transaction.atomic():
        sent_together(("UPDATE fleet_asset SET range_m = 2", []), ("UPDATE fleet_asset SET range_m = 3", []))
        transaction.set_rollback(True)

    assert Asset.objects.get().range_m == 1


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext])
def test_none_of_several_is_done_if_one_fails(position, around):
    AssetFactory(range_m=1)
    statements = [("UPDATE fleet_asset SET range_m = %s", [number]) for number in (2, 3)]
    statements.insert(position, ("SELECT 1 / %s", [0]))

    with pytest.raises(DataError, match="division by zero"), around():
        sent_together(*statements)

    assert Asset.objects.get().range_m == 1
    assert sent("SELECT 1") == ([(1,)], 1)


def test_several_that_are_larger_than_what_the_system_takes_at_once():
    long = "a" * 5_000_000

    assert sent_together(("SELECT length(%s::text)", [long]), ("SELECT %s::text", [long])) == [
        ([(5_000_000,)], 1),
        ([(long,)], 1),
    ]


def test_several_are_prepared_anew_where_too_many_would_be_kept(monkeypatch):
    monkeypatch.setattr(prepared, "KEPT", 2)
    sent("SELECT 1")
    sent("SELECT 2")

    assert sent_together(("SELECT 1", []), ("SELECT 3", [])) == [([(1,)], 1), ([(3,)], 1)]
    assert kept() == ["SELECT 1", "SELECT 3"]


@pytest.mark.parametrize(("sql", "values"), [("SELECT %s", [object()]), ("SELECT no_such_column", [])])
def test_what_never_reached_the_database_leaves_the_transaction_to_begin(sql, values):
    """It is refused before the transaction has begun; what is sent next belongs to it all the same."""
    AssetFactory(range_m=1)

    with transaction.atomic():
        with pytest.raises(ProgrammingError):
            sent(sql, *values)
        sent("UPDATE fleet_asset SET range_m = 2")
        transaction.set_rollback(True)

    assert Asset.objects.get().range_m == 1


def test_several_say_that_the_connection_broke_in_their_midst():
    end(process())

    with pytest.raises(OperationalError), transaction.atomic():
        sent_together(("SELECT 1", []), ("SELECT 2", []))

    connection.close_if_unusable_or_obsolete()
    assert sent("SELECT 1") == ([(1,)], 1)


def test_are_kept_when_a_transaction_is_rolled_back():
    sent("SELECT %s + 1", 41)
    with pytest.raises(ProgrammingError), transaction.atomic():
        sent("SELECT no_such_column")

    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            sent("SELECT 1 / %s", 0)
        assert sent("SELECT %s + 1", 42) == ([(43,)], 1)

    assert kept() == ["SELECT $1 + 1", "SELECT 1 / $1"]


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE migrated (name varchar(10))")
        yield
        cursor.execute("DROP TABLE migrated")


@pytest.mark.usefixtures("table")
def test_are_prepared_again_after_a_migration_changed_what_they_return():
    sql = "SELECT name FROM migrated"
    sent(sql)
    sent("ALTER TABLE migrated ALTER name TYPE varchar(20)")
    with pytest.raises(NotSupportedError, match="cached plan must not change result type"):
        sent(sql)

    assert sent(sql) == ([], 0)


def test_are_prepared_again_after_somebody_threw_them_away():
    sent("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError, match="does not exist"):
        sent("SELECT 1")

    assert sent("SELECT 1") == ([(1,)], 1)


def test_are_not_sent_in_a_transaction_that_is_broken():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            sent("SELECT 1")


def test_are_forgotten_together_when_they_become_too_many(monkeypatch):
    monkeypatch.setattr(prepared, "KEPT", 2)

    assert [sent(f"SELECT {number}") for number in (1, 2, 3, 1)] == [([(number,)], 1) for number in (1, 2, 3, 1)]

    assert kept() == ["SELECT 3", "SELECT 1"]


@pytest.mark.parametrize("others", [[], [("SELECT 1", [])]])
def test_do_not_stop_other_threads_while_the_database_works(others):
    process()
    slept = []

    def look():
        while not slept or slept[-1] < ended[0]:
            sleep(0.01)
            slept.append(monotonic())

    ended = [float("inf")]
    other = threading.Thread(target=look)
    other.start()
    began = monotonic()
    sent_together(*others, ("SELECT pg_sleep(0.5)", []))
    ended[0] = monotonic()
    other.join()

    assert sum(began < at < ended[0] for at in slept) > 5


def test_leave_the_counting_of_statements_alone(django_assert_num_queries):
    AssetFactory(vehicle_number="B-1")
    _vehicle.get(number="B-1")

    with django_assert_num_queries(2):
        _vehicle.get(number="B-1")
        _vehicle.get(number="B-1")
