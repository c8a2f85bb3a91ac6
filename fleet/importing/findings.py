"""What an import noticed about its input, and how a fleet manager reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

EXAMPLES = 3


class Severity(StrEnum):
    SKIPPED = "skipped"
    WARNING = "warning"
    NOTE = "note"


ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: about which file and which entity; `detail` is what differs between alike remarks."""

    severity: Severity
    file: str
    id: str
    message: str
    detail: str = ""

    @property
    def example(self) -> str:
        return " ".join(part for part in (self.id, self.detail) if part)


@dataclass
class Findings:
    """All remarks of one import."""

    found: list[Finding] = field(default_factory=list)

    def about(self, file: str) -> "Remarks":
        return Remarks(self, file)

    def skipped(self, *files: str) -> int:
        """How many entities of these files were not imported."""
        return sum(f.severity == Severity.SKIPPED and f.file in files for f in self.found)

    def lines(self, examples: int | None = EXAMPLES) -> Iterator[str]:
        """One line per kind of remark, the gravest first: how often, what, and some examples (None = all)."""

        def kind(finding: Finding) -> tuple[int, str, str]:
            return ORDER.index(finding.severity), finding.file, finding.message

        for (severity, file, message), group in groupby(sorted(self.found, key=kind), key=kind):
            alike = list(group)
            shown = [finding.example for finding in alike[:examples] if finding.example]
            tail = f" ({', '.join(shown)}{', …' if len(alike) > len(shown) else ''})" if shown else ""
            yield f"{ORDER[severity]:<8} {file}: {f'{len(alike):,} × ' if len(alike) > 1 else ''}{message}{tail}"


@dataclass(frozen=True)
class Remarks:
    """The remarks about one file."""

    findings: Findings
    file: str

    def skip(self, id: str, message: str, detail: object = "") -> None:
        """The entity is not imported."""
        self._add(Severity.SKIPPED, id, message, detail)

    def warn(self, id: str, message: str, detail: object = "") -> None:
        """The entity is imported, but somebody should look at it."""
        self._add(Severity.WARNING, id, message, detail)

    def note(self, id: str, message: str, detail: object = "") -> None:
        """Something was read otherwise than written, or left out because it does not matter."""
        self._add(Severity.NOTE, id, message, detail)

    def _add(self, severity: Severity, id: str, message: str, detail: object) -> None:
        self.findings.found.append(Finding(severity, self.file, id, message, str(detail)))
