"""Readings as an Excel workbook: numbers as numbers, times as dates of the zone the heading names, texts never as
formulas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike, fspath
from typing import Any, TypeAlias

import numpy as np
import xlsxwriter  # type: ignore[import-untyped]
from numpy.typing import NDArray

from integration.formats.portion import Letterhead, Portion
from integration.formats.table import style as named
from integration.formats.table.lengths import length_text
from integration.formats.table.sheets import Cell, Sheets
from integration.formats.table.style import FIRST, SECOND, Style
from integration.formats.table.wide_rows import WideRows
from integration.formats.table.writable import check_portion, given, quality_names

_DAY_S = 86_400
_DAY_ZERO = 25_569
"""1970-01-01 in days of a workbook."""
_BEFORE = (named.POINT, named.METER, named.QUANTITY, named.KIND, named.INTERVAL)
_AFTER = (named.VALUE, named.UNIT, named.QUALITY)
_QUALITIES = quality_names()
_Rows: TypeAlias = Iterator[Sequence[Cell]]


def write_xlsx(portions: Iterable[Portion], path: str | PathLike[str], head: Letterhead, style: Style) -> None:
    """A workbook at `path`, with another sheet for every million rows. `mapping_of(style, FileKind.XLSX)` reads a sheet
    again, value by value: of the hour that comes twice a column says which row is meant.

    Portions as for `write_csv`. A spreadsheet has 15 digits, as many as are written.
    """
    book = xlsxwriter.Workbook(fspath(path), {"constant_memory": True})
    try:
        made = dt.datetime.fromtimestamp(head.made_at, dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": head.title, "author": head.sender, "created": made})
        sheets = Sheets(book)
        for row in (_wide if style.wide else _long)(portions, sheets, _Times(style)):
            sheets.add(row)
    finally:
        book.close()


class _Times:
    """The columns of the time: the date, and in zones whose clock changes which of two equal hours it is."""

    def __init__(self, style: Style) -> None:
        self._zone = style.clock
        self.headings = (style.time_heading,) if self._zone.is_steady else (style.time_heading, named.HOUR)

    def cells(self, at: NDArray[np.int64], form: Any) -> Iterator[tuple[Cell, ...]]:
        """The cells of instants (m,), seconds since 1970 UTC; `form` of a date."""
        labels = self._zone.labels(at)
        days = ((day, form) for day in (labels / _DAY_S + _DAY_ZERO).tolist())
        if self._zone.is_steady:
            return zip(days)
        meant = self._zone.instants(labels)
        hours = np.where(meant.twice, np.where(at == meant.early, FIRST, SECOND), "")
        return zip(days, hours.tolist(), strict=True)


def _long(portions: Iterable[Portion], sheets: Sheets, times: _Times) -> _Rows:
    sheets.begin((*_BEFORE, *times.headings, *_AFTER))
    for portion in portions:
        check_portion(portion)
        befores = [
            (channel.point, channel.source, channel.obis, channel.kind.value, length_text(channel.interval_s))
            for channel in portion.channels
        ]
        units = [channel.unit or named.NO_UNIT for channel in portion.channels]
        qualities = np.where(given(portion), portion.quality, 255).tolist()
        columns = (portion.channel.tolist(), times.cells(portion.at, sheets.time), _numbers(portion, sheets), qualities)
        for channel, time, number, quality in zip(*columns, strict=True):
            yield (*befores[channel], *time, number, units[channel], _QUALITIES[quality])


def _wide(portions: Iterable[Portion], sheets: Sheets, times: _Times) -> _Rows:
    rows: WideRows | None = None
    for portion in portions:
        check_portion(portion)
        if rows is None:
            rows = WideRows(portion.channels)
            sheets.begin((*times.headings, *rows.headings))
        cells = np.empty(len(portion), dtype=object)
        cells[:] = _numbers(portion, sheets)
        for at, block in rows.of(portion, cells, None):
            for time, numbers in zip(times.cells(at, sheets.time), block.tolist(), strict=True):
                yield (*time, *numbers)
    if rows is None:
        sheets.begin(times.headings)


def _numbers(portion: Portion, sheets: Sheets) -> list[Cell]:
    """The values as binary fractions that show their decimals exactly, None where there is none."""
    exponents = np.array([channel.exponent for channel in portion.channels], dtype=np.int64)
    powers = exponents[portion.channel] if len(portion) else np.zeros(0, dtype=np.int64)
    present = given(portion)
    scaled = np.where(present, portion.values, 0) * 10 ** np.maximum(powers, 0) / 10 ** np.maximum(-powers, 0)
    forms = [sheets.number(max(-channel.exponent, 0)) for channel in portion.channels]
    columns = (scaled.tolist(), portion.channel.tolist(), present.tolist())
    return [(number, forms[channel]) if there else None for number, channel, there in zip(*columns, strict=True)]
