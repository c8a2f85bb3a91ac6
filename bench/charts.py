"""A growth curve as SVG, both axes logarithmic: a straight line upwards is what grows with the size."""

import math
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 900, 460, 70, 330, 40, 50
COLOURS = ("#1b6ca8", "#c0392b", "#1e8449", "#8e44ad", "#b9770e", "#117a65", "#5d6d7e", "#d35400", "#2c3e50", "#a93226")


@dataclass(frozen=True)
class Chart:
    """`lines` is {name: [(x, y), …]}."""

    title: str
    x_name: str
    y_name: str
    lines: dict

    def svg(self):
        points = [point for line in self.lines.values() for point in line]
        x = _Axis([x for x, _y in points], LEFT, WIDTH - RIGHT)
        y = _Axis([y for _x, y in points], HEIGHT - BOTTOM, TOP)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            'font-size="12"><rect width="100%" height="100%" fill="white"/>',
            _text(LEFT, 20, self.title, size=15),
            _text(LEFT, HEIGHT - 12, self.x_name),
            _text(8, TOP - 10, self.y_name),
        ]
        for tick in x.ticks():
            parts.append(_rule(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM))
            parts.append(_text(x.at(tick) - 14, HEIGHT - BOTTOM + 16, f"{tick:,.0f}"))
        for tick in y.ticks():
            parts.append(_rule(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick)))
            parts.append(_text(12, y.at(tick) + 4, f"{tick:g}"))
        for number, (name, line) in enumerate(self.lines.items()):
            colour = COLOURS[number % len(COLOURS)]
            path = " ".join(f"{x.at(at):.0f},{y.at(value):.0f}" for at, value in line)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts.append(_rule(WIDTH - RIGHT + 15, TOP + 20 * number, WIDTH - RIGHT + 40, TOP + 20 * number, colour, 2))
            parts.append(_text(WIDTH - RIGHT + 46, TOP + 4 + 20 * number, name))
        return "\n".join((*parts, "</svg>", ""))


class _Axis:
    """Whole powers of ten around the values, between two pixels."""

    def __init__(self, values, start, end):
        positive = [value for value in values if value > 0]
        self.low, self.high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
        self.high += self.high == self.low
        self.start, self.end = start, end

    def at(self, value):
        share = (math.log10(max(value, 10**self.low)) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def _text(x, y, text, size=12):
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}">{escape(text)}</text>'


def _rule(x1, y1, x2, y2, colour="#dddddd", width=1):
    return f'<path d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}" stroke="{colour}" stroke-width="{width}"/>'
