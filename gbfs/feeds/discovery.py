"""Where the feeds are: gbfs, gbfs_versions and, of 3.0, the manifest."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from gbfs.editions import VERSIONS, Edition


def gbfs(editions: Sequence[Edition], names: Iterable[str]) -> dict[str, Any]:
    """gbfs.json of a version: its feeds, in 2.3 for each language. The manifest never belongs to them."""
    feeds = {e.language: [{"name": name, "url": e.url(name)} for name in names] for e in editions}
    if editions[0].version.is_multilingual:
        return {"feeds": feeds[""]}
    return {language: {"feeds": listed} for language, listed in feeds.items()}


def versions() -> list[dict[str, str]]:
    """The versions we publish, the oldest first."""
    return [{"version": version.number, "url": version.gbfs_url} for version in VERSIONS]


def manifest(system_id: str) -> dict[str, Any]:
    return {"datasets": [{"system_id": system_id, "versions": versions()}]}


def manifest_url() -> str:
    return f"{settings.TOMP_PUBLIC_URL}/gbfs/manifest.json"
