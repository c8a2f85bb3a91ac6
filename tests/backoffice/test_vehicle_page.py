"""The page of a vehicle tells its story."""

from datetime import timedelta

import pytest

from bookings.models import Booking
from fleet.models import Asset
from legs.models import Leg
from tests.fleet_factories import LAT, LON, AssetFactory, CommandFactory, DamageFactory, MaintenanceFactory
from tests.trip_factories import BOOKED_AT, BookingFactory, LegFactory

WAY = [[0, LAT, LON], [60_000, LAT + 0.001, LON], [120_000, LAT + 0.002, LON]]


def page(client, asset):
    return client.get(f"/admin/fleet/asset/{asset.pk}/change/")


def story(client, asset):
    return page(client, asset).context["story"]


def test_shows_the_current_trip_with_its_way(staff):
    asset = AssetFactory(state="IN_USE", lat=LAT, lon=LON)
    leg = LegFactory(booking__state="STARTED", asset=asset, track=WAY)

    answer = page(staff, asset)

    assert answer.context["story"].current.leg == leg
    assert answer.context["told"]["here"] == [LAT, LON]
    assert answer.context["told"]["rides"] == [[[[lat, lon] for _millis, lat, lon in WAY], True]]
    assert f'href="/admin/legs/leg/{leg.pk}/change/"' in answer.content.decode().split('id="current-trip"')[1][:400]


def test_lists_its_latest_trips_and_no_others(staff):
    asset = AssetFactory()
    legs = [
        LegFactory(booking__state="FINISHED", asset=asset, departs_at=BOOKED_AT + timedelta(hours=n)) for n in range(3)
    ]
    LegFactory(booking__state="FINISHED", asset=AssetFactory())

    told = story(staff, asset)

    assert [trip.leg for trip in told.trips] == legs[::-1]
    assert told.current is None


def test_tells_where_it_was_and_how_that_is_known(staff, signed_in):
    asset = AssetFactory(lat=LAT, lon=LON)
    leg = LegFactory(booking__state="FINISHED", asset=asset, track=WAY)
    asset.history.update(history_date=leg.departed_at - timedelta(days=1))
    asset.lat = LAT + 0.5
    asset._history_user = None
    asset._history_date = leg.arrived_at + timedelta(days=1)
    asset.save()

    places = story(staff, asset).places

    assert [(place.at, place.lat, place.what) for place in places] == [
        (leg.arrived_at + timedelta(days=1), LAT + 0.5, "placed"),
        (leg.arrived_at, LAT + 0.002, "a trip ended"),
        (leg.departed_at, LAT, "a trip began"),
        (leg.departed_at - timedelta(days=1), LAT, "placed"),
    ]
    assert [place.address for place in places] == ["", *[f"/admin/legs/leg/{leg.pk}/change/"] * 2, ""]


def test_shows_commands_with_their_outcome(staff):
    asset = AssetFactory()
    CommandFactory(asset=asset, kind="UNLOCK", state="FAILED", outcome="no answer <b>in</b> 10 s")
    CommandFactory()

    answer = page(staff, asset)

    assert [command.kind for command, _state in answer.context["commands"]] == ["UNLOCK"]
    assert "no answer &lt;b&gt;in&lt;/b&gt; 10 s" in answer.content.decode()


def test_keeps_the_notes_of_colleagues_with_who_and_when(staff):
    asset = AssetFactory(notes="Squeaks")
    for notes in ("Squeaks", "Oiled it", ""):
        asset.notes = notes
        asset.save()

    assert [note.text for note in story(staff, asset).notes] == ["", "Oiled it", "Squeaks"]


@pytest.mark.parametrize("permissions", [("view_asset",), ("view_asset", "change_asset")])
def test_shows_each_what_is_theirs(signed_in, permissions):
    asset = AssetFactory(state="IN_USE")
    LegFactory(booking__state="STARTED", asset=asset, track=WAY), CommandFactory(asset=asset)

    answer = page(signed_in(*permissions), asset)

    assert (answer.context["story"].trips, answer.context["story"].commands) == (None, None)
    assert answer.context["told"]["rides"] == []
    assert 'id="trips"' not in answer.content.decode()
    assert 'id="commands"' not in answer.content.decode()


def test_leads_to_the_live_map(staff):
    asset = AssetFactory()

    assert f'href="/admin/map/?vehicle={asset.pk}"' in page(staff, asset).content.decode()


def test_a_new_vehicle_has_no_story(staff):
    answer = staff.get("/admin/fleet/asset/add/")

    assert answer.status_code == 200
    assert 'id="whereabouts"' not in answer.content.decode()


@pytest.mark.parametrize("trips", [1, 1000])
def test_needs_at_most_twenty_statements_for_any_number_of_trips(staff, django_assert_max_num_queries, trips):
    asset = AssetFactory()
    _ride_often(asset, trips)
    for _row in range(min(trips, 30)):
        CommandFactory(asset=asset), DamageFactory(asset=asset), MaintenanceFactory(asset=asset)
        asset.save()
    page(staff, asset)  # content types are read once per process

    with django_assert_max_num_queries(20):
        assert len(page(staff, asset).context["story"].trips) == min(trips, 20)


def _ride_often(asset: Asset, trips: int):
    """Copies of one trip that was ridden."""
    one = LegFactory(booking__state="FINISHED", asset=asset, track=WAY)
    bookings = [
        BookingFactory.build(provider=one.booking.provider, customer=None, state="FINISHED") for _ in range(trips - 1)
    ]
    Booking.objects.bulk_create(bookings)
    copied = {f.attname: getattr(one, f.attname) for f in Leg._meta.concrete_fields if f.name not in ("id", "booking")}
    Leg.objects.bulk_create(Leg(booking=booking, **copied) for booking in bookings)
