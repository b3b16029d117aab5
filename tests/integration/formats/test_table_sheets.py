"""Workbooks: dates, numbers, formulas and merged cells of sheets, and what is refused before it is opened."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from integration.formats.portion import Severity
from integration.formats.table import Source, read_rows
from integration.formats.table import workbook as limits
from integration.formats.table.mapping import FileKind
from integration.formats.table.sheet import number_text
from tests.integration.formats.table_files import (
    LONG,
    amounts,
    errors,
    in_zone,
    read,
    read_one,
    told,
    utc,
    workbook,
)

BOOK = replace(LONG, source=Source(kind=FileKind.XLSX))
HEAD = ("Point", "Time", "Value")

_TABLES = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def quarter(number: int) -> datetime:
    return datetime(2026, 1, 1, number // 4, number % 4 * 15)  # noqa: DTZ001 - dates of sheets have no zone


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_dates_and_numbers(tmp_path: Path, epoch_1904: bool) -> None:
    rows = [HEAD, *(("P", quarter(n), 0.1 * n) for n in range(4))]
    portion = read_one(workbook(tmp_path / "a.xlsx", rows, epoch_1904=epoch_1904), in_zone(BOOK))
    assert portion.problems == ()
    assert portion.at.tolist() == [utc(2025, 12, 31, 22) + 900 * n for n in range(4)]
    assert [amount for _, amount in amounts(portion)] == [Decimal(n * 100) for n in range(4)]


def test_a_date_and_a_time_of_day(tmp_path: Path) -> None:
    mapping = replace(BOOK, columns=replace(BOOK.columns, clock="Clock"))
    rows = [("Point", "Time", "Value", "Clock"), *(("P", date(2026, 1, 1), n, time(0, 15 * n)) for n in range(3))]
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    day, clock = (book.add_format({"num_format": text}) for text in ("dd.mm.yyyy", "hh:mm"))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            form = day if isinstance(cell, date) else clock if isinstance(cell, time) else None
            sheet.write(number, column, cell, form)
    book.close()
    assert read_one(path.read_bytes(), mapping).at.tolist() == [utc(2026, 1, 1) + 900 * n for n in range(3)]


def test_every_fault_names_row_and_heading(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ("P", quarter(0), 1),
        ("P", quarter(1), quarter(1)),
        ("P", quarter(2), True),
        ("P", "soon", 1),
        ("P", quarter(3), "12345678901234567890"),
        ("P", quarter(4), -1),
        (643007570000000017, quarter(5), 1),
        (),
        ("P", quarter(6), "=1+1", 2),
    ]
    portion = read_one(workbook(tmp_path / "a.xlsx", rows), BOOK)
    assert told(portion) == [
        (3, "Value", "a date where a number should be"),
        (4, "Value", "true or false where a number should be"),
        (5, "Time", "not a time"),
        (6, "Value", "more than 15 digits or 9 decimals"),
        (7, "Value", "a negative number, which the mapping does not allow"),
        (8, "Point", "a spreadsheet has rounded this identification: format the column as text and fill it again"),
    ]
    assert portion.lines.tolist() == [2, 10]


def test_of_formulas_the_stored_value_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for row in (1, 2):
        sheet.write_row(row, 0, ("P", f"2026-01-01 0{row}:00"))
        sheet.write_formula(row, 2, "=SUM(1,2)", None, 40 + row)
    book.close()
    assert [amount for _, amount in amounts(read_one(path.read_bytes(), BOOK))] == [Decimal(41_000), Decimal(42_000)]


def test_merged_cells_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.merge_range(1, 0, 2, 0, "P")
    sheet.write_row(1, 1, ("2026-01-01 00:00", 1))
    sheet.write_row(2, 1, ("2026-01-01 01:00", 1))
    book.close()
    portion = read_one(path.read_bytes(), replace(BOOK, fixed=replace(BOOK.fixed, quantity="1-0:1.8.0")))
    note = portion.problems[0]
    assert (note.line, note.severity) == (2, Severity.NOTE)
    assert told(portion) == [(3, "Point", "the metering point is missing")]


def test_sheets_by_name(tmp_path: Path) -> None:
    octets = workbook(tmp_path / "a.xlsx", [HEAD, ("P", quarter(0), 1)])
    stand = replace(BOOK, fixed=replace(BOOK.fixed, quantity="1-0:1.8.0"))
    assert len(read_one(octets, replace(stand, source=replace(BOOK.source, sheet="Values")))) == 1
    other = replace(BOOK, source=replace(BOOK.source, sheet="Other"))
    assert told(read_one(octets, other)) == [(1, "", "the workbook has no sheet 'Other'; it has Values")]
    below = replace(BOOK, source=replace(BOOK.source, header_row=3))
    assert told(read_one(octets, below)) == [(1, "", "the sheet Values has no row 3 for the headings")]


def test_a_sheet_of_nothing(tmp_path: Path) -> None:
    assert told(read_one(workbook(tmp_path / "a.xlsx", []), BOOK))[0][2] == (
        "the sheet Values has no row 1 for the headings"
    )


@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04 and no more", b"Point;Time;Value\n", bytes(5000)])
def test_what_is_no_workbook(octets: bytes) -> None:
    (found,) = told(read_one(octets, BOOK))
    assert found[2].startswith("not a readable workbook")


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", octets)
    return out.getvalue()


def test_a_bomb_is_not_opened() -> None:
    (found,) = told(read_one(packed(xl__worksheets__sheet1=bytes(30_000_000)), BOOK))
    assert "times its size" in found[2]


def test_a_cell_in_the_last_corner_is_not_opened() -> None:
    far = b'<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData>'
    (found,) = told(read_one(packed(xl__worksheets__sheet1=far), BOOK))
    assert "17,179,869,184 cells, empty ones included" in found[2]


def test_too_many_rows_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 2)
    octets = workbook(tmp_path / "a.xlsx", [HEAD, *(("P", quarter(n), n) for n in range(2))])
    (found,) = told(read_one(octets, BOOK))
    assert found[2] == "a sheet has 3 rows; at most 2 are read"


def test_what_it_unpacks_to_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_UNPACKED", 1000)
    (found,) = told(read_one(workbook(tmp_path / "a.xlsx", [HEAD]), BOOK))
    assert "at most 1,000 are read" in found[2]


def test_long_sheets_come_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.formats.table.sheet.ROWS_AT_ONCE", 10)
    monkeypatch.setattr("integration.formats.table.reader.PORTION_VALUES", 10)
    octets = workbook(tmp_path / "a.xlsx", [HEAD, *(("P", quarter(n), n) for n in range(35))])
    portions = read(octets, BOOK)
    assert [len(portion) for portion in portions] == [10, 10, 10, 5]
    assert portions[-1].position == len(octets)
    assert [len(portion) for portion in read(octets, BOOK, position=portions[1].position)] == [10, 5]
    assert errors(portions) == []


def test_rows_of_a_sheet_as_text(tmp_path: Path) -> None:
    rows = [("Serial", "Point", "Built"), ("007", 12.5, quarter(1)), ("", "", "")]
    octets = workbook(tmp_path / "a.xlsx", rows)
    (row,) = read_rows(io.BytesIO(octets), Source(kind=FileKind.XLSX))
    assert (row.line, row.cells) == (2, {"Serial": "007", "Point": "12.5", "Built": "2026-01-01 00:15:00"})


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
  xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Sheet">{}
<table:table-row table:number-rows-repeated="{}"><table:table-cell
  table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""
_MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_TEXT = '<table:table-cell office:value-type="string"><text:p>{0}</text:p></table:table-cell>'
_DATE = '<table:table-cell office:value-type="date" office:date-value="{0}"><text:p>{0}</text:p></table:table-cell>'
_NUMBER = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'


def open_document(rows: Sequence[str], below: int = 1_000_000) -> bytes:
    out = io.BytesIO()
    text = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", _ODS.format(text, below))
    return out.getvalue()


def test_open_documents() -> None:
    """Empty rows a program repeats to the end of the sheet are no rows."""
    head = "".join(map(_TEXT.format, HEAD))
    rows = [_TEXT.format("P") + _DATE.format(f"2026-01-01T0{n}:00:00") + _NUMBER.format(n + 0.5) for n in range(3)]
    mapping = replace(BOOK, source=Source(kind=FileKind.ODS))
    portion = read_one(open_document([head, *rows]), mapping)
    assert portion.problems == ()
    assert amounts(portion) == [(utc(2026, 1, 1, n), Decimal(1000 * n + 500)) for n in range(3)]


def test_what_an_open_document_repeats_is_bounded() -> None:
    far = '<table:table-cell table:number-columns-repeated="2000000000" office:value-type="float" office:value="1"/>'
    (found,) = told(read_one(open_document([far]), replace(BOOK, source=Source(kind=FileKind.ODS))))
    assert "2,000,000,000 cells" in found[2]


_PEAK = """
import re, sys
from pathlib import Path
from integration.formats.table.workbook import check_workbook
def peak():
    return int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1])
before = peak()
with Path(sys.argv[1]).open("rb") as stream:
    check_workbook(stream)
print(peak() - before)
"""


def test_millions_of_empty_rows_of_an_open_document_take_no_memory(tmp_path: Path) -> None:
    book = tmp_path / "rows.ods"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", f'<t xmlns:table="{_TABLES}">' + "<table:table-row/>" * 1_000_000 + "</t>")
        archive.writestr("noise", os.urandom(1_000_000))
    run = subprocess.run([sys.executable, "-c", _PEAK, book], capture_output=True, text=True, check=True, timeout=120)
    assert int(run.stdout) < 40_000  # kilobytes; a tree of these rows takes more than a hundred thousand


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (6.43e17, "6.43e+17"),
        (-2.5, "-2.5"),
        (123456.789, "123456.789"),
    ],
)
def test_numbers_have_the_digits_a_spreadsheet_shows(number: float, found: str) -> None:
    assert number_text(number) == found
