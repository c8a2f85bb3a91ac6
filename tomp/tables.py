"""Tables to download, however long, written while they are read: CSV and XLSX."""

import csv
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.http import FileResponse, StreamingHttpResponse

from tomp.words import each_in_english

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
    '<sheets><sheet name="Table" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# What XML 1.0 has no way to write.
_UNSPEAKABLE = {code: None for code in range(32) if code not in (9, 10, 13)}


def text_cell(text: str) -> str:
    """What others wrote is never a formula: a spreadsheet would run it (OWASP CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """The rows as CSV, sent while they are read. Text is made harmless; numbers stay numbers."""
    return StreamingHttpResponse(
        _csv_lines(header, each_in_english(rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([text_cell(cell) if isinstance(cell, str) else cell for cell in row])


class _Line:
    """Where csv writes to: it gives the line back."""

    def write(self, line: str) -> str:
        return line


def xlsx_file(header: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> FileResponse:
    """The rows as a spreadsheet of one sheet. A cell of text is text there: nothing in it is ever calculated.

    It is written to a file that has no name, row by row, so that its size is no matter.
    """
    kept = tempfile.TemporaryFile()  # noqa: SIM115 -- FileResponse closes it
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _PARTS.items():
            archive.writestr(path, _DECLARATION + content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_xlsx_row(header).encode())
            for row in each_in_english(rows):
                sheet.write(_xlsx_row(row).encode())
            sheet.write(b"</sheetData></worksheet>")
    kept.seek(0)
    return FileResponse(kept, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _xlsx_row(cells: Sequence[Any]) -> str:
    return f"<row>{''.join(_xlsx_cell(cell) for cell in cells)}</row>"


def _xlsx_cell(cell: Any) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return f"<c><v>{cell}</v></c>"
    text = escape(str(cell).translate(_UNSPEAKABLE))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
