"""A row per value: every declared rule, and every fault by its line and column."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from integration.formats.portion import NO_VALUE, Kind, Severity
from integration.formats.table import Columns, Fixed, Mapping, Names, Numbers, Times
from integration.formats.table.mapping import Mark
from metering.quality import Quality
from tests.integration.formats.table_files import HEAD, LONG, amounts, content, errors, read, read_one, text, told, utc

FULL = Mapping(
    columns=Columns(
        point="Point", quantity="OBIS", time="Date", clock="Clock", value="Value", unit="Unit", quality="State",
        serial="Meter",
    ),
    fixed=Fixed(unit="Wh"),
    names=Names(
        quantities={"Bezug": "1-0:1.29.0", "stand": "1-0:1.8.0"},
        qualities={"W": "measured", "E": "estimated", "F": "none", "?": "suspect"},
    ),
    times=Times(format="dd.mm.yyyy HH:MM", zone="+02:00"),
    numbers=Numbers(decimal=",", thousands="."),
)  # fmt: skip
FULL_HEAD = "Point;OBIS;Date;Clock;Value;Unit;State;Meter"


def rows(*cells: str) -> list[str]:
    """Rows of a point, a quarter of an hour apart: the cells are those of the value."""
    return [f"P;2026-01-01 {n // 4:02}:{15 * (n % 4):02};{cell}" for n, cell in enumerate(cells)]


def test_everything_a_row_can_say() -> None:
    portion = read_one(
        text(
            FULL_HEAD,
            "P1;Bezug;25.01.2026;00:00;1.234,5;kWh;W;M1",
            "P1;Bezug;25.01.2026;00:15;0,25;kWh;E;M1",
            "P1;Bezug;25.01.2026;00:30;9;kWh;F;M1",
            "P1;1.8.0;25.01.2026;24:00;77;;?;M1",
        ),
        FULL,
    )
    consumption, stand = portion.channels
    assert (consumption.obis, consumption.unit, consumption.kind) == ("1-0:1.29.0", "Wh", Kind.CONSUMPTION)
    assert (consumption.name, consumption.interval_s, consumption.source) == ("Bezug", 900, "")
    assert (stand.obis, stand.kind, stand.interval_s, stand.source) == ("1-0:1.8.0", Kind.STAND, 0, "M1")
    begin = utc(2026, 1, 24, 22)
    assert content([portion]) == {
        ("P1", "1-0:1.29.0", "Wh", "consumption", "", 900, begin): (Decimal("1234500"), Quality.MEASURED),
        ("P1", "1-0:1.29.0", "Wh", "consumption", "", 900, begin + 900): (Decimal(250), Quality.ESTIMATED),
        ("P1", "1-0:1.8.0", "Wh", "stand", "M1", 0, utc(2026, 1, 25, 22)): (Decimal(77), Quality.SUSPECT),
    }
    assert portion.values.tolist()[2] == NO_VALUE
    assert portion.lines.tolist() == [2, 3, 4, 5]
    assert (portion.rows, portion.problems) == (4, ())


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("643007570000000018;Bezug;25.01.2026;00:00;1;kWh;W;M", "Point", "the check digit should be 7"),
        ("6,43007570000000E+17;Bezug;25.01.2026;00:00;1;kWh;W;M", "Point", "a spreadsheet has rounded"),
        (";Bezug;25.01.2026;00:00;1;kWh;W;M", "Point", "missing"),
        ("P;Nonsense;25.01.2026;00:00;1;kWh;W;M", "OBIS", "neither an OBIS code nor a quantity"),
        ("P;;25.01.2026;00:00;1;kWh;W;M", "OBIS", "the quantity is missing"),
        ("P;1-0:1.99.0;25.01.2026;00:00;1;kWh;W;M", "OBIS", "stand, consumption or instantaneous"),
        ("P;Bezug;31.02.2026;00:00;1;kWh;W;M", "Date", "there is no such day"),
        ("P;Bezug;25.01.2026;25:00;1;kWh;W;M", "Date", "there is no such time of day"),
        ("P;Bezug;25.01.1926;00:00;1;kWh;W;M", "Date", "the year 1926"),
        ("P;Bezug;01/25/2026;00:00;1;kWh;W;M", "Date", "not a time like dd.mm.yyyy HH:MM"),
        ("P;Bezug;;;1;kWh;W;M", "Date", "the time is missing"),
        ("P;Bezug;25.01.2026;00:00;12.34,5;kWh;W;M", "Value", "not a number"),
        ("P;Bezug;25.01.2026;00:00;1,2,3;kWh;W;M", "Value", "not a number"),
        ("P;Bezug;25.01.2026;00:00;-1;kWh;W;M", "Value", "negative"),
        ("P;Bezug;25.01.2026;00:00;12345678901234567890;kWh;W;M", "Value", "more than 15 digits"),
        ("P;Bezug;25.01.2026;00:00;0,1234567891;kWh;W;M", "Value", "9 decimals"),
        ("P;Bezug;25.01.2026;00:00;25.01.2026;kWh;W;M", "Value", "a date where a number should be"),
        ("P;Bezug;25.01.2026;00:00;TRUE;kWh;W;M", "Value", "true or false"),
        (f"P;Bezug;25.01.2026;00:00;{'9' * 61};kWh;W;M", "Value", "too long for a number"),
        ("P;Bezug;25.01.2026;00:00;1;furlong;W;M", "Unit", "unknown unit"),
        ("P;Bezug;25.01.2026;00:00;1;kWh;Z;M", "State", "a quality the mapping does not name"),
        ("P;Bezug;25.01.2026;00:00;1;kWh", "", "6 cells where there are 8 headings"),
        ("P;Bezug;25.01.2026;00:00;1;kWh;W;M;more", "", "9 cells where there are 8 headings"),
        ('P;Bezug;25.01.2026;00:00;"1;kWh;W;M', "", "never closed"),
        ("P;Bezug;25.01.2026;00:00;1\0;kWh;W;M", "", "octets of value zero"),
    ],
)
def test_a_fault_costs_its_row_and_is_named(row: str, column: str, reason: str) -> None:
    good = "P;Bezug;25.01.2026;{};1;kWh;W;M"
    portion = read_one(text(FULL_HEAD, good.format("01:00"), row, good.format("01:15"), good.format("01:30")), FULL)
    (problem,) = errors(portion)
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert portion.lines.tolist() == [2, 4, 5]


@pytest.mark.parametrize("sign", [".", ","])
def test_a_single_sign_before_three_digits_is_taken_for_decimals_and_said(sign: str) -> None:
    portion = read_one(text(HEAD, *rows(f"1{sign}234", f"2{sign}345")))
    (note,) = portion.problems
    assert note.severity is Severity.NOTE
    assert f"{sign!r} is taken for the decimal sign" in note.reason
    assert [amount for _, amount in amounts(portion)] == [Decimal("1234"), Decimal("2345")]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("1,5", "1234"), ["1500", "1234000"]),
        (("1.5", "0.25"), ["1500", "250"]),
        (("1e3", "2.5E-1"), ["1000000", "250"]),
        (("1 ", " 2"), ["1000", "2000"]),
        (("+3", "007"), ["3000", "7000"]),
        ((".5", "5."), ["500", "5000"]),
    ],
)
def test_spellings_of_numbers(cells: tuple[str, ...], found: list[str]) -> None:
    portion = read_one(text(HEAD, *rows(*cells)))
    assert errors(portion) == []
    assert [amount for _, amount in amounts(portion)] == [Decimal(number) for number in found]


@pytest.mark.parametrize("blank", ["", "-", "n/a", "N/A", "null", "NaN"])
def test_blanks_name_a_time_without_a_value(blank: str) -> None:
    portion = read_one(text(HEAD, *rows("1", blank, "3")))
    assert portion.present.tolist() == [True, False, True]
    assert portion.problems == ()


def test_negative_values_where_they_are_declared() -> None:
    mapping = replace(LONG, numbers=Numbers(negative=True, factor="0.5"))
    portion = read_one(text(HEAD, *rows("-1", "3")), mapping)
    assert [amount for _, amount in amounts(portion)] == [Decimal(-500), Decimal(1500)]


@pytest.mark.parametrize(
    ("format_", "cell"),
    [
        ("auto", "2026-03-04T05:06:00Z"),
        ("auto", "2026-03-04 07:06:00.000+0200"),
        ("auto", "04.03.2026 05:06"),
        ("auto", "2026/03/04 05:06"),
        ("auto", "202603040506"),
        ("mm/dd/yyyy HH:MM AM", "3/4/2026 5:06 am"),
        ("dd/mm/yyyy HH:MM", "04/03/2026 05:06"),
        ("dd-mm-yy HH:MM", "04-03-26 05:06"),
        ("epoch_s", "1772600760"),
        ("epoch_ms", "1772600760000"),
        ("excel", "46085.2125"),
        ("excel1904", "44623,2125"),
    ],
)
def test_times_as_files_write_them(format_: str, cell: str) -> None:
    mapping = replace(LONG, fixed=replace(LONG.fixed, quantity="1-0:1.8.0"), times=Times(format=format_))
    assert read_one(text(HEAD, f"P;{cell};1"), mapping).at.tolist() == [utc(2026, 3, 4, 5, 6)]


@pytest.mark.parametrize(
    ("format_", "cell", "reason"),
    [
        ("auto", "03/04/2026 05:06", "day and month cannot be told apart"),
        ("auto", "46085.2125", "not a time"),
        ("excel", "1772600760", "as excel this is not between 2000 and 2099"),
        ("excel", "soon", "not a number"),
        ("epoch_s", "NaN", "not a number"),
        ("mm/dd/yyyy HH:MM AM", "3/4/2026 13:06 am", "13 o'clock"),
    ],
)
def test_times_that_are_refused(format_: str, cell: str, reason: str) -> None:
    (found,) = told(read_one(text(HEAD, f"P;{cell};1"), replace(LONG, times=Times(format=format_))))
    assert found[:2] == (2, "Time")
    assert reason in found[2]


def test_the_end_of_an_interval_is_its_label_where_declared() -> None:
    mapping = replace(LONG, times=Times(mark=Mark.END))
    portion = read_one(text(HEAD, "P;2026-01-01 00:15;1", "P;2026-01-01 00:30;1"), mapping)
    assert portion.at.tolist() == [utc(2026, 1, 1), utc(2026, 1, 1, 0, 15)]


def test_a_stand_is_at_its_instant_whatever_the_mark() -> None:
    mapping = replace(LONG, fixed=replace(LONG.fixed, quantity="1-0:1.8.0"), times=Times(mark=Mark.END))
    assert read_one(text(HEAD, "P;2026-01-01 00:15;1", "P;2026-01-01 00:30;1"), mapping).at.tolist() == [
        utc(2026, 1, 1, 0, 15),
        utc(2026, 1, 1, 0, 30),
    ]


def test_mixed_lengths_in_a_series_are_refused() -> None:
    """Hours among quarters of an hour: each alone may be a gap, three in a row are none."""
    quarters = rows(*(["1"] * 12))
    hours = [f"P;2026-01-01 {hour:02}:00;4" for hour in range(4, 9)]
    portion = read_one(text(HEAD, *quarters, *hours))
    (problem,) = errors(portion)
    assert (problem.line, problem.column, problem.values) == (14, "Value", 5)
    assert problem.reason == "further apart than the intervals of its series: lengths are mixed"


def test_values_off_the_intervals_are_refused() -> None:
    portion = read_one(text(HEAD, *rows("1", "1", "1"), "P;2026-01-01 00:50;1"))
    assert told(portion) == [
        (5, "Value", "not at the start of an interval of its series: lengths are mixed, or shifted")
    ]


def test_gaps_are_no_other_length() -> None:
    cells = rows(*(["1"] * 40))
    assert errors(read_one(text(HEAD, *cells[:8], *cells[20:24], *cells[30:]))) == []


def test_a_declared_length_holds() -> None:
    mapping = replace(LONG, times=Times(interval_s=3600))
    assert read_one(text(HEAD, "P;2026-01-01 00:00;1"), mapping).channels[0].interval_s == 3600
    assert len(errors(read_one(text(HEAD, "P;2026-01-01 00:15;1"), mapping))) == 1


def test_a_single_consumption_has_no_length() -> None:
    assert told(read_one(text(HEAD, "P;2026-01-01 00:00;1"))) == [
        (2, "Value", "the interval length cannot be told: declare it")
    ]


def test_a_column_tells_kind_and_length() -> None:
    mapping = replace(LONG, columns=replace(LONG.columns, kind="Kind", length="Every"))
    head = f"{HEAD};Kind;Every"
    portion = read_one(
        text(
            head,
            "P;2026-01-01 00:00;1;stand;single",
            "P;2026-01-01 00:00;1;consumption;30 min",
            "P;2026-01-01 00:00;1;Instantaneous;5",
            "P;2026-01-01 00:00;1;guess;5",
            "P;2026-01-01 00:00;1;stand;7 min",
        ),
        mapping,
    )
    assert [(channel.kind, channel.interval_s) for channel in portion.channels] == [
        (Kind.STAND, 0),
        (Kind.CONSUMPTION, 1800),
        (Kind.INSTANTANEOUS, 300),
    ]
    assert [(line, column) for line, column, _ in told(portion)] == [(5, "Kind"), (6, "Every")]


def test_the_same_again_is_taken_once_and_a_contradiction_is_named() -> None:
    portion = read_one(text(HEAD, *rows("1", "2", "3"), *rows("1", "5")))
    assert told(portion) == [(6, "Value", "another value for the same time stands above and is taken")]
    assert [amount for _, amount in amounts(portion)] == [Decimal(1000), Decimal(2000), Decimal(3000)]


def test_all_faults_of_the_headings_are_told_and_nothing_is_read() -> None:
    portion = read_one(text("point;Value;value;Other", "P;1;2;3"))
    assert told(portion) == [
        (1, "Time", "there is no such heading; there are point, Value, value, Other"),
        (1, "Value", "this heading stands more than once"),
    ]
    assert len(portion) == 0


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n\n\n", "there are no headings in row 1"),
        (b'"Point;Time\n', "there is no row of headings in line 1"),
    ],
)
def test_files_that_are_no_table(octets: bytes, reason: str) -> None:
    (portion,) = read(octets)
    assert [problem.reason for problem in errors(portion)] == [reason]


def test_headings_far_down_and_none_at_all() -> None:
    above = replace(LONG, source=replace(LONG.source, header_row=3))
    assert read_one(text("Report", "", HEAD, *rows("1", "2")), above).lines.tolist() == [4, 5]
    mapping = replace(LONG, source=replace(LONG.source, header_row=0), columns=Columns(point="1", time="2", value="3"))
    assert read_one(text(*rows("1", "2")), mapping).lines.tolist() == [1, 2]


def test_a_portion_goes_on_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.formats.table.reader.PORTION_VALUES", 100)
    monkeypatch.setattr("integration.formats.table.lines.BLOCK_OCTETS", 4096)
    octets = text(HEAD, *(f"P{n // 200};{1767225600 + 900 * (n % 200)};{n}" for n in range(1000)))
    mapping = replace(LONG, times=Times(format="epoch_s"))
    portions = read(octets, mapping)
    assert len(portions) > 3
    assert sum(len(portion) for portion in portions) == 1000
    assert portions[-1].position == len(octets)
    for number, portion in enumerate(portions[:-1], 1):
        rest = list(read(octets, mapping, position=portion.position))
        assert content(rest) == content(portions[number:])
