"""The report as a table to download."""

import csv

from django.http import HttpResponse

from backoffice.conformance.findings import Report
from tomp.serializers import moment_json
from tomp.tables import text_cell
from tomp.words import each_in_english

COLUMNS = {
    "severity": lambda finding: finding.severity.label,
    "finding": lambda finding: finding.name,
    "seen": lambda finding: text_cell(finding.seen),
    "expected": lambda finding: text_cell(finding.expected),
    "source": lambda finding: finding.source,
    "count": lambda finding: finding.count,
    "of": lambda finding: finding.of,
    "last_at": lambda finding: moment_json(finding.last_at) if finding.last_at else None,
    "examples": lambda finding: " ".join(f"{example.kind}:{example.id}" for example in finding.examples),
}


def csv_of(report: Report, name: str) -> HttpResponse:
    """One line for each finding, the names of the columns first; in English, for it is sent to the provider."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows(each_in_english([column(finding) for column in COLUMNS.values()] for finding in report.findings))
    return response
