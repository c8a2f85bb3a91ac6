"""The cursor that a connection keeps …"""

import pytest
from django.db import connection, connections

from fleet.models import Asset
from tests.fleet_factories import AssetFactory
from tomp import cursors
from tomp.compiled import compiled

pytestmark = pytest.mark.django_db(transaction=True)


@compiled
def _vehicle(number):
    return Asset.objects.filter(vehicle_number=number)


def process():
    cursor = cursors.of(connections["default"])
    cursor.execute("SELECT pg_backend_pid()")
    [(number,)] = cursor.fetchall()
    return number


def test_is_used_again():
    assert cursors.of(connections["default"]) is cursors.of(connections["default"])


def test_is_another_on_another_connection():
    former, first = cursors.of(connections["default"]), process()
    connection.close()

    assert cursors.of(connections["default"]) is not former
    assert process() != first


def test_is_replaced_with_a_connection_that_the_server_ended():
    first = process()
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [first])
    other.close()

    connection.close_if_unusable_or_obsolete()  # as Django does before a request

    assert process() != first


def test_works_on_after_a_statement_that_failed():
    AssetFactory(vehicle_number="B-1")
    with pytest.raises(Exception, match="no_such_table"):
        cursors.of(connections["default"]).execute("SELECT * FROM no_such_table")

    assert _vehicle.get(number="B-1").vehicle_number == "B-1"


def test_leaves_the_counting_of_statements_alone(django_assert_num_queries):
    AssetFactory(vehicle_number="B-1")
    _vehicle.get(number="B-1")

    with django_assert_num_queries(2):
        _vehicle.get(number="B-1")
        _vehicle.get(number="B-1")
