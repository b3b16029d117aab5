"""Where values are missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, day_of, to_seconds
from metering.store import wire
from metering.store.matrix import Gaps, Matrix
from metering.store.reader import read
from metering.store.stretches import runs
from metering.store.summaries import summaries


def missing(series_ids: Sequence[int] | NDArray[np.int64], start: dt.datetime, end: dt.datetime) -> Gaps:
    """The stretches in [start, end) where these series have no value, by series and time; deleted values count as such.

    Series of different interval lengths are looked at one length at a time, each on its own grid.
    """
    ids = _incomplete(np.unique(np.asarray(series_ids, np.int64)), start, end)
    found = [_gaps(read(part, start, end)) for part in _by_interval(ids)]
    columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else []
    if not columns:
        none = np.array([], "datetime64[s]")
        return Gaps(np.array([], np.int64), none, none)
    order = np.lexsort((columns[1], columns[0]))
    return Gaps(columns[0][order], columns[1][order], columns[2][order])


def _incomplete(ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime) -> NDArray[np.int64]:
    """The series whose days around [start, end) are not all full, judged by the summary columns alone."""
    first, last = to_seconds(start) // DAY_S, max(to_seconds(end) - 1, to_seconds(start)) // DAY_S
    found = summaries(ids, day_of(first), day_of(last))
    full = found.series_ids[found.present == found.slots]
    full_days = np.bincount(np.searchsorted(ids, full), minlength=len(ids))
    return ids[full_days < last - first + 1]


def _by_interval(ids: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    rows = wire.fetch(
        """
        SELECT interval_s, array_agg(id ORDER BY id) FROM metering_series
        WHERE id = ANY (%(ids)s::bigint[]) GROUP BY interval_s
        """,
        {"ids": ids},
    )
    return [members for _interval, members in rows]


def _gaps(matrix: Matrix) -> tuple[NDArray[np.int64], NDArray[np.datetime64], NDArray[np.datetime64]]:
    rows, first, end = runs(~matrix.present)
    origin, length = np.datetime64(to_seconds(matrix.start), "s"), np.timedelta64(matrix.interval_s, "s")
    return matrix.series_ids[rows], origin + first * length, origin + end * length
