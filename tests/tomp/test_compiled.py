"""A query whose SQL is written once finds what its queryset would find."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.transaction import TransactionManagementError

from fleet.models import Asset, AssetType, FarePart
from tests.fleet_factories import AssetFactory, AssetTypeFactory, FarePartFactory, PricingPlanFactory, StationFactory
from tests.waiting import wait_until_somebody_waits
from tomp.compiled import compiled, one_each

pytestmark = pytest.mark.django_db


@compiled
def by_number(number):
    return Asset.objects.select_related("asset_type", "station").filter(vehicle_number=number)


@compiled
def numbered(numbers):
    return Asset.objects.filter(vehicle_number__any_of=numbers).order_by("-vehicle_number")


@compiled
def sized(type_ids):
    return AssetType.objects.filter(type_id__any_of=type_ids).annotate(size=Count("assets")).order_by("type_id")


@compiled
def free(number, *, and_locked):
    found = Asset.objects.filter(vehicle_number=number, state="AVAILABLE")
    return found.select_for_update() if and_locked else found


@compiled
def placed(number):
    return Asset.objects.filter(vehicle_number=number).values_list("pk", "station_id", "lat")


@compiled
def properties_of(type_id):
    return AssetType.objects.filter(type_id=type_id).values_list("properties", named=True)


@compiled
def among(numbers, plates):
    wanted = Q(vehicle_number__among=numbers) | Q(license_plate__among=plates)
    return Asset.objects.filter(wanted).order_by("vehicle_number")


@compiled
def at_stations(stations):
    return Asset.objects.filter(station__any_of=stations).order_by("vehicle_number")


def columns(instance):
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def test_finds_the_row_with_every_column():
    made = AssetFactory(vehicle_number="n-1", marked=True)
    AssetFactory(vehicle_number="n-2")

    assert columns(by_number.get(number="n-1")) == columns(Asset.objects.get(pk=made.pk))


def test_brings_the_joined_rows_along(django_assert_num_queries):
    made = AssetFactory(vehicle_number="n-1", station=StationFactory())
    AssetFactory(vehicle_number="n-2", station=None)

    with django_assert_num_queries(2):
        stationed, roaming = by_number.get(number="n-1"), by_number.get(number="n-2")

        assert columns(stationed.asset_type) == columns(made.asset_type)
        assert columns(stationed.station) == columns(made.station)
        assert roaming.station is None


def test_converts_values_as_the_orm_does():
    FarePartFactory(plan=PricingPlanFactory(parts=[]), amount=Decimal("1.250"))

    [part] = compiled(lambda amount: FarePart.objects.filter(amount=amount)).all(amount=Decimal("1.25"))

    assert part.amount == Decimal("1.250")
    assert columns(part) == columns(FarePart.objects.get())


def test_tells_annotations():
    AssetFactory.create_batch(2, asset_type=AssetTypeFactory(type_id="a"))
    AssetFactory(asset_type=AssetTypeFactory(type_id="b"))

    assert [(each.type_id, each.size) for each in sized.all(type_ids=["a", "b"])] == [("a", 2), ("b", 1)]


def test_a_saved_instance_is_an_update():
    AssetFactory(vehicle_number="n-1")

    found = by_number.get(number="n-1")
    found.license_plate = "AB-12"
    found.save()

    assert Asset.objects.get().license_plate == "AB-12"


def test_names_the_values_of_a_list_of_values():
    made = AssetFactory(vehicle_number="n-1", station=None)
    rolla = AssetTypeFactory(type_id="one", properties={"brand": "Rolla"})

    [row] = placed.all(number="n-1")
    [described] = properties_of.all(type_id="one")

    assert (row.pk, row.station_id, row.lat) == (made.pk, None, made.lat)
    assert described.properties == rolla.properties  # converted


def test_a_list_is_one_value_of_what_refers_to_rows_too():
    station = StationFactory()
    made = [AssetFactory(vehicle_number=number, station=station) for number in ("n-1", "n-2")]
    AssetFactory(vehicle_number="n-3", station=StationFactory())

    assert at_stations.all(stations=[station.pk, 0]) == made


def test_none_or_more_than_one_is_an_error_as_usual():
    AssetFactory(vehicle_number="n-1")
    AssetFactory(vehicle_number="n-2")

    with pytest.raises(Asset.DoesNotExist, match="Asset matching query does not exist"):
        by_number.get(number="n-3")
    with pytest.raises(Asset.MultipleObjectsReturned, match="2 of assets, one was expected"):
        numbered.get(numbers=["n-1", "n-2"])
    assert numbered.first(numbers=["n-1", "n-2"]).vehicle_number == "n-2"
    assert by_number.first(number="n-3") is None


def test_a_list_is_one_value():
    AssetFactory(vehicle_number="n-1")
    AssetFactory(vehicle_number="n-2")

    assert [each.vehicle_number for each in numbered.all(numbers=["n-1", "n-2", "n-3"])] == ["n-2", "n-1"]
    assert numbered.all(numbers=[]) == []


def test_a_short_list_finds_the_same():
    for number in ("n-1", "n-2", "n-3"):
        AssetFactory(vehicle_number=number, license_plate=f"plate of {number}")

    found = among.all(numbers=["n-3", "n-4"], plates=["plate of n-1"])

    assert [each.vehicle_number for each in found] == ["n-1", "n-3"]
    assert among.all(numbers=[], plates=[]) == []


def test_a_short_list_finds_nothing_by_its_beginning():
    length = Asset._meta.get_field("license_plate").max_length
    AssetFactory(license_plate="x" * length)

    assert among.all(numbers=[], plates=["x" * (length + 1)]) == []


def test_a_short_list_is_planned_once():
    AssetFactory(vehicle_number="n-1")

    for _time in range(20):
        among.all(numbers=["n-1"], plates=[])

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(custom_plans) FROM pg_prepared_statements WHERE statement LIKE '%unnest%'")
        assert cursor.fetchall() == [(5,)]  # PostgreSQL looks five times whether it pays


def test_nothing_equals_none():
    AssetFactory(vehicle_number="n-1")

    assert by_number.all(number=None) == []


def test_is_written_once_and_asked_with_new_values():
    written = []

    @compiled
    def query(number):
        written.append(number)
        return Asset.objects.filter(vehicle_number=number)

    AssetFactory(vehicle_number="n-1")
    AssetFactory(vehicle_number="n-2")

    assert [query.get(number=number).vehicle_number for number in ("n-1", "n-2")] == ["n-1", "n-2"]
    assert len(written) == 1


def test_there_is_one_query_for_each_value_that_decides_about_it(django_assert_num_queries):
    AssetFactory(vehicle_number="n-1")

    with django_assert_num_queries(2) as sent:
        free.get(number="n-1", and_locked=True)
        free.get(number="n-1", and_locked=False)

    assert [query["sql"].endswith("FOR UPDATE") for query in sent.captured_queries] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_locks_in_a_transaction_only():
    AssetFactory(vehicle_number="n-1")
    with transaction.atomic():
        free.get(number="n-1", and_locked=True)

    with pytest.raises(TransactionManagementError, match="in a transaction only"):
        free.get(number="n-1", and_locked=True)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection():
    AssetFactory(vehicle_number="n-1")
    by_number.get(number="n-1")
    found = []

    def ask():
        with transaction.atomic():
            found.append(by_number.get(number="n-1").vehicle_number)
            found.append(connection.connection.info.backend_pid)
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert found[0] == "n-1"
    assert found[1] != connection.connection.info.backend_pid


def test_several_questions_are_asked_in_one_go():
    AssetFactory(vehicle_number="n-1", asset_type=AssetTypeFactory(type_id="bike"))

    asset, asset_type = one_each(by_number.asking(number="n-1"), sized.asking(type_ids=["bike"]))

    assert (asset.vehicle_number, asset_type.type_id, asset_type.size) == ("n-1", "bike", 1)


@pytest.mark.parametrize(("number", "type_id", "missing"), [("n-2", "bike", Asset), ("n-1", "boat", AssetType)])
def test_the_question_that_finds_nothing_is_named(number, type_id, missing):
    AssetFactory(vehicle_number="n-1", asset_type=AssetTypeFactory(type_id="bike"))

    with pytest.raises(missing.DoesNotExist):
        one_each(by_number.asking(number=number), sized.asking(type_ids=[type_id]))


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_after_a_lock_is_answered_after_the_wait():
    AssetFactory(vehicle_number="n-1", range_m=1)
    is_locked, found = threading.Event(), []

    def wait_and_read():
        is_locked.wait()
        with transaction.atomic():
            found.extend(one_each(free.asking(number="n-1", and_locked=True), by_number.asking(number="n-1")))
        connection.close()

    waiting = threading.Thread(target=wait_and_read)
    waiting.start()
    with transaction.atomic():
        Asset.objects.select_for_update().get(vehicle_number="n-1")
        is_locked.set()
        wait_until_somebody_waits()
        Asset.objects.update(range_m=2)
    waiting.join()

    assert [asset.range_m for asset in found] == [2, 2]
