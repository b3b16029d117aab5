"""Writers with connections of their own: nothing lost, nothing doubled, nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.db import connection, transaction

from metering.models import Series
from metering.quality import Quality
from metering.store import Batch, Counts, Origin, ensure_partitions, history, lock_series, read, write

from .conftest import SeriesMaker
from .samples import DAY, block, instant

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 4


def _in_threads(*work: Callable[[], Counts]) -> list[Counts]:
    """Run all at the same time, each on its own connection."""
    together = threading.Barrier(len(work))

    def start(one: Callable[[], Counts]) -> Counts:
        try:
            together.wait(timeout=60)
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(start, one) for one in work]]


@pytest.fixture(autouse=True)
def empty_store(db: None) -> None:
    """Flushing between these tests knows only tables that have models."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE series_day, series_day_version, register_value, register_value_version, value_origin, "
            "metering_series CASCADE"
        )


def _slot(ids: list[int], slot: int, value: int) -> Batch:
    parts = [block(series, [value], first_slot=slot, day=day) for series in ids for day in range(3)]
    return Batch(
        900,
        np.concatenate([part.series_ids for part in parts]),
        np.concatenate([part.days for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def test_writers_of_the_same_days_lose_nothing(make_series: SeriesMaker) -> None:
    ids = [make_series() for _ in range(5)]

    def writer(number: int) -> Callable[[], Counts]:
        def write_slots() -> Counts:
            order = ids if number % 2 else ids[::-1]
            counts = [write(_slot(order, 4 * k + number, k), origin=Origin(job_id=number)) for k in range(6)]
            return Counts(new=sum(count.new for count in counts))

        return write_slots

    results = _in_threads(*(writer(number) for number in range(WRITERS)))
    assert [count.new for count in results] == [5 * 3 * 6] * WRITERS
    assert read(ids, instant(0), instant(3)).present.sum() == 5 * 3 * 6 * WRITERS


def test_writers_of_the_same_value_leave_every_version(make_series: SeriesMaker) -> None:
    series = make_series()
    _in_threads(
        *(
            lambda number=number: write(block(series, [number]), origin=Origin(job_id=number))
            for number in range(WRITERS)
        )
    )
    states = history(series, instant())
    assert sorted(state.value or 0 for state in states) == list(range(WRITERS))
    assert all(state.origin.job_id == state.value for state in states)
    assert [state.since for state in states] == sorted((state.since for state in states), reverse=True)


def test_neighbouring_days_of_stands_always_meet(make_series: SeriesMaker) -> None:
    """Each writer holds one side of midnight; whoever comes second must see the other's stand."""
    pairs = []
    for _ in range(6):
        used = make_series()
        pairs.append((make_series("stand", feeds=Series.objects.get(pk=used)), used))
    today = [block(stand, range(96)) for stand, _used in pairs]
    tomorrow = [block(stand, range(96, 192), day=1) for stand, _used in pairs]

    def all_of(batches: list[Batch]) -> Callable[[], Counts]:
        return lambda: [write(batch, origin=Origin(job_id=1)) for batch in batches][-1]

    _in_threads(all_of(today), all_of(tomorrow))
    midnight = read([used for _stand, used in pairs], instant(0, 23, 45), instant(1))
    assert midnight.values.tolist() == [[1]] * 6


def test_edit_of_consumption_and_arrival_of_stands_do_not_deadlock(make_series: SeriesMaker) -> None:
    used = [make_series() for _ in range(4)]
    stands = [make_series("stand", feeds=Series.objects.get(pk=series)) for series in used]

    def arrive() -> Counts:
        return [
            write(*(block(s, range(k, k + 96)) for s in reversed(stands)), origin=Origin(job_id=1)) for k in range(5)
        ][-1]

    def edit() -> Counts:
        days = [[block(series, [k], quality=Quality.EDITED) for series in used] for k in range(5)]
        return [write(*batches, origin=Origin(user_id=1)) for batches in days][-1]

    _in_threads(arrive, edit, arrive, edit)
    assert read(used, instant(), instant(1)).present.sum() == 4 * 95


def test_transactions_of_several_writes_lock_first_and_do_not_deadlock(make_series: SeriesMaker) -> None:
    first, second = make_series(), make_series()

    def both(one: int, other: int) -> Callable[[], Counts]:
        def write_both() -> Counts:
            counts = Counts()
            for value in range(10):
                with transaction.atomic():
                    lock_series(np.array([one, other]))
                    counts += write(block(one, [value]), origin=Origin(job_id=one))
                    counts += write(block(other, [value]), origin=Origin(job_id=one))
            return counts

        return write_both

    results = _in_threads(both(first, second), both(second, first))
    assert sum(count.new for count in results) == 2
    assert sum(count.new + count.changed + count.unchanged for count in results) == 40


def test_partitions_are_made_once_by_many(make_series: SeriesMaker) -> None:
    with connection.cursor() as cursor:
        for table in ("series_day", "series_day_version", "register_value", "register_value_version"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}_{DAY:%Y_%m}")
    made = _in_threads(*(lambda: Counts(new=ensure_partitions(DAY, DAY)) for _ in range(WRITERS)))
    assert sum(count.new for count in made) == 4
    assert ensure_partitions(DAY, DAY) == 0


def test_rolled_back_partition_is_made_again(make_series: SeriesMaker) -> None:
    series = make_series()
    with pytest.raises(RuntimeError), transaction.atomic():
        write(block(series, [1], day=4_000), origin=Origin())
        raise RuntimeError
    assert write(block(series, [1], day=4_000), origin=Origin()) == Counts(new=1)
