"""Does a provider keep to the protocol? What its calls were like, and what its trips and our calls to it tell."""

from backoffice.conformance.findings import Example, Finding, Report, Severity
from backoffice.conformance.service import report

__all__ = ["Example", "Finding", "Report", "Severity", "report"]
