"""Spreadsheets that would cost the process its memory are refused before anything opens them."""

import io
import zipfile

import pytest

from fleet.importing.errors import UnusableInput
from fleet.importing.sheets.table import table_of
from tests.fleet.samples import xlsx


def workbook(sheet, way=zipfile.ZIP_DEFLATED, **more):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", way) as archive:
        for name, body in xlsx.PARTS.items():
            archive.writestr(name, body)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, body in more.items():
            archive.writestr(name, body)
    return content.getvalue()


def sheet(cells):
    return f'<worksheet xmlns="{xlsx.MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def refusal(content, most_rows=1000):
    with pytest.raises(UnusableInput) as refused:
        table_of(content, "fleet.xlsx", most_rows=most_rows)
    return str(refused.value)


def test_reads_what_a_program_wrote(tmp_path):
    path = xlsx.write(tmp_path / "fleet.xlsx", [["number", "type"], ["S-1", "glider"]])

    assert table_of(path.read_bytes(), "fleet.xlsx").rows == [(2, ["S-1", "glider"])]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "fleet.xlsx has a cell in row 1,048,576; 1,000 rows can be imported.",
        ),
        (
            '<row r="1048576"><c><v>1</v></c></row>',
            "fleet.xlsx has a cell in row 1,048,576; 1,000 rows can be imported.",
        ),
        ("<row  r = '1001'><c r='XFD1001'><v>1</v></c></row>", "fleet.xlsx has 1,001 × 16,384 cells: save it as CSV."),
    ],
    ids=["the last cell", "the last row", "wide"],
)
def test_makes_no_room_for_cells_that_are_far_away(cells, says):
    assert refusal(workbook(sheet(cells))) == says


def test_finds_such_a_cell_between_two_pieces(monkeypatch):
    monkeypatch.setattr("fleet.importing.sheets.workbook.PIECE", 97)
    filling = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 90))

    assert "row 999,999" in refusal(workbook(sheet(f'{filling}<row r="999999"><c r="A999999"><v>1</v></c></row>')))


def test_does_not_unpack_a_bomb():
    bomb = workbook(sheet(""), **{"xl/sharedStrings.xml": b"a" * (257 * 1024 * 1024)})
    assert len(bomb) < 1_000_000

    assert refusal(bomb) == "fleet.xlsx is larger than 256 MB when it is unpacked: save it as CSV."


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_unpacks_nothing_that_cannot_be_unpacked_piece_by_piece(way):
    says = "fleet.xlsx is packed in a way that is not read: pack it again as an ordinary ZIP (Deflate)."

    assert refusal(workbook(sheet(""), way)) == says


def test_reads_lines_that_end_in_a_carriage_return():
    assert table_of(b"number;type\rS-1;glider\r", "fleet.csv", most_rows=1000).rows == [(2, ["S-1", "glider"])]


def test_reads_no_other_kind_of_archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("content.xml", "<office:spreadsheet/>")

    assert refusal(content.getvalue()) == "fleet.xlsx is no spreadsheet that can be read: save it as XLSX or CSV."
    assert "no spreadsheet that can be read" in refusal(b"\xd0\xcf\x11\xe0 an old Excel file")


def test_reads_no_more_rows_than_allowed():
    text = "number\n" + "".join(f"S-{number}\n" for number in range(1001))

    assert refusal(text.encode()) == "fleet.xlsx has more than 1,000 rows: split it."
