"""The value store against a table with a row per value, both filled with the same values in the same order.

Values arrive as they do in life: a day of all series at a time. The baseline gets them by binary COPY, built with the
same vectorised encoder, so that it is as fast as such a table can be filled.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.db import connection

from access.models import Utility
from bench.report import Figure
from metering.intervals import DAY_S, day_of, to_instant
from metering.models import MeasuredProperty, MeteringPoint, Series
from metering.quality import Quality
from metering.store import NO_VALUE, Batch, Origin, ensure_partitions, read, wire, write
from metering.store import copy as pg

FIRST_DAY = 20_454  # 2026-01-01
APPENDED_DAY = FIRST_DAY + 800
INTERVAL_S = 900
SLOTS = DAY_S // INTERVAL_S
ORIGIN = Origin(rule="benchmark")
BASELINE = "row_per_value"


@dataclass(frozen=True)
class Load:
    """How much to write: `series` × `days`, a day of `appended_series` value by value, a year of `year_series`."""

    series: int
    days: int
    appended_series: int
    year_series: int


def run(quick: bool) -> Iterator[Figure]:
    """Measure on a load that suits the time there is."""
    return measure(Load(10_000, 4, 1_000, 3) if quick else Load(20_000, 12, 5_000, 10))


def measure(load: Load) -> Iterator[Figure]:
    """Write, write again, weigh, correct and read."""
    ids = _make_series(load.series)
    batches = [_day(ids, FIRST_DAY + day) for day in range(load.days)]
    values = load.series * load.days * SLOTS
    yield Figure("values", values, "")
    yield from _writing(batches, values)
    yield from _weighing(values)
    yield from _correcting(batches, values)
    yield from _appending(ids[: load.appended_series])
    yield from _reading(ids[: load.year_series])


def _writing(batches: list[Batch], values: int) -> Iterator[Figure]:
    _create_baseline()
    ensure_partitions(day_of(batches[0].days[0]), day_of(batches[-1].days[0]))  # as the scheduler does, ahead
    # By turns, and the median of the days: what else the machine does meets both alike.
    turns = [(_timed(partial(_copy_rows, batch)), _timed(partial(_write, batch))) for batch in batches]
    baseline, fresh = (values / len(batches) / statistics.median(column) for column in zip(*turns, strict=True))
    again = values / _timed(partial(_each, _write, batches))
    yield Figure("write, row per value", baseline, "values/s")
    yield Figure("write", fresh, "values/s")
    yield Figure("write, against row per value", fresh / baseline, "times", 12)
    yield Figure("write identical again", again, "values/s")


def _weighing(values: int) -> Iterator[Figure]:
    """Tables with their indexes, freshly filled both."""
    baseline, blocks = _size(BASELINE) / values, _size("series_day") / values
    yield Figure("size, row per value", baseline, "bytes/value")
    yield Figure("size", blocks, "bytes/value")
    yield Figure("size, against row per value", blocks / baseline, "times", 0.1, "at_most")


def _correcting(batches: list[Batch], values: int) -> Iterator[Figure]:
    """One value in a hundred changes, so nearly every block does; the former values are kept as versions."""
    corrected = [_corrected(batch) for batch in batches]
    rate = values / _timed(partial(_each, _write, corrected))
    yield Figure("correct 1 % of the values", rate, "values/s of touched blocks")
    yield Figure("size of the versions of that", _size("series_day_version") / values, "bytes/value")


def _appending(ids: list[int]) -> Iterator[Figure]:
    """A day that comes one value of every series at a time, vacuumed between as it is within a quarter of an hour.

    The first day of a month: the room that outdated states of its rows leave in the table is used by the days after it.
    """
    date = day_of(APPENDED_DAY)
    ensure_partitions(date, date)
    tables = [f"{table}_{date:%Y_%m}" for table in ("series_day", "series_day_version")]
    day, values, elapsed, logged = _day(ids, APPENDED_DAY), len(ids) * SLOTS, 0.0, 0
    for slot in range(SLOTS):
        start = _log_position()
        elapsed += _timed(partial(_write, _slot(day, slot)))
        logged += _log_position() - start
        if not connection.in_atomic_block:  # as autovacuum would; a transaction has left nothing behind yet
            wire.execute(f"VACUUM {', '.join(tables)}")
    yield Figure("append, a day by 96 appends", values / elapsed, "values/s")
    yield Figure("write-ahead log of that", logged / values, "bytes/value")
    yield Figure("size of that day", sum(map(_size, tables)) / values, "bytes/value")
    yield Figure("size of its rows alone", sum(map(_live, tables)) / values, "bytes/value")


def _reading(ids: list[int]) -> Iterator[Figure]:
    year = [_day(ids, FIRST_DAY + 365 + day) for day in range(365)]
    for batch in year:
        _copy_rows(batch)
    write(_stacked(year), origin=ORIGIN)
    wire.execute(f"ANALYZE {BASELINE}")
    start, end = to_instant((FIRST_DAY + 365) * DAY_S), to_instant((FIRST_DAY + 730) * DAY_S)
    rows = """
        SELECT at, value, quality FROM row_per_value
        WHERE series_id = %(id)s AND at >= %(a)s AND at < %(b)s ORDER BY at
        """
    own = [_timed(partial(read, [series], start, end)) for series in ids * 10]
    plain = [_timed(partial(wire.fetch, rows, {"id": series, "a": start, "b": end})) for series in ids * 3]
    yield Figure("read a series-year, row per value", statistics.median(plain) * 1000, "ms")
    yield Figure("read a series-year", statistics.median(own) * 1000, "ms", 15, "at_most")


def _make_series(count: int) -> list[int]:
    point = MeteringPoint.objects.create(
        utility=Utility.objects.create(code="bench", name="Bench"), gsrn="640000000000000009"
    )
    energy = MeasuredProperty.objects.get_or_create(obis="1-0:1.8.0", unit="Wh", defaults={"name": "Energy"})[0]
    rows = Series.objects.bulk_create(
        Series(metering_point=point, measured_property=energy, kind="consumption", interval_s=INTERVAL_S, source=str(n))
        for n in range(count)
    )
    return [row.pk for row in rows]


def _day(ids: list[int], day: int) -> Batch:
    """One day of every series; a few values are suspect, as in life."""
    values = np.random.default_rng(day).integers(0, 3_000, (len(ids), SLOTS), dtype=np.int64)
    return Batch(INTERVAL_S, np.array(ids, np.int64), np.full(len(ids), day, np.int32), values)


def _corrected(batch: Batch) -> Batch:
    changed = np.random.default_rng(1).random(batch.values.shape) < 0.01
    return Batch(batch.interval_s, batch.series_ids, batch.days, np.where(changed, batch.values + 1, batch.values))


def _slot(batch: Batch, slot: int) -> Batch:
    """The batch with one slot of each day only."""
    values = np.where(np.arange(SLOTS) == slot, batch.values, NO_VALUE)
    return Batch(batch.interval_s, batch.series_ids, batch.days, values)


def _stacked(batches: list[Batch]) -> Batch:
    return Batch(
        INTERVAL_S,
        np.concatenate([batch.series_ids for batch in batches]),
        np.concatenate([batch.days for batch in batches]),
        np.concatenate([batch.values for batch in batches]),
    )


def _each(work: Callable[[Batch], None], batches: list[Batch]) -> None:
    for batch in batches:
        work(batch)


def _write(batch: Batch) -> None:
    write(batch, origin=ORIGIN)


def _create_baseline() -> None:
    wire.execute(
        f"CREATE TABLE {BASELINE} (series_id bigint NOT NULL, at timestamptz NOT NULL, value bigint NOT NULL, "
        "quality smallint NOT NULL, PRIMARY KEY (series_id, at))"
    )


def _copy_rows(batch: Batch) -> None:
    seconds = batch.days.astype(np.int64)[:, None] * DAY_S + np.arange(SLOTS) * INTERVAL_S
    columns = [
        pg.integer(np.repeat(batch.series_ids, SLOTS), 8),
        pg.integer(pg.pg_microseconds(seconds.reshape(-1)), 8),
        pg.integer(batch.values.reshape(-1), 8),
        pg.integer(int(Quality.MEASURED), 2),
    ]
    wire.copy_in(BASELINE, [pg.HEADER, pg.rows(columns, batch.values.size), pg.TRAILER])


def _size(table: str) -> int:
    """Bytes on disk of a table with its partitions, indexes and all."""
    rows = wire.fetch(
        """
        SELECT pg_total_relation_size(%(table)s::regclass)
            + coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
        FROM pg_partition_tree(%(table)s::regclass) WHERE isleaf AND level > 0
        """,
        {"table": table},
    )
    return int(rows[0][0])


def _live(table: str) -> int:
    """Bytes of the rows in use of one partition."""
    return int(wire.fetch(f"SELECT coalesce(sum(pg_column_size(t)), 0)::bigint FROM {table} AS t")[0][0])  # noqa: S608


def _log_position() -> int:
    """Bytes of write-ahead log the server has written since ever; other databases on it count too."""
    return int(wire.fetch("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")[0][0])


def _timed(work: Callable[[], object]) -> float:
    connection.ensure_connection()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
