"""Back office: the support inbox, and all that was ever said in it."""

from support.admin import requests, statuses

__all__ = ["requests", "statuses"]
