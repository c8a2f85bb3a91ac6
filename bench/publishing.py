"""docs/performance.md and the table of the README, from what was measured last."""

import json
import re
import shutil
from pathlib import Path

from bench import targets

DOCS = Path(__file__).parent.parent / "docs"
README = DOCS.parent / "README.md"
ABOUT = Path(__file__).with_name("about.md")
MEASURED = re.compile(r"(<!-- measured[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def publish(results, subjects):
    """The page is what bench/about.md says, the targets, and the results of each subject with their charts.

    The figures are kept beside it as JSON, a file for each subject. The README tells the worst of each target.
    """
    folder = DOCS / "performance"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    measured, parts = [subject for subject in subjects if (results / f"{subject}.json").exists()], []
    findings = []
    for subject in measured:
        kept = Path(shutil.copy(results / f"{subject}.json", folder))
        findings += targets.from_json(json.loads(kept.read_text())["findings"])
        parts.append(f"# {subject.capitalize()}\n\n{(results / f'{subject}.md').read_text()}")
        for chart in sorted(results.glob(f"{subject}-*.svg")):
            shutil.copy(chart, folder)
            parts.append(f"![{subject}: cost against size](performance/{chart.name})\n")
    page = DOCS / "performance.md"
    page.write_text("\n".join([ABOUT.read_text(), targets.told(findings).markdown(), *parts]))
    table = targets.in_short(findings).markdown().partition("\n\n")[2]
    README.write_text(MEASURED.sub(lambda marks: f"{marks[1]}{table}{marks[2]}", README.read_text()))
    print(f"Written: {page}, {README}")
