"""A connection is looked at before each request, and asked now and then; its transactions are PostgreSQL's own."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from tomp_operator.database import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch):
    """A list that grows by the answer of the server whenever it is asked whether the connection works."""
    answers = []
    ask = base.DatabaseWrapper.is_usable
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: answers.append(ask(self)) or answers[-1])
    connection.close()
    return answers


@pytest.fixture
def other():
    """Another connection."""
    made = connections["default"].copy()
    yield made
    made.close()


def request():
    """What Django does with a connection around a request that asks for its process."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [process] = cursor.fetchone()
    connection.close_if_unusable_or_obsolete()
    return process


def end(process, other):
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [process])
        assert cursor.fetchone() == (True,)


def test_is_asked_once_in_a_while(asked, monkeypatch):
    first = request()
    processes = {request() for _time in range(10)}
    assert (processes, asked) == ({first}, [])

    monkeypatch.setattr(base, "ASKED_EVERY", 0)
    assert (request(), asked) == (first, [True])

    monkeypatch.setattr(base, "ASKED_EVERY", 60)
    assert (request(), asked) == (first, [True])


def test_one_that_the_server_ended_is_replaced_at_once(asked, other):
    former = request()
    end(former, other)

    now = request()

    assert now != former
    assert asked == [False]
    assert request() == now


def test_one_that_vanished_without_a_word_is_found_out_by_asking(asked, other, monkeypatch):
    former = request()
    end(former, other)
    monkeypatch.setattr(base.DatabaseWrapper, "_is_quiet", lambda self: True)
    monkeypatch.setattr(base, "ASKED_EVERY", 0)

    assert request() != former
    assert asked == [False]


def test_one_that_failed_during_a_request_is_asked_before_the_next(asked, other):
    former = request()
    with connection.cursor() as cursor:
        end(former, other)
        with pytest.raises(OperationalError):
            cursor.execute("SELECT 1")

    assert request() != former
    assert asked == [False]


@pytest.fixture
def promises(other):
    """A table whose promise is looked at when a transaction is over."""
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE promises (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        yield
        cursor.execute("DROP TABLE promises")


def promise(*numbers):
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO promises VALUES (%s)", [[number] for number in numbers])


def promised(of):
    with of.cursor() as cursor:
        cursor.execute("SELECT number FROM promises ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


class Fault(Exception):
    pass


@transaction.atomic
def promise_and_fail(number):
    promise(number)
    raise Fault


@pytest.mark.usefixtures("promises")
def test_what_a_transaction_changed_is_seen_by_others_when_it_is_over(other):
    with transaction.atomic():
        promise(1)
        assert promised(other) == []
        with pytest.raises(Fault):
            promise_and_fail(2)

    assert promised(other) == [1]


@pytest.mark.usefixtures("promises")
def test_nothing_is_left_of_a_transaction_that_failed(other):
    with pytest.raises(Fault):
        promise_and_fail(1)

    assert promised(connection) == promised(other) == []
    promise(2)
    assert promised(other) == [2]


def copied(cursor):
    with cursor.copy("COPY promises FROM STDIN") as copy:
        copy.write_row([1])


@pytest.mark.usefixtures("promises")
@pytest.mark.parametrize(
    "change",
    [
        lambda cursor: cursor.execute("INSERT INTO promises VALUES (1)"),
        lambda cursor: cursor.executemany("INSERT INTO promises VALUES (%s)", [[1], [2]]),
        copied,
    ],
)
def test_a_cursor_from_before_a_transaction_takes_part_in_it(other, change):
    with connection.cursor() as cursor:
        with transaction.atomic():
            change(cursor)
            assert promised(other) == []
            transaction.set_rollback(True)

        assert promised(connection) == promised(other) == []


def test_a_transaction_in_which_nothing_is_said_is_none(asked):
    request()
    before = activity()

    with transaction.atomic():
        pass
    with pytest.raises(Fault), transaction.atomic():
        raise Fault

    assert activity() == before


def activity():
    """What another connection sees of this one: its last statement, and when it came."""
    seen = connections["default"].copy()
    with seen.cursor() as cursor:
        query = "SELECT query, query_start FROM pg_stat_activity WHERE pid = %s"
        cursor.execute(query, [connection.connection.info.backend_pid])
        [found] = cursor.fetchall()
    seen.close()
    return found


@pytest.mark.usefixtures("promises")
def test_a_promise_that_is_broken_at_the_end_is_known(other):
    with pytest.raises(IntegrityError, match="promises_number_key"), transaction.atomic():
        promise(1, 1)

    assert promised(connection) == promised(other) == []


@pytest.mark.usefixtures("promises")
def test_a_transaction_that_loses_its_connection_says_so(other):
    called = []

    def promise_and_be_cut_off():
        with transaction.atomic():
            promise(1)
            transaction.on_commit(lambda: called.append(True))
            end(connection.connection.info.backend_pid, other)

    with pytest.raises(OperationalError):
        promise_and_be_cut_off()

    assert (promised(other), called) == ([], [])


@pytest.mark.usefixtures("promises")
def test_begin_and_commit_are_counted_where_statements_are(django_assert_num_queries):
    with django_assert_num_queries(3) as found, transaction.atomic():
        promise(1)

    assert (found[0]["sql"], found[2]["sql"]) == ("BEGIN", "COMMIT")


@pytest.mark.usefixtures("promises")
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext])
def test_rows_are_read_piece_by_piece(around):
    promise(1, 2, 3)

    with around(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT number FROM promises ORDER BY number")
        assert [cursor.fetchmany(2) for _time in range(2)] == [[(1,), (2,)], [(3,)]]
