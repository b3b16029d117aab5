"""Files nobody would send on purpose, and some that somebody would: encodings, quotation marks, lines without end."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integration.formats.portion import Severity
from integration.formats.table import Mapping, Source, TableReader, columns, propose
from integration.formats.table.mapping import FileKind, Layout
from integration.formats.table.reader import MOST_PROBLEMS
from tests.integration.formats.table_files import HEAD, LONG, errors, read, read_one, text, told

GOOD = "2026-01-01 00:{:02};{}"


def rows(count: int, point: str = "P") -> list[str]:
    return [f"{point};2026-01-01 {n // 60:02}:{n % 60:02};{n}" for n in range(count)]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "auto"),
        ("utf-8-sig", "auto"),
        ("utf-16", "auto"),
        ("utf-16-le", "auto"),
        ("utf-16-be", "auto"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
    ],
)
def test_encodings(encoding: str, declared: str) -> None:
    mapping = replace(
        LONG, source=Source(encoding=declared), columns=replace(LONG.columns, point="Käyttöpaikka", value="Määrä")
    )
    octets = text("Käyttöpaikka;Time;Määrä", *rows(9, "Ä-1")).decode().encode(encoding)
    portion = read_one(octets, mapping)
    assert portion.problems == ()
    assert (portion.channels[0].point, len(portion), portion.position) == ("Ä-1", 9, len(octets))


def test_what_is_not_utf_8_is_taken_for_windows_1252_and_said() -> None:
    portion = read_one("\n".join([HEAD, *rows(3, "Ä")]).encode("cp1252"))
    (note,) = portion.problems
    assert (note.line, note.severity) == (2, Severity.NOTE)
    assert "Windows-1252" in note.reason
    assert portion.channels[0].point == "Ä"


def test_an_octet_that_is_no_character_costs_its_line() -> None:
    octets = text(HEAD, *rows(3)).replace(b";1\n", b";1\xff\n")
    portion = read_one(octets, replace(LONG, source=Source(encoding="utf-8")))
    assert told(portion) == [(3, "", "the octet 0xff is no character of utf-8")]
    assert portion.lines.tolist() == [2, 4]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ends_of_lines_and_a_last_line_without_one(end: str) -> None:
    octets = text(HEAD, *rows(3), end=end).rstrip()
    assert read_one(octets).lines.tolist() == [2, 3, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    octets = text(HEAD, *rows(3)).replace(b";", delimiter.encode())
    assert len(read_one(octets)) == 3


def test_a_decimal_comma_does_not_make_a_column() -> None:
    octets = text(HEAD, *(f"P;2026-01-01 00:{n:02};{n},5" for n in range(9)))
    assert len(read_one(octets)) == 9


@pytest.mark.parametrize(
    "row",
    [
        '"P";"2026-01-01 00:01";"1"',
        'P;"2026-01-01 00:01";1',
        '"P";2026-01-01 00:01; 1 ',
    ],
)
def test_quotation_marks(row: str) -> None:
    assert len(read_one(text(HEAD, "P;2026-01-01 00:00;1", row))) == 2


def test_quoted_cells_may_hold_everything() -> None:
    point = 'A ""quoted""; long\nname'
    octets = text(HEAD, f'"{point}";2026-01-01 00:00;1', f'"{point}";2026-01-01 00:15;2', "P;2026-01-01 00:00;x")
    portion = read_one(octets)
    assert portion.channels[0].point == 'A "quoted"; long\nname'
    assert portion.lines.tolist() == [2, 4]
    assert told(portion) == [(6, "Value", "not a number")]


def test_a_stray_quotation_mark_does_not_swallow_the_file() -> None:
    lines = rows(400)
    lines[100] = 'P;"2026-01-01 01:40;100'
    portion = read_one(text(HEAD, *lines))
    assert told(portion) == [(102, "", "a quotation mark opened here is never closed")]
    assert len(portion) == 399


def test_a_line_without_end_is_passed_over() -> None:
    octets = text(HEAD, *rows(2), "P;" + "9" * 3_000_000, *rows(4)[2:])
    (found,) = told(read_one(octets))
    assert found[0] == 4
    assert "1,048,576 octets" in found[2]
    assert len(read_one(octets)) == 4


@pytest.mark.parametrize("row", ["x;y", "P;x;1", "P;2026-01-01;x", '"x;y'])
def test_a_file_of_faults_needs_no_memory(row: str) -> None:
    octets = text(HEAD, *[row] * 100_000)
    portions = list(TableReader(io.BytesIO(octets), LONG))
    assert max(len(portion.problems) for portion in portions) < 2 * MOST_PROBLEMS
    assert sum(problem.values for portion in portions for problem in portion.problems) == 100_000
    assert portions[0].problems[0].line == 2


class Endless(io.RawIOBase):
    """A file as long as somebody reads, of which nothing is kept."""

    def __init__(self, piece: bytes, pieces: int) -> None:
        self._pieces, self._piece = iter([text(HEAD), *[piece] * pieces]), piece

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


def test_memory_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.formats.table.reader.PORTION_VALUES", 50_000)
    piece = text(*rows(1440)) * 20
    stream: BinaryIO = Endless(piece, 100)  # type: ignore[assignment]
    reader = iter(TableReader(stream, replace(LONG, fixed=replace(LONG.fixed, quantity="1-0:1.8.0"))))
    next(reader)
    tracemalloc.start()
    try:
        found = sum(len(portion) for portion in islice(reader, 4))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found
    assert peak < 60_000_000


CELLS = st.sampled_from(
    [
        "",
        "P",
        "P;",
        '"',
        '""',
        "2026-01-01 00:00",
        "25.10.2026 03:00",
        "-1",
        "1e999",
        "9" * 40,
        "1,5",
        "\0",
        "\r",
        "=1",
        "ä",
    ]
)
LINES = st.lists(CELLS, max_size=6).map(";".join)
MAPPINGS = st.sampled_from(
    [
        LONG,
        replace(LONG, layout=Layout.WIDE_TIME, columns=replace(LONG.columns, point="", value="")),
        replace(LONG, layout=Layout.WIDE_DAY, columns=replace(LONG.columns, value="")),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=12), MAPPINGS)
@example(["", "P;2026-01-01;1"], LONG)
def test_a_reader_never_raises(lines: list[str], mapping: Mapping) -> None:
    octets = text(HEAD, *lines)
    for portion in read(octets, mapping):
        assert len(portion.at) == len(portion.values) == len(portion.lines)
        assert portion.position <= len(octets)
        assert all(1 <= problem.line <= octets.count(b"\n") + octets.count(b"\r") + 1 for problem in errors(portion))


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300) | st.lists(LINES, max_size=8).map(lambda lines: text(*lines)),
    st.sampled_from(["a.csv", "a.xlsx"]),
)
@example(b"PK\x03\x04" + bytes(100), "a.xlsx")
@example(b"\xff\xfe", "a.csv")
def test_nothing_raises_on_any_octets(octets: bytes, name: str) -> None:
    mapping = propose(io.BytesIO(octets), name)
    columns(io.BytesIO(octets), mapping.source)
    read(octets)
    read(octets, replace(LONG, source=Source(kind=FileKind.XLSX)))
