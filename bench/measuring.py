"""How are variants compared fairly? In turns, by medians, as ratios within one run."""

import statistics
from dataclasses import dataclass, field

from bench.charts import Chart


@dataclass
class Sample:
    """Rounds in so many seconds, and the seconds of a core that each kind of process used for them."""

    rounds: int
    seconds: float
    cpu_s: dict = field(default_factory=dict)
    latencies: dict = field(default_factory=dict)

    @property
    def per_second(self):
        return self.rounds / self.seconds

    def cpu_ms(self, kind):
        """Milliseconds of a core for one round."""
        return 1000 * self.cpu_s[kind] / self.rounds


@dataclass
class Table:
    """One table of the results; `chart` is drawn beside it."""

    title: str
    columns: tuple
    rows: list
    note: str = ""
    chart: Chart | None = None

    def markdown(self):
        lines = [f"## {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines += ["| " + " | ".join(self.columns) + " |", "|---" + "|--:" * (len(self.columns) - 1) + "|"]
        lines += ["| " + " | ".join(map(str, row)) + " |" for row in self.rows]
        return "\n".join((*lines, ""))


def alternated(variants, rounds):
    """{name: samples}: each variant once per round, in turns forwards and backwards, so that drift hits all alike."""
    samples = {name: [] for name in variants}
    for turn in range(rounds):
        for name in reversed(variants) if turn % 2 else variants:
            samples[name].append(variants[name]())
    return samples


def median(samples, value):
    return statistics.median(map(value, samples))


def spread(samples, value):
    """Median and the smallest and largest value, as text."""
    values = sorted(map(value, samples))
    return f"{shown(statistics.median(values))} ({shown(values[0])}–{shown(values[-1])})"


def quantiles(samples, step):
    """p50, p95 and p99 of all answers to this step, in milliseconds."""
    taken = sorted(each for sample in samples for each in sample.latencies[step])
    return tuple(1000 * taken[min(len(taken) - 1, len(taken) * share // 100)] for share in (50, 95, 99))


def shown(value):
    """Three significant digits at the least."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
