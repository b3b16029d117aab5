"""Days of 23 and 25 hours, and limits that differ by the type of day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metering.intervals import day_number
from metering.store.statistics.daytypes import DayType
from tests.validation.rules.hours import ask, columns, facts
from validation.estimators.days import JudgedDays, clock_change
from validation.facts import Statistics, Usage
from validation.window import Window

HELSINKI = ZoneInfo("Europe/Helsinki")
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
HOUR_S = 3_600


def _local(first: dt.date, *lengths: int, context: int = 2, level: int = 100) -> Window:
    """Consecutive local days of so many hours, all of one value, a Sunday first."""
    changes = [clock_change(first + dt.timedelta(days=day), HELSINKI, HOUR_S) for day in range(len(lengths))]
    edges = context + np.cumsum([0, *lengths])
    holiday = np.zeros(len(lengths), np.bool_)
    calendar = JudgedDays.of(day_number(first), edges, 24, changes=changes, holiday=holiday)
    start = int(dt.datetime.combine(first, dt.time(), HELSINKI).timestamp()) - context * HOUR_S
    values = np.full((1, int(edges[-1])), level, np.int64)
    nothing = np.zeros(values.shape, np.uint8)
    due = np.ones(values.shape, np.bool_)
    return Window(np.array([1]), start, HOUR_S, values, nothing, nothing.astype(np.uint32), calendar, due)


@pytest.mark.parametrize(
    ("day", "length", "met"),
    [(SPRING, 23, []), (AUTUMN, 25, [5, 6]), (SPRING + dt.timedelta(days=7), 24, [5])],
)
def test_a_formula_sees_the_clock_on_the_wall(day: dt.date, length: int, met: list[int]) -> None:
    """Three in the morning does not come in spring, and twice in autumn; two columns are of the evening before."""
    window = _local(day, length)

    assert columns(ask("check_function", window, formula="hour() == 3 and weekday() == 7").failing) == met


@pytest.mark.parametrize(("day", "length"), [(SPRING, 23), (AUTUMN, 25)])
def test_every_slot_of_a_long_or_short_day_is_judged_and_none_before(day: dt.date, length: int) -> None:
    window = _local(day, length)

    assert columns(ask("positive", window).failing) == list(range(2, 2 + length))


def test_a_missing_hour_of_23_is_no_drop_of_use() -> None:
    """23 hours of the same load are the same use per 24 hours, to the last per cent."""
    window = _local(SPRING, 23)
    usage = _days_of(window, 2_400)

    assert not ask("usage_change", window, facts(window, usage=usage), change="0.1").failing.any()


def test_limits_follow_the_type_of_the_day() -> None:
    """Of 100 Wh an hour, Sundays usually have 20 and working days 90."""
    window = _local(SPRING, 23, 24)
    by_type = np.array([[90.0, 50.0, 20.0, 60.0]])
    known = facts(window, statistics=Statistics(*[by_type] * 5))

    outcome = ask("higher_than_average", window, known, factor="2")

    assert columns(outcome.failing) == list(range(2, 25))
    assert outcome.limit is not None
    assert outcome.limit[0, [2, 24, 25, 48]].tolist() == [40, 40, 180, 180]


def test_a_type_of_day_nobody_saw_yet_goes_by_all_days() -> None:
    window = _local(SPRING, 23)
    by_type = np.full((1, 4), np.nan)
    by_type[0, DayType.ALL] = 30.0
    known = facts(window, statistics=Statistics(*[by_type] * 5))

    assert ask("higher_than_median", window, known, factor="3").failing[0, 2:].all()
    assert not ask("higher_than_median", window, known, factor="4").failing.any()


def _days_of(window: Window, total: int) -> Usage:
    first = int(window.starts[2]) // 86_400 - 10
    rows = np.full((1, 10), total)
    return Usage(first, rows, rows, np.zeros(rows.shape, np.bool_))
