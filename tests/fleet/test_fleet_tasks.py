"""What the clock does to the fleet …"""

from datetime import timedelta

import pytest
import time_machine

from fleet import tasks
from fleet.models import Alert, Asset, Command, RestrictedAsset, Restriction
from tests.fleet_factories import AssetFactory, RestrictionFactory
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


@pytest.mark.django_db
def test_restrictions_nobody_decided_are_gone_a_month_after_they_were_drafted():
    asset = AssetFactory()
    for days, decided_at in ((31, None), (29, None), (31, NOW - timedelta(days=31))):
        at = NOW - timedelta(days=days)
        RestrictionFactory(
            assets=[asset], created_at=at, starts_at=at, decided_at=decided_at, reason=f"{days} {decided_at}"
        )

    with time_machine.travel(NOW, tick=False):
        assert [tasks.forget_drafts(timestamp=0) for _ in range(2)] == [1, 0]

    assert sorted(Restriction.objects.values_list("reason", flat=True)) == ["29 None", f"31 {NOW - timedelta(days=31)}"]
    assert (RestrictedAsset.objects.count(), Asset.objects.count()) == (2, 1)
