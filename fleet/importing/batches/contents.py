"""The bytes of a batch: a fleet list, or a GBFS feed as a ZIP file, or as we fetched it."""

import gzip
import io
import json
import zipfile
import zlib
from dataclasses import asdict

from django.utils.translation import gettext_noop as _

from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs.fetch import LARGEST_BYTES
from fleet.importing.gbfs.source import INDEX, NAMES, Feed, read_files
from fleet.importing.sheets.workbook import WORKBOOK, check_packing

MB = 1024 * 1024
LARGEST_UNPACKED = 256 * MB
MOST_ENTRIES = 1000
PIECE = 64 * 1024
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def is_feed(content: bytes) -> bool:
    """Whether a ZIP file has documents in it and no workbook."""
    if not content.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except DAMAGED:
        return False
    return WORKBOOK not in names and any(_feed_name(name) for name in names)


def check_feed(content: bytes, name: str) -> None:
    """Raises UnusableInput unless it can be unpacked and states a version that we read."""
    read_files(_unpacked(content, name), name, Findings())


def read_feed(content: bytes, name: str, findings: Findings) -> Feed:
    """The feed in the bytes. Raises UnusableInput."""
    if content.startswith(GZIP):
        return Feed(**json.loads(gzip.decompress(content)))
    return read_files(_unpacked(content, name), name, findings)


def packed(feed: Feed) -> bytes:
    """A feed that was fetched, so that what is applied is what was looked at."""
    return gzip.compress(json.dumps(asdict(feed)).encode(), compresslevel=6)


def _unpacked(content: bytes, name: str) -> dict[str, bytes]:
    """The documents by feed name, read in memory: no path in the archive is ever used. Raises UnusableInput."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_packing(archive, name)
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                many = _("%(name)s holds %(files)s files: a feed has %(most)s.")
                raise UnusableInput(many, name=name, files=len(entries), most=len(NAMES) + 1)
            found: dict[str, bytes] = {}
            left = LARGEST_UNPACKED
            for entry in entries:
                feed_name = _feed_name(entry.filename)
                if not feed_name:
                    continue
                if feed_name in found:
                    twice = _("%(name)s holds %(file)s twice: pack one feed only.")
                    raise UnusableInput(twice, name=name, file=f"{feed_name}.json")
                found[feed_name] = _document(archive, entry, name, min(left, LARGEST_BYTES))
                left -= len(found[feed_name])
            return found
    except DAMAGED as error:
        if isinstance(error, UnusableInput):
            raise
        raise UnusableInput(
            _("%(name)s is no ZIP file that can be read: %(reason)s."), name=name, reason=error
        ) from error


def _feed_name(path: str) -> str:
    """The feed that a file is called after; "" for all others, and for the copies that macOS adds."""
    base = path.rpartition("/")[2]
    stem = base.removesuffix(".json")
    is_ours = base.endswith(".json") and stem in (*NAMES, INDEX) and not path.startswith("__MACOSX/")
    return stem if is_ours else ""


def _document(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, largest: int) -> bytes:
    """What the entry really holds, whatever it says of its size."""
    with archive.open(entry) as file:
        body = file.read(largest + 1)
    if len(body) > largest:
        large = _("%(name)s is too large when it is unpacked (%(file)s).")
        raise UnusableInput(large, name=name, file=entry.filename)
    return body
