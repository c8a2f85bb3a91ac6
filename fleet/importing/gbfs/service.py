"""A GBFS feed comes in: read, check against the official schemas, translate, write."""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.importing.assets import Record
from fleet.importing.findings import Findings
from fleet.importing.gbfs.items import Contents
from fleet.importing.gbfs.pricing import give_plans
from fleet.importing.gbfs.schema import Violation, violations
from fleet.importing.gbfs.source import Feed, read
from fleet.importing.gbfs.translate import translate
from fleet.importing.gbfs.write import Count, RecordThings, write


@dataclass(frozen=True)
class Result:
    """What was read, what is wrong with it, and what became of it."""

    feed: Feed
    contents: Contents
    violations: list[Violation]
    findings: Findings
    counts: list[Count]

    @property
    def is_news(self) -> bool:
        return any(count.new or count.changed for count in self.counts)


def import_feed(
    where: str,
    *,
    plans: Mapping[str, str] | None = None,
    replace_system: bool = False,
    dry_run: bool = False,
    record: Record | None = None,
    record_things: RecordThings | None = None,
) -> Result:
    """The feed in that folder or at that address is imported; `record` and `record_things` as for write.

    `plans` (type id → plan id) are those of types that the feed leaves without one.
    Raises UnusableInput; then nothing is changed.
    """
    findings = Findings()
    feed = read(where, findings)
    contents = translate(feed, findings)
    give_plans(contents, plans or {}, findings)
    reason = f"import_gbfs {where}"
    counts = write(
        contents,
        findings,
        reason=reason,
        replace_system=replace_system,
        dry_run=dry_run,
        record=record,
        record_things=record_things,
    )
    return Result(feed, contents, violations(feed), findings, counts)
