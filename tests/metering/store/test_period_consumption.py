"""Consumption between register values: exact, with roll-over, multiplier and exchange."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.intervals import NaiveInstantError, to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE, Origin, RegisterBatch, period_consumption, write, write_registers

from .conftest import SeriesMaker
from .meters import ORIGIN, Consumption, Meter
from .samples import block, database_clock, instant

pytestmark = pytest.mark.django_db
MONTHS = [instant(day) for day in (0, 31, 61, 92)]


def _meter(make_series: SeriesMaker, periodicity: str = "daily", **fields: int) -> Meter:
    pk = make_series("stand", interval_s=0, periodicity=periodicity, **fields)
    return Meter(Series.objects.get(pk=pk))


def _showed(meter: Meter, stands: Mapping[dt.datetime, int], quality: int = Quality.MEASURED, status: int = 0) -> None:
    at = np.array([to_seconds(each) for each in stands], np.int64)
    values, count = np.array(list(stands.values()), np.int64), len(stands)
    codes, words = np.full(count, quality, np.uint8), np.full(count, status, np.uint32)
    write_registers(RegisterBatch(np.full(count, meter.id), at, values, codes, words), origin=ORIGIN)


def _used(*meters: Meter, days: int = 100) -> list[int]:
    found = period_consumption([meter.id for meter in meters], instant(0), instant(days))
    return [int(value) for value in found.values]


def test_months_of_a_register(make_series: SeriesMaker) -> None:
    meter = _meter(make_series, "monthly", exponent=-1)
    _showed(meter, dict(zip(MONTHS, [1000, 1310, 1310, 1999], strict=True)), status=2)
    found = period_consumption([meter.id], MONTHS[0], MONTHS[3])
    assert found.values.tolist() == [310, 0, 689]
    assert found.starts.tolist() == [each.replace(tzinfo=None) for each in MONTHS[:3]]
    assert found.ends.tolist() == [each.replace(tzinfo=None) for each in MONTHS[1:]]
    assert (found.series_ids == meter.id).all()
    assert (found.exponents.tolist(), found.status.tolist()) == ([-1] * 3, [2] * 3)
    assert found.quality.tolist() == [Quality.MEASURED] * 3


def test_only_stands_in_the_period_count_its_ends_included(make_series: SeriesMaker) -> None:
    meter = _meter(make_series)
    _showed(meter, {instant(day): day * day for day in range(6)})
    found = period_consumption([meter.id], instant(1), instant(3))
    assert found.values.tolist() == [3, 5]
    with pytest.raises(NaiveInstantError):
        period_consumption([meter.id], instant(1).replace(tzinfo=None), instant(3))


def test_a_missing_day_makes_one_longer_period(make_series: SeriesMaker) -> None:
    meter = _meter(make_series)
    _showed(meter, {instant(0): 1, instant(1): 3, instant(4): 10})
    assert _used(meter) == [2, 7]


def test_a_deleted_stand_is_none(make_series: SeriesMaker) -> None:
    meter = Meter(Series.objects.get(pk=make_series("instantaneous", interval_s=0, periodicity="daily")))
    assert len(period_consumption([meter.id], instant(0), instant(9))) == 0
    assert len(period_consumption([], instant(0), instant(9))) == 0


def test_roll_over_and_a_step_back(make_series: SeriesMaker) -> None:
    known, unknown = _meter(make_series, register_digits=4), _meter(make_series, "monthly")
    for meter in (known, unknown):
        _showed(meter, {instant(0): 9_990, instant(1): 12, instant(2): 5})
    found = period_consumption([known.id, unknown.id], instant(0), instant(9))
    assert found.values.tolist() == [22, -7, -9_978, -7]
    assert found.quality.tolist() == [Quality.MEASURED, Quality.SUSPECT, Quality.SUSPECT, Quality.SUSPECT]


def test_multiplier_counts_from_its_instant_on(make_series: SeriesMaker) -> None:
    meter = _meter(make_series)
    meter.multiplied(instant(1), 40)
    meter.multiplied(instant(2, 12), 60)
    _showed(meter, {instant(day): day for day in range(5)})
    found = period_consumption([meter.id], instant(0), instant(9))
    assert found.values.tolist() == [1, 40, NO_VALUE, 60]
    assert found.quality[2] == Quality.MISSING


@pytest.mark.parametrize("periodicity", ["daily", "monthly", "on_demand"])
def test_the_period_of_an_exchange_is_the_sum_of_both_meters(make_series: SeriesMaker, periodicity: str) -> None:
    old, new = _meter(make_series, periodicity), _meter(make_series, periodicity, exponent=-1)
    Consumption(0, (old, new)).exchanged(instant(1, 10), 130, "2.5")
    _showed(old, {instant(0): 90, instant(1): 100})
    _showed(new, {instant(2): 40, instant(3): 61})
    found = period_consumption([old.id, new.id], instant(0), instant(9))
    assert found.values.tolist() == [100, 300 + 15, 21]
    assert found.exponents.tolist() == [-1] * 3
    assert found.series_ids.tolist() == [old.id, new.id, new.id]


def test_an_exchange_without_stands_leaves_its_period_unknown(make_series: SeriesMaker) -> None:
    old, new = _meter(make_series), _meter(make_series)
    _showed(old, {instant(0): 90, instant(1): 100})
    _showed(new, {instant(2): 4, instant(3): 6})
    assert _used(old, new) == [10, NO_VALUE, 2]
    Consumption(0, (old, new)).exchanged(instant(1, 10), None, 1)
    assert _used(old, new) == [10, NO_VALUE, 2]


def test_a_meter_that_is_still_read_after_its_end_splits_no_period(make_series: SeriesMaker) -> None:
    old, new = _meter(make_series), _meter(make_series)
    Consumption(0, (old, new)).exchanged(instant(1), 100, 0)
    _showed(old, {instant(0): 90, instant(1): 100, instant(2, 0, 1): 100, instant(3, 0, 1): 100})
    _showed(new, {instant(2): 4, instant(3): 6, instant(0, 12): 0})
    assert _used(old, new) == [10, 4, 2]


def test_registers_of_other_rhythms_and_properties_stand_for_themselves(make_series: SeriesMaker) -> None:
    daily, monthly = _meter(make_series), _meter(make_series, "monthly")
    _showed(daily, {instant(0): 1, instant(1): 2, instant(31): 40})
    _showed(monthly, {instant(0): 1, instant(31): 40})
    assert sorted(_used(daily, monthly)) == [1, 38, 39]


def test_as_of_an_earlier_instant(make_series: SeriesMaker) -> None:
    meter = _meter(make_series)
    _showed(meter, {instant(0): 1, instant(1): 3})
    before = database_clock()
    _showed(meter, {instant(1): 4})
    assert _used(meter) == [3]
    then = period_consumption([meter.id], instant(0), instant(9), as_of=before)
    assert then.values.tolist() == [2]


def test_it_agrees_with_the_profile_of_the_same_register(make_series: SeriesMaker) -> None:
    """A day of quarter hours adds up to the difference of the midnight stands, roll-over and multiplier included."""
    used = make_series("consumption")
    feeds = Series.objects.get(pk=used)
    profile = Meter(Series.objects.get(pk=make_series("stand", feeds=feeds, register_digits=4)))
    daily = _meter(make_series, register_digits=4)
    Series.objects.filter(pk=daily.id).update(source=profile.serial)
    profile.multiplied(instant(-1), 7, 3)
    stands = (np.arange(97) * 37 + 8_000) % 10_000
    write(block(profile.id, stands[:96]), block(profile.id, stands[96:], day=1), origin=Origin())
    _showed(daily, {instant(0): int(stands[0]), instant(1): int(stands[96])})
    assert _used(daily) == [sum(Consumption(used, ()).values(days=1).values())]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.integers(0, 4_999), min_size=8, max_size=8),
    start=st.integers(0, 9_999),
    ratio=st.tuples(st.integers(1, 1_000), st.integers(1, 1_000)),
    shown=st.sets(st.integers(0, 8), min_size=2),
)
def test_any_two_stands_differ_by_what_lies_between(
    make_series: SeriesMaker, steps: list[int], start: int, ratio: tuple[int, int], shown: set[int]
) -> None:
    """Where all stands in between are there, so that each roll-over is seen."""
    with transaction.atomic():
        meter = _meter(make_series, register_digits=4)
        meter.multiplied(instant(-2), *ratio)
        counted = [int(each) for each in np.cumsum([start, *steps])]
        _showed(meter, {instant(day): each % 10_000 for day, each in enumerate(counted)})
        numerator, denominator = ratio
        scaled = [each % 10_000 * numerator // denominator for each in counted]
        again = 10_000 * numerator // denominator
        for first, last in itertools.pairwise(sorted(shown)):
            found = period_consumption([meter.id], instant(first), instant(last)).values
            rolled = counted[last] // 10_000 - counted[first] // 10_000
            assert found.sum() == scaled[last] - scaled[first] + rolled * again
