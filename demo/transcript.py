"""How calls and their answers look on a terminal: everything that matters, nothing endless, nothing twice."""

import json
from collections.abc import Iterator
from typing import Any

from demo.client import Call

HEADERS = ("Content-Language", "Expires", "Retry-After", "WWW-Authenticate")
LIST_ITEMS = 2
WORTH_LEAVING_OUT = 100
AS_BEFORE = "… as before"
WIDTH = 120
INDENT = "    "


class Transcript:
    """The calls of one ride. What an answer says that an earlier one said already is only mentioned."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def lines(self, call: Call) -> Iterator[str]:
        """The request, the answer, and an empty line."""
        yield f"→ {call}"
        yield from _laid_out_below(call.body)
        shown = [f"{name}: {call.headers[name]}" for name in HEADERS if name in call.headers]
        yield "   ".join([f"← {call.status} {call.reason}".rstrip(), *shown])
        yield from _laid_out_below(self._shortened(call.answer))
        yield ""

    def _shortened(self, value: Any) -> Any:
        """The same without the bulk of long lists and without what was said before."""
        if isinstance(value, dict):
            return {key: self._news(key, member) for key, member in value.items()}
        if not isinstance(value, list):
            return value
        hidden = len(value) - LIST_ITEMS
        if hidden <= LIST_ITEMS:
            return [self._shortened(item) for item in value]
        return [*(self._shortened(item) for item in value[:LIST_ITEMS]), f"… and {hidden} more"]

    def _news(self, key: str, member: Any) -> Any:
        said = key, _json(member)
        if len(said[1]) > WORTH_LEAVING_OUT:
            if said in self._said:
                return AS_BEFORE
            self._said.add(said)
        return self._shortened(member)


def _laid_out_below(body: Any) -> Iterator[str]:
    if body is not None:
        for line in _laid_out(body, WIDTH - len(INDENT)):
            yield INDENT + line


def _laid_out(value: Any, width: int) -> list[str]:
    """JSON on one line where it fits, else with a line for each member."""
    text = _json(value)
    if len(text) <= width or not isinstance(value, dict | list):
        return [text]
    result = [text[0]]
    members = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, member in members:
        name = "" if key is None else f'"{key}": '
        first, *rest = _laid_out(member, width - len(INDENT) - len(name))
        result += [INDENT + name + first, *(INDENT + line for line in rest)]
        result[-1] += ","
    result[-1] = result[-1].removesuffix(",")
    return [*result, text[-1]]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=float)
