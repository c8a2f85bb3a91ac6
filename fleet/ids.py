"""Public ids of vehicles: opaque, the same in TOMP and GBFS, with our codespace when we have one."""

from django.conf import settings


def published_id(public_id):
    """A vehicle's public id as GBFS and TOMP publish it, with the codespace when one is configured."""
    return f"{_prefix()}{public_id}"


def bare_id(text):
    """The id without our codespace; ids are accepted in both forms (Entur profile)."""
    return text.removeprefix(_prefix())


def _prefix():
    return f"{settings.TOMP_CODESPACE}:Vehicle:" if settings.TOMP_CODESPACE else ""
