"""docs/performance.md, from what was measured last."""

import shutil
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
ABOUT = Path(__file__).with_name("about.md")


def publish(results, subjects):
    """The page is what bench/about.md says, and then the results of each subject with their charts."""
    parts, folder = [ABOUT.read_text()], DOCS / "performance"
    folder.mkdir(exist_ok=True)
    for subject in subjects:
        found = results / f"{subject}.md"
        if not found.exists():
            continue
        parts.append(f"# {subject.capitalize()}\n\n{found.read_text()}")
        for chart in sorted(results.glob(f"{subject}-*.svg")):
            shutil.copy(chart, folder)
            parts.append(f"![{subject}: cost against size](performance/{chart.name})\n")
    (DOCS / "performance.md").write_text("\n".join(parts))
    print(f"Written: {DOCS / 'performance.md'}")
