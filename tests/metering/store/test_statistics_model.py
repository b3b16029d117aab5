"""Whatever is written and summed up in whatever order: completeness is exact at once, sums are after summing up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.intervals import DAY_S, day_number
from metering.quality import Quality
from metering.store import NO_VALUE, Batch, Origin, RefineError, completeness, refine, restore, wire, write

from .conftest import SeriesMaker
from .samples import database_clock
from .summing_up import assert_complete, assert_summed_up, fold_days, forget_all, refold

MONTHS = [dt.date(2021, 2, 1), dt.date(2021, 3, 1)]
FIRST = dt.date(2021, 2, 25)
PERIODS = [
    (MONTHS[0], dt.date(2021, 3, 31)),
    (MONTHS[0], dt.date(2021, 2, 28)),
    (MONTHS[1], dt.date(2021, 3, 31)),
    (FIRST, dt.date(2021, 3, 2)),
]
DAYS = 10
SLOTS = {0: 4, 1: 4, 2: 24}
CODES = [Quality.MEASURED, Quality.MEASURED, Quality.SUSPECT, Quality.ESTIMATED, Quality.EDITED, Quality.DELETED]
VALUES = st.sampled_from([0, 1, 3, -5, 900, 2**31, -(2**40), 2**52 - 1])


@dataclass
class Written:
    """A write of some slots of a day of a series."""

    series: int
    day: int
    slots: dict[int, tuple[int, Quality]]


@dataclass
class Folded:
    """So many days more of a month are summed up."""

    month: int
    days: int


@dataclass
class Other:
    """Something else happens: changed months are summed up, a series is made finer, or all is put back to before."""

    what: str


@st.composite
def written(draw: st.DrawFn) -> Written:
    series = draw(st.sampled_from(list(SLOTS)))
    some = st.dictionaries(st.integers(0, SLOTS[series] - 1), st.tuples(VALUES, st.sampled_from(CODES)), min_size=1)
    whole = st.just(dict.fromkeys(range(SLOTS[series]), (7, Quality.MEASURED)))
    return Written(series, draw(st.integers(0, DAYS - 1)), draw(some | whole))


STEPS = (
    written()
    | written()
    | written()
    | st.builds(Folded, st.integers(0, 1), st.sampled_from([1, 3, 26, 31]))
    | st.builds(Other, st.sampled_from(["refold", "refine", "restore"]))
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=2, max_size=10))
def test_sums_agree_with_the_values(make_series: SeriesMaker, steps: list[Written | Folded | Other]) -> None:
    with transaction.atomic():
        forget_all()
        ids = [make_series(interval_s=DAY_S // slots) for slots in SLOTS.values()]
        begun = database_clock()
        for step in steps:
            _act(ids, step, begun)
            _assert_completeness(ids)
        refold()
        for month in MONTHS:
            assert_summed_up(ids, month)
        _assert_completeness(ids, PERIODS)


def _act(ids: list[int], step: Written | Folded | Other, begun: dt.datetime) -> None:
    if isinstance(step, Written):
        write(_batch(ids[step.series], step), origin=Origin())
    elif isinstance(step, Folded):
        fold_days(MONTHS[step.month], step.days)
    else:
        _others(ids, begun)[step.what]()


def _others(ids: list[int], begun: dt.datetime) -> dict[str, Callable[[], object]]:
    period = [dt.datetime.combine(FIRST + dt.timedelta(days=n), dt.time(), dt.UTC) for n in (2, DAYS)]
    return {
        "refold": refold,
        "refine": lambda: _refine_if_possible(ids[0]),
        "restore": lambda: restore(ids, period[0], period[1], as_of=begun, origin=Origin()),
    }


def _refine_if_possible(series: int) -> None:
    exponent = wire.fetch("SELECT exponent::integer FROM metering_series WHERE id = %(s)s", {"s": series})[0][0]
    with suppress(RefineError):  # a value is too large for finer units: nothing changes
        refine([series], exponent - 1)


def _batch(series: int, step: Written) -> Batch:
    slots = SLOTS[step.series]
    values, quality = np.full((1, slots), NO_VALUE), np.zeros((1, slots), np.uint8)
    for slot, (value, code) in step.slots.items():
        values[0, slot], quality[0, slot] = NO_VALUE if code == Quality.DELETED else value, code
    day = np.array([day_number(FIRST) + step.day], np.int32)
    return Batch(DAY_S // slots, np.array([series], np.int64), day, values, quality)


def _assert_completeness(ids: list[int], periods: Sequence[tuple[dt.date, dt.date]] = PERIODS[:1]) -> None:
    for first, last in periods:
        assert_complete(dict(zip(ids, SLOTS.values(), strict=True)), first, last)


@pytest.mark.django_db
def test_of_no_series_and_of_unknown_ones(make_series: SeriesMaker) -> None:
    series, register = make_series(), make_series.register()
    found = completeness([register, series, series + 1000], *MONTHS)
    assert (found.series_ids.tolist(), found.expected.tolist()) == ([series], [29 * 96])
    assert len(completeness([], *MONTHS)) == 0
