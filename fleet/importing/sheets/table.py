"""A file as rows of texts, whatever spreadsheet or program wrote it. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from fleet.importing.errors import UnusableInput

DELIMITERS = (",", ";", "\t")
SPREADSHEET = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX, ODS; XLS
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
LONGEST_CELL = 10_000
EXACT = 10**15  # larger whole numbers lose digits in a spreadsheet


@dataclass(frozen=True)
class Table:
    """Header and rows; a row has the number that a spreadsheet shows for it, and is as long as the header."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    delimiter: str = ","

    @property
    def has_decimal_comma(self) -> bool:
        return self.delimiter != ","


def read(path: Path) -> Table:
    """The first sheet of the file. Raises UnusableInput."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableInput(f"Cannot read {path}: {error.strerror}.") from error
    if content.startswith(SPREADSHEET):
        lines, delimiter = _cells_of_sheet(content, path), "\t"
    else:
        lines, delimiter = _cells_of_text(_decoded(content), path)
    numbered = [(number, [cell.strip() for cell in cells]) for number, cells in enumerate(lines, start=1)]
    filled = [(number, cells) for number, cells in numbered if any(cells)]
    if not filled:
        raise UnusableInput(f"{path} is empty.")
    header = filled[0][1]
    return Table(header, [(number, _fitted(cells, len(header))) for number, cells in filled[1:]], delimiter)


def _decoded(content: bytes) -> str:
    if content.startswith(BYTE_ORDER_MARKS):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _cells_of_text(text: str, path: Path) -> tuple[Iterator[list[str]], str]:
    text = text.replace("\0", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    # Excel's own hint. It takes a row of its own and is no header.
    hint = re.fullmatch(r"sep=([,;\t])", first.strip())
    delimiter = hint[1] if hint else max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))

    def lines() -> Iterator[list[str]]:
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                is_hint = hint and delimiter.join(cells).strip().startswith("sep=")
                if any(len(cell) > LONGEST_CELL for cell in cells):
                    raise UnusableInput(f"{path} has a cell of {LONGEST_CELL:,} characters: is a quote not closed?")
                yield [] if is_hint else cells
        except csv.Error as error:
            raise UnusableInput(f"{path} is no CSV file: {error}.") from error

    return lines(), delimiter


def _cells_of_sheet(content: bytes, path: Path) -> Iterator[list[str]]:
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise UnusableInput(f"{path} is no spreadsheet that can be read: {error}.") from error
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
    return (cells + [""] * width)[:width]
