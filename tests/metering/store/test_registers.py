"""Register values follow the rules of blocks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metering.intervals import to_seconds
from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    Counts,
    Origin,
    RegisterBatch,
    read_registers,
    register_history,
    weigh_registers,
    write_registers,
)

from .conftest import SeriesMaker
from .samples import database_clock, instant

pytestmark = pytest.mark.django_db
ORIGIN = Origin(job_id=1)


def _batch(series: int, values: dict[dt.datetime, int], quality: int | None = None) -> RegisterBatch:
    codes = None if quality is None else np.full(len(values), quality, np.uint8)
    at = np.array([to_seconds(moment) for moment in values], np.int64)
    return RegisterBatch(np.full(len(values), series, np.int64), at, np.array(list(values.values()), np.int64), codes)


def test_values_of_any_instants_come_back_in_order(make_series: SeriesMaker) -> None:
    series, other = make_series.register(), make_series.register()
    write_registers(_batch(series, {instant(40, 22): 3, instant(0, 22): 1, instant(1, 9, 41): 2}), origin=ORIGIN)
    write_registers(_batch(other, {instant(1): 7}), origin=ORIGIN)
    found = read_registers([series, other], instant(), instant(41))
    assert found.series_ids.tolist() == [series] * 3 + [other]
    assert found.values.tolist() == [1, 2, 3, 7]
    assert found.at[1] == np.datetime64("2026-03-11T09:41:00")


def test_identical_values_change_nothing_and_others_leave_a_version(make_series: SeriesMaker) -> None:
    series = make_series.register()
    first = _batch(series, {instant(0): 10, instant(1): 20})
    assert write_registers(first, origin=ORIGIN) == Counts(new=2)
    assert write_registers(first, origin=Origin(job_id=2)) == Counts(unchanged=2)
    before = database_clock()
    changed = write_registers(_batch(series, {instant(1): 21}), origin=Origin(user_id=3, message="read again"))
    assert changed == Counts(changed=1)
    states = [(state.value, state.origin) for state in register_history(series, instant(1))]
    assert states == [(21, Origin(user_id=3, message="read again")), (20, ORIGIN)]
    assert read_registers([series], instant(), instant(2)).values.tolist() == [10, 21]
    assert read_registers([series], instant(), instant(2), as_of=before).values.tolist() == [10, 20]


def test_precedence_and_deletion(make_series: SeriesMaker) -> None:
    series = make_series.register()
    write_registers(_batch(series, {instant(0): 10}), origin=ORIGIN)
    estimate = write_registers(_batch(series, {instant(0): 9, instant(1): 12}, Quality.ESTIMATED), origin=ORIGIN)
    assert (estimate.new, estimate.refused) == (1, 1)
    assert estimate.refusals[0].reason == "a better value is stored"
    write_registers(_batch(series, {instant(1): NO_VALUE}, Quality.DELETED), origin=ORIGIN)
    found = read_registers([series], instant(), instant(2))
    assert found.values.tolist() == [10, NO_VALUE]
    assert found.quality.tolist() == [Quality.MEASURED, Quality.DELETED]
    assert [state.value for state in register_history(series, instant(1))] == [None, 12]


def test_reading_heard_again_does_not_overturn_a_decision(make_series: SeriesMaker) -> None:
    series = make_series.register()
    read_first = _batch(series, {instant(0): 10, instant(1): 20})
    write_registers(read_first, origin=ORIGIN)
    write_registers(_batch(series, {instant(0): 11}, Quality.EDITED), origin=Origin(user_id=3))
    assert write_registers(read_first, origin=Origin(job_id=2)) == Counts(unchanged=2)
    assert read_registers([series], instant(), instant(2)).values.tolist() == [11, 20]
    assert write_registers(_batch(series, {instant(0): 12}), origin=Origin(job_id=3)).changed == 1
    assert [state.value for state in register_history(series, instant(0))] == [12, 11, 10]


def test_what_a_write_would_do_is_told_before(make_series: SeriesMaker) -> None:
    """New, changed, unchanged, heard before a decision, refused for a better one: `weigh_registers` answers alike."""
    series, missing = make_series.register(kind="instantaneous"), 10**9
    stored = {instant(day): 10 + day for day in range(4)}
    write_registers(_batch(series, stored), origin=ORIGIN)
    write_registers(_batch(series, {instant(2): 50}, Quality.EDITED), origin=ORIGIN)
    again = {instant(0): 10, instant(1): 77, instant(2): 12, instant(9): 5}
    for batch in (
        _batch(series, again),
        _batch(series, {instant(0): 1, instant(3): 13}, Quality.ESTIMATED),
        _batch(missing, {instant(0): 1}),
        _batch(series, {}),
    ):
        weighed = weigh_registers(batch)
        assert weigh_registers(batch) == weighed
        assert write_registers(batch, origin=ORIGIN) == weighed


def test_what_is_only_heard_again_locks_nothing_and_logs_nothing(make_series: SeriesMaker) -> None:
    series = make_series.register()
    batch = _batch(series, {instant(day): day for day in range(100)})
    write_registers(batch, origin=ORIGIN)
    with CaptureQueriesContext(connection) as asked:
        assert write_registers(batch, origin=ORIGIN) == Counts(unchanged=100)
    assert not [query["sql"] for query in asked if "FOR " in query["sql"] or "INSERT" in query["sql"]]


def test_bad_values_are_refused_alone(make_series: SeriesMaker) -> None:
    stand = make_series.register("stand")
    assert write_registers(_batch(stand, {instant(0): 1}, Quality.EDITED), origin=ORIGIN).refused == 1
    counts = write_registers(_batch(stand, {instant(0): 2**60, instant(1): 5, instant(40_000): 1}), origin=ORIGIN)
    assert (counts.new, counts.refused) == (1, 2)
    assert write_registers(_batch(10**9, {instant(0): 1}), origin=ORIGIN).refused == 1


def test_same_instant_twice_is_our_bug(make_series: SeriesMaker) -> None:
    one = _batch(make_series.register(), {instant(0): 1})
    twice = one.take(np.array([0, 0]))
    with pytest.raises(ValueError, match="twice"):
        write_registers(twice, origin=ORIGIN)
    assert write_registers(one.take(np.array([], np.intp)), origin=ORIGIN) == Counts()
