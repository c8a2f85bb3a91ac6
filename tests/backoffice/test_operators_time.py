"""The back office keeps the operator's time …"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from fleet import information
from fleet.models import System
from legs.models import Leg
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AlertFactory, SystemFactory
from tests.journey import NOW, given_leg, minutes
from tests.trip_factories import JournalEntryFactory

LATE_IN_MAY = datetime(2026, 5, 31, 21, 59, tzinfo=UTC)  # 23:59 in Amsterdam
EARLY_IN_JUNE = datetime(2026, 5, 31, 22, 1, tzinfo=UTC)  # a minute after midnight


@pytest.fixture(autouse=True)
def amsterdam(clock):
    SystemFactory(timezone="Europe/Amsterdam")


def test_moments_are_told_on_its_clocks(staff):
    leg = given_leg(MaasProviderFactory(), state="IN_USE")

    page = staff.get(f"/admin/bookings/booking/{leg.pk}/change/").content.decode()

    assert "2026-06-01 14:00:00" in page
    assert "2026-06-01 12:00:00" not in page


def test_a_moment_that_is_typed_is_one_of_its_clocks(staff, clock):
    leg = given_leg(MaasProviderFactory(), state="IN_USE")
    clock.move_to(NOW + minutes(10))
    address = f"/admin/legs/leg/{leg.pk}/end-ride/"
    opened = staff.get(address).content.decode()

    ended = staff.post(
        address,
        {"_form_submitted": "True", "at": "2026-06-01T14:05:00", "charge": "STANDARD", "reason": "They forgot it."},
    )

    assert 'value="2026-06-01T14:10:00"' in opened
    assert ended.status_code == 302
    assert Leg.objects.get().arrived_at == NOW + minutes(5)


@pytest.mark.parametrize(
    ("zone", "moment", "told"),
    [
        ("Europe/Amsterdam", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31 23:59:59"),
        ("America/New_York", datetime(1, 1, 1, tzinfo=UTC), "0001-01-01 00:00:00"),
    ],
)
def test_a_moment_that_its_clocks_do_not_reach_is_told_in_utc(staff, zone, moment, told):
    System.objects.update(timezone=zone)
    information.forget()
    alert = AlertFactory(starts_at=moment)

    shown = staff.get("/admin/fleet/alert/").content.decode()
    page = staff.get(f"/admin/fleet/alert/{alert.pk}/change/").content.decode()

    assert told in shown
    assert f'value="{told[:10]}"' in page


def test_a_day_of_a_list_is_the_day_it_is_reconciled_by(staff):
    may = JournalEntryFactory(created_at=LATE_IN_MAY, sequence=1)
    JournalEntryFactory(booking=may.booking, created_at=EARLY_IN_JUNE, sequence=2)
    period = {"first": "2026-05-01", "last": "2026-05-31"}

    page = staff.get("/admin/payments/journalentry/reconciliation/", {"provider": may.provider.pk, **period})
    [balance] = page.context["balances"]
    shown = staff.get(balance["journal"]).context["cl"].queryset

    assert balance["balance"].came == Decimal("3.500")
    assert list(shown) == [may]


@pytest.mark.parametrize("path", ["moving", "standing"])
def test_what_the_map_shows_is_as_of_a_time_on_its_clocks(staff, path):
    address = f"/admin/map/{path}/?box=52.0,52.2,5.0,5.2"
    whole = staff.get(address)
    known = staff.get(address, headers={"If-None-Match": whole["ETag"]})

    assert [(answer.status_code, answer["As-Of"]) for answer in (whole, known)] == [
        (200, "14:00:00"),
        (304, "14:00:00"),
    ]
