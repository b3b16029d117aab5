"""Values of other days: which are taken, what they give, and what the clock does to them."""

import datetime as dt

import numpy as np
import pytest

from tests.validation.estimators.block import MONDAY, dates, number, ordinary_day, past, said
from validation.estimators.days import JudgedDays
from validation.estimators.history import History
from validation.estimators.like_days import from_days
from validation.estimators.sources import (
    last_year,
    nearest,
    previous_days,
    previous_weeks,
    shifted,
    weeks_before,
)

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
ALL = np.ones((1, 24), np.bool_)


def around(day: dt.date, weeks: int = 4, holidays: tuple[dt.date, ...] = ()) -> History:
    """Whole weeks before and after a day."""
    return past(day - weeks * WEEK, 14 * weeks + 1, holidays=holidays)


def value(day: dt.date, slot: int = 0) -> int:
    return number(day) * 1000 + slot


def test_nearest_days_of_the_same_kind_the_earlier_of_two_first() -> None:
    history = around(MONDAY)
    found = nearest(history, ordinary_day(MONDAY), within=21)
    assert dates(history, found) == [MONDAY + weeks * WEEK for weeks in (-1, 1, -2, 2, -3, 3)]


def test_a_holiday_asks_sundays_and_holidays_and_sundays_ask_holidays() -> None:
    thursday = MONDAY + 3 * DAY
    sunday = MONDAY + 6 * DAY
    history = around(MONDAY, holidays=(thursday,))
    found = nearest(history, ordinary_day(MONDAY, holiday=True), within=8)
    assert dates(history, found) == [MONDAY - DAY, thursday, sunday, MONDAY - 8 * DAY]
    assert dates(history, nearest(history, ordinary_day(thursday), within=14)) == [
        thursday - WEEK,
        thursday + WEEK,
        thursday - 2 * WEEK,
        thursday + 2 * WEEK,
    ]
    assert dates(history, nearest(history, ordinary_day(sunday), within=6)) == [thursday]


def test_like_days_follow_the_days_of_the_same_kind() -> None:
    history = around(MONDAY)
    found = nearest(history, ordinary_day(MONDAY), within=7, like=True)
    assert dates(history, found) == [
        MONDAY - WEEK,
        MONDAY + WEEK,
        *(MONDAY + days * DAY for days in (1, 2, -3, 3, -4, 4, -5, -6)),
    ]
    saturday = MONDAY + 5 * DAY
    assert dates(history, nearest(history, ordinary_day(saturday), within=6, like=True)) == [
        saturday + DAY,
        saturday - 6 * DAY,
    ]


def test_three_nearest_days_are_averaged_slot_by_slot() -> None:
    """Itron, historical estimation: three nearest days of the same kind, days with an outage left out."""
    history = past(MONDAY - 5 * WEEK, 35)
    history.outage[0, history.positions(np.array([number(MONDAY - 2 * WEEK)]))] = True
    days = ordinary_day(MONDAY)
    answer = said(from_days(history, days, ALL, nearest(history, days, within=60), take=3))
    used = [MONDAY - weeks * WEEK for weeks in (1, 3, 4)]
    assert answer == pytest.approx([sum(value(day, slot) for day in used) / 3 for slot in range(24)])


def test_a_day_must_have_the_whole_gap_unless_slots_are_asked_one_by_one() -> None:
    history = past(MONDAY - 2 * WEEK, 14)
    history.usable[0, 7, 5] = False
    days = ordinary_day(MONDAY)
    wanted = np.zeros((1, 24), np.bool_)
    wanted[0, [4, 5, 9]] = True
    sources = previous_weeks(history, days, times=2)
    answer = from_days(history, days, wanted, sources)[0]
    last, before = MONDAY - WEEK, MONDAY - 2 * WEEK
    assert answer[[4, 5, 9]].tolist() == [value(before, 4), value(before, 5), value(last, 9)]
    answer = from_days(history, days, wanted, sources, whole=False)[0]
    assert answer[[4, 5, 9]].tolist() == [value(last, 4), value(before, 5), value(last, 9)]
    assert np.isnan(answer[~wanted[0]]).all()


def test_fewer_days_than_the_least_give_no_answer() -> None:
    history, days = past(MONDAY - 2 * WEEK, 14), ordinary_day(MONDAY)
    sources = weeks_before(history, days, 4)
    assert not np.isnan(from_days(history, days, ALL, sources, take=4, least=2)).any()
    assert np.isnan(from_days(history, days, ALL, sources, take=4, least=3)).all()


def test_multi_week_average_takes_all_weeks_without_holidays() -> None:
    history, days = past(MONDAY - 4 * WEEK, 28, holidays=(MONDAY - 2 * WEEK,)), ordinary_day(MONDAY)
    assert dates(history, weeks_before(history, days, 4)) == [MONDAY - weeks * WEEK for weeks in (1, 3, 4)]
    assert len(dates(history, weeks_before(history, days, 4, holidays=True))) == 4
    answer = from_days(history, days, ALL, weeks_before(history, days, 4), take=4, whole=False)
    assert answer[0, 7] == pytest.approx(value(MONDAY, 7) - 1000 * (7 + 21 + 28) / 3)


def test_previous_day_and_week_go_back_as_far_as_they_may() -> None:
    history, days = past(MONDAY - 3 * WEEK, 21), ordinary_day(MONDAY)
    history.usable[0, -1] = False
    history.usable[0, -7] = False
    assert np.isnan(from_days(history, days, ALL, previous_days(history, days))).all()
    assert from_days(history, days, ALL, previous_days(history, days, 2))[0, 3] == value(MONDAY - 2 * DAY, 3)
    assert np.isnan(from_days(history, days, ALL, previous_weeks(history, days))).all()
    assert from_days(history, days, ALL, previous_weeks(history, days, 2))[0, 3] == value(MONDAY - 2 * WEEK, 3)


def test_copies_may_ask_days_with_an_outage_and_averages_do_not() -> None:
    history, days = past(MONDAY - DAY, 1), ordinary_day(MONDAY)
    history.outage[:] = True
    sources = previous_days(history, days)
    assert np.isnan(from_days(history, days, ALL, sources)).all()
    assert from_days(history, days, ALL, sources, outages=True)[0, 0] == value(MONDAY - DAY)


def test_last_year_is_the_same_weekday_and_not_a_holiday_then() -> None:
    then = MONDAY - 364 * DAY
    days = ordinary_day(MONDAY)
    history = past(then - 2 * WEEK, 28)
    assert dates(history, last_year(history, days)) == [then, then - WEEK, then + WEEK]
    history = past(then - 2 * WEEK, 28, holidays=(then,))
    assert dates(history, last_year(history, days)) == [then - WEEK, then + WEEK]


def test_a_day_never_speaks_for_itself() -> None:
    history = past(MONDAY, 1)
    assert dates(history, nearest(history, ordinary_day(MONDAY), within=30)) == []


def test_no_past_at_all_has_no_answer() -> None:
    history, days = past(MONDAY, 0), ordinary_day(MONDAY)
    for sources in (
        nearest(history, days, within=30),
        weeks_before(history, days, 4),
        previous_days(history, days),
        last_year(history, days),
    ):
        assert np.isnan(from_days(history, days, ALL, sources)).all()


def test_days_of_23_and_25_hours_take_the_time_on_the_wall() -> None:
    """In March 02:00 is followed by 04:00; in October 03:00 comes twice, with one value."""
    for sunday, columns, slots in (
        (dt.date(2024, 3, 31), 23, [0, 1, 2, *range(4, 24)]),
        (dt.date(2024, 10, 27), 25, [0, 1, 2, 3, 3, *range(4, 24)]),
    ):
        history = past(sunday - WEEK, 7)
        days = JudgedDays.of(number(sunday), [0, columns], 24, changes=3)
        wanted = np.ones((1, columns), np.bool_)
        answer = from_days(history, days, wanted, previous_weeks(history, days))
        assert answer[0].tolist() == [value(sunday - WEEK, slot) for slot in slots]


def test_context_is_not_estimated_and_each_day_of_a_long_gap_has_its_own_source() -> None:
    history = past(MONDAY - WEEK, 7)
    days = JudgedDays.of(number(MONDAY), [2, 26, 50], 24)
    answer = from_days(history, days, np.ones((1, 50), np.bool_), shifted(history, days, [-7]))
    assert np.isnan(answer[0, :2]).all()
    assert answer[0, 2:].tolist() == [value(MONDAY - WEEK + day * DAY, slot) for day in (0, 1) for slot in range(24)]


def test_rows_have_their_own_past() -> None:
    history, days = past(MONDAY - 2 * DAY, 2, rows=3), ordinary_day(MONDAY)
    history.usable[1, 1] = False
    history.usable[2] = False
    answer = from_days(history, days, np.ones((3, 24), np.bool_), previous_days(history, days, 2))
    assert answer[0, 0] == value(MONDAY - DAY)
    assert answer[1, 0] == value(MONDAY - 2 * DAY)
    assert np.isnan(answer[2]).all()
