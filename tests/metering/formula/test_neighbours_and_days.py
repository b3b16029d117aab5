"""Functions that look beyond their own slot: neighbours, the local day, the clock on the wall."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metering.formula import DayCalendar, local_calendar
from tests.metering.formula.world import HELSINKI, NAN, columns, days, evaluated, holds, numbers

SPRING, AUTUMN = "2026-03-29", "2026-10-25"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("previous(value)", [NAN, 1.0, NAN, 3.0, 4.0]),
        ("previous(value, 2)", [NAN, NAN, 1.0, NAN, 3.0]),
        ("next(value, 2)", [3.0, 4.0, 8.0, NAN, NAN]),
        ("previous(value, 5)", [NAN] * 5),
        ("next(value, 10000)", [NAN] * 5),
        ("previous(next(value))", [NAN, NAN, 3.0, 4.0, 8.0]),
        ("moving_average(value, 1)", [1.0, NAN, 3.0, 4.0, 8.0]),
        ("moving_average(value, 2)", [1.0, 1.0, 3.0, 3.5, 6.0]),
        ("moving_average(value, 3)", [1.0, 1.0, 2.0, 3.5, 5.0]),
        ("moving_average(value, 5)", [1.0, 1.0, 2.0, 8 / 3, 4.0]),
        ("moving_average(value, 10000)", [1.0, 1.0, 2.0, 8 / 3, 4.0]),
        ("moving_average(previous(value), 2)", [NAN, 1.0, 1.0, 3.0, 3.5]),
    ],
)
def test_neighbours(text: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(numbers(text, value=[[1.0, NAN, 3.0, 4.0, 8.0]]), expected)


def test_a_condition_has_neighbours_too() -> None:
    assert holds("previous(value > 1)", value=[[2.0, 0.0, NAN, 2.0]]) == [False, True, False, False]
    assert holds("next(not value > 1, 2)", value=[[2.0, 0.0, NAN, 2.0]]) == [True, False, False, False]


@pytest.mark.parametrize("length", range(1, 40))
def test_a_moving_average_is_that_of_its_window(length: int) -> None:
    value = np.arange(30.0) ** 2
    expected = [value[max(0, end - length) : end].mean() for end in range(1, 31)]
    np.testing.assert_allclose(numbers(f"moving_average(value, {length})", value=[value]), expected, rtol=1e-14)


def test_a_huge_value_spoils_only_the_averages_it_lies_in() -> None:
    averages = numbers("moving_average(value, 2)", value=[[1.7e308, 1.7e308, 1.0, 0.1, 0.2]])
    np.testing.assert_array_equal(averages, [1.7e308, NAN, (1.7e308 + 1.0) / 2, (1.0 + 0.1) / 2, (0.1 + 0.2) / 2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum_day(value)", [NAN, 6.0, 6.0, 6.0, NAN, NAN]),
        ("mean_day(value)", [NAN, 3.0, 3.0, 3.0, NAN, NAN]),
        ("min_day(value)", [NAN, 2.0, 2.0, 2.0, NAN, NAN]),
        ("max_day(value)", [NAN, 4.0, 4.0, 4.0, NAN, NAN]),
        ("count_day(value)", [NAN, 2.0, 2.0, 2.0, 0.0, 0.0]),
        ("count_day(missing(value))", [NAN, 1.0, 1.0, 1.0, 2.0, 2.0]),
        ("max_day(previous(value))", [NAN, 9.0, 9.0, 9.0, 4.0, 4.0]),
        ("sum_day(2)", [NAN, 6.0, 6.0, 6.0, 4.0, 4.0]),
    ],
)
def test_a_day_goes_by_what_is_there(text: str, expected: list[float]) -> None:
    value = [9.0, 2.0, NAN, 4.0, NAN, NAN]
    calendar = _with_edges(6, 1, 4, 6)
    np.testing.assert_array_equal(numbers(text, calendar=calendar, value=[value]), expected)


def test_a_guard_hides_no_other_slots_of_the_day_or_neighbours() -> None:
    assert holds("value > 3 and sum_day(value if value < 3 else 0) == 3", value=[[1.0, 2.0, 4.0]]) == [
        False,
        False,
        True,
    ]
    assert holds("value > 3 and previous(value if value < 3 else 0) == 2", value=[[1.0, 2.0, 4.0]]) == [
        False,
        False,
        True,
    ]


def test_the_context_is_never_judged() -> None:
    evaluation = evaluated(
        "value > 1 / factor", calendar=_with_edges(5, 2, 4), value=[[5.0] * 5], factor=[[0, 2, 0, 2, 0]]
    )
    assert evaluation.holds.tolist() == [[False, False, False, True, False]]
    assert evaluation.divisions_by_zero == 1


def test_all_may_be_context() -> None:
    evaluation = evaluated("value > 0 or count_day(value) >= 0", calendar=_with_edges(4, 3), value=[[5.0] * 4])
    assert not evaluation.holds.any()
    assert evaluated("sum_day(value)", calendar=_with_edges(4, 3), value=[[5.0] * 4]).missing.all()


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-28", 96), (SPRING, 92), (AUTUMN, 100)])
def test_a_local_day_has_92_96_or_100_quarters(day: str, quarters: int) -> None:
    calendar = days(day, 1, 900, context=4)
    assert calendar.edges.tolist() == [4, 4 + quarters]
    sums = numbers("sum_day(value)", calendar=calendar, value=1)
    np.testing.assert_array_equal(sums, [NAN] * 4 + [quarters] * quarters)


def test_the_wall_clock_jumps_in_spring_and_repeats_an_hour_in_autumn() -> None:
    assert numbers("hour()", calendar=days(SPRING))[:6] == [0.0, 1.0, 2.0, 4.0, 5.0, 6.0]
    assert numbers("hour()", calendar=days(AUTUMN))[:7] == [0.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0]
    assert numbers("minute()", calendar=days(SPRING, 1, 900))[:5] == [0.0, 15.0, 30.0, 45.0, 0.0]


def test_weekdays_count_from_monday() -> None:
    calendar = days("2026-11-16", 7, 86_400 // 24)
    assert sorted(set(numbers("weekday()", calendar=calendar))) == [1, 2, 3, 4, 5, 6, 7]
    assert numbers("weekday()", calendar=calendar)[0] == 1
    assert numbers("weekday()", calendar=calendar)[-1] == 7


def test_holidays_are_local_days() -> None:
    start = dt.datetime(2026, 12, 4, 22, tzinfo=dt.UTC)
    calendar = local_calendar(start, 3600, 72, HELSINKI, holidays=[dt.date(2026, 12, 6)])
    assert np.flatnonzero(holds("is_holiday()", calendar=calendar)).tolist() == list(range(24, 48))
    assert sum(holds("is_holiday() and hour() >= 18", calendar=calendar)) == 6


def test_a_column_belongs_to_the_day_it_begins_in() -> None:
    """Half past five ahead of UTC: an hour of the UTC grid begins at half past, also the last of a day."""
    calendar = local_calendar(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 3600, 48, ZoneInfo("Asia/Kolkata"))
    assert calendar.edges.tolist() == [0, 19, 43, 48]
    assert set(calendar.minute.tolist()) == {30}


def test_a_calendar_that_contradicts_itself_is_refused() -> None:
    good = columns(3)
    with pytest.raises(ValueError, match="every column"):
        DayCalendar(good.edges, good.hour, good.minute[:2], good.weekday, good.holiday)
    for edges in ([], [0, 4], [2, 1], [1, 1], [-1, 2]):
        with pytest.raises(ValueError, match="ascend within 3 columns"):
            DayCalendar(np.array(edges, np.intp), good.hour, good.minute, good.weekday, good.holiday)


def _with_edges(slots: int, *edges: int) -> DayCalendar:
    plain = columns(slots)
    return DayCalendar(np.array(edges, np.intp), plain.hour, plain.minute, plain.weekday, plain.holiday)
