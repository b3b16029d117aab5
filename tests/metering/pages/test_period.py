"""Periods: what the URL says, days of 23 and 25 hours, neighbours, and words for what makes no sense."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from metering.browser.period import Period, PeriodError, Scale, parse, whole
from tests.metering.pages.world import utc

HELSINKI = ZoneInfo("Europe/Helsinki")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 20), 24)]
)
def test_a_day_has_the_hours_the_zone_gives_it(day: date, hours: int) -> None:
    period = whole(Scale.DAY, day, HELSINKI)
    assert period.end - period.start == timedelta(hours=hours)
    assert (period.first, period.last, period.days) == (day, day, 1)


def test_the_week_of_the_clock_change_is_an_hour_longer() -> None:
    period = whole(Scale.WEEK, date(2026, 10, 22), HELSINKI)
    assert period.first == date(2026, 10, 19)
    assert period.end - period.start == timedelta(days=7, hours=1)


@pytest.mark.parametrize("scale", [Scale.DAY, Scale.WEEK, Scale.MONTH, Scale.YEAR])
@pytest.mark.parametrize("zone", [HELSINKI, KATHMANDU])
def test_neighbours_touch_and_lead_back(scale: Scale, zone: ZoneInfo) -> None:
    period = whole(scale, date(2026, 10, 25), zone)
    assert period.moved(1).start == period.end
    assert period.moved(-1).end == period.start
    assert period.moved(1).moved(-1) == period


@pytest.mark.parametrize("scale", list(Scale))
def test_the_url_of_a_period_gives_the_period_back(scale: Scale) -> None:
    if scale == Scale.FREE:
        period = Period(scale, utc(2026, 10, 24, 22), utc(2026, 10, 25, 1, 30), HELSINKI)
    else:
        period = whole(scale, TODAY, HELSINKI)
    assert parse(period.query, HELSINKI, TODAY) == period


def test_both_of_the_doubled_hours_can_be_named() -> None:
    first, second = utc(2026, 10, 25, 0, 15), utc(2026, 10, 25, 1, 15)
    query = Period(Scale.FREE, first, second, HELSINKI).query
    assert query == {"from": "2026-10-25T03:15+03:00", "to": "2026-10-25T03:15+02:00"}
    assert parse(query, HELSINKI, TODAY).start == first


def test_dates_mean_whole_local_days() -> None:
    period = parse({"from": "2026-10-25", "to": "2026-10-25"}, HELSINKI, TODAY)
    assert (period.start, period.end) == (utc(2026, 10, 24, 21), utc(2026, 10, 25, 22))
    assert period.moved(1).query == {"from": "2026-10-26T00:00", "to": "2026-10-27T00:00"}


def test_without_parameters_it_is_this_week() -> None:
    assert parse({}, HELSINKI, TODAY) == whole(Scale.WEEK, TODAY, HELSINKI)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"period": "fortnight"}, "day, week, month or year"),
        ({"period": "day", "date": "2026-13-01"}, "2026-11-20"),
        ({"period": "day", "date": "0001-01-01"}, "between 1990 and 2099"),
        ({"from": "2026-11-20T14:00"}, "both a beginning and an end"),
        ({"from": "2026-11-20T14:00", "to": "2026-11-20T14:00"}, "later than the beginning"),
        ({"from": "yesterday", "to": "2026-11-20"}, "'yesterday' is not a time"),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "At most 1100 days"),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "not a time"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(query: dict[str, str], words: str) -> None:
    with pytest.raises(PeriodError, match=words):
        parse(query, HELSINKI, TODAY)


@pytest.mark.parametrize(
    ("scale", "title"),
    [
        (Scale.DAY, "Friday 20 November 2026"),
        (Scale.WEEK, "Week 47 · 16 – 22 November 2026"),
        (Scale.MONTH, "November 2026"),
        (Scale.YEAR, "2026"),
    ],
)
def test_titles(scale: Scale, title: str) -> None:
    assert whole(scale, TODAY, HELSINKI).title == title
