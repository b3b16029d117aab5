"""Local time in tables: the hour that comes twice, the one that does not come, and days of 23, 24 and 25 hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from integration.formats.portion import Portion, Severity
from integration.formats.table import Columns, Fixed, Mapping, Times
from integration.formats.table.mapping import Ambiguous, Layout, Mark, Misfit, Nonexistent, OddDay
from tests.integration.formats.table_files import (
    HEAD,
    HELSINKI,
    LONG,
    amounts,
    errors,
    in_zone,
    read,
    read_one,
    text,
    told,
    utc,
)

LOCAL = in_zone(LONG)
AUTUMN, SPRING = utc(2026, 10, 24, 21), utc(2026, 3, 28, 22)
"""Midnight in Helsinki before a day of 25 and one of 23 hours."""
WIDE_DAY = Mapping(
    layout=Layout.WIDE_DAY,
    columns=Columns(point="Point", time="Day"),
    fixed=Fixed(quantity="1-0:1.29.0", unit="Wh"),
    times=Times(zone=HELSINKI),
)


def labels(day: str, *clocks: str) -> list[str]:
    """Rows of a point with these times of a day."""
    return [f"P;{day} {clock};{number}" for number, clock in enumerate(clocks)]


HOURS = [f"{hour:02}:00" for hour in range(24)]
LONG_DAY = [*HOURS[:4], "03:00", *HOURS[4:]]


def starts(first: int, count: int, step: int = 3600) -> list[int]:
    return [first + step * number for number in range(count)]


def test_the_hour_that_comes_twice_is_told_apart_by_order() -> None:
    portion = read_one(text(HEAD, *labels("25.10.2026", *LONG_DAY)), LOCAL)
    assert portion.at.tolist() == starts(AUTUMN, 25)


def test_also_when_the_file_goes_backwards() -> None:
    portion = read_one(text(HEAD, *reversed(labels("25.10.2026", *LONG_DAY))), LOCAL)
    assert portion.at.tolist() == starts(AUTUMN, 25)[::-1]


def test_also_by_quarters_with_the_end_as_label() -> None:
    again = ["03:15", "03:30", "03:45", "04:00"]
    clocks = ["02:15", "02:30", "02:45", "03:00", *again, *again, "04:15"]
    portion = read_one(text(HEAD, *labels("25.10.2026", *clocks)), in_zone(LONG, mark=Mark.END))
    assert portion.at.tolist() == starts(AUTUMN + 2 * 3600, 13, 900)


def test_also_across_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.formats.table.reader.PORTION_VALUES", 1)
    monkeypatch.setattr("integration.formats.table.lines.BLOCK_OCTETS", 128)
    octets = text(HEAD, *labels("25.10.2026", *LONG_DAY))
    portions = read(octets, in_zone(LONG, interval_s=3600))
    assert len(portions) > 3
    assert [at for portion in portions for at in portion.at.tolist()] == starts(AUTUMN, 25)


def test_by_a_column_of_its_own() -> None:
    mapping = replace(
        in_zone(LONG, ambiguous=Ambiguous.FLAG, first=("S",)), columns=replace(LONG.columns, flag="Clock")
    )
    rows = ["P;25.10.2026 03:00;1;W", "P;25.10.2026 03:00;2;s", "P;25.10.2026 04:00;3;"]
    portion = read_one(text(f"{HEAD};Clock", *rows), mapping)
    assert portion.at.tolist() == [AUTUMN + 4 * 3600, AUTUMN + 3 * 3600, AUTUMN + 5 * 3600]


def test_always_the_first_or_refused_by_name() -> None:
    octets = text(HEAD, *labels("25.10.2026", *HOURS))
    first = read_one(octets, in_zone(LONG, ambiguous=Ambiguous.FIRST))
    assert first.at.tolist() == [at for number, at in enumerate(starts(AUTUMN, 25)) if number != 4]
    refused = read_one(octets, in_zone(LONG, ambiguous=Ambiguous.REFUSE))
    (problem,) = errors(refused)
    assert (problem.line, problem.column, problem.text) == (5, "Time", "2026-10-25 03:00:00")
    assert problem.reason == "the clock showed this time twice on that day"
    assert len(refused) == 23


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        (Nonexistent.REFUSE, Severity.ERROR),
        (Nonexistent.DROP, Severity.REPAIRED),
        (Nonexistent.SHIFT, Severity.REPAIRED),
    ],
)
def test_the_hour_that_does_not_come(rule: Nonexistent, severity: Severity) -> None:
    portion = read_one(text(HEAD, *labels("29.03.2026", *HOURS)), in_zone(LONG, nonexistent=rule))
    problem = portion.problems[0]
    assert (problem.line, problem.column, problem.text) == (5, "Time", "2026-03-29 03:00:00")
    assert problem.severity is severity
    assert portion.at.tolist() == starts(SPRING, 23)


def test_an_offset_in_the_file_leaves_no_question() -> None:
    rows = ["P;2026-10-25T03:00:00+03:00;1", "P;2026-10-25T03:00:00+02:00;2", "P;2026-10-25T02:00:00Z;3"]
    portion = read_one(text(HEAD, *rows), in_zone(LONG, ambiguous=Ambiguous.REFUSE))
    assert portion.at.tolist() == starts(AUTUMN + 3 * 3600, 3)


def test_24_00_is_the_end_of_the_day() -> None:
    portion = read_one(text(HEAD, *labels("24.10.2026", "23:00", "24:00")), LOCAL)
    assert portion.at.tolist() == [AUTUMN - 3600, AUTUMN]


def test_days_end_where_the_calendar_says() -> None:
    rows = [f"P;{day} 24:00;1" for day in ("28.03.2026", "29.03.2026", "30.03.2026")]
    portion = read_one(text(HEAD, *rows), in_zone(LONG, mark=Mark.END))
    assert portion.channels[0].interval_s == 86_400
    assert portion.at.tolist() == [SPRING - 86_400, SPRING, SPRING + 23 * 3600]


def day_file(columns: int, *rows: tuple[str, Sequence[object]]) -> bytes:
    """A row per day, with so many columns."""
    head = ";".join(["Point", "Day", *(f"h{number}" for number in range(1, columns + 1))])
    return text(head, *(";".join(["P", day, *map(str, cells)]) for day, cells in rows))


def by_start(portion: Portion) -> dict[int, Decimal]:
    return {at: amount for (at, amount), there in zip(amounts(portion), portion.present.tolist(), strict=True) if there}


@pytest.mark.parametrize(("columns", "step"), [(24, 3600), (25, 3600), (96, 900), (100, 900), (48, 1800), (288, 300)])
def test_the_number_of_columns_tells_the_interval(columns: int, step: int) -> None:
    count = 86_400 // step
    cells = [*range(count), *[""] * (columns - count)]
    portion = read_one(day_file(columns, ("2026-01-05", cells)), WIDE_DAY)
    assert portion.channels[0].interval_s == step
    assert by_start(portion) == {utc(2026, 1, 4, 22) + step * n: Decimal(n) for n in range(count)}


def test_columns_that_are_no_day() -> None:
    portion = read_one(day_file(7, ("2026-01-05", range(7))), WIDE_DAY)
    assert told(portion) == [(1, "", "7 columns of values are no day of 5, 10, 15, 30 or 60 minutes")]


@pytest.mark.parametrize(("day", "first", "count"), [("2026-03-29", SPRING, 23), ("2026-10-25", AUTUMN, 25)])
def test_changing_days_one_interval_after_the_other(day: str, first: int, count: int) -> None:
    cells = [*range(count), *[""] * (25 - count)]
    portion = read_one(day_file(25, (day, cells)), WIDE_DAY)
    assert by_start(portion) == dict(zip(starts(first, count), map(Decimal, range(count)), strict=True))
    assert portion.problems == ()


def test_changing_days_a_column_per_time_of_day() -> None:
    mapping = replace(WIDE_DAY, times=replace(WIDE_DAY.times, odd_day=OddDay.CLOCK))
    spring, autumn = [*range(24), ""], [*range(24), 99]
    spring[3] = ""
    portion = read_one(day_file(25, ("2026-03-29", spring), ("2026-10-25", autumn)), mapping)
    found = by_start(portion)
    values = [found[at] for at in starts(SPRING, 23)]
    assert values == [Decimal(n) for n in range(24) if n != 3]
    assert [found[at] for at in starts(AUTUMN, 25)] == [Decimal(n) for n in [0, 1, 2, 3, 99, *range(4, 24)]]
    assert portion.problems == ()


@pytest.mark.parametrize("odd_day", OddDay)
@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", "23"), ("2026-10-25", "25")])
def test_24_values_on_a_day_of_23_or_25_hours_are_refused(day: str, hours: str, odd_day: OddDay) -> None:
    mapping = replace(WIDE_DAY, times=replace(WIDE_DAY.times, odd_day=odd_day))
    portion = read_one(day_file(24, (day, range(24)), ("2026-07-01", range(24))), mapping)
    (problem,) = errors(portion)
    assert (problem.line, problem.column, problem.text, problem.values) == (2, "Day", day, 24)
    assert problem.reason == f"values of 24 hours on a day of {hours}"
    assert len(portion) == 24


def test_or_repaired_by_leaving_out() -> None:
    mapping = replace(WIDE_DAY, times=replace(WIDE_DAY.times, misfit=Misfit.DROP))
    portion = read_one(day_file(24, ("2026-03-29", range(24)), ("2026-10-25", range(24))), mapping)
    found = by_start(portion)
    assert [found.get(at) for at in starts(SPRING, 23)] == [n for n in range(24) if n != 3]
    assert [found.get(at) for at in starts(AUTUMN, 25)] == [0, 1, 2, 3, None, *range(4, 24)]
    assert [problem.severity for problem in portion.problems] == [Severity.REPAIRED] * 2


def test_or_repaired_by_keeping_the_sum_of_the_day() -> None:
    mapping = replace(WIDE_DAY, times=replace(WIDE_DAY.times, misfit=Misfit.SPREAD))
    cells = ["0.1", "1", "2.25", "7", *range(4, 24)]
    portion = read_one(day_file(24, ("2026-03-29", cells), ("2026-10-25", cells)), mapping)
    found = by_start(portion)
    assert [found[at] for at in starts(SPRING, 4)] == [Decimal("0.1"), Decimal(1), Decimal("9.25"), Decimal(4)]
    assert [found[at] for at in starts(AUTUMN, 6)[2:]] == [Decimal("2.25"), Decimal("3.5"), Decimal("3.5"), Decimal(4)]
    total = sum(map(Decimal, map(str, cells)))
    assert sum(found[at] for at in starts(SPRING, 23)) == total
    assert sum(found[at] for at in starts(AUTUMN, 25)) == total
    assert [problem.severity for problem in portion.problems] == [Severity.REPAIRED] * 2


@pytest.mark.parametrize("day", ["2026-03-29", "2026-07-01"])
def test_more_than_24_hours_where_the_day_has_no_more(day: str) -> None:
    portion = read_one(day_file(25, (day, range(25))), WIDE_DAY)
    assert told(portion)[0][2].startswith("values of more than 24 hours on a day of 2")
    assert len(portion) == 0


def test_a_cell_that_is_no_number_costs_itself() -> None:
    cells: list[object] = [*range(24)]
    cells[5] = "x"
    portion = read_one(day_file(24, ("2026-07-01", cells), ("when", cells)), WIDE_DAY)
    assert told(portion) == [(2, "h6", "not a number"), (3, "Day", "not a time")]
    assert len(portion) == 23
