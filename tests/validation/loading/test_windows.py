"""Windows: local days as columns, what went before them, and which values are due."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from devices.models import Installation
from metering.quality import Quality
from metering.store import NO_VALUE
from metering.store.statistics.daytypes import DayType
from tests import factories as make
from tests.queries import count_queries
from tests.validation.loading.world import DAY, HELSINKI, LATER, at, consumption, metered, store, window
from validation.loading import groups, load_window

pytestmark = pytest.mark.django_db


def test_the_columns_of_a_local_day_hold_its_values() -> None:
    series = consumption()
    store(series, at("2026-03-09 23:45"), range(7, 7 + 98))
    found = window(series)
    first, last = found.edges.tolist()
    assert last - first == 96
    assert found.starts[first] == at("2026-03-10 00:00").timestamp()
    assert found.values[0, first - 1 :].tolist() == list(range(7, 7 + 97))
    assert found.values[0, : first - 1].tolist() == [NO_VALUE] * (first - 1)
    assert found.quality[0, first] == Quality.MEASURED
    assert found.quality[0, 0] == Quality.MISSING


def test_the_days_on_which_the_clock_changes_have_92_and_100_columns() -> None:
    series = consumption()
    spring = window(series, first=dt.date(2026, 3, 28), last=dt.date(2026, 3, 30))
    autumn = window(series, first=dt.date(2026, 10, 24), last=dt.date(2026, 10, 26))
    assert np.diff(spring.edges).tolist() == [96, 92, 96]
    assert np.diff(autumn.edges).tolist() == [96, 100, 96]
    assert spring.shape == (1, spring.edges[-1])


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "UTC", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("lead_days", [1, 3])
def test_there_is_an_interval_before_the_judged_days(zone: str, lead_days: int) -> None:
    found = load_window([consumption().pk], DAY, DAY, ZoneInfo(zone), 900, now=LATER, lead_days=lead_days)
    assert 1 + 96 * (lead_days - 1) <= found.edges[0] <= 96 * lead_days
    assert found.starts[0] % 86_400 == 0


def test_a_zone_off_the_grid_begins_with_the_first_whole_interval() -> None:
    found = load_window([consumption().pk], DAY, DAY, ZoneInfo("Asia/Kathmandu"), 3_600, now=LATER)
    first, last = found.edges.tolist()
    assert found.starts[first] == dt.datetime(2026, 3, 9, 19, tzinfo=dt.UTC).timestamp()
    assert last - first == 24


def test_public_holidays_are_sundays() -> None:
    found = window(consumption(), first=dt.date(2026, 4, 30), last=dt.date(2026, 5, 3))
    assert found.day_types.tolist() == [DayType.WORKING, DayType.SUNDAY, DayType.SATURDAY, DayType.SUNDAY]
    assert found.days[0] == (dt.date(2026, 4, 30) - dt.date(1970, 1, 1)).days


def test_a_utility_without_a_country_has_no_holidays() -> None:
    point = make.make_metering_point(make.make_utility("elsewhere"))
    assert window(consumption(point), first=dt.date(2026, 5, 1)).day_types.tolist() == [DayType.WORKING]


def test_a_value_is_due_an_hour_after_its_interval_ended() -> None:
    series = consumption()
    found = window(series, now=at("2026-03-10 02:10"))
    first = found.edges[0]
    assert found.due[0, first : first + 6].tolist() == [True] * 4 + [False] * 2


def test_nothing_is_due_where_no_device_hung() -> None:
    point, _device = metered(at("2026-03-10 06:10"), at("2026-03-10 12:00"))
    empty = make.make_metering_point(make.make_utility())
    found = window(consumption(point), consumption(empty))
    first = found.edges[0]
    due = found.starts[found.due[0]]
    assert (due[0], due[-1]) == (at("2026-03-10 06:15").timestamp(), at("2026-03-10 11:45").timestamp())
    assert not found.due[1, first:].any()


def test_a_series_of_a_meter_is_due_while_this_meter_hangs_there() -> None:
    point, old = metered(at("2026-03-01 00:00"), at("2026-03-10 08:00"))
    new = make.make_device(point.utility)
    Installation.objects.create(device=new, metering_point=point, period=(at("2026-03-10 10:00"), None))
    voltage = [
        make.make_series(point, "1-0:32.7.0", "V", kind="instantaneous", source=each.serial_number)
        for each in (old, new)
    ]
    found = window(consumption(point), *voltage)
    assert [int(row[found.judged].sum()) for row in found.due] == [32 + 56, 32, 56]


def test_a_longer_interval_stands_at_its_start_and_a_shorter_one_does_not_fit() -> None:
    quarter, hour = consumption(), consumption(interval_s=3_600)
    store(quarter, at("2026-03-10 00:00"), range(96))
    store(hour, at("2026-03-10 00:00"), range(24))
    finer = load_window([hour.pk], DAY, DAY, HELSINKI, 900, now=LATER)
    first = finer.edges[0]
    assert finer.values[0, first : first + 5].tolist() == [0, NO_VALUE, NO_VALUE, NO_VALUE, 1]
    both = load_window([quarter.pk, hour.pk], DAY, DAY, HELSINKI, 3_600, now=LATER)
    first = both.edges[0]
    assert both.values[1, first:].tolist() == list(range(24))
    assert not both.present[0].any()
    assert not both.due[0].any()
    assert both.due[1, first:].all()


def test_rows_come_in_the_order_asked_for() -> None:
    one, two = consumption(), consumption()
    store(one, at("2026-03-10 00:00"), [1])
    store(two, at("2026-03-10 00:00"), [2])
    found = window(two, one)
    assert found.series_ids.tolist() == [two.pk, one.pk]
    assert found.values[:, found.edges[0]].tolist() == [2, 1]


def test_a_window_of_nothing() -> None:
    found = window()
    assert found.shape[0] == 0
    assert found.due.shape == found.shape


def test_what_cannot_be_a_window_is_told() -> None:
    with pytest.raises(ValueError, match="before the first"):
        window(consumption(), first=DAY, last=DAY - dt.timedelta(days=1))
    with pytest.raises(ValueError, match="does not divide"):
        load_window([], DAY, DAY, HELSINKI, 1_000, now=LATER)


def test_the_number_of_queries_does_not_grow() -> None:
    many = [consumption(interval_s=3_600) for _ in range(12)]
    with count_queries() as few:
        window(*many[:1])
    with count_queries() as more:
        window(*many, last=DAY + dt.timedelta(days=5))
    assert few.number == more.number <= 6


def test_series_are_grouped_by_zone_interval_and_holidays() -> None:
    point, _device = metered()
    quarter, hour = consumption(point), consumption(point, interval_s=3_600)
    foreign = consumption(make.make_metering_point(make.make_utility("abroad", time_zone="Europe/Berlin")))
    stand = make.make_series(point, "1-0:1.8.0", kind="stand", source="M")
    daily = make.make_series(point, "1-0:1.8.0", kind="stand", periodicity="daily", source="M")
    found = groups([each.pk for each in (quarter, hour, foreign, stand, daily)])
    assert {(group.zone.key, group.interval_s): group.series_ids.tolist() for group in found} == {
        ("Europe/Berlin", 900): [foreign.pk],
        ("Europe/Helsinki", 900): [quarter.pk],
        ("Europe/Helsinki", 3_600): [hour.pk],
    }
