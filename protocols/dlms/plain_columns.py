"""Columns from rows that the general decoder has made Python values of: slow, and right for anything."""

from collections.abc import Iterator, Sequence

import numpy as np

from protocols.dlms.carrying import carried_times
from protocols.dlms.clock import SIZE, STATUS_UNSPECIFIED
from protocols.dlms.clock_columns import epoch_second
from protocols.dlms.elements import Delta, Stamp, Value
from protocols.dlms.tables import Column, Nulls, Rules, Table
from protocols.errors import garbage

_INT64 = range(-(2**63), 2**63)


def plain_table(buffer: Value, rules: Rules) -> Table:
    """The columns of a decoded buffer. RemoteProtocolError (GARBAGE) unless it is structures of one length."""
    rows = [] if buffer is None else buffer
    if not isinstance(rows, list):
        raise garbage("a profile buffer is an array of structures")
    structures = [row for row in rows if isinstance(row, tuple)]
    if len(structures) != len(rows):
        raise garbage("a profile buffer is an array of structures")
    widths = {len(row) for row in structures} or {rules.width or 0}
    if len(widths) != 1:
        raise garbage("the rows of a profile buffer differ in length")
    width = widths.pop()
    rules.check_width(width)
    columns = [[row[index] for row in structures] for index in range(width)]
    found = tuple(plain_column(cells, rules, index in rules.clocks) for index, cells in enumerate(columns))
    return Table(found, len(rows))


def plain_column(cells: Sequence[Value], rules: Rules, is_clock: bool) -> Column:
    """One column; clocks are what the rules name if it can be, and what has the type date-time."""
    told = [cell for cell in cells if cell is not None]
    if is_clock and all(isinstance(cell, bytes) and len(cell) == SIZE for cell in told):
        return _clock_column(cells, rules)
    if told and all(isinstance(cell, Stamp) for cell in told):
        return _clock_column(cells, rules)
    values = list(_resolved(cells, rules.nulls))
    present = np.array([value is not None for value in values], np.bool_)
    if all(value is None or (isinstance(value, int) and value in _INT64) for value in values):
        return Column(np.array([value or 0 for value in values], np.int64), present)
    if all(value is None or isinstance(value, float) for value in values):
        return Column(np.array([0.0 if value is None else value for value in values], np.float64), present)
    return Column(objects(values), present)


def _clock_column(cells: Sequence[Value], rules: Rules) -> Column:
    clocks = [cell if isinstance(cell, bytes) else None for cell in cells]
    found = [None if clock is None else epoch_second(clock, rules.zone) for clock in clocks]
    told, usable = (np.array([item is not None for item in items], np.bool_) for items in (clocks, found))
    status = [0 if clock is None or clock[-1] == STATUS_UNSPECIFIED else clock[-1] for clock in clocks]
    times = np.array([time or 0 for time in found], np.int64)
    return Column(*carried_times(times, told, usable, rules.period, rules.zone), np.array(status, np.uint8))


def _resolved(cells: Sequence[Value], nulls: Nulls) -> Iterator[Value]:
    """Cells with null-data and differences replaced by what they stand for; None where that is nothing."""
    last: Value = None
    for cell in cells:
        if isinstance(cell, Delta):
            last = int(last) + int(cell) if isinstance(last, int) else None
        elif cell is not None:
            last = cell
        yield None if cell is None and nulls is Nulls.MISSING else last


def objects(values: Sequence[Value]) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """(n,) Python values as they are, lists among them."""
    out = np.empty(len(values), object)
    for row, value in enumerate(values):
        out[row] = value
    return out
