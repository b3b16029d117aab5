"""Finer units: every state multiplied, nothing rewritten as news, nobody sees half of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from metering.models import Series
from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    VALUE_LIMIT,
    Batch,
    Matrix,
    Origin,
    RefineError,
    RegisterBatch,
    history,
    read,
    read_registers,
    refine,
    register_history,
    restore,
    summaries,
    write,
    write_registers,
)

from .conftest import SeriesMaker
from .meters import ORIGIN, consumption
from .samples import block, database_clock, instant, query

pytestmark = pytest.mark.django_db
WHO = Origin(job_id=7, message="a finer scaler")


def _times(values: np.ndarray[Any, np.dtype[np.int64]], factor: int) -> list[Any]:
    scaled: list[Any] = np.where(values == NO_VALUE, NO_VALUE, values * factor).tolist()
    return scaled


def _same_but(one: Matrix, other: Matrix, factor: int) -> bool:
    """Whether the values of `other` are `factor` times those of `one` and all else is alike."""
    alike = (one.quality == other.quality).all() and (one.status == other.status).all()
    return bool(alike) and _times(one.values, factor) == other.values.tolist()


def test_every_state_of_every_value_reads_the_same_energy(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    ids, period, steps = [used.meter.id, used.id], (instant(-1), instant(3)), []
    write(block(used.meter.id, range(96), status=3), block(used.meter.id, [99, 120], day=1), origin=ORIGIN)
    steps.append(database_clock())
    write(block(used.meter.id, [1, 2, 3_000_000], first_slot=1), origin=ORIGIN)
    steps.append(database_clock())
    write(block(used.id, [5, -7], quality=Quality.EDITED), origin=Origin(user_id=1))
    write(block(used.id, [NO_VALUE], first_slot=9, quality=Quality.DELETED), origin=Origin(user_id=1))
    restore([used.meter.id], instant(1), instant(2), as_of=instant(-1), origin=ORIGIN)
    at = [None, *steps]
    before = [read(ids, *period, as_of=each) for each in at]
    stories = [history(series, instant(0, 0, slot * 15)) for series in ids for slot in range(4)]
    rows = _rows()
    assert refine([used.meter.id], -3, origin=WHO) == sorted(ids)
    assert all(_same_but(one, read(ids, *period, as_of=each), 1000) for one, each in zip(before, at, strict=True))
    now = [history(series, instant(0, 0, slot * 15)) for series in ids for slot in range(4)]
    assert now == [
        [replace(state, value=None if state.value is None else state.value * 1000) for state in story]
        for story in stories
    ]
    assert _rows() == {**rows, "value_origin": rows["value_origin"] + 1}
    assert set(Series.objects.values_list("exponent", flat=True)) == {-3}


def test_summaries_follow(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [-5, 7, 100]), block(series, [NO_VALUE], day=1, quality=Quality.DELETED), origin=ORIGIN)
    refine([series], -2)
    found = summaries([series], instant(0).date(), instant(1).date())
    assert (found.total.tolist(), found.maximum.tolist(), found.present.tolist()) == (
        [10_200, 0], [10_000, NO_VALUE], [3, 0],
    )  # fmt: skip


def test_register_values_and_their_versions(make_series: SeriesMaker) -> None:
    series = make_series.register("stand")
    Series.objects.filter(pk=series).update(register_digits=6)
    for value in (10, 20):
        write_registers(_register(series, value), origin=ORIGIN)
    refine([series], -1)
    assert read_registers([series], instant(), instant(1)).values.tolist() == [200]
    assert [state.value for state in register_history(series, instant())] == [200, 100]
    assert Series.objects.get().register_digits == 7


def test_years_are_done_portion_by_portion_and_blocks_grow_wider(make_series: SeriesMaker) -> None:
    series = make_series()
    days = [0, 399, 400, 401, 1200]
    for day in days:
        write(block(series, [day, 2**31 - 1 - day], day=day), origin=ORIGIN)
    refine([series], -1)
    found = read([series], instant(0), instant(1201)).values.reshape(-1, 96)
    assert found[days, :2].tolist() == [[day * 10, (2**31 - 1 - day) * 10] for day in days]


def test_what_is_as_fine_stays_as_it_is(make_series: SeriesMaker) -> None:
    series = make_series(exponent=-3)
    write(block(series, [5]), origin=ORIGIN)
    rows = _rows()
    assert (refine([series], -3), refine([series], 2)) == ([], [])
    assert (Series.objects.get().exponent, _rows()) == (-3, rows)


@pytest.mark.parametrize("where", ["now", "in a version", "in a register", "in the consumption"])
def test_a_value_that_would_be_too_large_keeps_everything_as_it_was(make_series: SeriesMaker, where: str) -> None:
    used = consumption(make_series)
    large = VALUE_LIMIT // 10 + 1
    if where == "in a register":
        write_registers(_register(used.meter.id, large), origin=ORIGIN)
    elif where == "in the consumption":
        write(block(used.id, [-large], quality=Quality.EDITED), origin=ORIGIN)
    else:
        write(block(used.meter.id, [large], first_slot=4), origin=ORIGIN)
    if where == "in a version":
        write(block(used.meter.id, [1], first_slot=4), origin=ORIGIN)
    write(block(used.meter.id, [1, 2]), origin=ORIGIN)
    rows, before = _rows(), read([used.meter.id, used.id], instant(0), instant(1))
    owner = used.id if where == "in the consumption" else used.meter.id
    with pytest.raises(RefineError, match=f"Series {owner} cannot have the exponent -1: its value .* would be too"):
        refine([used.meter.id], -1)
    assert _same_but(before, read([used.meter.id, used.id], instant(0), instant(1)), 1)
    assert (_rows(), set(Series.objects.values_list("exponent", flat=True))) == (rows, {0})


def test_the_largest_value_that_fits_is_multiplied(make_series: SeriesMaker) -> None:
    series, largest = make_series(), VALUE_LIMIT // 10
    write(block(series, [largest, -largest]), origin=ORIGIN)
    refine([series], -1)
    assert read([series], instant(0), instant(1)).values[0, :2].tolist() == [largest * 10, -largest * 10]


def test_units_nobody_needs_are_refused(make_series: SeriesMaker) -> None:
    with pytest.raises(RefineError, match="finer than"):
        refine([make_series()], -13)


def test_only_zeros_become_as_fine_as_one_likes(make_series: SeriesMaker) -> None:
    series = make_series(exponent=12)
    write(block(series, [0, 0]), origin=ORIGIN)
    assert refine([series], -12) == [series]
    assert read([series], instant(0), instant(1)).values[0, :3].tolist() == [0, 0, NO_VALUE]


def test_what_follows_adds_up_with_what_was_there(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [10, 12, 15]), origin=ORIGIN)
    refine([used.meter.id], -1)
    write(block(used.meter.id, [157, 161], first_slot=3), origin=ORIGIN)
    assert list(used.values().values()) == [20, 30, 7, 4]


def test_consumption_that_was_rounded_is_derived_again(make_series: SeriesMaker) -> None:
    """A pulse is a third of a unit: thirds are kept in thousandths from then on, also of what was there."""
    used = consumption(make_series)
    used.meter.multiplied(instant(-30), 1, 3)
    write(block(used.meter.id, [0, 1, 2, 4]), origin=ORIGIN)
    assert list(used.values().values()) == [0, 0, 1]
    before = database_clock()
    refine([used.id], -3, origin=WHO)
    write(block(used.meter.id, [5, 6], first_slot=4), origin=ORIGIN)
    assert list(used.values().values()) == [333, 333, 667, 333, 334]
    assert history(used.id, instant())[0].origin == replace(WHO, message="a finer scaler")
    assert read([used.id], instant(0), instant(0, 0, 45), as_of=before).values.tolist() == [[0, 0, 1000]]


def test_a_decision_about_what_was_rounded_stays(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    used.meter.multiplied(instant(-30), 1, 3)
    write(block(used.meter.id, [0, 3, 7]), origin=ORIGIN)
    write(block(used.id, [50], quality=Quality.EDITED), origin=Origin(user_id=1))
    refine([used.id], -3, origin=WHO)
    assert list(used.values().values()) == [50_000, 1333]


def test_another_meter_of_the_same_consumption_keeps_its_own_unit(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    old, new = used.meters
    write(block(old.id, [10, 12]), origin=ORIGIN)
    assert refine([new.id], -1) == sorted([new.id, used.id])
    write(block(old.id, [15], first_slot=2), block(new.id, [7, 9], first_slot=5), origin=ORIGIN)
    assert list(used.values().values()) == [20, 30, 2]


def test_a_batch_of_days_is_multiplied_with_its_gaps(make_series: SeriesMaker) -> None:
    ids = [make_series(interval_s=3600) for _ in range(3)]
    values = np.random.default_rng(3).integers(-(2**40), 2**40, (3, 24))
    values[values % 5 == 0] = NO_VALUE
    write(Batch(3600, np.array(ids), np.full(3, 20_000, np.int32), values), origin=ORIGIN)
    refine(ids, -3)
    start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=20_000)
    assert read(ids, start, start + dt.timedelta(days=1)).values.tolist() == _times(values, 1000)


def _register(series: int, value: int) -> RegisterBatch:
    return RegisterBatch(np.array([series]), np.array([int(instant().timestamp())]), np.array([value]))


def _rows() -> dict[str, int]:
    """How many rows each table of the store has."""
    tables = ("series_day", "series_day_version", "register_value", "register_value_version", "value_origin")
    return {table: query(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
