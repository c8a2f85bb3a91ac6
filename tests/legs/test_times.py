"""The times of leg events, by which the provider pays …"""

from datetime import timedelta

import pytest

from legs.models import Leg
from payments.models import JournalEntry
from tests.factories import MaasProviderFactory
from tests.journey import NOW, given_leg, minutes, report


def moment(minute):
    return (NOW + minutes(minute)).isoformat()


@pytest.mark.parametrize("event", ["FINISH", "PAUSE"])
def test_from_long_ago_count_from_when_they_came(mp, clock, event):
    leg = given_leg(mp.provider, state="IN_USE")
    clock.move_to(NOW + minutes(120))

    mp.event(leg.id, event, time=moment(0))

    assert Leg.objects.get().segments[0] == ["IN_USE", 7200]


def test_of_a_late_report_are_believed_for_ten_minutes(mp, clock):
    leg = given_leg(mp.provider, state="IN_USE")
    clock.move_to(NOW + minutes(30))

    mp.event(leg.id, "FINISH", time=moment(20))

    assert JournalEntry.objects.get().used_s == 1200


@pytest.mark.django_db
def test_lose_no_fraction_of_a_second():
    leg = given_leg(MaasProviderFactory())
    for step in range(10):
        report("PAUSE" if step % 2 else "SET_IN_USE")(leg.id, NOW + timedelta(seconds=0.9 * step))
    report("FINISH")(leg.id, NOW + timedelta(seconds=9))

    assert [seconds for _state, seconds in Leg.objects.get().segments] == [0.9] * 10
    assert JournalEntry.objects.get().used_s == 9
