"""What a write answers, keeps and refuses."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import transaction

from metering.intervals import day_number
from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    VALUE_LIMIT,
    Batch,
    Counts,
    Origin,
    Stored,
    history,
    on_stored,
    place,
    read,
    summaries,
    write,
)

from .conftest import SeriesMaker
from .samples import DAY, block, instant, present_values, query

pytestmark = pytest.mark.django_db
ORIGIN = Origin(job_id=1)


def _rows(table: str) -> int:
    count: int = query(f"SELECT count(*) FROM {table}")[0][0]
    return count


def _raw_block(series: int) -> tuple[int, bytes, dt.datetime]:
    version, values, changed_at = query(
        'SELECT version, "values", changed_at FROM series_day WHERE series_id = %s', series
    )[0]
    return version, bytes(values), changed_at


def test_identical_data_change_nothing(make_series: SeriesMaker) -> None:
    batch = block(make_series(), range(96), status=3)
    write(batch, origin=ORIGIN)
    before = _raw_block(batch.series_ids[0].item())
    assert write(batch, origin=Origin(job_id=2)) == Counts(unchanged=96)
    assert _raw_block(batch.series_ids[0].item()) == before
    assert _rows("series_day_version") == 0
    assert _rows("value_origin") == 1


def test_slots_not_given_stay(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [1, 2, 3]), origin=ORIGIN)
    assert write(block(series, [9, 4], first_slot=2), origin=ORIGIN) == Counts(new=1, changed=1)
    assert list(present_values(read([series], instant(), instant(1))).values()) == [1, 2, 9, 4]


def test_days_arrive_in_any_order_and_overlap(make_series: SeriesMaker) -> None:
    series = make_series()
    for day in (3, 1, 2, 1, 3):
        write(block(series, [day], day=day), block(series, [day + 100], day=day + 10), origin=ORIGIN)
    matrix = read([series], instant(0), instant(20))
    assert sorted(present_values(matrix).values()) == [1, 2, 3, 101, 102, 103]


def test_block_widens_when_a_value_needs_it_and_narrows_again(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, [2**31 - 1, -(2**31) + 1]), origin=ORIGIN)
    assert len(_raw_block(series)[1]) == 96 * 4
    write(block(series, [-(2**31)], first_slot=2), origin=ORIGIN)
    assert len(_raw_block(series)[1]) == 96 * 8
    assert list(present_values(read([series], instant(), instant(1))).values()) == [2**31 - 1, -(2**31) + 1, -(2**31)]
    write(block(series, [5], first_slot=2), origin=ORIGIN)
    assert len(_raw_block(series)[1]) == 96 * 4
    assert [version.value for version in history(series, instant(0, 0, 30))] == [5, -(2**31)]


def test_another_interval_length_within_a_day_is_refused(make_series: SeriesMaker) -> None:
    series = make_series()
    write(block(series, range(96)), origin=ORIGIN)
    hourly = block(series, range(24), interval_s=3600)
    counts = write(hourly, block(series, [7], day=1, interval_s=3600), origin=ORIGIN)
    assert (counts.new, counts.refused) == (1, 24)
    assert counts.refusals[0].reason == "the day is stored in intervals of 900 s, not of 3600 s"
    assert list(present_values(read([series], instant(), instant(1))).values()) == list(range(96))


def test_unknown_series_wild_days_and_huge_values_are_refused_alone(make_series: SeriesMaker) -> None:
    series = make_series()
    counts = write(
        block(series, [1, VALUE_LIMIT, -VALUE_LIMIT, 2]),
        block(series + 10**6, [1, 2]),
        block(series, [3], day=10**5),
        origin=ORIGIN,
    )
    assert (counts.new, counts.refused) == (2, 5)
    assert {refusal.reason: refusal.values for refusal in counts.refusals} == {
        "the value is too large": 2,
        "the series does not exist": 2,
        "the day lies outside the years 2000 to 2099": 1,
    }


def test_stands_are_never_edited(make_series: SeriesMaker) -> None:
    series = make_series("stand")
    write(block(series, [10, 20]), origin=ORIGIN)
    for quality in (Quality.EDITED, Quality.ESTIMATED, Quality.DELETED):
        counts = write(block(series, [11], quality=quality), origin=ORIGIN)
        assert counts.refusals[0].reason == "stands are kept as read, never edited or estimated"
    assert list(present_values(read([series], instant(), instant(1))).values()) == [10, 20]


def test_same_day_twice_in_a_batch_is_our_bug(make_series: SeriesMaker) -> None:
    series = make_series()
    one = block(series, [1])
    twice = Batch(900, np.repeat(one.series_ids, 2), np.repeat(one.days, 2), np.repeat(one.values, 2, axis=0))
    with pytest.raises(ValueError, match="twice"):
        write(twice, origin=ORIGIN)


def test_nothing_stays_when_the_caller_rolls_back(make_series: SeriesMaker) -> None:
    series = make_series()
    with pytest.raises(RuntimeError), transaction.atomic():
        write(block(series, [1]), origin=ORIGIN)
        raise RuntimeError
    assert not read([series], instant(), instant(1)).present.any()
    assert write(block(series, [1]), origin=ORIGIN) == Counts(new=1)


def test_failing_handler_undoes_the_write(make_series: SeriesMaker) -> None:
    series = make_series()

    def fail(stored: Stored) -> None:
        raise RuntimeError

    on_stored.register(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            write(block(series, [1]), origin=ORIGIN)
    finally:
        on_stored.unregister(fail)
    assert _rows("series_day") == 0


def test_handlers_hear_what_is_different_and_only_that(make_series: SeriesMaker) -> None:
    series = make_series()
    heard: list[Stored] = []
    on_stored.register(heard.append)
    try:
        write(block(series, [1, 2, 3]), origin=ORIGIN)
        write(block(series, [1, 2, 3]), origin=ORIGIN)
        write(block(series, [1, 5, 3, 4]), block(series, [6], day=1), origin=ORIGIN)
    finally:
        on_stored.unregister(heard.append)
    told = [(int(stored.batch.days[0]) - day_number(DAY), np.flatnonzero(stored.slots).tolist()) for stored in heard]
    assert told == [(0, [0, 1, 2]), (0, [1, 3]), (1, [0])]
    assert heard[1].batch.values[0, :4].tolist() == [1, 5, 3, 4]


def test_reading_heard_again_does_not_overturn_a_decision(make_series: SeriesMaker) -> None:
    series = make_series()
    as_read = block(series, [10, 9999, 12])
    write(as_read, origin=ORIGIN)
    write(block(series, [11], first_slot=1, quality=Quality.EDITED), origin=Origin(user_id=5, message="spike"))
    assert write(as_read, origin=ORIGIN) == Counts(unchanged=3)
    assert list(present_values(read([series], instant(), instant(1))).values()) == [10, 11, 12]
    assert write(block(series, [10, 13, 12]), origin=ORIGIN) == Counts(changed=1, unchanged=2)
    found = history(series, instant(0, 0, 15))
    assert [version.value for version in found] == [13, 11, 9999]
    assert found[1].origin == Origin(user_id=5, message="spike")


def test_large_batch_is_written_in_chunks(make_series: SeriesMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metering.store.writer.ROWS_PER_CHUNK", 3)
    ids = [make_series(interval_s=21_600) for _ in range(4)]
    at = [(day_number(DAY) * 4 + k) * 21_600 for k in range(12)]
    batch = place(21_600, np.repeat(ids, 12), at * 4, range(48)).batch
    assert write(batch, origin=ORIGIN) == Counts(new=48)
    assert read(ids, instant(), instant(3)).values.reshape(-1).tolist() == list(range(48))
    assert summaries(ids, DAY, DAY + dt.timedelta(days=2)).present.tolist() == [4] * 12


def test_empty_batches_are_fine(make_series: SeriesMaker) -> None:
    nothing = np.array([], np.int64)
    empty = Batch(900, nothing, nothing.astype(np.int32), np.empty((0, 96), np.int64))
    blank = block(make_series(), [NO_VALUE])
    assert write(origin=ORIGIN) == write(empty, origin=ORIGIN) == write(blank, origin=ORIGIN) == Counts()
    assert _rows("series_day") == _rows("value_origin") == 0


@pytest.mark.parametrize("judgement", [Quality.SUSPECT, Quality.ACCEPTED])
def test_reading_heard_again_keeps_what_was_thought_of_it(make_series: SeriesMaker, judgement: Quality) -> None:
    series = make_series()
    write(block(series, [10], status=2), origin=ORIGIN)
    write(block(series, [10], status=2, quality=judgement), origin=Origin(rule="spike"))
    assert write(block(series, [10], status=2), origin=ORIGIN) == Counts(unchanged=1)
    assert read([series], instant(), instant(1)).quality[0, 0] == judgement
    assert write(block(series, [10], status=3), origin=ORIGIN) == Counts(changed=1)
