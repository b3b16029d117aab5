"""Readings as CSV (RFC 4180): a row per value, or a row per instant with a column per channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import write_decimals
from integration.formats.portion import Channel, Portion
from integration.formats.table import style as named
from integration.formats.table.formulas import defused
from integration.formats.table.lengths import length_text
from integration.formats.table.local_texts import local_texts
from integration.formats.table.style import Style
from integration.formats.table.wide_rows import WideRows
from integration.formats.table.writable import check_portion, given, plain_values, quality_names

LINE_END = "\r\n"
_MARK = "\ufeff"
"""Spreadsheets read UTF-8 wrongly without it."""
_HEADINGS = (named.POINT, named.METER, named.QUANTITY, named.KIND, named.INTERVAL)
_QUALITIES = quality_names()


def write_csv(portions: Iterable[Portion], style: Style) -> Iterator[bytes]:
    """A file in pieces. `mapping_of(style)` reads it again, value by value.

    Times carry their offset, so the hour that comes twice is told apart. What has no value is a row (long) or an empty
    cell (wide). Wide: the channels of the first portion are the columns; every portion holds whole instants, later than
    those before, and its channels are among them, whatever their interval. UnwritableError where a channel is
    `why_unwritable` or a value `out_of_range`.
    """
    return (text.encode() for text in (_wide if style.wide else _long)(portions, style))


def _long(portions: Iterable[Portion], style: Style) -> Iterator[str]:
    headings = [*_HEADINGS, style.time_heading, named.VALUE, named.UNIT, named.QUALITY]
    yield _MARK + style.delimiter.join(headings) + LINE_END
    endings = [f"{style.delimiter}{name}{LINE_END}" for name in _QUALITIES]
    for portion in portions:
        check_portion(portion)
        befores = [_before(channel, style) for channel in portion.channels]
        units = [f"{style.delimiter}{cell(channel.unit or named.NO_UNIT, style)}" for channel in portion.channels]
        channels, qualities = portion.channel.tolist(), np.where(given(portion), portion.quality, 255).tolist()
        times, numbers = local_texts(portion.at, style.clock), number_texts(portion, style)
        yield "".join(
            f"{befores[channel]}{time}{style.delimiter}{number}{units[channel]}{endings[quality]}"
            for channel, time, number, quality in zip(channels, times, numbers, qualities, strict=True)
        )


def _before(channel: Channel, style: Style) -> str:
    """The cells of a row before the time."""
    texts = (channel.point, channel.source, channel.obis, channel.kind.value, length_text(channel.interval_s))
    return "".join(cell(text, style) + style.delimiter for text in texts)


def _wide(portions: Iterable[Portion], style: Style) -> Iterator[str]:
    rows: WideRows | None = None
    for portion in portions:
        check_portion(portion)
        if rows is None:
            rows = WideRows(portion.channels)
            yield _MARK + style.delimiter.join([style.time_heading, *(cell(name, style) for name in rows.headings)])
            yield LINE_END
        texts = np.array(number_texts(portion, style), dtype=object)
        for at, cells in rows.of(portion, texts, ""):
            times = local_texts(at, style.clock)
            lines = (style.delimiter.join([time, *row]) for time, row in zip(times, cells.tolist(), strict=True))
            yield "".join(f"{line}{LINE_END}" for line in lines)
    if rows is None:
        yield _MARK + style.time_heading + LINE_END


def number_texts(portion: Portion, style: Style) -> list[str]:
    """The values of a portion as text, empty where there is none."""
    texts = np.full(len(portion), "", dtype=object)
    exponents = np.array([channel.exponent for channel in portion.channels], dtype=np.int64)
    of_value = exponents[portion.channel] if len(portion) else np.zeros(0, dtype=np.int64)
    present = given(portion)
    for exponent in np.unique(of_value).tolist():
        rows = np.flatnonzero(present & (of_value == exponent))
        texts[rows] = _numbers(plain_values(portion, rows, exponent), max(-exponent, 0), style)
    found: list[str] = texts.tolist()
    return found


def _numbers(values: NDArray[np.int64], decimals: int, style: Style) -> list[str]:
    if not len(values):
        return []
    (text,) = write_decimals(values.reshape(1, -1), decimals, b";")
    return text.decode().replace(".", style.decimal).split(";")


def cell(text: str, style: Style) -> str:
    """A text as a cell: in quotation marks where it needs them, defused where a spreadsheet would run it as a
    formula."""
    text = defused(text)
    if any(sign in text for sign in (style.delimiter, '"', "\n", "\r")):
        text = '"' + text.replace('"', '""') + '"'
    return text
