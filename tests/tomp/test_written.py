"""A row stored by SQL that is written once is the row that save() would have stored."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import TextField
from django.db.models.functions import Cast

from bookings.models import Booking, BookingEvent, Party
from fleet.models import Asset, Reservation
from legs.models import Leg, LegEvent
from maas.models import CallbackChannel
from payments.models import JournalEntry
from tests.factories import CallbackChannelFactory
from tests.fleet_factories import AssetFactory
from tests.trip_factories import BookingFactory, LegFactory
from tomp import written

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 9, 30, 15, 123456, tzinfo=UTC)


def columns(instance):
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def story(booking, *operations):
    return [
        BookingEvent(booking=booking, operation=each, state="NEW", asked_by=Party.MP, at=NOW) for each in operations
    ]


def all_of(row):
    return {**vars(row), "_state": (row._state.adding, row._state.fields_cache)}


def test_a_new_row_is_what_its_model_makes_of_the_same_values():
    booking, asset = BookingFactory(), AssetFactory()
    for model, values in (
        (
            Booking,
            {"id": uuid4(), "provider": booking.provider, "customer_id": None, "state": "NEW", "created_at": NOW},
        ),
        (BookingEvent, {"booking": booking, "operation": "BOOK", "state": booking.state, "at": NOW}),
        (Leg, {"id": uuid4(), "booking": booking, "asset": asset, "station": None, "sequence": 3, "conditions": [{}]}),
        (LegEvent, {"leg_id": booking.id, "event": "PAUSE", "lat": 52.1}),
        (Reservation, {"leg_id": uuid4(), "asset": asset, "period": DateTimeTZRange(NOW, None)}),
        (JournalEntry, {"booking": booking, "amount": Decimal(1), "details": {"a": 1}}),
    ):
        assert all_of(written.new(model, **values)) == all_of(model(**values))


def test_new_rows_share_no_list_and_no_id():
    one, other = written.new(Leg), written.new(Leg)

    one.segments.append({})

    assert other.segments == []
    assert one.id != other.id


def test_a_new_row_has_no_member_that_nobody_declared():
    with pytest.raises(TypeError, match="Booking has no field 'colour'"):
        written.new(Booking, colour="red")


def test_what_is_stored_later_is_not_there_yet():
    booking, later = BookingFactory(), written.Later()

    later(*(written.insertion(each) for each in story(booking, "BOOK")))
    assert not BookingEvent.objects.exists()

    written.store(*later)
    assert BookingEvent.objects.get().operation == "BOOK"


@pytest.mark.parametrize(
    "document",
    [
        {"n": 2**64, "less": -(10**30)},
        {"n": 0.1, "text": "Zoë \u2028 \N{BICYCLE}"},
        {"": []},
        [None, True, {"a": {}}],
        "text",
        0,
    ],
)
def test_a_document_comes_back_as_it_was(document):
    booking = BookingFactory()
    booking.extra_info = document

    written.store(written.change(booking, ["extra_info"]))

    assert Booking.objects.get().extra_info == document


def test_what_is_no_document_is_refused():
    booking = BookingFactory(extra_info=None)
    booking.extra_info = {"at": NOW}

    with pytest.raises(TypeError, match="datetime is not JSON serializable"):
        written.store(written.change(booking, ["extra_info"]))

    assert Booking.objects.get().extra_info is None


def test_inserts_every_column():
    made = BookingFactory.build(
        provider=BookingFactory().provider,
        customer=None,
        from_place={"name": "Zoë's", "coordinates": {"lat": 52.1, "lng": 5.25}},
        to_place=None,
        price=Decimal("12.345"),
        currency="EUR",
        arrives_at=None,
        created_at=NOW,
    )

    written.insert(made)

    assert columns(Booking.objects.get(pk=made.pk)) == columns(made)


def test_inserts_ranges_and_references():
    asset, leg = AssetFactory(), LegFactory()
    held = Reservation(leg_id=leg.pk, asset_type_id=asset.asset_type_id, asset=asset, period=DateTimeTZRange(NOW, None))

    written.insert(held)

    assert columns(Reservation.objects.get(leg_id=leg.pk)) == columns(held)


@pytest.mark.parametrize("count", [1, 2, written.FEW, written.FEW + 1])
def test_inserts_several_in_one_statement_and_knows_their_keys(count, django_assert_num_queries):
    made = story(BookingFactory(), *[f"STEP_{number}" for number in range(count)])

    with django_assert_num_queries(1):
        written.insert(*made)

    stored = dict(BookingEvent.objects.values_list("operation", "pk"))
    assert {event.operation: event.pk for event in made} == stored
    assert len(stored) == count


def test_what_was_inserted_is_updated_when_saved():
    [made] = story(BookingFactory(), "BOOK")
    written.insert(made)

    made.reason = "a second thought"
    made.save()

    assert BookingEvent.objects.get().reason == "a second thought"


def test_inserts_nothing_without_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        written.insert()


def test_updates_the_named_columns_and_no_others():
    asset = AssetFactory(license_plate="AB-12", vehicle_number="n-1", range_m=1000)
    other = AssetFactory(license_plate="CD-34")
    asset.license_plate, asset.vehicle_number, asset.station = "XY-99", "n-2", None

    written.store(written.change(asset, ("license_plate", "station")))

    stored = Asset.objects.get(pk=asset.pk)
    assert (stored.license_plate, stored.vehicle_number, stored.station) == ("XY-99", "n-1", None)
    assert Asset.objects.get(pk=other.pk).license_plate == "CD-34"


def test_updates_every_column_where_none_is_named():
    booking = BookingFactory()
    booking.from_place, booking.to_place = {"name": "here"}, {"name": "there"}
    booking.price, booking.currency, booking.extra_info = Decimal("1.500"), "EUR", None

    written.store(written.change(booking))

    assert columns(Booking.objects.get(pk=booking.pk)) == columns(booking)


def test_writes_no_history():
    asset = AssetFactory()
    before = asset.history.count()

    written.store(written.change(asset, ("license_plate",)))

    assert asset.history.count() == before


def test_a_secret_is_encrypted_and_a_document_is_one():
    channel = CallbackChannelFactory()
    channel.secret, channel.more_hosts = "s3cret", ["hook.example.org"]

    written.store(written.change(channel, ("secret", "more_hosts")))

    [[stored, hosts]] = CallbackChannel.objects.values_list(Cast("secret", TextField()), "more_hosts")
    assert CallbackChannel.objects.get().secret == "s3cret"
    assert "s3cret" not in stored
    assert hosts == ["hook.example.org"]


def test_a_row_that_is_gone_cannot_be_updated():
    asset = AssetFactory()
    Asset.objects.filter(pk=asset.pk).delete()

    with pytest.raises(DatabaseError, match="is not there"):
        written.store(written.change(asset, ("license_plate",)))


def test_a_column_that_is_none_is_an_error():
    with pytest.raises(FieldDoesNotExist):
        written.store(written.change(AssetFactory(), ("licence_plate",)))


def test_what_the_database_refuses_ends_the_transaction():
    booking = BookingFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        written.insert(booking)

    assert Booking.objects.count() == 1


def test_stores_together_in_one_statement(django_assert_num_queries):
    leg, asset = LegFactory(), AssetFactory(range_m=7)
    booking = Booking(**columns(leg.booking) | {"id": uuid4()})
    legs = [Leg(**columns(leg) | {"id": uuid4(), "booking_id": booking.pk, "sequence": each}) for each in (1, 2)]
    [told] = story(booking, "BOOK")
    asset.range_m = 8

    with django_assert_num_queries(1):
        written.store(
            written.change(asset, ("range_m",)),
            written.insertion(told),
            written.insertion(*legs),
            written.insertion(booking),
        )

    assert columns(Booking.objects.get(pk=booking.pk)) == columns(booking)
    assert [columns(each) for each in booking.legs.order_by("sequence")] == [columns(each) for each in legs]
    assert BookingEvent.objects.get().pk == told.pk
    assert Asset.objects.get(pk=asset.pk).range_m == 8


@pytest.mark.parametrize("count", [1, written.FEW + 1])
def test_stores_nothing_where_one_row_is_gone(count):
    booking, asset = BookingFactory(), AssetFactory()
    Asset.objects.filter(pk=asset.pk).delete()
    operations = [f"STEP_{number}" for number in range(count)]

    with pytest.raises(DatabaseError, match="is not there"), transaction.atomic():
        written.store(written.insertion(*story(booking, *operations)), written.change(asset, ("range_m",)))

    assert not BookingEvent.objects.exists()


def test_stores_many_and_few_together():
    first, second = BookingFactory(), BookingFactory()
    many, few = story(first, *["MANY"] * (written.FEW + 1)), story(second, "FEW")

    written.store(written.insertion(*many), written.insertion(*few))

    assert [event.pk for event in (*many, *few)] == list(
        BookingEvent.objects.order_by("pk").values_list("pk", flat=True)
    )
