"""The picture of the coming week: where runs and blackouts lie on days of 23, 24 and 25 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from headend.blackouts import Blackout
from headend.rhythms import EVERY_DAY, Kind, Rhythm
from headend.week import DAYS, week_of

HELSINKI = ZoneInfo("Europe/Helsinki")
AT_ONCE = timedelta()


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 6, 1), 24), (date(2026, 10, 25), 25)])
def test_a_run_lies_where_its_time_lies_in_a_day_of_any_length(day: date, hours: int) -> None:
    noon = Rhythm(Kind.DAILY, HELSINKI, at_minute=720)
    line = week_of(noon, datetime.combine(day, datetime.min.time(), HELSINKI), AT_ONCE)[0]
    (mark,) = line.runs
    assert mark.x == pytest.approx(100 * (hours - 12) / hours, abs=0.01)
    assert line.words == "12:00"


def test_a_window_and_a_blackout_over_midnight_go_on_on_the_next_day() -> None:
    late = Rhythm(Kind.WEEKLY, HELSINKI, at_minute=1380, weekdays=frozenset({0}))
    monday = datetime(2026, 11, 23, 6, tzinfo=UTC)
    first, second, *_ = week_of(late, monday, timedelta(hours=3))
    assert [(mark.x, mark.width) for mark in (*first.runs, *second.runs)] == [(95.83, 4.17), (0.0, 8.33)]
    assert second.words == "no run"
    dark = Rhythm(Kind.DAILY, HELSINKI, at_minute=720, blackouts=(Blackout(EVERY_DAY, 1320, 360),))
    assert [mark.x for mark in week_of(dark, monday, AT_ONCE)[0].dark] == [0.0, 91.67]


def test_what_runs_weekly_and_has_run_today_is_seen_again() -> None:
    weekly = Rhythm(Kind.WEEKLY, HELSINKI, at_minute=0, weekdays=frozenset({0}))
    week = week_of(weekly, datetime(2026, 11, 23, 12, tzinfo=UTC), AT_ONCE)
    assert [line.words for line in week] == ["no run"] * (DAYS - 1) + ["00:00"]


def test_many_runs_are_told_in_few_words() -> None:
    often = Rhythm(Kind.MINUTES, HELSINKI, every_min=1)
    week = week_of(often, datetime(2026, 11, 23, 12, tzinfo=UTC), AT_ONCE)
    assert week[1].words == "many runs, 00:00 to 23:45"
    hourly = Rhythm(Kind.MINUTES, HELSINKI, every_min=60)
    assert week_of(hourly, datetime(2026, 11, 23, 12, tzinfo=UTC), AT_ONCE)[1].words == "24 runs, 00:00 to 23:00"
