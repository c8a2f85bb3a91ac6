"""What the clock does to the fleet …"""

from datetime import timedelta

import pytest
import time_machine

from fleet import tasks
from fleet.models import Alert, Command
from tests.fleet_factories import AssetFactory
from tests.journey import NOW


@pytest.mark.django_db
def test_alerts_are_gone_a_month_after_they_ended():
    ends = {"old": NOW - timedelta(days=31), "recent": NOW - timedelta(days=29), "open": None}
    for name, ends_at in ends.items():
        Alert.objects.create(alert_id=name, summary={"en": name}, ends_at=ends_at)

    with time_machine.travel(NOW, tick=False):
        assert [tasks.forget_alerts(timestamp=0) for _ in range(2)] == [1, 0]

    assert set(Alert.objects.values_list("alert_id", flat=True)) == {"recent", "open"}
    assert Alert.history.filter(alert_id="old").exists()


@pytest.mark.django_db
def test_commands_nobody_waits_for_any_more_have_failed():
    asset = AssetFactory()
    for age, state in ((61, "SENT"), (59, "SENT"), (61, "DONE")):
        Command.objects.create(asset=asset, kind="UNLOCK", state=state, at=NOW - timedelta(seconds=age))

    with time_machine.travel(NOW, tick=False):
        tasks.watch_vehicles(timestamp=0)

    assert list(Command.objects.order_by("id").values_list("state", flat=True)) == ["FAILED", "SENT", "DONE"]


@pytest.mark.django_db
def test_commands_are_forgotten_with_the_trips_they_were_for(settings):
    settings.TOMP_RETENTION_DAYS = 30
    asset = AssetFactory()
    _old, recent = (Command.objects.create(asset=asset, kind="UNLOCK", at=NOW - timedelta(days=d)) for d in (31, 29))

    with time_machine.travel(NOW, tick=False):
        assert [tasks.forget_commands(timestamp=0) for _ in range(2)] == [1, 0]

    assert list(Command.objects.values_list("pk", flat=True)) == [recent.pk]
