"""A target …"""

import json

import pytest

from bench import publishing, targets
from bench.measuring import Table


@pytest.mark.parametrize(
    ("finding", "row"),
    [
        (targets.at_least("P1", "trips", 0.15, 0.15), ("P1", "trips", "≥ 0.15", "0.15", "met")),
        (targets.at_least("P1", "trips", 0.15, 0.1), ("P1", "trips", "≥ 0.15", "0.10", "**not met**")),
        (targets.at_most("P12", "worker", 120, 119.9, "MB"), ("P12", "worker", "≤ 120 MB", "120 MB", "met")),
        (targets.at_most("P12", "worker", 120, 131, "MB"), ("P12", "worker", "≤ 120 MB", "131 MB", "**not met**")),
    ],
)
def test_is_told_with_what_was_wanted_and_measured(finding, row):
    assert finding.row() == row


def test_is_named_also_where_nothing_was_measured():
    rows = targets.told([targets.at_most("P11", "bookings", 20, 9.0, "ms")]).rows

    assert [row[0] for row in rows] == list(targets.TITLES)
    assert ("P11", "bookings", "≤ 20 ms", "9.00 ms", "met") in rows
    assert ("P2", targets.TITLES["P2"], "", "not measured", "") in rows


def test_is_told_in_short_by_what_is_worst():
    found = [
        targets.at_least("P1", "whole", 0.15, 0.2),
        targets.at_least("P1", "one-stop", 0.15, 0.16),
        targets.at_most("P10", "twice", 0, 0.0),
        targets.at_most("P10", "ratio", 2, 1.0),
    ]

    assert targets.in_short(found).rows == [found[1].row(), found[3].row()]


def test_is_kept_as_json_and_read_again():
    found = [targets.at_least("P1", "trips", 0.15, 0.1), targets.at_most("P7", "feeds", 250, 204.5, "ms")]

    kept = json.loads(json.dumps(targets.as_json(found)))

    assert [each["is_met"] for each in kept] == [False, True]
    assert targets.from_json(kept) == found


def test_is_on_the_page_with_what_its_subject_found(tmp_path, monkeypatch):
    results, docs = tmp_path / "results", tmp_path / "docs"
    results.mkdir()
    docs.mkdir()
    monkeypatch.setattr(publishing, "DOCS", docs)
    monkeypatch.setattr(publishing, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text("before\n<!-- measured: so -->\nold\n<!-- end -->\nafter\n")
    found = targets.at_most("P7", "feeds", 250, 204.5, "ms")
    (results / "vehicles.json").write_text(json.dumps({"findings": targets.as_json([found])}))
    (results / "vehicles.md").write_text(Table("Feeds", ("", "ms"), [("1,000", 3)]).markdown())
    (results / "vehicles-1.svg").write_text("<svg/>")
    (results / "rides.md").write_text("of a run that was not kept whole")

    publishing.publish(results, ["rides", "vehicles"])

    page = (docs / "performance.md").read_text()
    assert "| P7 | feeds | ≤ 250 ms | 204 ms | met |" in page
    assert "# Vehicles\n\n## Feeds\n\n|  | ms |\n|---|--:|\n| 1,000 | 3 |\n" in page
    assert "(performance/vehicles-1.svg)" in page
    assert "Rides" not in page
    assert (tmp_path / "README.md").read_text() == (
        "before\n<!-- measured: so -->\n| target | what | wanted | measured |  |\n|---|--:|--:|--:|--:|\n"
        "| P7 | feeds | ≤ 250 ms | 204 ms | met |\n<!-- end -->\nafter\n"
    )
    assert {path.name for path in (docs / "performance").iterdir()} == {"vehicles.json", "vehicles-1.svg"}
