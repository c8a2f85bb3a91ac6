"""Public ids of vehicles: opaque, the same in TOMP and GBFS, with our codespace when we have one."""

import uuid
from contextlib import suppress

from django.conf import settings


def published_id(public_id):
    """A vehicle's public id as GBFS and TOMP publish it, with the codespace when one is configured."""
    return f"{_prefix()}{public_id}"


def bare_id(text):
    """The id without our codespace; ids are accepted in both forms (Entur profile)."""
    return text.removeprefix(_prefix())


def as_public_id(text):
    """The public id written in either form, or None when the text is none."""
    bare = bare_id(text)
    with suppress(ValueError):
        return uuid.UUID(bare) if len(bare) == 36 else None
    return None


def _prefix():
    return f"{settings.TOMP_CODESPACE}:Vehicle:" if settings.TOMP_CODESPACE else ""
