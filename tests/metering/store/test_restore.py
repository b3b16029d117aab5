"""Periods put back, writes taken back: blocks and register values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pytest

from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    Counts,
    Origin,
    RegisterBatch,
    history,
    read,
    read_registers,
    register_history,
    restore,
    undo,
    weigh,
    write,
    write_registers,
)

from .conftest import SeriesMaker
from .samples import block, database_clock, instant, present_values, query

WHO = Origin(user_id=7, message="wrong file")


def test_an_undone_write_leaves_nothing_and_can_be_done_again(make_series: SeriesMaker) -> None:
    series = make_series()
    offered = block(series, range(96))
    first = write(offered, origin=Origin(message="file 1"))
    counts = undo(first.entries, [series], instant(0), instant(1), origin=WHO)
    assert counts.changed == 96
    matrix = read([series], instant(0), instant(1))
    assert not matrix.present.any()
    assert set(matrix.quality.ravel().tolist()) == {Quality.MISSING}
    assert weigh(offered).new == 96
    assert write(offered, origin=Origin(message="file 1 again")).new == 96
    states = history(series, instant(0, 1))
    assert [(state.value, state.quality, state.origin.message) for state in states] == [
        (4, Quality.MEASURED, "file 1 again"),
        (None, Quality.WITHDRAWN, "wrong file"),
        (4, Quality.MEASURED, "file 1"),
    ]


def test_what_came_after_an_undone_write_stays(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [10, 20, 30]), origin=Origin())
    wrong = write(block(series, [11, 21, 31, 41]), origin=Origin())
    write(block(series, [25], first_slot=1, quality=Quality.EDITED), origin=Origin())
    undo(wrong.entries, [series], instant(0), instant(1), origin=WHO)
    assert list(present_values(read([series], instant(0), instant(1))).values()) == [10, 25, 30]


@pytest.mark.parametrize("kind", ["interval", "register"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_was_undone_stays_undone_in_whichever_order(
    make_series: SeriesMaker, kind: str, order: tuple[int, ...]
) -> None:
    kept, *files = _written_over_each_other(make_series, kind)
    for file in order:
        undo(files[file].entries, [kept.series], instant(0), instant(1), origin=WHO)
        left = [10, *(11 + n for n in range(3) if n not in order[: order.index(file) + 1])]
        assert kept.value() == left[-1]


@pytest.mark.parametrize("kind", ["interval", "register"])
def test_an_undoing_that_is_undone_lets_the_write_count_again(make_series: SeriesMaker, kind: str) -> None:
    kept, *files = _written_over_each_other(make_series, kind)
    period = ([kept.series], instant(0), instant(1))
    hidden = undo(files[1].entries, *period, origin=WHO)
    assert (hidden.changed, kept.value()) == (0, 13)
    undo(files[2].entries, *period, origin=WHO)
    assert kept.value() == 11
    assert undo(hidden.entries, *period, origin=WHO).changed == 1
    assert kept.value() == 12


def test_what_was_undone_in_one_period_stands_in_another(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [10] * 96), origin=Origin())
    below = write(block(series, [11] * 96), origin=Origin())
    above = write(block(series, [12] * 96), origin=Origin())
    undo(below.entries, [series], instant(0), instant(0, 12), origin=WHO)
    undo(above.entries, [series], instant(0), instant(1), origin=WHO)
    assert list(present_values(read([series], instant(0), instant(1))).values()) == [10] * 48 + [11] * 48


def test_the_same_value_written_again_over_an_undone_one_stays(make_series: SeriesMaker) -> None:
    series = make_series()
    first = write(block(series, [5]), origin=Origin())
    write(block(series, [6]), origin=Origin())
    write(block(series, [5]), origin=Origin())
    assert undo(first.entries, [series], instant(0), instant(1), origin=WHO).changed == 0
    assert list(present_values(read([series], instant(0), instant(1))).values()) == [5]


def test_stands_and_what_they_feed_are_undone_together(make_series: SeriesMaker) -> None:
    """The consumption that follows from the stands put back is a state later than the undoing."""
    fed = make_series()
    stand = make_series("stand", feeds_id=fed)
    write(block(stand, [1, 3, 6]), origin=Origin())
    wrong = write(block(stand, [1, 4, 6]), origin=Origin())
    decided = write(block(fed, [9], quality=Quality.EDITED), origin=Origin())
    before = database_clock()
    entries = wrong.entries + decided.entries
    undo(entries, [stand, fed], instant(0), instant(1), origin=WHO)
    assert list(present_values(read([fed], instant(0), instant(1))).values()) == [2, 3]
    assert list(present_values(read([fed], instant(0), instant(1), as_of=before)).values()) == [9, 2]
    since = [state.since for state in history(fed, instant(0))]
    assert since == sorted(since, reverse=True)


def test_only_the_period_and_the_series_named_go_back(make_series: SeriesMaker) -> None:
    one, other = make_series(), make_series()
    before = database_clock()
    write(block(one, range(96)), block(other, range(96)), origin=Origin())
    counts = restore([one], instant(0, 1), instant(0, 2), as_of=before, origin=WHO)
    assert counts.changed == 4
    assert read([one, other], instant(0), instant(1)).present.sum(axis=1).tolist() == [92, 96]


def test_a_restored_period_can_be_restored_again(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [1, 2, 3]), origin=Origin())
    first = database_clock()
    write(block(series, [5], quality=Quality.EDITED), origin=Origin())
    second = database_clock()
    restore([series], instant(0), instant(1), as_of=first, origin=WHO)
    assert list(present_values(read([series], instant(0), instant(1))).values()) == [1, 2, 3]
    restore([series], instant(0), instant(1), as_of=second, origin=WHO)
    assert list(present_values(read([series], instant(0), instant(1))).values()) == [5, 2, 3]
    assert restore([series], instant(0), instant(1), as_of=second, origin=WHO).entries == ()


def test_a_decision_gives_way_to_the_measurement_it_replaced(make_series: SeriesMaker) -> None:
    """The meter repeats itself and is not heard; a person who restores the period is."""
    series = make_series()
    write(block(series, [1]), origin=Origin())
    before = database_clock()
    write(block(series, [9], quality=Quality.EDITED), origin=Origin())
    assert write(block(series, [1]), origin=Origin()).unchanged == 1
    assert restore([series], instant(0), instant(1), as_of=before, origin=WHO).changed == 1
    matrix = read([series], instant(0), instant(0, 0, 15))
    assert (matrix.values[0, 0], matrix.quality[0, 0]) == (1, Quality.MEASURED)


def test_withdrawing_is_for_the_store_alone(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [1]), origin=Origin())
    counts = write(block(series, [NO_VALUE], quality=Quality.WITHDRAWN), origin=Origin())
    assert counts.refused == 96
    assert {refusal.reason for refusal in counts.refusals} == {"the quality code is unknown"}


def test_weighing_stores_nothing(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [1, 2]), origin=Origin())
    counts = weigh(block(series, [1, 3, 4]), block(0, [1]))
    assert (counts.new, counts.changed, counts.unchanged, counts.refused) == (1, 1, 1, 1)
    assert list(present_values(read([series], instant(0), instant(1))).values()) == [1, 2]
    assert query("SELECT count(*) FROM value_origin")[0][0] == 1


@dataclass(frozen=True)
class _Kept:
    """A series with one value at the sample instant."""

    series: int
    kind: str

    def write(self, value: int) -> Counts:
        if self.kind == "interval":
            return write(block(self.series, [value]), origin=Origin())
        at = np.array([int(instant(0).timestamp())])
        return write_registers(RegisterBatch(np.array([self.series]), at, np.array([value])), origin=Origin())

    def value(self) -> int:
        if self.kind == "interval":
            return int(read([self.series], instant(0), instant(0, 0, 15)).values[0, 0])
        return int(read_registers([self.series], instant(0), instant(1)).values[0])


def _written_over_each_other(make_series: SeriesMaker, kind: str) -> tuple[_Kept, Counts, Counts, Counts]:
    """A value 10 that three writes made 11, 12 and 13."""
    kept = _Kept(make_series() if kind == "interval" else make_series.register(), kind)
    kept.write(10)
    return (kept, kept.write(11), kept.write(12), kept.write(13))


@pytest.mark.parametrize("way", ["undo", "restore"])
def test_register_values_go_back(make_series: SeriesMaker, way: str) -> None:
    series = make_series.register()
    at = np.array([int(instant(day).timestamp()) for day in range(3)])
    ids = np.full(3, series)
    write_registers(RegisterBatch(ids[:2], at[:2], np.array([10, 20])), origin=Origin())
    before = database_clock()
    done = write_registers(RegisterBatch(ids, at, np.array([10, 25, 30])), origin=Origin())
    if way == "undo":
        counts = undo(done.entries, [series], instant(0), instant(5), origin=WHO)
    else:
        counts = restore([series], instant(0), instant(5), as_of=before, origin=WHO)
    assert counts.changed == 2
    assert read_registers([series], instant(0), instant(5)).values.tolist() == [10, 20]
    assert [state.value for state in register_history(series, instant(2))] == [None, 30]
    assert write_registers(RegisterBatch(ids[2:], at[2:], np.array([31])), origin=Origin()).new == 1
    assert read_registers([series], instant(0), instant(5)).values.tolist() == [10, 20, 31]
