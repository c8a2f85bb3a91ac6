"""Answers as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer


class TompJSONRenderer(JSONRenderer):
    """As the framework's; bytes are an answer that is JSON already."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return data if isinstance(data, bytes) else super().render(data, accepted_media_type, renderer_context)


def written(data: Any) -> bytes:
    """The data as JSON, as in any answer."""
    return TompJSONRenderer().render(data)


def joined(written_items: Iterable[bytes]) -> bytes:
    """An array of what is JSON already."""
    return b"[%b]" % b",".join(written_items)


def merged(*written_objects: bytes) -> bytes:
    """One object with the members of all of these; none of them is empty."""
    return b"{%b}" % b",".join(each[1:-1] for each in written_objects)
