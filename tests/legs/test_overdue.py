"""A ride that somebody forgot …"""

import pytest

from bookings.models import Booking, Notification, Party
from fleet.models import Asset
from legs import overdue, services, tasks
from legs.models import Leg, LegEvent
from maas.models import Callback, Milestone
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import NOW, given_leg, minutes, nothing_changes, pause_plan, report

DAY = 24 * 60


@pytest.fixture
def provider(clock):
    return MaasProviderFactory(base_url="https://mp.example.org")


@pytest.fixture
def leg(provider):
    """In use since NOW."""
    asset_type = AssetTypeFactory(default_plan=pause_plan(), access_methods=["QR"])
    return given_leg(provider, AssetFactory(asset_type=asset_type), state="IN_USE")


def agreed(leg, **terms):
    provider = leg.booking.provider
    for name, value in terms.items():
        setattr(provider, name, value)
    provider.save()


class TestAtTheEnd:
    @pytest.fixture(autouse=True)
    def finishing(self, leg):
        """Since ten past twelve."""
        report("START_FINISHING")(leg.pk, NOW + minutes(10))
        Callback.objects.all().delete()

    def finish(self, clock, minute):
        clock.move_to(NOW + minutes(minute))
        return tasks.finish_forgotten(timestamp=0)

    def test_is_waited_for(self, leg, clock):
        with nothing_changes():
            assert self.finish(clock, 69) == 0

    def test_is_finished_as_of_then(self, leg, clock):
        assert self.finish(clock, 70) == 1

        leg = Leg.objects.get()
        assert (leg.state, leg.arrived_at, leg.segments) == ("FINISHED", NOW + minutes(10), [["IN_USE", 600]])
        assert Booking.objects.get().state == "FINISHED"
        assert Asset.objects.get().state == "AVAILABLE"
        assert str(JournalEntry.objects.get().amount) == "3.000"  # 1.00 and ten minutes
        event = LegEvent.objects.latest("id")
        assert (event.event, event.asked_by, event.at, event.comment) == (
            "FINISH",
            Party.TO,
            NOW + minutes(10),
            "Nobody finished the ride.",
        )
        assert Callback.objects.get().body["event"] == "FINISH"

    def test_costs_the_same_where_the_meter_stopped_before(self, provider, clock):
        agreed(Leg.objects.get(), bill_until=Milestone.START_FINISHING, release_asset_on=Milestone.START_FINISHING)
        provider.refresh_from_db()
        other = given_leg(provider, state="IN_USE")
        report("START_FINISHING")(other.pk, NOW + minutes(10))
        expected = Leg.objects.get(pk=other.pk).fare

        assert self.finish(clock, 70) == 2

        assert Leg.objects.get(pk=other.pk).fare == expected

    def test_is_finished_once(self, leg, clock):
        self.finish(clock, 70)

        with nothing_changes():
            assert self.finish(clock, 71) == 0
            assert overdue.finish(leg_id=leg.pk, now=NOW + minutes(71)) is False

    def test_is_left_alone_when_it_goes_on_meanwhile(self, leg, clock):
        report("PAUSE")(leg.pk, NOW + minutes(60))
        report("START_FINISHING")(leg.pk, NOW + minutes(61))

        assert self.finish(clock, 70) == 0
        assert self.finish(clock, 121) == 1
        assert Leg.objects.get().arrived_at == NOW + minutes(61)

    def test_is_left_alone_where_that_was_agreed(self, leg, clock):
        agreed(leg, finish_after_minutes=None)

        with nothing_changes():
            assert self.finish(clock, 10 * DAY) == 0

    def test_one_that_cannot_be_finished_stops_no_other(self, provider, leg, clock, monkeypatch, caplog):
        other = given_leg(provider, state="IN_USE")
        report("START_FINISHING")(other.pk, NOW + minutes(10))
        apply = services.apply

        def stumble(event, *, leg_id, **more):
            if leg_id == other.pk:
                raise RuntimeError("broken")
            return apply(event, leg_id=leg_id, **more)

        monkeypatch.setattr(services, "apply", stumble)

        assert self.finish(clock, 70) == 1
        assert Leg.objects.get(pk=leg.pk).state == "FINISHED"
        assert str(other.pk) in caplog.text


class TestOnTheRoad:
    @pytest.fixture(autouse=True)
    def told(self, leg):
        Callback.objects.all().delete()

    def look(self, clock, minute):
        clock.move_to(NOW + minutes(minute))
        return tasks.report_long_rides(timestamp=0)

    @pytest.mark.parametrize("paused", [False, True])
    def test_is_told_once_and_goes_on(self, leg, clock, paused):
        if paused:
            report("PAUSE")(leg.pk, NOW + minutes(10))

        assert [self.look(clock, minute) for minute in (DAY - 1, DAY, DAY + 1)] == [0, 1, 0]

        assert (Leg.objects.get().state, Leg.objects.get().overdue_at) == (
            "PAUSED" if paused else "IN_USE",
            NOW + minutes(DAY),
        )
        message = Notification.objects.get()
        assert (message.type, message.leg_id) == ("OTHER", str(leg.pk))
        assert message.comment == ("This ride has taken more than 24 hours. Does the traveller still need the vehicle?")
        assert Callback.objects.get().path == f"bookings/{leg.booking_id}/notifications"

    def test_is_ended_where_that_was_agreed(self, leg, clock):
        agreed(leg, longest_ride_hours=2, end_longest_ride=True)

        assert [self.look(clock, minute) for minute in (119, 120, 121)] == [0, 1, 0]

        leg = Leg.objects.get()
        assert (leg.state, leg.arrived_at) == ("FINISHED", NOW + minutes(120))
        assert [call.subject for call in Callback.objects.order_by("id")] == ["OTHER", "FINISH"]

    @pytest.mark.parametrize("state", ["NOT_STARTED", "FINISHED", "CANCELLED", "FINISHING"])
    def test_is_one_that_goes_on(self, leg, provider, clock, state):
        report("FINISH")(leg.pk, NOW + minutes(10))
        given_leg(provider, state=state)

        assert self.look(clock, 2 * DAY) == 0

    def test_is_nobody_s_concern_where_that_was_agreed(self, leg, clock):
        agreed(leg, longest_ride_hours=None)

        with nothing_changes():
            assert self.look(clock, 100 * DAY) == 0

    def test_is_told_where_another_provider_allows_longer_than_there_were_years(self, leg, clock):
        given_leg(MaasProviderFactory(longest_ride_hours=2**31 - 1), state="IN_USE")

        assert self.look(clock, DAY) == 1

        assert [told.leg_id for told in Notification.objects.all()] == [str(leg.pk)]


def test_our_own_report_is_believed_however_late(leg, clock):
    """A dock that had no connection; the provider pays for no minute more."""
    services.apply("FINISH", leg_id=leg.pk, at=NOW + minutes(5), now=NOW + minutes(90), asked_by=Party.TO)

    assert Leg.objects.get().segments == [["IN_USE", 300]]
