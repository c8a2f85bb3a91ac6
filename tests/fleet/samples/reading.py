"""A feed as the translation understands it, and what it remarked."""

from fleet.importing.findings import Findings
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.translate import translate


def translated(documents, version):
    findings = Findings()
    feed = Feed("here", version, "en", {name: d for name, d in documents.items() if name != "gbfs"})
    return translate(feed, findings), findings


def by(attribute, items):
    return {getattr(item, attribute): item for item in items}


def messages(findings, file):
    return sorted((f.severity.value, f.id, f.message) for f in findings.found if f.file == file)
