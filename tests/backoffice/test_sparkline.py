"""Bars of fourteen days …"""

from datetime import date, timedelta

from backoffice.dashboard.sparkline import HEIGHT, bars

DAYS = [date(2026, 5, 1) + timedelta(days=number) for number in range(4)]


def test_are_in_proportion_to_the_largest():
    made = bars(DAYS, {DAYS[0]: 0, DAYS[1]: 50, DAYS[2]: 100, DAYS[3]: -5}, str)

    assert [(bar.height, bar.y) for bar in made] == [(0, HEIGHT), (20, 20), (40, 0), (0, HEIGHT)]
    assert [bar.text for bar in made] == ["2026-05-01: 0", "2026-05-02: 50", "2026-05-03: 100", "2026-05-04: -5"]


def test_are_seen_however_small():
    assert bars(DAYS, {DAYS[0]: 1, DAYS[1]: 10_000}, str)[0].height == 1


def test_have_a_place_for_days_nobody_counted():
    made = bars(DAYS, {}, str)

    assert [(bar.x, bar.height, bar.text[-1]) for bar in made] == [
        (0, 0, "–"),
        (10, 0, "–"),
        (20, 0, "–"),
        (30, 0, "–"),
    ]
