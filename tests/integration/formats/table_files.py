"""Table files for tests, written by hand so that the writer is not needed to test the reader."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import xlsxwriter  # type: ignore[import-untyped]

from integration.formats.portion import NO_VALUE, Portion, Problem, Severity
from integration.formats.table import Columns, Fixed, Mapping, TableReader, Times

HELSINKI = "Europe/Helsinki"
LONG = Mapping(
    columns=Columns(point="Point", time="Time", value="Value"),
    fixed=Fixed(quantity="1-0:1.29.0", unit="kWh"),
)
HEAD = "Point;Time;Value"


def in_zone(mapping: Mapping, zone: str = HELSINKI, **times: object) -> Mapping:
    """The mapping with local times."""
    return replace(mapping, times=replace(mapping.times, zone=zone, **times))  # type: ignore[arg-type]


def text(*lines: str, end: str = "\n") -> bytes:
    """A file of these lines."""
    return "".join(line + end for line in lines).encode()


def read(octets: bytes, mapping: Mapping = LONG, *, position: int = 0) -> list[Portion]:
    """All portions."""
    return list(TableReader(io.BytesIO(octets), mapping, position=position))


def read_one(octets: bytes, mapping: Mapping = LONG) -> Portion:
    """The only portion."""
    (portion,) = read(octets, mapping)
    return portion


def errors(portions: Portion | Iterable[Portion]) -> list[Problem]:
    """What was refused."""
    found = [portions] if isinstance(portions, Portion) else portions
    return [problem for each in found for problem in each.problems if problem.severity is Severity.ERROR]


def told(portion: Portion) -> list[tuple[int, str, str]]:
    """Line, column and reason of everything that was refused."""
    return [(problem.line, problem.column, problem.reason) for problem in errors(portion)]


def utc(*parts: int) -> int:
    """Seconds since 1970 of a UTC time."""
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


Key = tuple[str, str, str, str, str, int, int]


def content(portions: Sequence[Portion], *, blanks: bool = False) -> dict[Key, tuple[Decimal, int]]:
    """Every value by its channel and instant: the number in our unit, and its quality. With `blanks` also what is named
    without a value, as NaN."""
    found: dict[Key, tuple[Decimal, int]] = {}
    for portion in portions:
        for number, channel in enumerate(portion.channels):
            for index in np.flatnonzero(portion.channel == number).tolist():
                value, quality = int(portion.values[index]), int(portion.quality[index])
                if value == NO_VALUE and not blanks:
                    continue
                key = (
                    channel.point, channel.obis, channel.unit, channel.kind.value, channel.source,
                    channel.interval_s, int(portion.at[index]),
                )  # fmt: skip
                assert key not in found
                amount = Decimal("NaN") if value == NO_VALUE else Decimal(value).scaleb(channel.exponent)
                found[key] = (amount, quality)
    return found


def amounts(portion: Portion) -> list[tuple[int, Decimal]]:
    """Instants and numbers in our unit, in the order of the portion."""
    exponents = [portion.channels[number].exponent for number in portion.channel.tolist()]
    numbers = zip(portion.at.tolist(), portion.values.tolist(), exponents, strict=True)
    return [(at, Decimal(value).scaleb(exponent)) for at, value, exponent in numbers]


def workbook(path: Path, rows: Sequence[Sequence[object]], *, epoch_1904: bool = False) -> bytes:
    """An xlsx file with one sheet of these rows: texts, numbers, dates, truths, and formulas that begin with `=`."""
    book = xlsxwriter.Workbook(path, {"date_1904": epoch_1904, "default_date_format": "dd.mm.yyyy hh:mm"})
    sheet = book.add_worksheet("Values")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    book.close()
    return path.read_bytes()


TIMES = Times(zone=HELSINKI)
