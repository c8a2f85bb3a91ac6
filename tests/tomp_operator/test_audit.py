"""manage.py audit …"""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from legs.models import LegState
from tests.journey import NOW, given_leg, minutes
from tomp_operator.audit import INVARIANTS, KEPT_BY_THE_CODE, RULES, audit

LATER = NOW + minutes(8)


def violated(now=LATER):
    return {invariant.name for invariant, found in audit(now=now, show=5) if found.violations}


def test_finds_nothing_wrong_with_an_empty_installation(clock, capsys):
    call_command("audit")

    assert capsys.readouterr().out.endswith("Everything adds up.\n")


def test_names_all_rules_and_says_who_keeps_those_that_no_row_can_tell(clock, capsys):
    call_command("audit")

    printed = capsys.readouterr().out
    assert [f"{rule}. {says}" in printed for rule, says in RULES.items()] == [True] * 12
    assert {invariant.rule for invariant in INVARIANTS} | set(KEPT_BY_THE_CODE) == set(RULES)
    assert {invariant.rule for invariant in INVARIANTS} & set(KEPT_BY_THE_CODE) == set()


def test_gives_the_vehicle_back_at_start_finishing_where_the_contract_says_so(entur):
    given_leg(entur.provider, state=LegState.FINISHING)

    assert violated() == set()


def test_refuses_to_show_less_than_nothing(clock):
    with pytest.raises(CommandError, match=r"--show takes a number of ids, 0 or more\."):
        call_command("audit", "--show", "-1")


@pytest.mark.django_db(transaction=True)
def test_writes_nothing_and_sees_one_moment(monkeypatch):
    seen = []

    def look(self, now, show):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
            seen.append(cursor.fetchone())
        return self

    assert not transaction.get_connection().in_atomic_block
    monkeypatch.setattr("tomp_operator.audit.INVARIANTS", [type("Each", (), {"look": look})()])
    audit(now=NOW, show=5)

    assert seen == [("repeatable read", "on")]
