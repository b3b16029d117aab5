"""Next runs through changes of clocks, leap days, month ends and blackouts (headend.md §4 row 15)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headend.blackouts import Blackout, dark_around, free_minutes
from headend.rhythms import EVERY_DAY, LAST, CatchUp, Kind, Rhythm, next_run, next_runs, runs, spread_over, to_make_up

HELSINKI, LONDON, SYDNEY = map(ZoneInfo, ("Europe/Helsinki", "Europe/London", "Australia/Sydney"))
ZONES = (HELSINKI, LONDON, SYDNEY)
BY_DAY = (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.NTH_WEEKDAY)
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)
MINUTES = st.integers(0, 1439)
LOCAL_DAYS = st.dates(date(2023, 1, 1), date(2030, 1, 1))
AFTER = LOCAL_DAYS.flatmap(
    lambda day: st.integers(0, 86_399_999).map(
        lambda ms: datetime.combine(day, time(), UTC) + timedelta(milliseconds=ms)
    )
)
BLACKOUTS = st.lists(st.builds(Blackout, WEEKDAYS, MINUTES, MINUTES), max_size=3).map(tuple)
LEAVES_TIME = BLACKOUTS.filter(lambda blackouts: free_minutes(blackouts) >= 60)


NO_BLACKOUTS = st.just(())


def rhythms_of(*kinds: Kind, blackouts: Any = NO_BLACKOUTS) -> st.SearchStrategy[Rhythm]:
    return st.builds(
        Rhythm, kind=st.sampled_from(kinds), zone=st.sampled_from(ZONES), every_min=st.integers(1, 1440),
        at_minute=MINUTES, weekdays=WEEKDAYS, month_day=st.integers(1, 31), nth=st.integers(1, LAST),
        blackouts=blackouts,
    )  # fmt: skip


def local(zone: ZoneInfo, text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def first(rhythm: Rhythm, after: str, count: int = 1) -> list[str]:
    """The next runs as local times."""
    start = local(rhythm.zone, after)
    found = islice(runs(rhythm, start, start + timedelta(days=2000)), count)
    return [f"{run.astimezone(rhythm.zone):%Y-%m-%d %H:%M}" for run in found]


@given(rhythms_of(Kind.MINUTES, *BY_DAY, blackouts=LEAVES_TIME), AFTER)
def test_next_runs_strictly_increase_and_never_fall_into_a_blackout(rhythm: Rhythm, after: datetime) -> None:
    found = list(islice(runs(rhythm, after, after + timedelta(days=400)), 20))
    assert found
    assert found[0] > after
    assert all(one < other for one, other in pairwise(found))
    assert all(dark_around(rhythm.blackouts, rhythm.zone, run) is None for run in found)


@given(rhythms_of(Kind.MINUTES, *BY_DAY, blackouts=LEAVES_TIME), AFTER)
def test_it_does_not_matter_when_the_next_run_is_asked_for(rhythm: Rhythm, after: datetime) -> None:
    run = next_run(rhythm, after)
    assert run is not None
    assert next_run(rhythm, after + (run - after) / 2) == run
    assert next_run(rhythm, run - timedelta(microseconds=1)) == run


@given(rhythms_of(Kind.DAILY), LOCAL_DAYS)
def test_daily_is_one_run_per_local_day(rhythm: Rhythm, day: date) -> None:
    begin, end = (datetime.combine(day + timedelta(days=n), time(), rhythm.zone) for n in (0, 8))
    found = [
        run.astimezone(rhythm.zone).date() for run in runs(rhythm, begin - timedelta(seconds=1), end.astimezone(UTC))
    ]
    assert [each for each in found if each < end.date()] == [day + timedelta(days=n) for n in range(8)]


@given(rhythms_of(*BY_DAY), AFTER)
def test_runs_by_the_clock_are_at_their_local_time_unless_it_is_left_out(rhythm: Rhythm, after: datetime) -> None:
    run = next_run(rhythm, after)
    assert run is not None
    at = run.astimezone(rhythm.zone)
    shown = at.hour * 60 + at.minute
    assert at.fold == 0
    assert (
        shown == rhythm.at_minute
        or at.utcoffset() != (at - timedelta(hours=2)).astimezone(UTC).astimezone(rhythm.zone).utcoffset()
    )


@given(rhythms_of(Kind.WEEKLY, Kind.MONTHLY, Kind.NTH_WEEKDAY), AFTER)
def test_days_are_those_of_the_rhythm(rhythm: Rhythm, after: datetime) -> None:
    run = next_run(rhythm, after)
    assert run is not None
    day = run.astimezone(rhythm.zone).date()
    next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (next_month - timedelta(days=1)).day
    match rhythm.kind:
        case Kind.MONTHLY:
            assert day.day == min(rhythm.month_day, last)
        case Kind.NTH_WEEKDAY:
            low = last - 7 if rhythm.nth == LAST else 7 * (rhythm.nth - 1)
            assert low < day.day <= low + 7
    if rhythm.kind != Kind.MONTHLY:
        assert day.weekday() in rhythm.weekdays


@pytest.mark.parametrize(
    ("zone", "minute", "after", "expected"),
    [
        # left out: as much later as the clocks went forward, and once
        (HELSINKI, 210, "2026-03-28 12:00", ["2026-03-29 04:30", "2026-03-30 03:30"]),
        (LONDON, 90, "2026-03-28 12:00", ["2026-03-29 02:30", "2026-03-30 01:30"]),
        (SYDNEY, 150, "2026-10-03 12:00", ["2026-10-04 03:30", "2026-10-05 02:30"]),
        # doubled: once
        (HELSINKI, 210, "2026-10-24 12:00", ["2026-10-25 03:30", "2026-10-26 03:30"]),
        (LONDON, 90, "2026-10-24 12:00", ["2026-10-25 01:30", "2026-10-26 01:30"]),
        (SYDNEY, 150, "2026-04-04 12:00", ["2026-04-05 02:30", "2026-04-06 02:30"]),
    ],
)
def test_times_left_out_and_doubled(zone: ZoneInfo, minute: int, after: str, expected: list[str]) -> None:
    assert first(Rhythm(Kind.DAILY, zone, at_minute=minute), after, 2) == expected


@pytest.mark.parametrize(("zone", "day"), [(HELSINKI, "2026-03-29"), (LONDON, "2026-10-25"), (SYDNEY, "2026-10-04")])
def test_every_n_minutes_goes_on_evenly_where_clocks_change(zone: ZoneInfo, day: str) -> None:
    start = local(zone, f"{day} 00:00")
    found = list(runs(Rhythm(Kind.MINUTES, zone, every_min=15), start, start + timedelta(hours=6)))
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=15)}


def test_weekly_runs_on_its_days() -> None:
    weekly = Rhythm(Kind.WEEKLY, HELSINKI, at_minute=360, weekdays=frozenset({0, 4}))
    assert first(weekly, "2026-11-20 06:00", 3) == ["2026-11-23 06:00", "2026-11-27 06:00", "2026-11-30 06:00"]


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (31, "2027-01-31 01:00", ["2027-02-28 00:30", "2027-03-31 00:30", "2027-04-30 00:30"]),
        (30, "2028-01-31 00:00", ["2028-02-29 00:30", "2028-03-30 00:30", "2028-04-30 00:30"]),
        (29, "2027-02-01 00:00", ["2027-02-28 00:30", "2027-03-29 00:30", "2027-04-29 00:30"]),
        (1, "2026-12-31 23:00", ["2027-01-01 00:30", "2027-02-01 00:30", "2027-03-01 00:30"]),
    ],
)
def test_monthly_on_a_day_with_leap_day_and_month_ends(day: int, after: str, expected: list[str]) -> None:
    assert first(Rhythm(Kind.MONTHLY, LONDON, at_minute=30, month_day=day), after, 3) == expected


@pytest.mark.parametrize(
    ("nth", "expected"),
    [(1, ["2026-12-01 02:00", "2027-01-05 02:00"]), (4, ["2026-11-24 02:00", "2026-12-22 02:00"]),
     (LAST, ["2026-11-24 02:00", "2026-12-29 02:00"])],
)  # fmt: skip
def test_monthly_on_a_weekday(nth: int, expected: list[str]) -> None:
    tuesdays = Rhythm(Kind.NTH_WEEKDAY, SYDNEY, at_minute=120, weekdays=frozenset({1}), nth=nth)
    assert first(tuesdays, "2026-11-20 00:00", 2) == expected


def test_once_runs_once() -> None:
    at = local(HELSINKI, "2026-12-01 03:00")
    once = Rhythm(Kind.ONCE, HELSINKI, once_at=at)
    assert next_run(once, at - timedelta(seconds=1)) == at
    assert next_run(once, at) is None


NIGHT = Blackout(EVERY_DAY, 22 * 60, 6 * 60)


def test_a_run_in_a_blackout_is_put_off_to_its_end_and_several_become_one() -> None:
    assert first(Rhythm(Kind.DAILY, HELSINKI, at_minute=60, blackouts=(NIGHT,)), "2026-11-20 00:30", 2) == [
        "2026-11-20 06:00", "2026-11-21 06:00",
    ]  # fmt: skip
    often = Rhythm(Kind.MINUTES, HELSINKI, every_min=60, at_minute=10, blackouts=(NIGHT,))
    assert first(often, "2026-11-20 20:30", 3) == ["2026-11-20 21:10", "2026-11-21 06:00", "2026-11-21 06:10"]
    once = Rhythm(Kind.ONCE, HELSINKI, once_at=local(HELSINKI, "2026-11-20 23:00"), blackouts=(NIGHT,))
    assert first(once, "2026-11-20 22:30") == ["2026-11-21 06:00"]


def test_touching_blackouts_are_one_and_one_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    morning = Blackout(frozenset({5}), 6 * 60, 9 * 60)
    daily = Rhythm(Kind.DAILY, HELSINKI, at_minute=1410, blackouts=(Blackout(frozenset({4}), 1320, 360), morning))
    assert first(daily, "2026-11-19 12:00", 3) == ["2026-11-19 23:30", "2026-11-21 09:00", "2026-11-21 23:30"]


@pytest.mark.parametrize(
    ("zone", "day", "hours"), [(HELSINKI, "2026-10-25", 3), (HELSINKI, "2026-03-29", 1), (LONDON, "2026-10-25", 2)]
)
def test_a_blackout_is_as_long_as_the_clock_on_the_wall_says(zone: ZoneInfo, day: str, hours: int) -> None:
    two_to_four = (Blackout(EVERY_DAY, 120, 240),)
    dark = dark_around(two_to_four, zone, local(zone, f"{day} 02:30", fold=1))
    assert dark is not None
    assert dark[1] - dark[0] == timedelta(hours=hours)


def test_blackouts_that_leave_no_time_are_an_error_and_never_a_loop() -> None:
    always = (Blackout(EVERY_DAY, 0, 0),)
    assert free_minutes(always) == 0
    with pytest.raises(ValueError, match="leave no time"):
        next_run(Rhythm(Kind.DAILY, LONDON, blackouts=always), local(LONDON, "2026-11-20 00:00"))
    with pytest.raises(ValueError, match="names no day"):
        next_run(Rhythm(Kind.WEEKLY, LONDON, weekdays=frozenset()), local(LONDON, "2026-11-20 00:00"))


def test_the_window_ends_where_a_blackout_begins() -> None:
    daily = Rhythm(Kind.DAILY, HELSINKI, at_minute=1290, blackouts=(NIGHT,))
    run = local(HELSINKI, "2026-11-20 21:30")
    assert spread_over(daily, run, timedelta(minutes=60)) == timedelta(minutes=30)
    assert spread_over(daily, run, timedelta(minutes=20)) == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("rule", "away_min", "expected"),
    [
        (CatchUp.ONCE, 200, [0]),
        (CatchUp.SKIP, 200, []),
        (CatchUp.SKIP, 185, [180]),
        (CatchUp.SKIP, 5, [0]),
        (CatchUp.ALL, 200, [120, 180]),
        (CatchUp.ALL, 70, [0, 60]),
        (CatchUp.ALL, 0, [0]),
    ],
)
def test_missed_runs_are_made_up_by_the_rule(rule: CatchUp, away_min: int, expected: list[int]) -> None:
    hourly, planned = Rhythm(Kind.MINUTES, LONDON, every_min=60), local(LONDON, "2026-11-20 10:00")
    now = planned + timedelta(minutes=away_min)
    made = to_make_up(hourly, planned, now, rule=rule, most=2, late=timedelta(minutes=10))
    assert [(run - planned) // timedelta(minutes=1) for run in made] == expected


def test_the_next_runs_keep_their_local_time_over_a_change_of_clocks() -> None:
    rhythm = Rhythm(Kind.DAILY, HELSINKI, at_minute=390)
    found = next_runs(rhythm, datetime(2026, 10, 23, 12, tzinfo=UTC))
    assert [(run.day, run.hour, run.minute) for run in found] == [
        (24, 3, 30), (25, 4, 30), (26, 4, 30), (27, 4, 30), (28, 4, 30)
    ]  # fmt: skip


def test_what_runs_once_has_one_run_to_come() -> None:
    once = datetime(2026, 10, 24, 1, tzinfo=UTC)
    rhythm = Rhythm(Kind.ONCE, ZoneInfo("UTC"), once_at=once)
    assert next_runs(rhythm, once - timedelta(days=1)) == [once]
    assert next_runs(rhythm, once) == []
