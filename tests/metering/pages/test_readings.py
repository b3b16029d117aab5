"""What is missing, what is only awaited, and where a series begins; sums over buckets against plain addition."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metering.browser.buckets import day_edges, gather
from metering.browser.period import Scale, whole
from metering.browser.readings import Readings, read
from metering.models import Series
from metering.store import NO_VALUE
from tests import factories as make
from tests.metering.pages.world import World, store_day, utc

UTC_ZONE = ZoneInfo("UTC")
DAY = date(2026, 6, 2)


def test_a_slot_is_missing_an_hour_after_it_ended(world: World) -> None:
    store_day(world.consumption, DAY - timedelta(days=1), 1)
    store_day(world.consumption, DAY, [1, None, 1])
    (found,) = read([world.consumption], whole(Scale.DAY, DAY, UTC_ZONE), utc(2026, 6, 2, 3, 5)).readings
    assert np.flatnonzero(found.missing).tolist() == [1, 3, 4, 5, 6, 7]  # 00:15, and 00:45 to 02:00
    assert found.awaited.sum() == 96 - 8


def test_a_series_begins_with_its_first_value_unless_it_had_one_before(world: World) -> None:
    period, now = whole(Scale.DAY, DAY, UTC_ZONE), utc(2026, 7, 1)
    store_day(world.consumption, DAY, [None] * 40 + [1] * 56)
    assert not read([world.consumption], period, now).readings[0].missing.any()
    store_day(world.consumption, DAY - timedelta(days=30), 1)
    assert read([world.consumption], period, now).readings[0].missing.sum() == 40


def test_series_come_back_in_the_order_asked_for(world: World) -> None:
    hourly = make.make_series(world.north, "1-0:21.29.0", interval_s=3600)
    daily = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    asked = [daily, world.consumption, hourly]
    found = read(asked, whole(Scale.DAY, DAY, UTC_ZONE), utc(2026, 7, 1)).readings
    assert [(each.series, each.step_s) for each in found] == [(daily, 0), (world.consumption, 900), (hourly, 3600)]


VALUES = st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=1, max_size=300)
ZONES = st.sampled_from(["UTC", "Europe/Helsinki", "Asia/Kathmandu", "America/St_Johns"])


@given(VALUES, ZONES)
def test_local_days_add_up_to_their_values(values: list[int | None], zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    first = date(2026, 10, 24)
    edges = day_edges(first, first + timedelta(days=4), zone)
    at = edges[0] + np.arange(len(values)) * 900
    stored = np.array([NO_VALUE if value is None else value for value in values], np.int64)
    rest = np.zeros(len(values), np.uint8)
    series = Series(kind=Series.Kind.CONSUMPTION, interval_s=900)
    readings = Readings(series, at, stored, rest, rest.astype(np.uint32), np.ones(len(values), np.bool_), 900)
    gathered = gather(readings, edges)
    for k, (start, end) in enumerate(pairwise(edges.tolist())):
        inside = [v for second, v in zip(at.tolist(), values, strict=True) if start <= second < end]
        known = [value for value in inside if value is not None]
        assert gathered.values[k] == (sum(known) if known else NO_VALUE)
        assert gathered.missing[k] == len(inside) - len(known)
