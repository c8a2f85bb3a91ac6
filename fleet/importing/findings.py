"""What an import noticed about its input, and how a fleet manager reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from django.utils.translation import gettext_noop as _

from tomp.sentences import Refusal, Sentence

EXAMPLES = 3


class Severity(StrEnum):
    SKIPPED = _("skipped")
    WARNING = _("warning")
    NOTE = _("info")


ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: about which file and which entity; `detail` is what differs between alike remarks."""

    severity: Severity
    file: str
    id: str
    message: Sentence
    detail: str = ""

    @property
    def example(self) -> str:
        if self.id and self.detail:
            return Sentence("%(id)s %(detail)s", id=self.id, detail=self.detail)
        return self.id or self.detail


@dataclass(frozen=True, slots=True)
class Kind:
    """Remarks that are alike: how many there are, and some examples."""

    severity: Severity
    file: str
    message: Sentence
    count: int
    examples: list[str]
    has_more: bool


@dataclass
class Findings:
    """All remarks of one import."""

    found: list[Finding] = field(default_factory=list)

    def about(self, file: str) -> "Remarks":
        return Remarks(self, file)

    def skipped(self, *files: str) -> int:
        """How many entities of these files were not imported."""
        return sum(f.severity == Severity.SKIPPED and f.file in files for f in self.found)

    def kinds(self, examples: int | None = EXAMPLES) -> Iterator[Kind]:
        """The gravest first, with so many examples (None = all)."""

        def kind(finding: Finding) -> tuple[int, str, str]:
            return ORDER.index(finding.severity), finding.file, finding.message

        for (severity, file, _message), group in groupby(sorted(self.found, key=kind), key=kind):
            alike = list(group)
            shown = [finding.example for finding in alike[:examples] if finding.example]
            yield Kind(ORDER[severity], file, alike[0].message, len(alike), shown, len(alike) > len(shown))

    def lines(self, examples: int | None = EXAMPLES) -> Iterator[str]:
        """One line per kind of remark for the shell: how often, what, and some examples."""
        for kind in self.kinds(examples):
            yield f"{kind.severity:<8} {_line(kind, kind.message)}"

    def notes(self, otherwise: Mapping[str, str] | None = None) -> Iterator[Sentence]:
        """The same for the pages, on which some patterns are said `otherwise`."""
        for kind in self.kinds():
            message = kind.message
            said = Sentence((otherwise or {}).get(message.pattern, message.pattern), **message.details)
            yield Sentence("%(severity)s %(line)s", severity=Sentence(kind.severity), line=_line(kind, said))


def _line(kind: Kind, message: Sentence) -> Sentence:
    often, examples = "%(count)s × " if kind.count > 1 else "", ""
    if kind.examples:
        examples = " (%(examples)s, …)" if kind.has_more else " (%(examples)s)"
    return Sentence(
        f"%(file)s: {often}%(message)s{examples}",
        file=kind.file, count=kind.count, message=message, examples=kind.examples,
    )  # fmt: skip


@dataclass(frozen=True)
class Remarks:
    """The remarks about one file. A message without details is a pattern: marked to be translated."""

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
        differs = detail.sentence if isinstance(detail, Refusal) else detail
        text = differs if isinstance(differs, str) else str(differs)
        self.findings.found.append(Finding(severity, self.file, id, Sentence(message), text))
