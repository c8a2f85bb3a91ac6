"""Does a document keep to the official JSON schema of the version it states?"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fleet.importing.gbfs.source import Feed, version_of

FOLDER = Path(__file__).parent.parent / "schemas"
VERSIONS = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
LONGEST_EXAMPLE = 120


@dataclass(frozen=True)
class Violation:
    """One rule broken `count` times at alike places of one file."""

    file: str
    place: str
    count: int
    example: str

    def __str__(self) -> str:
        return f"{self.file}: {f'{self.count:,} × ' if self.count > 1 else ''}{self.place}: {self.example}"


def violations(feed: Feed) -> list[Violation]:
    """Everything the official schemas object to, the most frequent first."""
    found = [v for name in feed.documents for v in _of_document(name, feed)]
    return sorted(found, key=lambda violation: -violation.count)


def schema_version(version: str) -> str:
    """The version whose schemas fit best: the same, else the newest of that major version."""
    same_major = [known for known in VERSIONS if known[0] == version[0]]
    return version if version in VERSIONS else same_major[-1]


def _of_document(name: str, feed: Feed) -> Iterator[Violation]:
    document = feed.documents[name]
    stated = version_of(document)
    version = schema_version(stated if stated[:1] in ("2", "3") else feed.version)
    if not (FOLDER / version / f"{name}.json").exists():
        yield Violation(name, "the file", 1, f"GBFS {version} has no feed of this name")
        return
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    try:
        for error in _validator(version, name).iter_errors(document):
            kind = (_place(error.instance_path), str(error.schema_path[-1:]))
            counts[kind] += 1
            examples.setdefault(kind, _shortened(error.message))
    except ValueError as error:  # half a surrogate pair in a text
        yield Violation(name, "the file", 1, f"cannot be checked: {error}")
    for kind, count in counts.items():
        yield Violation(name, kind[0], count, examples[kind])


@cache
def _validator(version: str, name: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415 - 3 MB of every process, for the few that import a feed

    schema = json.loads((FOLDER / version / f"{name}.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def _place(path: list[str | int]) -> str:
    """`stations[].is_installed`: the same for every station."""
    parts = ["[]" if isinstance(part, int) else f".{part}" for part in path if part != "data"]
    return "".join(parts).lstrip(".") or "the whole file"


def _shortened(message: str) -> str:
    return message if len(message) <= LONGEST_EXAMPLE else f"{message[:LONGEST_EXAMPLE]}…"
