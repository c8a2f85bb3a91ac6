"""Identifiers as callers write them."""

import uuid


def as_uuid(text):
    """The UUID this text is, or None: then nothing of ours has that id."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
