"""Variants are compared …"""

from bench.charts import Chart
from bench.measuring import Sample, alternated, quantiles, spread


def test_in_turns_forwards_and_backwards():
    order = []
    variants = {name: lambda name=name: order.append(name) or len(order) for name in "abc"}

    samples = alternated(variants, 3)

    assert "".join(order) == "abccbaabc"
    assert samples == {"a": [1, 6, 7], "b": [2, 5, 8], "c": [3, 4, 9]}


def test_by_the_median_of_their_rounds():
    samples = [Sample(rounds, 2.0) for rounds in (10, 40, 30)]

    assert spread(samples, lambda each: each.per_second) == "15.0 (5.00–20.0)"


def test_by_what_one_round_costs():
    assert Sample(40, 2.0, {"web": 0.1}).cpu_ms("web") == 2.5


def test_by_what_clients_wait():
    samples = [
        Sample(50, 1.0, latencies={"GET": [number / 1000 for number in range(start, 100, 2)]}) for start in (0, 1)
    ]

    assert quantiles(samples, "GET") == (50, 95, 99)


def test_in_a_chart_in_which_ten_times_as_much_is_one_step_further():
    chart = Chart("Growth", "vehicles", "ms", {"a & b": [(1_000, 1), (10_000, 10), (100_000, 100)]})

    svg = chart.svg()

    assert '<polyline points="70,410 320,225 570,40"' in svg
    assert "a &amp; b" in svg
