"""From decoded COSEM to the head-end's plain data: layouts, profile rows, log entries, texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from headend.plan import END_OF_TIME_S, Column, Layout, LogEntry, ProfileRows, Stretch
from protocols.dlms import columns, objects
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.obis import Obis
from protocols.dlms.services.get import Result
from protocols.dlms.tags import DataAccessResult
from protocols.dlms.units import scaler_unit
from protocols.errors import garbage

_QUANTITIES = {objects.REGISTER: (2,), objects.EXTENDED_REGISTER: (2,), objects.DEMAND_REGISTER: (2, 3)}
"""Which attributes of a register are values in its unit."""
_STATUS = (0, 96, 10)
"""Value groups A, C, D of profile status words (0-b:96.10.x)."""


def layout_of(layout: objects.ProfileLayout, units: Mapping[Obis, Result]) -> Layout:
    """The layout with scaler and unit of every register column; `units` holds their undecoded attribute 3."""
    found = []
    for capture in layout.captures:
        name = capture.attribute
        scaler, unit = _unit(name, units.get(name.obis))
        found.append(Column(name.class_id, name.obis, name.index, scaler, unit))
    return Layout(layout.obis, layout.period, tuple(found), known=False)


def profile_rows(table: columns.Table, layout: Layout, stretch: Stretch) -> ProfileRows:
    """Rows with a usable clock; value cells that are no integers are marked as not held."""
    clock = next((i for i, column in enumerate(layout.columns) if column.class_id == objects.CLOCK_CLASS), None)
    if clock is None:
        raise garbage(f"profile {layout.obis} captures no clock")
    times = table.columns[clock]
    if times.values.dtype.kind != "i":
        raise garbage(f"profile {layout.obis} has a clock column without clocks")
    told = times.present
    values = [table.columns[i] for i, column in enumerate(layout.columns) if column.is_value]
    shape = (len(values), int(told.sum()))
    return ProfileRows(
        stretch=stretch,
        layout=layout,
        at=times.values[told],
        status=_status(table, layout)[told],
        values=np.array([_integers(column)[told] for column in values], np.int64).reshape(shape),
        held=np.array([_held(column)[told] for column in values], np.bool_).reshape(shape),
    )


def log_entries(table: columns.Table, names: Sequence[str]) -> tuple[LogEntry, ...]:
    """Entries in the order of the log; equal times and codes are told apart by their ordinal.

    One whose clock is not set, or says what no clock of a meter can mean, is left out: it must not hide the others.
    """
    seen: Counter[tuple[int, int]] = Counter()
    entries = []
    for row in zip(*(_cells(column) for column in table.columns), strict=True):
        told = dict(zip(names, row, strict=True))
        at, code = told.pop("clock"), told.pop("code", 0)
        if not isinstance(at, int) or not 0 <= at < END_OF_TIME_S or not isinstance(code, int):
            continue
        details = {name: value for name, value in told.items() if value is not None}
        entries.append(LogEntry(datetime.fromtimestamp(at, UTC), code, seen[at, code], details))
        seen[at, code] += 1
    return tuple(entries)


def text_of(result: Result) -> str:
    """The text of an octet-string or visible-string; empty where the meter refused or holds something else."""
    if isinstance(result, DataAccessResult):
        return ""
    value = decode(result)
    if isinstance(value, bytes):
        return value.decode("ascii", "replace").strip("\0 ")
    return value if isinstance(value, str) else ""


def is_quantity(name: Attribute) -> bool:
    """Whether an attribute is a value that its register's scaler and unit belong to, not the time it was captured."""
    return name.index in _QUANTITIES.get(name.class_id, ())


def _unit(name: Attribute, result: Result | None) -> tuple[int | None, str | None]:
    """Scaler and unit of a register; none for clocks, status words and times of registers; unscaled and unitless for
    what tells nothing.
    """
    if name.class_id in _QUANTITIES and not is_quantity(name):
        return None, None
    if result is not None and not isinstance(result, DataAccessResult):
        told = scaler_unit(decode(result))
        return told.scaler, told.symbol
    if name.class_id == objects.CLOCK_CLASS or _is_status(name.obis):
        return None, None
    return 0, ""


def _is_status(obis: Obis) -> bool:
    return (obis[0], obis[2], obis[3]) == _STATUS


def _status(table: columns.Table, layout: Layout) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    index = next((i for i, column in enumerate(layout.columns) if _is_status(column.obis)), None)
    if index is None:
        return np.zeros(table.rows, np.uint32)
    return (_integers(table.columns[index]) & 0xFFFFFFFF).astype(np.uint32)


def _integers(column: columns.Column) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return column.values if column.values.dtype.kind == "i" else np.zeros(len(column.values), np.int64)


def _held(column: columns.Column) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return column.present if column.values.dtype.kind == "i" else np.zeros(len(column.values), np.bool_)


def _cells(column: columns.Column) -> list[int | str | None]:
    return [_cell(value) if there else None for value, there in zip(column.values, column.present, strict=True)]


def _cell(value: object) -> int | str:
    if isinstance(value, bytes):
        return value.hex()
    return int(value) if isinstance(value, (int, np.integer)) else str(value)
