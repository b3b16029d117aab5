"""Days, slots and zones."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from metering.intervals import NaiveInstantError, day_number, day_of, local_day, slots_per_day, to_instant, to_seconds


def test_days_and_instants_are_counted_from_1970() -> None:
    assert day_number(dt.date(1970, 1, 2)) == 1
    assert day_of(day_number(dt.date(2028, 2, 29))) == dt.date(2028, 2, 29)
    assert to_instant(to_seconds(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))) == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_parts_of_a_second_count_as_the_next_one() -> None:
    assert to_seconds(dt.datetime(1970, 1, 1, 0, 0, 1, 1, tzinfo=dt.UTC)) == 2
    assert to_seconds(dt.datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=dt.UTC)) == 0


def test_instants_need_a_zone() -> None:
    with pytest.raises(NaiveInstantError):
        to_seconds(dt.datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Helsinki", dt.date(2026, 3, 29), 23),
        ("Europe/Helsinki", dt.date(2026, 10, 25), 25),
        ("Asia/Kolkata", dt.date(2026, 3, 29), 24),
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 24.5),
    ],
)
def test_length_of_local_days(zone: str, day: dt.date, hours: float) -> None:
    start, end = local_day(day, ZoneInfo(zone))
    assert end - start == dt.timedelta(hours=hours)
    assert (start.tzinfo, end.tzinfo) == (dt.UTC, dt.UTC)


def test_slots_of_a_day() -> None:
    assert [slots_per_day(seconds) for seconds in (60, 300, 900, 86_400)] == [1440, 288, 96, 1]
    with pytest.raises(ValueError, match="does not divide"):
        slots_per_day(1000)
