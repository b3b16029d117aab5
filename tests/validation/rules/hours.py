"""Small windows of hours for rules: one row per series, whole days in UTC, told as lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from metering.quality import Quality
from metering.store.batch import NO_VALUE
from validation.conditions.condition import Outcome, condition
from validation.engine.plan import PlannedRule
from validation.estimators.days import JudgedDays, day_kinds
from validation.estimators.history import History
from validation.facts import Facts, Statistics
from validation.parameters import read_all
from validation.window import Bools, Floats, Ints, Window

HOURS = 24
MONDAY = 20_521  # 2026-03-09
NOTHING = None
YESTERDAY, LAST_WEEK = 1_000, 2_000


def hours(
    *rows: Sequence[int | None],
    context: int = 0,
    quality: Mapping[tuple[int, int], int] | None = None,
    status: Mapping[tuple[int, int], int] | None = None,
) -> Window:
    """A window of these values; the first `context` columns are not judged. Quality and status by row and column."""
    values = np.array([[NO_VALUE if value is None else value for value in row] for row in rows], np.int64)
    slots = values.shape[1]
    codes = np.where(values == NO_VALUE, np.uint8(Quality.MISSING), np.uint8(Quality.MEASURED)).astype(np.uint8)
    words = np.zeros(values.shape, np.uint32)
    for place, code in (quality or {}).items():
        codes[place] = code
    for place, word in (status or {}).items():
        words[place] = word
    edges = np.arange(context, slots + 1, HOURS)
    start_s = MONDAY * 86_400 - context * 3_600
    calendar = JudgedDays.of(MONDAY, edges, HOURS)
    due = np.ones(values.shape, np.bool_)
    return Window(np.arange(1, len(values) + 1), start_s, 3_600, values, codes, words, calendar, due)


def facts(window: Window, *, unit: str = "Wh", worth: float = 1.0, **known: Any) -> Facts:
    """Facts with what a test says is known; days before have 1,000 Wh and more, those of a week before 2,000."""
    rows = len(window)
    return Facts(np.full(rows, worth), (unit,) * rows, history=_history(window), **known)


def usual(average: float, rows: int = 1, **others: float) -> Statistics:
    """The same statistics on days of any type; `others` are median, maximum, daily_average, daily_median."""
    names = ("average", "median", "maximum", "daily_average", "daily_median")
    return Statistics(*(_everywhere(others.get(name, average), rows) for name in names))


def ask(code: str, window: Window, known: Facts | None = None, **parameters: Any) -> Outcome:
    """What a condition says, with the parameters as a rule keeps them."""
    found = condition(code)
    return found.check(window, facts(window) if known is None else known, read_all(found.parameters, parameters))


def columns(failing: Bools, row: int = 0) -> list[int]:
    """The columns that fail."""
    found: list[int] = np.flatnonzero(failing[row]).tolist()
    return found


def planned(code: str, parameters: Mapping[str, Any], **fields: Any) -> PlannedRule:
    """A rule that is ready to run."""
    found = condition(code)
    return PlannedRule(1, code, found, read_all(found.parameters, parameters), **fields)


def _everywhere(value: float, rows: int) -> Floats:
    return np.full((rows, 4), value, np.float64)


def _history(window: Window) -> Any:
    def earlier(rows: Any, back: range) -> History:
        count = len(np.arange(len(window))[rows])
        numbers = np.array([MONDAY + each for each in back], np.int32)
        values: Ints = np.full((count, len(back), HOURS), 3_000) + np.arange(HOURS)
        values[:, [each == -1 for each in back]] -= 3_000 - YESTERDAY
        values[:, [each == -7 for each in back]] -= 3_000 - LAST_WEEK
        usable = np.ones(values.shape, np.bool_)
        return History(values, usable, numbers, day_kinds(numbers), np.zeros(values.shape[:2], np.bool_))

    return earlier
