"""Answers as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer

from tomp.jsontext import LEFT

NO_LINES_OF_JAVASCRIPT = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"))


class TompJSONRenderer(JSONRenderer):
    """As the framework's, but quicker; bytes are an answer that is JSON already."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        if isinstance(data, bytes):
            return data
        if data is None or self.get_indent(accepted_media_type or "", renderer_context or {}) is not None:
            return super().render(data, accepted_media_type, renderer_context)
        try:
            text = orjson.dumps(data, option=LEFT)
        except orjson.JSONEncodeError:  # numbers of more than 64 bits, lazy texts, moments
            return super().render(data, accepted_media_type, renderer_context)
        for separator, escaped in NO_LINES_OF_JAVASCRIPT:
            text = text.replace(separator, escaped)
        return text


def written(data: Any) -> Any:
    """The data as JSON, as in any answer."""
    return TompJSONRenderer().render(data)


def joined(written_items: Iterable[bytes]) -> bytes:
    """An array of what is JSON already."""
    return b"[%b]" % b",".join(written_items)


def merged(*written_objects: bytes) -> bytes:
    """One object with the members of all of these; none of them is empty."""
    return b"{%b}" % b",".join(each[1:-1] for each in written_objects)
