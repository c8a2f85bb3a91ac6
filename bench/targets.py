"""What was promised, and is it kept? Each subject says what it found; the page names every target, measured or not."""

from dataclasses import asdict, dataclass

from bench.measuring import Table, shown

TITLES = {
    "P1": "Trips against pgbench with the product's own statements",
    "P2": "Trips against a naive twin in Django REST framework",
    "P3": "SQL statements of a request",
    "P4": "Python processor time of a request",
    "P5": "Lists and feeds of 1,000 vehicles, kept, against constant bytes of a web server",
    "P6": "The same of 10,000 vehicles",
    "P7": "Feeds of 100,000 vehicles after 100 changes, compressed",
    "P8": "A box, a region or a station of 100,000 vehicles",
    "P9": "Import of 100,000 vehicles: apply against COPY + one upsert",
    "P10": "200 clients want 10 vehicles",
    "P11": "GET /bookings, filtered, of 1,000,000",
    "P12": "Memory of the worker",
    "Back office": "Lists of 100,000 bookings and 10,000 vehicles",
    "Telemetry": "Reports of vehicles, one web process",
}
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Finding:
    """One figure beside its target; `is_floor`: the more the better, else the less."""

    target: str
    what: str
    limit: float
    value: float
    unit: str = ""
    is_floor: bool = False

    @property
    def is_met(self):
        return self.value >= self.limit if self.is_floor else self.value <= self.limit

    @property
    def margin(self):
        """How many times better than wanted; below 1 it is not met."""
        better, worse = (self.value, self.limit) if self.is_floor else (self.limit, self.value)
        return better / worse if worse else float("inf")

    def row(self):
        wanted = f"{'≥' if self.is_floor else '≤'} {self.limit:,g} {self.unit}".strip()
        return self.target, self.what, wanted, f"{shown(self.value)} {self.unit}".strip(), VERDICTS[self.is_met]


COLUMNS = ("target", "what", "wanted", "measured", "")
VERDICTS = {True: "met", False: "**not met**"}


def at_most(target, what, limit, value, unit=""):
    return Finding(target, what, limit, value, unit)


def at_least(target, what, limit, value, unit=""):
    return Finding(target, what, limit, value, unit, is_floor=True)


def told(findings):
    """A table with every target, also those of which nothing was found."""
    rows = []
    for target, title in TITLES.items():
        found = [finding.row() for finding in findings if finding.target == target]
        rows += found or [(target, title, "", NOT_MEASURED, "")]
    return Table("Targets", COLUMNS, rows)


def in_short(findings):
    """A row for each target that was measured: of what was found about it, the worst."""
    worst = [
        min((finding for finding in findings if finding.target == target), key=lambda found: found.margin, default=None)
        for target in TITLES
    ]
    return Table("What it costs", COLUMNS, [finding.row() for finding in worst if finding])


def of_subject(findings):
    return Table("Targets of this subject", COLUMNS, [finding.row() for finding in findings])


def as_json(findings):
    return [asdict(finding) | {"is_met": finding.is_met} for finding in findings]


def from_json(found):
    return [Finding(**{name: value for name, value in each.items() if name != "is_met"}) for each in found]
