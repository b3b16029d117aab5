"""Every way data may arrive has one outcome, which docs/explanation/value-store.md lists."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from aim import places
from metering.quality import Quality
from metering.store import NO_VALUE, Batch, Counts, Origin, read, write

from .conftest import SeriesMaker
from .samples import block, database_clock, instant, present_values, query

PAGE = (places.BASE / "docs" / "explanation" / "value-store.md").read_text()
MEASURED = [1, 2, 3, 4]


def _put(*batches: Batch) -> Counts:
    return write(*batches, origin=Origin())


def _values(series: int, day: int = 0) -> list[int]:
    return list(present_values(read([series], instant(day), instant(day + 1))).values())


def _late(series: int) -> Counts:
    _put(block(series, MEASURED, day=2))
    return _put(block(series, MEASURED, day=-700))


def _twice(series: int) -> Counts:
    _put(block(series, MEASURED))
    return _put(block(series, MEASURED))


def _overlapping(series: int) -> Counts:
    _put(block(series, MEASURED))
    return _put(block(series, [3, 9, 5], first_slot=2))


def _out_of_order(series: int) -> Counts:
    _put(block(series, [5, 6], first_slot=4))
    return _put(block(series, MEASURED))


def _future(series: int) -> Counts:
    days = (dt.date(2098, 1, 1) - instant().date()).days
    return _put(block(series, MEASURED, day=days))


def _contradicting(series: int) -> Counts:
    _put(block(series, MEASURED))
    return _put(block(series, [7]))


def _estimate_over_measurement(series: int) -> Counts:
    _put(block(series, MEASURED))
    return _put(block(series, [7], quality=Quality.ESTIMATED))


def _measurement_over_estimate(series: int) -> Counts:
    _put(block(series, [7], quality=Quality.ESTIMATED))
    return _put(block(series, [1]))


def _new_measurement_over_decision(series: int) -> Counts:
    _put(block(series, [7], quality=Quality.EDITED))
    return _put(block(series, [1]))


def _old_measurement_over_decision(series: int) -> Counts:
    _put(block(series, [1]))
    _put(block(series, [7], quality=Quality.EDITED))
    return _put(block(series, [1]))


def _another_interval(series: int) -> Counts:
    _put(block(series, MEASURED))
    return _put(block(series, [1], interval_s=3_600))


OUTCOMES = {
    "late": (_late, (4, 0, 0, 0)),
    "twice": (_twice, (0, 0, 4, 0)),
    "overlapping": (_overlapping, (1, 1, 1, 0)),
    "out of order": (_out_of_order, (4, 0, 0, 0)),
    "of the future": (_future, (4, 0, 0, 0)),
    "contradicting": (_contradicting, (0, 1, 0, 0)),
    "an estimate where measured": (_estimate_over_measurement, (0, 0, 0, 1)),
    "measured where estimated": (_measurement_over_estimate, (0, 1, 0, 0)),
    "measured for the first time where decided": (_new_measurement_over_decision, (0, 1, 0, 0)),
    "measured as before where decided": (_old_measurement_over_decision, (0, 0, 1, 0)),
    "another interval length on the day": (_another_interval, (0, 0, 0, 1)),
}


@pytest.mark.parametrize("way", OUTCOMES)
def test_outcome(make_series: SeriesMaker, way: str) -> None:
    arrive, expected = OUTCOMES[way]
    counts = arrive(make_series())
    assert (counts.new, counts.changed, counts.unchanged, counts.refused) == expected
    assert bool(counts.refusals) == bool(counts.refused)


def test_every_outcome_is_documented() -> None:
    table = re.findall(r"^\| ([^|]+) \| (\d) new, (\d) changed, (\d) unchanged, (\d) refused", PAGE, re.MULTILINE)
    assert {way: tuple(map(int, counts)) for way, *counts in table} == {
        way: expected for way, (_, expected) in OUTCOMES.items()
    }


def test_identical_data_leave_no_trace(make_series: SeriesMaker) -> None:
    """No row, no version, no time stamp, no ledger entry and no row lock, which would be logged."""
    ids = [make_series() for _ in range(3)]
    batches = [block(series, range(96), day=day) for series in ids for day in range(2)]
    _put(*batches)
    states = "SELECT ctid, xmin, xmax FROM {} ORDER BY 1"
    tables = ("series_day", "series_day_version", "value_origin", "metering_series")
    before = [query(states.format(table)) for table in tables]
    counts = _put(*batches)
    assert (counts.unchanged, counts.entries) == (6 * 96, ())
    assert [query(states.format(table)) for table in tables] == before


def test_a_deletion_is_a_version(make_series: SeriesMaker) -> None:
    series = make_series()
    _put(block(series, MEASURED))
    before = database_clock()
    counts = _put(block(series, [NO_VALUE] * 96, quality=Quality.DELETED))
    assert (counts.new, counts.changed) == (92, 4)
    assert _values(series) == []
    then = read([series], instant(), instant(1), as_of=before)
    assert list(present_values(then).values()) == MEASURED
