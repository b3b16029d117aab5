"""Limits that differ by day, and holding values against them without a limit for every value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from metering.store.statistics.daytypes import DayType
from validation.estimators.days import DAY_S
from validation.facts import Usage
from validation.kernels.days import day_slices
from validation.kernels.shapes import Limits, Mask
from validation.window import Bools, Floats, Ints, Window

Compare = Callable[[Ints, Limits], Mask]

NO_MONTH = "no whole month of values yet"


def by_day(window: Window, statistic: Floats) -> Floats:
    """float64 (n, d) of a statistic (n, 4) by `DayType`: that of the type of each judged day, or else of all days."""
    typed = statistic[:, window.day_types]
    found: Floats = np.where(np.isnan(typed), statistic[:, DayType.ALL, None], typed)
    return found


def over_columns(window: Window, of_days: Floats) -> Floats:
    """Of float64 (n, d) what is broadcastable to (n, slots): one limit per row where all days have the same."""
    if (of_days == of_days[:, :1]).all() or of_days.shape[1] == 1:
        return of_days[:, :1]
    whole = np.full(window.shape, np.nan)
    whole[:, window.edges[0] : window.edges[-1]] = np.repeat(of_days, np.diff(window.edges), axis=1)
    return whole


def compared(window: Window, compare: Compare, of_days: Floats) -> Bools:
    """bool (n, slots): where `compare` fails the values of each judged day against its limit, float64 (n, d)."""
    failing = np.zeros(window.shape, np.bool_)
    for day, columns in enumerate(day_slices(window.edges)):
        failing[:, columns] = compare(window.values[:, columns], of_days[:, day, None])
    return failing


def unknown(limits: Floats) -> Bools:
    """bool (n,): rows for which no limit is known."""
    rows: Bools = np.logical_and.reduce(np.isnan(limits), axis=1)
    return rows


def days_before(usage: Usage | None, window: Window, most: int | None = None) -> Usage:
    """The totals of UTC days that had ended where the judged days begin, of the last `most` of them or of all."""
    if usage is None:
        raise LookupError("Totals of the days before were not loaded")
    end = max(int(window.starts[window.edges[0]]) // DAY_S - usage.first_day, 0)
    first = 0 if most is None else max(end - most, 0)
    days = slice(first, end)
    return Usage(usage.first_day + first, usage.totals[:, days], usage.maxima[:, days], usage.estimated[:, days])
