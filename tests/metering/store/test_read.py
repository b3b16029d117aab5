"""Reading: local days, leap days, mixed interval lengths, order of series, gaps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metering.intervals import DAY_S, NaiveInstantError, day_number, day_of, local_day, to_seconds
from metering.quality import Quality
from metering.store import NO_VALUE, Origin, full_days, missing, place, read, read_begun, write

from .conftest import SeriesMaker
from .samples import block, instant, present_values

pytestmark = pytest.mark.django_db
ORIGIN = Origin(job_id=1)
HELSINKI = ZoneInfo("Europe/Helsinki")


def _fill(series: int, first: dt.date, days: int, interval_s: int = 900) -> int:
    """Values that are their own number of intervals since 1970."""
    start, count = day_number(first) * DAY_S // interval_s, days * DAY_S // interval_s
    numbers = np.arange(start, start + count)
    write(place(interval_s, series, numbers * interval_s, numbers).batch, origin=ORIGIN)
    return series


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 6, 1), 24), (dt.date(2026, 10, 25), 25)]
)
def test_local_day_is_a_slice_of_23_24_or_25_hours(make_series: SeriesMaker, day: dt.date, hours: int) -> None:
    series = _fill(make_series(), day - dt.timedelta(days=1), 3)
    start, end = local_day(day, HELSINKI)
    matrix = read([series], start, end)
    assert matrix.start == start
    assert matrix.values.tolist() == [list(range(to_seconds(start) // 900, to_seconds(start) // 900 + hours * 4))]


@pytest.mark.parametrize(("back_days", "begun"), [(4, [True, False, True, False]), (5, [True, True, True, False])])
def test_series_that_began_before_are_told(make_series: SeriesMaker, back_days: int, begun: list[bool]) -> None:
    """One with a first value, one whose last day is five days before, the first again, one without any value."""
    day = dt.date(2026, 10, 25)
    going, ended = _fill(make_series(), day, 2), _fill(make_series(), day - dt.timedelta(days=6), 2)
    ids, start = [going, ended, going, make_series()], dt.datetime(2026, 10, 25, tzinfo=dt.UTC)
    matrix, found = read_begun(ids, start, start + dt.timedelta(days=2), back_days=back_days)
    assert found.tolist() == begun
    assert np.array_equal(matrix.values, read(ids, start, start + dt.timedelta(days=2)).values)


def test_leap_day_and_turn_of_the_year(make_series: SeriesMaker) -> None:
    series = _fill(make_series(interval_s=3600), dt.date(2027, 12, 31), 61, 3600)
    start = dt.datetime(2027, 12, 31, tzinfo=dt.UTC)
    matrix = read([series], start, dt.datetime(2028, 3, 1, tzinfo=dt.UTC))
    assert matrix.values.shape == (1, 61 * 24)
    assert matrix.present.all()
    assert (np.diff(matrix.values[0]) == 1).all()
    assert matrix.instants[59 * 24 + 1] == np.datetime64("2028-02-28T01:00:00")
    assert matrix.instants[60 * 24] == np.datetime64("2028-02-29T00:00:00")


def test_interval_counts_when_it_starts_inside_the_period(make_series: SeriesMaker) -> None:
    series = _fill(make_series(interval_s=3600), instant().date(), 1, 3600)
    matrix = read([series], instant(0, 5, 30), instant(0, 8, 30))
    assert (matrix.start, matrix.values.shape) == (instant(0, 6), (1, 3))
    assert read([series], instant(0, 5, 30), instant(0, 5, 45)).values.shape == (1, 0)


def test_rows_follow_the_question_also_when_it_repeats_itself(make_series: SeriesMaker) -> None:
    first, second = make_series(), make_series()
    write(block(first, [1]), block(second, [2]), origin=ORIGIN)
    matrix = read([second, first, second, 10**9], instant(), instant(0, 0, 15))
    assert matrix.values.tolist() == [[2], [1], [2], [NO_VALUE]]
    assert matrix.quality[3, 0] == Quality.MISSING
    assert matrix.row(first) == 1
    with pytest.raises(KeyError):
        matrix.row(0)


def test_longer_intervals_stand_at_their_own_start(make_series: SeriesMaker) -> None:
    quarter, hour = make_series(), make_series(interval_s=3600)
    write(block(quarter, range(96)), block(hour, range(24), interval_s=3600), origin=ORIGIN)
    matrix = read([quarter, hour], instant(), instant(1))
    assert matrix.interval_s == 900
    assert matrix.values[1].sum(where=matrix.present[1]) == sum(range(24))
    assert present_values(matrix, 1)["2026-03-10T05:00"] == 5


def test_one_year_may_change_its_interval_length(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [60] * 24, interval_s=3600), block(series, [15] * 96, day=1), origin=ORIGIN)
    matrix = read([series], instant(), instant(2))
    assert matrix.values[0].sum(where=matrix.present[0]) == 24 * 60 + 96 * 15


def test_nothing_stored_has_the_declared_grid(make_series: SeriesMaker) -> None:
    matrix = read([make_series(interval_s=3600)], instant(), instant(1))
    assert (matrix.interval_s, matrix.values.shape) == (3600, (1, 24))
    assert not matrix.present.any()
    assert read([make_series()], instant(1), instant(0)).values.shape == (1, 0)


def test_instants_without_a_zone_are_our_bug(make_series: SeriesMaker) -> None:
    with pytest.raises(NaiveInstantError):
        read([make_series()], dt.datetime(2026, 1, 1), instant())  # noqa: DTZ001


def test_missing_names_each_stretch_once(make_series: SeriesMaker) -> None:
    full, holed, silent = make_series(), make_series(interval_s=3600), make_series()
    write(block(full, range(96)), block(full, range(96), day=1), origin=ORIGIN)
    write(block(holed, range(20), interval_s=3600), block(holed, [1], day=1, interval_s=3600), origin=ORIGIN)
    values = block(holed, [NO_VALUE], interval_s=3600)
    deletion = np.where(np.arange(24) == 3, Quality.DELETED, Quality.MEASURED).astype(np.uint8)
    write(replace(values, quality=deletion[None, :]), origin=ORIGIN)
    gaps = missing([silent, full, holed], instant(0), instant(1, 2))
    found = list(zip(gaps.series_ids.tolist(), gaps.starts.astype(str), gaps.ends.astype(str), strict=True))
    assert found == [
        (holed, "2026-03-10T03:00:00", "2026-03-10T04:00:00"),
        (holed, "2026-03-10T20:00:00", "2026-03-11T00:00:00"),
        (holed, "2026-03-11T01:00:00", "2026-03-11T02:00:00"),
        (silent, "2026-03-10T00:00:00", "2026-03-11T02:00:00"),
    ]
    assert len(missing([full], instant(0), instant(2))) == 0


def test_full_days_are_those_without_a_missing_slot(make_series: SeriesMaker) -> None:
    quarters, hours = make_series(), make_series(interval_s=3600)
    write(block(quarters, range(96)), block(quarters, range(95), day=1), origin=ORIGIN)
    write(block(hours, range(23), interval_s=3600), block(hours, range(24), day=1, interval_s=3600), origin=ORIGIN)
    first, last = instant(0).date(), instant(1).date()
    ids, days = full_days([quarters, hours], first, last)
    found = {(series, day_of(day)) for series, day in zip(ids.tolist(), days.tolist(), strict=True)}
    assert found == {(quarters, first), (hours, last)}
    assert full_days([], first, last)[0].size == 0


def test_nothing_asked_is_nothing_read(make_series: SeriesMaker) -> None:
    assert read([], instant(), instant(1)).values.shape == (0, 1)
