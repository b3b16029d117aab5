"""The same wall time on another day, also where a day has 23 or 25 hours."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metering.counterparts import counterparts
from metering.intervals import local_day, to_instant, to_seconds

HELSINKI = ZoneInfo("Europe/Helsinki")
SPRING, AUTUMN, ORDINARY = date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 2)


def hours(day: date, step_s: int = 3600) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    start, end = (to_seconds(edge) for edge in local_day(day, HELSINKI))
    return np.arange(start, end, step_s, dtype=np.int64)


def clocks(seconds: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> list[datetime]:
    return [to_instant(second).astimezone(HELSINKI) for second in seconds.tolist()]


@pytest.mark.parametrize("days", [-364, -7, -1, 1, 30])
@pytest.mark.parametrize("day", [ORDINARY, AUTUMN, SPRING])
def test_the_wall_time_stays_the_same(day: date, days: int) -> None:
    at = hours(day, 900)
    for own, other in zip(clocks(at), clocks(counterparts(at, HELSINKI, days)), strict=True):
        assert (other.date() - own.date()).days == days
        assert (other.hour, other.minute) == (own.hour, own.minute)


def test_the_hour_that_comes_twice_has_one_counterpart() -> None:
    found = counterparts(hours(AUTUMN), HELSINKI, -1)
    assert len(found) == 25 and found[3] == found[4]
    assert [other.hour for other in clocks(found)] == [0, 1, 2, 3, 3, *range(4, 24)]


def test_an_ordinary_day_answers_to_the_first_of_the_two() -> None:
    day = date(2026, 10, 24)
    assert counterparts(hours(day), HELSINKI, 1).tolist() == [each for k, each in enumerate(hours(AUTUMN)) if k != 4]


def test_the_hour_that_is_not_there_is_answered_by_the_next() -> None:
    found = counterparts(hours(date(2026, 3, 28)), HELSINKI, 1)
    assert len(found) == 24 and found[3] == found[4]
    assert [other.hour for other in clocks(found)] == [0, 1, 2, 4, 4, *range(5, 24)]


def test_the_same_year_later_the_hours_fit_again() -> None:
    at = np.concatenate([hours(date(2026, 10, 24)), hours(AUTUMN), hours(date(2026, 10, 26))])
    assert counterparts(counterparts(at, HELSINKI, 0), HELSINKI, 0).tolist() == at.tolist()


def test_nothing_has_no_counterpart() -> None:
    assert len(counterparts(np.array([], np.int64), HELSINKI, 1)) == 0
