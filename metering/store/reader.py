"""Reading blocks as matrices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, slots_per_day, to_instant, to_seconds
from metering.quality import Quality
from metering.store import wire
from metering.store.archive.months import Archived, steadily
from metering.store.archive.rows import day_rows
from metering.store.asof import rebuild
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks
from metering.store.fetch import decode_columns
from metering.store.matrix import Matrix
from metering.store.summaries import present_of


def read(
    series_ids: Sequence[int] | NDArray[np.int64],
    start: dt.datetime,
    end: dt.datetime,
    *,
    as_of: dt.datetime | None = None,
) -> Matrix:
    """The values of the intervals that start in [start, end), one row per series in the order asked for.

    `as_of` answers what was stored at that instant. The grid has the finest interval length found; values of longer
    intervals stand at their own start, so sums stay right. NaiveInstantError for instants without a zone.
    """
    asked = np.asarray(series_ids, np.int64)
    window = _Window(to_seconds(start), max(to_seconds(start), to_seconds(end)))
    return steadily("interval", window.first_day, window.last_day, partial(_read, asked, window, as_of))


def read_begun(
    series_ids: Sequence[int] | NDArray[np.int64], start: dt.datetime, end: dt.datetime, *, back_days: int
) -> tuple[Matrix, NDArray[np.bool_]]:
    """As `read`, and bool (n,): which of the series had begun: with a first value here, or any in the `back_days` UTC
    days before that of `start`. The archive is looked up once for both.
    """
    asked = np.asarray(series_ids, np.int64)
    window = _Window(to_seconds(start), max(to_seconds(start), to_seconds(end)))
    first, last = window.first_day - back_days, window.first_day - 1

    def both(archived: Archived) -> tuple[Matrix, NDArray[np.bool_]]:
        matrix = _read(asked, window, None, archived.within(window.first_day, window.last_day))
        begun: NDArray[np.bool_] = np.asarray(matrix.present[:, :1].any(axis=1), np.bool_)
        if len(late := np.unique(asked[~begun])):
            before = present_of(late, first, last, archived.within(first, last)).any(axis=1)
            begun |= np.isin(asked, late[before])
        return matrix, begun

    return steadily("interval", first, window.last_day, both)


def _read(asked: NDArray[np.int64], window: _Window, as_of: dt.datetime | None, archived: Archived) -> Matrix:
    ids, row_of_asked = np.unique(asked, return_inverse=True)
    found = _fetch(ids, window, archived) if window.end > window.start else []
    interval_s = int(np.gcd.reduce([row[2] for row in found])) if found else _declared_interval(ids)
    slots = slots_per_day(interval_s)
    days = window.last_day - window.first_day + 1
    grid = _Grid.empty(len(ids), days, slots)
    lengths = {row[2] for row in found}
    for length in lengths:
        # Column by column: a tuple per block costs more than decoding it.
        alike = found if len(lengths) == 1 else [row for row in found if row[2] == length]
        series, at_day, _, changed_at, *encoded = zip(*alike, strict=True)
        blocks = decode_columns(*encoded, slots=slots_per_day(length))
        keys = np.array([series, at_day], np.int64).T
        if as_of is not None:
            blocks = rebuild(blocks, keys, list(changed_at), as_of, archived)
        grid.place(blocks, np.searchsorted(ids, keys[:, 0]), keys[:, 1] - window.first_day)
    matrix = grid.cut(ids, window, interval_s)
    return matrix if np.array_equal(asked, ids) else matrix.take(row_of_asked)


@dataclass(frozen=True, slots=True)
class _Window:
    """Seconds since 1970, end excluded."""

    start: int
    end: int

    @property
    def first_day(self) -> int:
        return self.start // DAY_S

    @property
    def last_day(self) -> int:
        return max(self.end - 1, self.start) // DAY_S


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Whole days: values, quality and status (n, days, slots)."""

    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    @classmethod
    def empty(cls, series: int, days: int, slots: int) -> _Grid:
        shape = (series, days, slots)
        missing = np.full(shape, Quality.MISSING, np.uint8)
        return cls(np.full(shape, NO_VALUE, np.int64), missing, np.zeros(shape, np.uint32))

    def place(self, blocks: Blocks, rows: NDArray[np.intp], days: NDArray[np.int64]) -> None:
        step = self.values.shape[2] // blocks.slots
        self.values[rows, days, ::step] = blocks.values
        self.quality[rows, days, ::step] = blocks.quality_as_read()
        if blocks.status is not None:
            self.status[rows, days, ::step] = blocks.status

    def cut(self, ids: NDArray[np.int64], window: _Window, interval_s: int) -> Matrix:
        """The columns whose intervals start within the window."""
        origin = window.first_day * DAY_S
        first, last = (-((origin - at) // interval_s) for at in (window.start, window.end))
        columns = slice(first, last)
        series, days, slots = self.values.shape
        flat = (series, days * slots)
        return Matrix(
            ids,
            to_instant(origin + first * interval_s),
            interval_s,
            self.values.reshape(flat)[:, columns],
            self.quality.reshape(flat)[:, columns],
            self.status.reshape(flat)[:, columns],
        )


def _fetch(ids: NDArray[np.int64], window: _Window, archived: Archived) -> list[tuple[Any, ...]]:
    rows = wire.fetch(
        """
        SELECT series_id, day - date '1970-01-01', interval_s, changed_at, d.values, quality, status
        FROM series_day d
        WHERE series_id = ANY (%(ids)s::bigint[])
        AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
        """,
        {"ids": ids, "first": window.first_day, "last": window.last_day},
    )
    if not archived:
        return rows
    return archived.drop_held(rows, day=1) + day_rows(archived, ids, window.first_day, window.last_day)


def _declared_interval(ids: NDArray[np.int64]) -> int:
    """The finest interval length these series are meant to have; a day when they have none."""
    rows = wire.fetch(
        "SELECT min(interval_s) FROM metering_series WHERE id = ANY (%(ids)s::bigint[]) AND interval_s > 0",
        {"ids": ids},
    )
    return int(rows[0][0] or DAY_S)
