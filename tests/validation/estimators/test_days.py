"""Local days on the columns of a block: ordinary ones, those on which the clock changes, and the past as a cube."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metering.intervals import local_day
from metering.store import NO_VALUE as STORE_NO_VALUE
from metering.store import VALUE_LIMIT as STORE_VALUE_LIMIT
from tests.validation.estimators.block import number
from validation.estimators.arrays import NO_VALUE, VALUE_LIMIT
from validation.estimators.days import DayKind, JudgedDays, clock_change, day_kinds, wall_slots
from validation.estimators.history import History, history_of

QUARTER = 900


def test_the_marks_are_those_of_the_store() -> None:
    assert (NO_VALUE, VALUE_LIMIT) == (STORE_NO_VALUE, STORE_VALUE_LIMIT)


@pytest.mark.parametrize(
    ("zone", "day", "columns"),
    [
        ("Europe/Helsinki", dt.date(2024, 3, 31), 92),
        ("Europe/Helsinki", dt.date(2024, 10, 27), 100),
        ("Europe/Berlin", dt.date(2024, 3, 31), 92),
        ("Europe/Berlin", dt.date(2024, 10, 27), 100),
        ("Atlantic/Azores", dt.date(2024, 10, 27), 100),
        ("Asia/Beirut", dt.date(2024, 3, 31), 92),
        ("Asia/Beirut", dt.date(2024, 10, 26), 100),
        ("Australia/Lord_Howe", dt.date(2024, 4, 7), 98),
        ("Europe/Helsinki", dt.date(2024, 6, 1), 96),
    ],
)
def test_wall_slots_are_what_a_clock_on_the_wall_shows(zone: str, day: dt.date, columns: int) -> None:
    start, end = local_day(day, ZoneInfo(zone))
    assert (end - start) // dt.timedelta(seconds=QUARTER) == columns
    shown = [(start + dt.timedelta(minutes=15 * k)).astimezone(ZoneInfo(zone)) for k in range(columns)]
    change = clock_change(day, ZoneInfo(zone), QUARTER)
    slots = wall_slots(np.array([3, 3 + columns]), 96, change)
    assert slots[:3].tolist() == [-1, -1, -1]
    assert slots[3:].tolist() == [(at.hour * 60 + at.minute) // 15 for at in shown]


@pytest.mark.parametrize(("interval_s", "per_day", "lengths"), [(3600, 24, (24, 23, 24)), (300, 288, (288, 276, 288))])
def test_other_intervals_and_several_days(interval_s: int, per_day: int, lengths: tuple[int, ...]) -> None:
    zone, first = ZoneInfo("Europe/Helsinki"), dt.date(2024, 3, 30)
    changes = [clock_change(first + dt.timedelta(days=day), zone, interval_s) for day in range(3)]
    days = JudgedDays.of(number(first), np.cumsum([0, *lengths]), per_day, changes=changes)
    hour = 3600 // interval_s
    ordinary, spring = list(range(per_day)), [*range(3 * hour), *range(4 * hour, per_day)]
    assert days.wall.tolist() == ordinary + spring + ordinary
    assert days.day.tolist() == [0] * per_day + [1] * (per_day - hour) + [2] * per_day
    assert days.kinds.tolist() == [DayKind.SATURDAY, DayKind.SUNDAY, DayKind.MONDAY]


def test_a_holiday_has_its_own_kind() -> None:
    midsummer = number(dt.date(2024, 6, 21))
    assert day_kinds([midsummer, midsummer + 1], np.array([True, False])).tolist() == [
        DayKind.HOLIDAY,
        DayKind.SATURDAY,
    ]


@pytest.mark.parametrize("edges", [[0], [], [0, 24, 24], [24, 0], [-1, 23]])
def test_edges_that_make_no_days_are_refused(edges: list[int]) -> None:
    with pytest.raises(ValueError, match="edges of days"):
        JudgedDays.of(0, edges, 24)


def test_the_past_as_a_cube_keeps_the_first_run_and_leaves_the_lost_hour_open() -> None:
    """Two days, of 25 and of 23 hours, after one column of context."""
    days = JudgedDays.of(number(dt.date(2024, 10, 27)), [1, 26, 49], 24, changes=[3, 3])
    values = np.arange(49)[None, :]
    outage = np.zeros((1, 49), np.bool_)
    outage[0, 30] = True
    history = history_of(values, np.ones((1, 49), np.bool_), outage, days)
    assert history.values[0, 0].tolist() == [1, 2, 3, 4, *range(6, 26)]
    assert history.values[0, 1].tolist() == [26, 27, 28, NO_VALUE, *range(29, 49)]
    assert history.usable[0].sum(axis=1).tolist() == [24, 23]
    assert history.outage.tolist() == [[False, True]]


def test_average_daily_load_is_that_of_complete_days_without_outage() -> None:
    values = np.array([[[1, 2], [10, 20], [100, 200], [7, NO_VALUE]], [[NO_VALUE] * 2] * 4])
    outage = np.zeros((2, 4), np.bool_)
    outage[0, 2] = True
    history = History(values, values != NO_VALUE, np.arange(4, dtype=np.int32), day_kinds(np.arange(4)), outage)
    average = history.daily_average()
    assert average[0] == (3 + 30) / 2
    assert np.isnan(average[1])


def test_a_past_out_of_order_or_of_the_wrong_shape_is_refused() -> None:
    values, usable, outage = np.zeros((1, 2, 24), np.int64), np.ones((1, 2, 24), np.bool_), np.zeros((1, 2), np.bool_)
    for numbers in ([5, 5], [6, 5]):
        with pytest.raises(ValueError, match="ascend"):
            History(values, usable, np.array(numbers, np.int32), day_kinds(numbers), outage)
    with pytest.raises(ValueError, match="1 series and 2 days"):
        History(values, usable, np.arange(3, dtype=np.int32), day_kinds([1, 2, 3]), outage)
