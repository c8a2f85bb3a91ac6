"""JSON as json.dumps() writes it, but quicker."""

import json
from collections.abc import Callable
from typing import Any

import orjson

# What Python writes otherwise, or not at all, is not orjson's to decide.
LEFT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """The value as a text; what orjson cannot write, as whole numbers of more than 64 bits, takes Python's own way."""
    try:
        return orjson.dumps(value, default, LEFT).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, default=default)
