"""Is an XLSX file safe to open? A reader makes room for every cell up to the last one, and unpacks whatever there is.

A file of a few bytes can ask for a terabyte; the process that opens it would be gone. So the places of its cells are
read first, a piece at a time.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from fleet.importing.errors import UnusableInput

MB = 1024 * 1024
LARGEST_UNPACKED = 256 * MB
MOST_PARTS = 1000
MOST_CELLS = 8_000_000  # a reader takes about 32 bytes for each
PIECE, OVERLAP = 4 * MB, 64
WORKBOOK = "xl/workbook.xml"
SHEET = b"sheetData"
NO_SPREADSHEET = _("%(name)s is no spreadsheet that can be read: %(reason)s.")
# The others unpack whatever a few bytes stand for before anybody can say that it is enough.
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PLACE = re.compile(rb"""\br\s{0,9}=\s{0,9}["']([A-Za-z]{0,9})(\d{1,20})["']""")


def check_workbook(content: bytes, name: str, *, most_rows: int) -> None:
    """Raises UnusableInput unless this is an XLSX file whose sheets have no more rows and cells than can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive, name)
            check_packing(archive, name)
            for part in archive.infolist():
                _check_places(_pieces(archive, part), name, most_rows)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, UnusableInput):
            raise
        raise UnusableInput(NO_SPREADSHEET, name=name, reason=error) from error


def check_packing(archive: zipfile.ZipFile, name: str) -> None:
    """Raises UnusableInput unless the archive can be unpacked piece by piece: what spreadsheets and feeds come as."""
    if any(part.compress_type not in BOUNDED for part in archive.infolist()):
        packed = _("%(name)s is packed in a way that is not read: pack it again as an ordinary ZIP (Deflate).")
        raise UnusableInput(packed, name=name)


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if WORKBOOK not in archive.namelist():
        other = _("%(name)s is no spreadsheet that can be read: save it as XLSX or CSV.")
        raise UnusableInput(other, name=name)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        large = _("%(name)s is larger than %(mb)s MB when it is unpacked: save it as CSV.")
        raise UnusableInput(large, name=name, mb=LARGEST_UNPACKED // MB)


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part from where its cells begin; wherever in the archive it is, a workbook may name it as a sheet."""
    tail, is_sheet = b"", False
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            is_sheet = is_sheet or SHEET in tail + piece
            if is_sheet:
                yield tail + piece
            tail = piece[-OVERLAP:]


def _check_places(pieces: Iterator[bytes], name: str, most_rows: int) -> None:
    last_row, last_column = 0, 0
    for piece in pieces:
        places = set(PLACE.findall(piece))
        last_row = max(last_row, max((int(row) for _letters, row in places), default=0))
        last_column = max(last_column, max((_column(letters) for letters, _row in places), default=0))
        if last_row > most_rows + 1:
            long = _("%(name)s has a cell in row %(last)s; %(most)s rows can be imported.")
            raise UnusableInput(long, name=name, last=last_row, most=most_rows)
        if last_row * last_column > MOST_CELLS:
            wide = _("%(name)s has %(rows)s × %(columns)s cells: save it as CSV.")
            raise UnusableInput(wide, name=name, rows=last_row, columns=last_column)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
