"""Profile buffers as columns. Decoding recognises the repeated row once and reads all rows with numpy; where a row
differs (null-data compression, other types) the general decoder does the buffer row by row. Encoding: `rows.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.axdr import decode_length
from protocols.dlms.clock import SIZE, STATUS_UNSPECIFIED
from protocols.dlms.clock_columns import epoch_second, epoch_seconds
from protocols.dlms.data import Value, decode
from protocols.dlms.row_layout import Cell, RowLayout, layout_of
from protocols.dlms.rows import ClockColumn, IntegerColumn, RowColumn, encode_rows, join_rows, row_matrix
from protocols.dlms.tags import Tag
from protocols.errors import garbage

__all__ = [
    "ClockColumn",
    "Column",
    "IntegerColumn",
    "Nulls",
    "RowColumn",
    "Table",
    "decode_columns",
    "encode_rows",
    "join_rows",
    "row_matrix",
]
_INT64_MAX = np.uint64(2**63 - 1)


class Nulls(Enum):
    """What null-data in a value column means: the standard's compression (as before) or no value."""

    REPEATED = "repeated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of n rows.

    `values` is int64 (integers, and clocks as UTC epoch seconds), float64, or object (other plain Python values).
    Where `present` is False the row holds no usable value and `values` is 0 or None; `clock_status` is for clocks only.
    """

    values: NDArray[Any]
    present: NDArray[np.bool_]
    clock_status: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a profile buffer, `rows` values each."""

    columns: tuple[Column, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class _Rules:
    clocks: Sequence[int]
    period: int
    zone: tzinfo | None
    nulls: Nulls


def decode_columns(
    buffer: bytes,
    *,
    width: int | None = None,
    clocks: Sequence[int] = (0,),
    capture_period: int = 0,
    zone: tzinfo | None = None,
    nulls: Nulls = Nulls.REPEATED,
) -> Table:
    """Decode attribute 2 of a profile.

    `clocks` names the columns whose 12-octet strings are instants, `capture_period` (seconds) fills a compressed clock
    (null = previous + period), `zone` completes clocks without deviation, `width` is the number of columns expected.
    A clock that is not set makes that one cell absent. RemoteProtocolError (GARBAGE) if rows are not structures.
    """
    rules = _Rules(clocks, capture_period, zone, nulls)
    if buffer[:1] == b"\x01":
        rows, start = decode_length(buffer, 1)
        layout = layout_of(buffer, start) if rows else None
        records = layout.records(buffer, start, rows) if layout else None
        if layout is not None and records is not None:
            _check_width(len(layout.cells), width)
            return Table(_fast_columns(layout, records, rules), rows)
    return _general(buffer, width, rules)


def _fast_columns(layout: RowLayout, records: NDArray[Any], rules: _Rules) -> tuple[Column, ...]:
    everywhere = np.ones(len(records), np.bool_)
    return tuple(
        _fast_column(cell, records[f"c{index}"], everywhere, rules, index in rules.clocks)
        for index, cell in enumerate(layout.cells)
    )


def _fast_column(cell: Cell, raw: NDArray[Any], everywhere: NDArray[np.bool_], rules: _Rules, is_clock: bool) -> Column:
    if cell.may_be_clock and (is_clock or cell.tag == Tag.DATE_TIME):
        return Column(*epoch_seconds(raw, rules.zone))
    if raw.ndim == 1 and raw.dtype.kind in "iu" and not (cell.tag == Tag.LONG64_UNSIGNED and (raw > _INT64_MAX).any()):
        return Column(raw.astype(np.int64), everywhere)
    if raw.dtype.kind == "f":
        return Column(raw.astype(np.float64), everywhere)
    return Column(_objects(_plain_cells(cell, raw)), everywhere)


def _plain_cells(cell: Cell, raw: NDArray[Any]) -> list[Value]:
    if cell.tag == Tag.LONG64_UNSIGNED:
        return [int(value) for value in raw]
    octets = [value.tobytes() for value in raw]
    return [value.decode("latin-1") for value in octets] if cell.tag == Tag.VISIBLE_STRING else list(octets)


def _general(buffer: bytes, width: int | None, rules: _Rules) -> Table:
    value = decode(buffer)
    rows = [] if value is None else value
    if not isinstance(rows, list) or not all(isinstance(row, tuple) for row in rows):
        raise garbage("a profile buffer is an array of structures")
    widths = {len(row) for row in rows if isinstance(row, tuple)} or {width or 0}
    if len(widths) != 1:
        raise garbage("the rows of a profile buffer differ in length")
    _check_width(next(iter(widths)), width)
    cells: list[list[Value]] = [[row[index] for row in rows if isinstance(row, tuple)] for index in range(*widths)]
    return Table(tuple(_general_column(column, index, rules) for index, column in enumerate(cells)), len(rows))


def _general_column(cells: list[Value], index: int, rules: _Rules) -> Column:
    if index in rules.clocks and all(cell is None or (isinstance(cell, bytes) and len(cell) == SIZE) for cell in cells):
        return _clock_column([cell if isinstance(cell, bytes) else None for cell in cells], rules)
    values = _repeated(cells) if rules.nulls is Nulls.REPEATED else cells
    present = np.array([value is not None for value in values], np.bool_)
    if all(value is None or (isinstance(value, int) and -(2**63) <= value < 2**63) for value in values):
        return Column(np.array([0 if value is None else value for value in values], np.int64), present)
    if all(value is None or isinstance(value, float) for value in values):
        return Column(np.array([0.0 if value is None else value for value in values], np.float64), present)
    return Column(_objects(values), present)


def _clock_column(cells: list[bytes | None], rules: _Rules) -> Column:
    times: list[int | None] = []
    for cell in cells:
        if cell is not None:
            times.append(epoch_second(cell, rules.zone))
        else:
            before = times[-1] if times and rules.period else None
            times.append(None if before is None else before + rules.period)
    status = [0 if cell is None or cell[-1] == STATUS_UNSPECIFIED else cell[-1] for cell in cells]
    present = np.array([time is not None for time in times], np.bool_)
    return Column(np.array([time or 0 for time in times], np.int64), present, np.array(status, np.uint8))


def _repeated(cells: list[Value]) -> list[Value]:
    values: list[Value] = []
    for cell in cells:
        values.append(values[-1] if cell is None and values else cell)
    return values


def _objects(values: list[Value]) -> NDArray[Any]:
    out = np.empty(len(values), object)
    out[:] = values
    return out


def _check_width(found: int, expected: int | None) -> None:
    if expected is not None and found != expected:
        raise garbage(f"the profile has {found} columns where {expected} were due")
