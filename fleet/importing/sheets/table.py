"""A file as rows of texts, whatever spreadsheet or program wrote it. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _
from python_calamine import CalamineError, CalamineWorkbook

from fleet.importing.errors import UnusableInput
from fleet.importing.sheets.workbook import NO_SPREADSHEET, check_workbook

DELIMITERS = (",", ";", "\t", "|")
SPREADSHEET = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX, ODS; XLS
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
COMMENT = "# "  # a row that begins with it explains the others
LONGEST_CELL = 10_000
MOST_ROWS, MOST_COLUMNS = 200_000, 200
BEGINNING = 4096
NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # what no text begins with
FIRST_LINES = 20  # empty lines and headers before the first row
PANIC = "PanicException"  # the reader gave up; it is no Exception and cannot be imported
EXACT = 10**15  # larger whole numbers lose digits in a spreadsheet


@dataclass(frozen=True)
class Table:
    """Header and rows; a row has the number that a spreadsheet shows for it, and is as long as the header.

    What stands beyond the last heading is `surplus`, by the number of its row.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    delimiter: str = ","
    surplus: dict[int, list[str]] = field(default_factory=dict)

    @property
    def has_decimal_comma(self) -> bool:
        return self.delimiter != ","


def read(path: Path, *, most_rows: int = MOST_ROWS) -> Table:
    """The first sheet of the file. Raises UnusableInput."""
    return table_of(content_of(path), str(path), most_rows=most_rows)


def content_of(path: Path) -> bytes:
    """The bytes of the file. Raises UnusableInput."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInput(_("Cannot read %(name)s: %(reason)s."), name=path, reason=error.strerror) from error


def table_of(content: bytes, name: str, *, most_rows: int = MOST_ROWS, only: int | None = None) -> Table:
    """The first sheet of a file that is called so, or its header and so many rows. Raises UnusableInput."""
    if content.startswith(SPREADSHEET):
        check_workbook(content, name, most_rows=most_rows)
        lines, delimiter = _cells_of_sheet(content, name, only), "\t"
    else:
        lines, delimiter = _cells_of_text(_decoded(content, name), name)
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    surplus: dict[int, list[str]] = {}
    for number, written in enumerate(lines, start=1):
        cells = [cell.strip() for cell in written]
        if not any(cells) or cells[0].startswith(COMMENT):
            continue
        if header:
            rows.append((number, _fitted(cells, len(header))))
            if any(beyond := cells[len(header) :]):
                surplus[number] = beyond
        else:
            header = _checked_header(cells, name)
        if len(rows) > most_rows:
            raise UnusableInput(_("%(name)s has more than %(rows)s rows: split it."), name=name, rows=most_rows)
        if len(rows) == only:
            break
    if not header:
        raise UnusableInput(_("%(name)s is empty."), name=name)
    return Table(header, rows, delimiter, surplus)


def _checked_header(cells: list[str], name: str) -> list[str]:
    if len(cells) > MOST_COLUMNS:
        raise UnusableInput(
            _("%(name)s has %(columns)s columns, at most %(most)s can be read."),
            name=name, columns=len(cells), most=MOST_COLUMNS,
        )  # fmt: skip
    return cells


def _decoded(content: bytes, name: str) -> str:
    if content.startswith(BYTE_ORDER_MARKS):
        return content.decode("utf-16", "replace")
    if NO_TEXT.search(content[:BEGINNING]):
        raise UnusableInput(_("%(name)s is neither CSV nor XLSX."), name=name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _cells_of_text(text: str, name: str) -> tuple[Iterator[list[str]], str]:
    text = text.replace("\0", "")
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")[:LONGEST_CELL]
    # Excel's own hint. It takes a row of its own and is no header.
    hint = re.fullmatch(r"sep=([,;\t|])", first.strip())
    delimiter = hint[1] if hint else max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))

    def lines() -> Iterator[list[str]]:
        source, begins, ends, number = io.StringIO(text, newline=""), 0, 0, 0
        try:
            for number, cells in enumerate(csv.reader(source, delimiter=delimiter), start=1):  # noqa: B007 -- the last
                begins, ends = ends, source.tell()
                is_hint = hint and delimiter.join(cells).strip().startswith("sep=")
                if max(map(len, cells), default=0) > LONGEST_CELL:
                    unclosed = _("%(name)s has a cell of %(most)s characters: is a quote not closed?")
                    raise UnusableInput(unclosed, name=name, most=LONGEST_CELL)
                yield [] if is_hint else cells
            if _is_unclosed(text[begins:], delimiter):
                swallowed = _("%(name)s: the quote that is opened in row %(row)s is never closed.")
                raise UnusableInput(swallowed, name=name, row=number)
        except csv.Error as error:
            raise UnusableInput(_("%(name)s is no CSV file: %(reason)s."), name=name, reason=error) from error

    return lines(), delimiter


def _is_unclosed(last: str, delimiter: str) -> bool:
    """Whether this last row goes over several lines because nothing closes its quote: they would all be one cell."""
    if "\n" not in last.strip():
        return False
    try:
        list(csv.reader(io.StringIO(last, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _cells_of_sheet(content: bytes, name: str, only: int | None) -> Iterator[list[str]]:
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=None if only is None else only + FIRST_LINES)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise UnusableInput(NO_SPREADSHEET, name=name, reason=error) from error
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise UnusableInput(_("%(name)s is no spreadsheet that can be read."), name=name) from error
    return ([_as_text(cell) for cell in row] for row in rows)


def _as_text(cell: Any) -> str:
    """What a person would have typed."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < EXACT else f"{cell:.4E}"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell).replace("\0", "")


def _fitted(cells: list[str], width: int) -> list[str]:
    return cells if len(cells) == width else (cells + [""] * width)[:width]
