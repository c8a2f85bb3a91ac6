"""The way of a leg …"""

from decimal import Decimal

import pytest

from fleet.models import Asset
from legs import overriding, services
from legs.models import Leg
from legs.models.way import MOST_POINTS
from payments.models import JournalEntry
from tests.fleet_factories import LAT, LON, AssetFactory, FarePartFactory, PricingPlanFactory
from tests.journey import AROUND_THE_CORNER, HERE, NEARBY, NOW, given_leg, located, minutes, nothing_changes
from tests.trip_factories import LegFactory


def point(minute, north_m, east=0.0):
    """(moment, lat, lon) of a point so many metres north."""
    return NOW + minutes(minute), LAT + north_m / 111_195, LON + east


def track(leg, *positions):
    return services.track(asset_id=leg.asset_id, positions=positions)


@pytest.mark.usefixtures("mp")
class TestOfEvents:
    def test_begins_where_the_vehicle_is_known_to_be(self, mp):
        leg = given_leg(mp.provider)

        mp.event(leg.id, "SET_IN_USE")

        assert (Leg.objects.get().track, Leg.objects.get().distance_m) == ([[0, *HERE]], 0)

    def test_begins_where_it_is_said_to_be(self, mp):
        leg = given_leg(mp.provider)

        mp.event(leg.id, "SET_IN_USE", **located(NEARBY))

        assert (Leg.objects.get().track, Leg.objects.get().distance_m) == ([[0, *NEARBY]], 0)

    def test_counts_metres_while_it_is_in_use(self, mp, clock):
        leg = given_leg(mp.provider)
        mp.event(leg.id, "SET_IN_USE")
        for minute, event, place in ((1, "PAUSE", NEARBY), (2, "SET_IN_USE", AROUND_THE_CORNER), (3, "FINISH", HERE)):
            clock.move_to(NOW + minutes(minute))
            mp.event(leg.id, event, **located(place))

        leg = Leg.objects.get()
        assert [millis for millis, *_place in leg.track] == [0, 60_000, 120_000, 180_000]
        assert leg.distance_m == 111 + 511  # somebody moved it 400 m in the pause
        assert JournalEntry.objects.get().distance_m == 622

    def test_knows_when_the_vehicle_was_there_whatever_is_asked_for(self, mp, clock):
        leg = given_leg(mp.provider, state="IN_USE")
        clock.move_to(NOW + minutes(2))

        mp.event(leg.id, "TIME_EXTEND", time="2026-06-01T15:00:00Z", **located(NEARBY))

        assert Leg.objects.get().track == [[0, *HERE], [120_000, *NEARBY]]

    def test_stays_as_it_was_when_the_event_is_refused(self, mp, clock):
        leg = given_leg(mp.provider, state="IN_USE")
        clock.move_to(NOW + minutes(30))

        with nothing_changes():
            assert mp.event(leg.id, "PREPARE", **located(NEARBY), time="no time").status_code == 400
            assert mp.event(leg.id, "CANCEL", **located(NEARBY)).status_code == 403

    def test_is_what_kilometres_are_paid_for(self, mp, clock):
        parts = [FarePartFactory.build(type="FLEX", unit_type="KM", units=1, amount="3.00")]
        plan = PricingPlanFactory(parts=parts, pro_rata=True)
        leg = given_leg(mp.provider, AssetFactory(asset_type__default_plan=plan), state="IN_USE")
        clock.move_to(NOW + minutes(10))
        track(leg, point(5, 1500))

        answer = mp.event(leg.id, "FINISH", **located(HERE))

        assert answer.json()["distance"] == 3000
        assert JournalEntry.objects.get().amount == Decimal("9.00")


class TestOfReports:
    def test_follows_the_vehicle(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")

        followed = track(leg, point(1, 300), point(2, 700), point(3, 400))

        assert (followed.pk, followed.distance_m) == (leg.pk, 1000)
        assert (
            Leg.objects.get().track
            == followed.track
            == [[0, *HERE]]
            + [
                [minute * 60_000, round(lat, 6), lon]
                for minute, (_at, lat, lon) in enumerate([point(1, 300), point(2, 700), point(3, 400)], 1)
            ]
        )

    def test_counts_nothing_in_a_pause(self, mp):
        leg = given_leg(mp.provider, state="PAUSED")

        track(leg, point(1, 300))

        assert (Leg.objects.get().distance_m, len(Leg.objects.get().track)) == (0, 2)

    @pytest.mark.parametrize(
        "report",
        [point(1, 9), point(-1, 300), point(1, 111_195)],
        ids=["stands still", "from before the ride", "faster than any vehicle"],
    )
    def test_does_not_believe_everything(self, mp, report):
        leg = given_leg(mp.provider, state="IN_USE")

        with nothing_changes():
            track(leg, report)

    def test_does_not_go_back_in_time(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, point(2, 300))

        with nothing_changes():
            track(leg, point(1, 500))

    def test_keeps_so_many_points_and_every_metre(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")

        track(leg, *(point(minute, 100 * minute) for minute in range(1, MOST_POINTS + 50)))

        leg = Leg.objects.get()
        assert leg.distance_m == 100 * (MOST_POINTS + 49)
        assert len(leg.track) <= MOST_POINTS
        assert (leg.track[0][0], leg.track[-1][0]) == (0, (MOST_POINTS + 49) * 60_000)

    @pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING", "FINISHED", "CANCELLED"])
    def test_is_no_part_of_a_trip_that_does_not_run(self, mp, state):
        leg = given_leg(mp.provider, state=state)

        with nothing_changes():
            assert track(leg, point(1, 300)) is None

    def test_is_the_next_users_after_the_vehicle_was_given_back(self, entur, mp, clock):
        asset = AssetFactory()
        former = given_leg(entur.provider, asset, state="FINISHING")
        asset = Asset.objects.get()
        leg = given_leg(mp.provider, asset, state="IN_USE")

        assert track(leg, point(1, 300)).pk == leg.pk

        assert len(Leg.objects.get(pk=former.pk).track) == 1


class TestOfARideThatWasEndedForAnEarlierMoment:
    def end(self, leg, minute, **more):
        overriding.end_ride(leg_id=leg.pk, at=NOW + minutes(minute), now=NOW + minutes(60), **more)
        leg = Leg.objects.get()
        return [millis // 60_000 for millis, *_place in leg.track], leg.distance_m

    def test_went_no_further(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, point(1, 300), point(2, 700), point(40, 5700))  # by the van that fetched it

        assert self.end(leg, 10) == ([0, 1, 2], 700)
        assert JournalEntry.objects.get().distance_m == 700

    def test_went_to_where_staff_say_it_ended(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, point(1, 300), point(40, 5300))

        assert self.end(leg, 10, place=point(10, 800)[1:]) == ([0, 1, 10], 800)

    def test_counts_no_pause_and_nothing_after_it_was_parked(self, mp, clock):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, point(1, 300))
        for minute, event in ((2, "PAUSE"), (4, "SET_IN_USE")):
            clock.move_to(NOW + minutes(minute))
            mp.event(leg.id, event)
        track(leg, point(5, 500), point(6, 900))
        clock.move_to(NOW + minutes(7))
        mp.event(leg.id, "START_FINISHING")
        track(leg, point(40, 5900))
        assert Leg.objects.get().distance_m == 900

        assert self.end(leg, 5) == ([0, 1, 5], 500)

    def test_keeps_every_metre_before(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, *(point(minute / 10, 100 * (minute % 2)) for minute in range(1, MOST_POINTS + 50)))
        assert Leg.objects.get().distance_m == 100 * (MOST_POINTS + 49)

        assert self.end(leg, 50)[1] == 100 * (MOST_POINTS + 49)


class TestOnTheWire:
    def test_is_a_line_in_the_shape_of_the_version(self, mp, api_version):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, (NOW + minutes(1), *NEARBY))

        answer = mp.get(f"/legs/{leg.id}").json()

        way = [[HERE[1], HERE[0]], [NEARBY[1], NEARBY[0]]]
        expected = way if api_version == "1.5.0" else {"type": "LineString", "coordinates": way}
        assert (answer["progressGeometry"], answer["distance"]) == (expected, 111)

    def test_needs_two_points(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")

        assert "progressGeometry" not in mp.get(f"/legs/{leg.id}").json()

    def test_is_left_out_of_bookings(self, mp):
        leg = given_leg(mp.provider, state="IN_USE")
        track(leg, point(1, 300))

        [shown] = mp.get(f"/bookings/{leg.id}").json()["legs"]
        assert ("progressGeometry" in shown, shown["distance"]) == (False, 300)

    def test_ends_where_the_user_left_the_vehicle(self, mp, clock):
        leg = given_leg(mp.provider, state="IN_USE")
        clock.move_to(NOW + minutes(1))
        mp.event(leg.id, "FINISH", **located(NEARBY))
        Asset.objects.update(lat=LAT + 0.5)  # where the next one took it

        answer = mp.get(f"/legs/{leg.id}").json()

        assert "location" not in answer["asset"]["overriddenProperties"]
        assert str(LAT + 0.5) not in str(answer)


def test_is_empty_before_it_begins(db):
    leg = LegFactory()

    assert (leg.track, leg.position) == ([], HERE)
