"""From verdicts to findings: one per rule, series and local day, as columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from metering.quality import SCALED
from metering.store.batch import NO_VALUE
from validation.engine.run import Result
from validation.window import Bools, Floats, Ints, Window

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What one rule found, all (m,).

    rule       its number in the plan
    row, day   series and judged day, as indices of the window
    slots      bool (m, width): intervals of the local day, False beyond its end
    first_at, worst_at  seconds since 1970
    value      int64, the worst of them, `NO_VALUE` = none stood there
    limit      float64, what that was held against, NaN = nothing
    method     int64, `EstimationMethod` of what was put in place first, -1 = nothing was
    before, after  int64, totals of the day
    settled    bool: a value was put in place everywhere and passed the rules
    confirmed  bool: the register says that all of them are right
    refused    bool: for some no estimate could be right
    """

    rule: int
    row: Index
    day: Index
    slots: Bools
    first_at: Ints
    worst_at: Ints
    value: Ints
    limit: Floats
    method: Ints
    before: Ints
    after: Ints
    settled: Bools
    confirmed: Bools
    refused: Bools

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: Bools) -> Found:
        """The findings marked, bool (m,)."""
        if rows.all():
            return self
        columns = (getattr(self, each.name)[rows] for each in fields(self) if each.name != "rule")
        return Found(self.rule, *columns)

    def bitmaps(self) -> NDArray[np.uint8]:
        """The slots of each as octets, (m, octets), the first interval in the highest bit of the first."""
        return np.packbits(self.slots, axis=1)


def findings(window: Window, result: Result) -> Iterator[Found]:
    """The findings of every rule that found anything."""
    before, after = day_totals(window, window.values), day_totals(window, result.values)
    passed = _passed(result)
    for rule in range(len(result.judgement.limits)):
        failing = result.judgement.of(rule)
        where = np.nonzero(_by_day(window, failing))
        if len(where[0]):
            yield _found(window, result, rule, failing, where, passed, (before[where], after[where]))


def day_totals(window: Window, values: Ints) -> Ints:
    """int64 (n, d): what is there of each judged day, added up."""
    there = np.where(values == NO_VALUE, 0, values)[:, window.edges[0] : window.edges[-1]]
    totals: Ints = np.add.reduceat(there, window.edges[:-1] - window.edges[0], axis=1)
    return totals


def _by_day(window: Window, marked: Bools) -> Bools:
    part = marked[:, window.edges[0] : window.edges[-1]]
    found: Bools = np.logical_or.reduceat(part, window.edges[:-1] - window.edges[0], axis=1)
    return found


def _passed(result: Result) -> Bools:
    """Where an estimate stands that no rule objects to."""
    return result.estimated if result.recheck is None else result.estimated & (result.recheck.verdicts == 0)


def _found(
    window: Window, result: Result, rule: int, failing: Bools, where: tuple[Index, ...], passed: Bools,
    totals: tuple[Ints, Ints],
) -> Found:  # fmt: skip
    row, day = where
    column = _columns(window, day)
    within = column >= 0
    slots = failing[row[:, None], column] & within
    line = np.arange(len(row))
    first, worst = slots.argmax(axis=1), _worst(window, result, rule, row, column, slots)
    at = column[line, worst]
    limit = result.judgement.limits[rule]
    replaced = slots & result.estimated[row[:, None], column]
    put = replaced.argmax(axis=1)
    code = result.quality[row, column[line, put]].astype(np.int64) & (SCALED - 1)
    return Found(
        rule,
        row,
        day,
        slots,
        window.starts[column[line, first]],
        window.starts[at],
        window.values[row, at],
        np.full(len(row), np.nan) if limit is None else np.broadcast_to(limit, window.shape)[row, at],
        np.where(replaced.any(axis=1), code, -1),
        *totals,
        _all(passed[row[:, None], column] | ~slots),
        _all(result.confirmed[row[:, None], column] | ~slots),
        ~_all(~result.refused[row[:, None], column] | ~slots),
    )


def _columns(window: Window, day: Index) -> Index:
    """intp (m, width): the columns of these days side by side, -1 beyond the end of a shorter one."""
    lengths = np.diff(window.edges)
    beside = np.arange(int(lengths.max()))
    columns = window.edges[day][:, None] + beside
    return np.where(beside < lengths[day][:, None], columns, -1).astype(np.intp)


def _worst(window: Window, result: Result, rule: int, row: Index, column: Index, slots: Bools) -> Index:
    """Which failing slot lies farthest from its limit, or is largest where there is none; the first of equals."""
    values = window.values[row[:, None], column]
    size = np.where(values == NO_VALUE, 0.0, values)
    limit = result.judgement.limits[rule]
    if limit is not None:
        size = size - np.nan_to_num(np.broadcast_to(limit, window.shape)[row[:, None], column])
    farthest: Index = np.where(slots, np.abs(size), -1.0).argmax(axis=1)
    return farthest


def _all(holds: Bools) -> Bools:
    every: Bools = np.logical_and.reduce(holds, axis=1)
    return every
