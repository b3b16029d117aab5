"""Columns from the records of a buffer's rows, with numpy.

A column comes in as many parts as the buffer has layouts. The usual kinds (integers, floats, clocks, and null-data or
differences between them) stay arrays all the way; what else there is becomes Python values.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.carrying import Flags, carried_times, carried_values, everywhere
from protocols.dlms.clock import SIZE
from protocols.dlms.clock_columns import clock_times
from protocols.dlms.elements import Value, decode_element
from protocols.dlms.plain_columns import plain_column
from protocols.dlms.row_layout import DELTA_TYPES, FLOAT_TYPES, INTEGER_TYPES
from protocols.dlms.row_pattern import Cell
from protocols.dlms.row_runs import Places, Rows
from protocols.dlms.tables import Column, Nulls, Rules
from protocols.dlms.tags import Tag

_NULL, _BOOLEAN, _LONG64_UNSIGNED, _DATE_TIME = map(int, (Tag.NULL, Tag.BOOLEAN, Tag.LONG64_UNSIGNED, Tag.DATE_TIME))
_DELTAS, _FLOATS = frozenset(map(int, DELTA_TYPES)), frozenset(map(int, FLOAT_TYPES))
_INTEGERS = frozenset(map(int, INTEGER_TYPES))
_NUMBERS, _DATE_TIMES = _INTEGERS | _DELTAS, {_DATE_TIME}
_PLAIN_INTEGERS = _INTEGERS - {_BOOLEAN, _LONG64_UNSIGNED}
_INT64_MAX = np.uint64(2**63 - 1)
_FAR = 2**62
"""Beyond this, adding differences could leave int64."""


class Part(NamedTuple):
    """The cells of one layout in a column, and which rows they are."""

    cell: Cell
    raw: NDArray[Any]
    places: Places


def record_columns(groups: list[Rows], rows: int, rules: Rules) -> tuple[Column, ...] | None:
    """The columns of `rows` rows; None when the rows differ in length, which the general decoder reports."""
    width, *others = [len(group.layout.pattern.cells) for group in groups]
    if others and set(others) != {width}:
        return None
    rules.check_width(width)
    if len(groups) == 1:
        layout, records, _ = groups[0]
        present = everywhere(rows)
        fields = zip(layout.pattern.cells, layout.names, range(width), strict=True)
        return tuple([_uniform(cell, records[name], present, rules, i) for cell, name, i in fields])
    return tuple([_mixed(_parts(groups, i), rows, rules, i in rules.clocks) for i in range(width)])


def _uniform(cell: Cell, raw: NDArray[Any], present: Flags, rules: Rules, index: int) -> Column:
    """A column that is alike in all rows: the usual kinds without a detour."""
    if cell.tag in _PLAIN_INTEGERS:
        return Column(raw.astype(np.int64), present)
    if cell.may_be_clock and (index in rules.clocks or cell.tag == _DATE_TIME):
        return Column(*clock_times(raw.tobytes(), rules.zone))
    return _mixed([Part(cell, raw, slice(None))], len(raw), rules, index in rules.clocks)


def _parts(groups: list[Rows], column: int) -> list[Part]:
    name = f"c{column}"
    return [Part(group.layout.pattern.cells[column], group.records[name], group.places) for group in groups]


def _mixed(parts: list[Part], rows: int, rules: Rules, is_clock: bool) -> Column:
    told = [part for part in parts if part.cell.tag != _NULL]
    tags = {part.cell.tag for part in told}
    if (is_clock or tags == _DATE_TIMES) and all(part.cell.may_be_clock for part in told):
        return _clock_column(told, rows, rules)
    column: Column | None = None
    if tags <= _NUMBERS:
        column = _integer_column(told, rows, rules)
    elif tags <= _FLOATS:
        column = _number_column(told, rows, rules, np.zeros(rows, np.float64))
    return column or plain_column(_values(told, rows), rules, is_clock)


def _clock_column(told: list[Part], rows: int, rules: Rules) -> Column:
    octets = np.zeros((rows, SIZE), np.uint8)
    known = np.zeros(rows, np.bool_)
    for _, raw, places in told:
        octets[places] = raw
        known[places] = True
    times, usable, status = np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.uint8)
    times[known], usable[known], status[known] = clock_times(octets[known].tobytes(), rules.zone)
    return Column(*carried_times(times, known, usable, rules.period, rules.zone), status)


def _integer_column(told: list[Part], rows: int, rules: Rules) -> Column | None:
    """None when a number does not fit int64."""
    if any(part.cell.tag == _LONG64_UNSIGNED and (part.raw > _INT64_MAX).any() for part in told):
        return None
    return _number_column(told, rows, rules, np.zeros(rows, np.int64))


def _number_column(told: list[Part], rows: int, rules: Rules, values: NDArray[Any]) -> Column | None:
    """Numbers of the type of `values`, which are zeros; None when differences may lead out of int64."""
    known = np.zeros(rows, np.bool_)
    changes: NDArray[np.int64] | None = None
    changed: Flags | None = None
    for cell, raw, places in told:
        if cell.tag in _DELTAS:
            if changes is None or changed is None:
                changes, changed = np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
            changes[places] = raw.astype(np.int64)
            changed[places] = True
        else:
            values[places] = raw != 0 if cell.tag == _BOOLEAN else raw.astype(values.dtype)
            known[places] = True
    if changes is not None and values.size and not -_FAR < values.min() <= values.max() < _FAR:
        return None
    silent = None
    if rules.nulls is Nulls.MISSING:
        silent = ~known if changed is None else ~(known | changed)
    return Column(*carried_values(values, known, changes, silent))


def _values(told: list[Part], rows: int) -> list[Value]:
    values: list[Value] = [None] * rows
    for cell, raw, places in told:
        octets, prefix, size = np.ascontiguousarray(raw).tobytes(), cell.head[1:], cell.size
        for place, row in enumerate(np.arange(rows)[places].tolist()):
            values[row] = decode_element(prefix + octets[place * size : (place + 1) * size], cell.tag, 0)[0]
    return values
