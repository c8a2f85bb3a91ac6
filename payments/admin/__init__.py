"""Back office: money. What is written is written by payments.services."""

from payments.admin import claims, corrections, invoices, journal  # noqa: F401 -- each registers its pages
