"""Values appended to a day cost a few octets each, and still it is known of each when it came and with which write."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.quality import Quality
from metering.store import NO_VALUE, Counts, Origin, history, read, write
from metering.store.arrivals import encode, first_writes

from .conftest import SeriesMaker
from .samples import block, database_clock, instant, query

BLOCKS, SLOTS = 3, 1440


@given(
    made_by=st.lists(st.integers(1, 2**40), min_size=BLOCKS, max_size=BLOCKS),
    beyond=st.lists(st.sampled_from([0, 1, 127, 128, 2**31, 2**32, 2**60]), max_size=4),
    seed=st.integers(0, 2**32 - 1),
    density=st.sampled_from([0.001, 0.1, 0.9]),
)
def test_every_slot_remembers_its_write(made_by: list[int], beyond: list[int], seed: int, density: float) -> None:
    """Writes fill slots at random, each slot once, in blocks of different makers."""
    random, makers = np.random.default_rng(seed), np.array(made_by, np.int64)
    expected = np.repeat(makers[:, None], SLOTS, axis=1)
    stored, empty = [b""] * BLOCKS, np.ones((BLOCKS, SLOTS), np.bool_)
    for step in beyond:
        filled = empty & (random.random(empty.shape) < density)
        arrivals = encode(filled, np.full(BLOCKS, step))
        parts = np.split(arrivals.octets, np.cumsum(arrivals.lengths)[:-1])
        stored = [before + part.tobytes() for before, part in zip(stored, parts, strict=True)]
        expected = np.where(filled, makers[:, None] + step, expected)
        empty &= ~filled
    np.testing.assert_array_equal(first_writes(makers, [octets or None for octets in stored], SLOTS), expected)


def _tables() -> tuple[int, int, int]:
    """Rows of the version table, version and octets of arrivals of the only block."""
    rows: tuple[int, int, int] = query(
        "SELECT (SELECT count(*) FROM series_day_version), version, coalesce(octet_length(arrivals), 0) FROM series_day"
    )[0]
    return rows


@pytest.mark.django_db
def test_day_read_every_quarter_of_an_hour(make_series: SeriesMaker) -> None:
    series, instants = make_series(), []
    for slot in range(96):
        assert write(block(series, [slot], first_slot=slot), origin=Origin(job_id=slot)) == Counts(new=1)
        instants.append(database_clock())
    kept, version, octets = _tables()
    assert (kept, version) == (0, 1)
    assert 0 < octets <= 6 * 95
    for slot in (0, 1, 50, 95):
        past = read([series], instant(), instant(1), as_of=instants[slot])
        assert past.values[0].tolist() == list(range(slot + 1)) + [NO_VALUE] * (95 - slot)
        assert (past.quality[0, slot + 1 :] == Quality.MISSING).all()
        (state,) = history(series, instant(0, slot // 4, slot % 4 * 15))
        assert (state.value, state.origin) == (slot, Origin(job_id=slot))
        assert state.since < instants[slot]


@pytest.mark.django_db
def test_block_of_one_write_remembers_nothing_more(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, range(96)), origin=Origin(job_id=1))
    write(block(series, [7], first_slot=5, quality=Quality.EDITED), origin=Origin(user_id=2))
    assert _tables() == (1, 2, 0)
    assert [state.origin for state in history(series, instant(0, 1, 15))] == [Origin(user_id=2), Origin(job_id=1)]
    assert [state.origin for state in history(series, instant(0, 1, 30))] == [Origin(job_id=1)]


@pytest.mark.django_db
def test_write_that_appends_and_replaces_keeps_only_what_it_replaced(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [1, 2, NO_VALUE, 4]), origin=Origin(job_id=1))
    before = database_clock()
    assert write(block(series, [1, 20, 30, 40, 50]), origin=Origin(job_id=2)) == Counts(new=2, changed=2, unchanged=1)
    assert query("SELECT first_slot, slots, octet_length(v.values) FROM series_day_version v") == [(1, 3, 12)]
    assert read([series], instant(), instant(1), as_of=before).values[0, :5].tolist() == [1, 2, NO_VALUE, 4, NO_VALUE]
    found = [
        [(s.value, s.origin.job_id) for s in history(series, instant(0, slot // 4, slot % 4 * 15))] for slot in range(6)
    ]
    assert found == [[(1, 1)], [(20, 2), (2, 1)], [(30, 2)], [(40, 2), (4, 1)], [(50, 2)], []]


@pytest.mark.django_db
def test_slot_inside_a_replaced_stretch_may_be_filled_afterwards(make_series: SeriesMaker) -> None:
    """The stretch kept then holds the slot as empty, which is no state of its value."""
    series = make_series()
    write(block(series, [1, NO_VALUE, 3]), origin=Origin(job_id=1))
    write(block(series, [10, NO_VALUE, 30]), origin=Origin(job_id=2))
    between = database_clock()
    write(block(series, [20], first_slot=1), origin=Origin(job_id=3))
    assert [(state.value, state.origin.job_id) for state in history(series, instant(0, 0, 15))] == [(20, 3)]
    assert read([series], instant(), instant(1), as_of=between).values[0, :3].tolist() == [10, NO_VALUE, 30]


@pytest.mark.django_db
def test_scattered_slots_take_a_stretch_each(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [1]), origin=Origin(job_id=1))
    odd = [slot if slot % 2 else NO_VALUE for slot in range(96)]
    before = database_clock()
    assert write(block(series, odd), origin=Origin(job_id=2)) == Counts(new=48)
    assert _tables() == (0, 1, 3 * 48)
    assert read([series], instant(), instant(1), as_of=before).present.sum() == 1
    assert [state.origin.job_id for state in history(series, instant(0, 0, 15))] == [2]
