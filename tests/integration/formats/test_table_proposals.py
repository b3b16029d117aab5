"""What is proposed for files nobody has described: by headings of four languages and by what the cells look like."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from integration.formats.table import Columns, Mapping, Style, columns, mapping_of, propose, source_of, write_csv
from integration.formats.table.checks import check
from integration.formats.table.mapping import AUTO, FileKind, HeadingPart, Layout, Mark
from tests.integration.formats.table_files import HELSINKI, amounts, content, errors, read, read_one, text, workbook
from tests.integration.formats.test_table_writing import portion_of


def proposed(octets: bytes, name: str = "values.csv", zone: str = HELSINKI) -> Mapping:
    stream = io.BytesIO(octets)
    found = propose(stream, name, zone=zone)
    assert stream.tell() == 0
    return found


def named(mapping: Mapping) -> dict[str, str]:
    """The columns of a mapping that have a meaning."""
    meanings = (name for name in Columns.__slots__ if name != "values")
    return {name: heading for name in meanings if (heading := getattr(mapping.columns, name))}


@pytest.mark.parametrize(
    ("head", "row", "found"),
    [
        (
            "Metering point;OBIS code;Timestamp;Reading;Unit;Quality",
            "P-1;1-0:1.8.0;2026-01-01 00:00;12.5;kWh;ok",
            {"point": "Metering point", "quantity": "OBIS code", "time": "Timestamp", "value": "Reading",
             "unit": "Unit", "quality": "Quality"},
        ),
        (
            "Zählpunkt;Zähler;OBIS-Kennzahl;Datum;Uhrzeit;Wert;Einheit;Status",
            "DE00012345;LGZ1;1.8.0;01.01.2026;00:15;12,5;kWh;W",
            {"point": "Zählpunkt", "serial": "Zähler", "quantity": "OBIS-Kennzahl", "time": "Datum",
             "clock": "Uhrzeit", "value": "Wert", "unit": "Einheit", "quality": "Status"},
        ),
        (
            "Käyttöpaikka;Mittarinumero;Alkuaika;Kulutus (kWh);Laatu",
            "FI12345678;M1;1.1.2026 00:15;12,5;mitattu",
            {"point": "Käyttöpaikka", "serial": "Mittarinumero", "time": "Alkuaika", "value": "Kulutus",
             "quality": "Laatu"},
        ),
        (
            "Anläggnings-ID;Tidpunkt;Förbrukning kWh;Kvalitet",
            "735999123;2026-01-01 00:15;12,5;uppmätt",
            {"point": "Anläggnings-ID", "time": "Tidpunkt", "value": "Förbrukning kWh", "quality": "Kvalitet"},
        ),
    ],
)  # fmt: skip
def test_headings_of_four_languages(head: str, row: str, found: dict[str, str]) -> None:
    mapping = proposed(text(head, row))
    assert named(mapping) == found
    assert check(mapping) == []
    assert mapping.times.zone == HELSINKI
    portion = read_one(text(head, row), replace(mapping, times=replace(mapping.times, interval_s=900)))
    assert [amount for _, amount in amounts(portion)] == [Decimal(12_500)]


def test_unit_decimal_sign_and_thousands() -> None:
    rows = [f"P;2026-01-01 0{n}:00;1.{n}34,50" for n in range(5)]
    mapping = proposed(text("Point;Time;Energy [MWh]", *rows))
    assert (mapping.fixed.unit, mapping.fixed.quantity) == ("MWh", "1-0:1.29.0")
    assert (mapping.numbers.decimal, mapping.numbers.thousands) == (",", ".")


def test_a_stand_is_told_by_its_heading() -> None:
    assert proposed(text("Point;Time;Zählerstand kWh", "P;2026-01-01;5")).fixed.quantity == "1-0:1.8.0"


def test_a_bad_cell_among_few_hides_no_meaning() -> None:
    rows = [f"P;2026-01-01 0{n}:00;{n},5" for n in range(4)]
    mapping = proposed(text("Point;Time;kWh", *rows, "P;31.31.2026;12345678901234567890"))
    assert named(mapping) == {"point": "Point", "time": "Time", "value": "kWh"}
    assert check(mapping) == []


def test_without_a_unit_nothing_is_made_up() -> None:
    mapping = proposed(text("Point;Time;Value", "P;2026-01-01 00:00;5"))
    assert mapping.fixed.quantity == mapping.fixed.unit == ""
    assert [fault.field for fault in check(mapping)] == ["columns.quantity"]


@pytest.mark.parametrize(
    ("cells", "format_"),
    [
        (["25/01/2026 00:15"], "dd/mm/yyyy HH:MM"),
        (["01/25/2026 00:15:00"], "mm/dd/yyyy HH:MM:SS"),
        (["1/2/2026 5:15 AM"], "mm/dd/yyyy HH:MM AM"),
        (["01/02/2026 00:15", "13/02/2026 00:15"], "dd/mm/yyyy HH:MM"),
        (["01/02/2026 00:15"], AUTO),
        (["2026-01-01T00:15:00+02:00"], AUTO),
        (["1767225600", "1767226500"], "epoch_s"),
        (["1767225600000"], "epoch_ms"),
        (["46023", "46023.5"], "excel"),
    ],
)
def test_formats_of_times(cells: list[str], format_: str) -> None:
    rows = [f"P-1;{cell};1.5" for cell in cells]
    mapping = proposed(text("Point;Time;kWh", *rows))
    assert mapping.times.format == format_
    assert named(mapping) == {"point": "Point", "time": "Time", "value": "kWh"}


def test_the_end_as_label_and_the_zone_of_the_heading() -> None:
    mapping = proposed(text("Point;End (UTC+1);kWh", "P-1;2026-01-01 00:15;1.5"))
    assert (mapping.times.mark, mapping.times.zone) == (Mark.END, "UTC+1")


def test_qualities_that_are_understood() -> None:
    rows = [f"P-1;2026-01-01 0{n}:00;1;{flag}" for n, flag in enumerate(["W", "E", "fehlt", "?!"])]
    mapping = proposed(text("Point;Time;kWh;Status", *rows))
    assert mapping.names.qualities == {"W": "measured", "E": "estimated", "fehlt": "none"}


def test_a_row_per_day() -> None:
    hours = [f"{hour:02}:00" for hour in range(24)]
    octets = text(";".join(["Point", "Date", *hours, "Unit"]), ";".join(["P-1", "01.01.2026", *["1,5"] * 24, "kWh"]))
    mapping = proposed(octets)
    assert mapping.layout is Layout.WIDE_DAY
    assert mapping.columns.values == tuple(hours)
    assert len(read_one(octets, mapping)) == 24


def test_a_row_per_instant() -> None:
    rows = [f"2026-01-01 0{n}:00,1.5,2.5" for n in range(3)]
    mapping = proposed(text("Time,A 1 (kWh),A 2 (kWh)", *rows))
    assert (mapping.layout, mapping.names.heading) == (Layout.WIDE_TIME, (HeadingPart.POINT,))
    assert [channel.point for channel in read_one(text("Time,A 1 (kWh),A 2 (kWh)", *rows), mapping).channels] == [
        "A 1",
        "A 2",
    ]


def test_columns_that_are_quantities() -> None:
    mapping = proposed(text("Time,Import kWh,Export kWh", "2026-01-01 00:00,1,2"))
    assert mapping.names.heading == (HeadingPart.QUANTITY,)
    assert mapping.names.quantities == {"Import kWh": "1-0:1.29.0", "Export kWh": "1-0:2.29.0"}
    assert [fault.field for fault in check(mapping)] == ["columns.point"]


def test_headings_below_a_title_and_none_at_all() -> None:
    assert proposed(text("Report of January", "", "Point;Time;kWh", "P-1;2026-01-01;1")).source.header_row == 3
    bare = proposed(text("P-1;2026-01-01 00:00;1,5", "P-1;2026-01-01 00:15;1,5"))
    assert (bare.source.header_row, bare.columns.time, bare.columns.value) == (0, "2", "3")


@pytest.mark.parametrize("octets", [b"", b"\n\n", b"a", b"\xff\xfe\x00", b"PK\x03\x04 broken"])
def test_nothing_is_proposed_for_nothing(octets: bytes) -> None:
    assert named(proposed(octets)) == {}


@pytest.mark.parametrize("wide", [False, True])
def test_what_this_program_writes_needs_no_hand(wide: bool) -> None:
    portion = portion_of(range(5), quality=None)
    style = Style(wide=wide, zone=HELSINKI, decimal=",")
    octets = b"".join(write_csv([portion], style))
    mapping = proposed(octets, zone="UTC")
    assert errors(read(octets, mapping)) == []
    assert content(read(octets, mapping)) == content(read(octets, mapping_of(style)))


def test_workbooks(tmp_path: Path) -> None:
    octets = workbook(
        tmp_path / "a.xlsx", [("Report", "", ""), ("Point", "Time", "kWh"), ("P-1", "01.01.2026 00:00", 1.5)]
    )
    mapping = proposed(octets, "a.xlsx")
    assert (mapping.source.kind, mapping.source.header_row) == (FileKind.XLSX, 2)
    assert named(mapping) == {"point": "Point", "time": "Time", "value": "kWh"}


def test_columns_to_look_at(tmp_path: Path) -> None:
    octets = text("Point;Time;kWh", *(f"P-{n};2026-01-01;{n}" for n in range(300)), "short")
    stream = io.BytesIO(octets)
    sample = columns(stream, source_of(stream, "a.csv"))
    assert sample.headings == ("Point", "Time", "kWh")
    assert (len(sample.rows), sample.rows[1], sample.lines[1]) == (200, ("P-1", "2026-01-01", "1"), 3)
    assert sample.column(0)[:2] == ["P-0", "P-1"]
    assert sample.info == {"encoding": "utf-8", "delimiter": ";"}
    assert [problem.line for problem in sample.problems] == [302]
    book = io.BytesIO(workbook(tmp_path / "a.xlsx", [("A", "B"), (1, 2)]))
    assert columns(book, source_of(book, "a.xlsx")).sheets == ("Values",)
