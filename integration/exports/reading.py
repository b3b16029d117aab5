"""The stored values of some series over a part of the period, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from metering import store
from metering.intervals import DAY_S, day_of, to_instant, to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.store import Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Values and deleted values, all (m,), each series in the order of time.

    place      int64, index of the series in what was asked for
    length     int64, seconds of the interval the value is stored in, 0 for register values: not always that of its
               series, whose interval may have been changed
    at         int64, seconds since 1970 UTC
    values     int64, integers of 10^exponent units; `NO_VALUE` where deleted
    quality    uint8
    status     uint32
    """

    place: NDArray[np.int64]
    length: NDArray[np.int64]
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Columns:
        """These rows, in this order."""
        return Columns(*(getattr(self, column.name)[rows] for column in fields(self)))


_NONE = np.empty(0, np.int64)
_EMPTY = Columns(_NONE, _NONE, _NONE, _NONE, np.empty(0, np.uint8), np.empty(0, np.uint32))


def read_columns(series: Sequence[Series], start: int, end: int) -> Columns:
    """What is stored of these series in [start, end): intervals that begin in it, register values of its instants."""
    parts = [*_intervals(series, start, end), _registers(series, start, end)]
    return Columns(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Columns)))


def _intervals(series: Sequence[Series], start: int, end: int) -> Iterator[Columns]:
    for length in sorted({row.interval_s for row in series if row.is_profile}):
        places = np.array([place for place, row in enumerate(series) if row.interval_s == length], np.int64)
        ids = np.array([series[place].pk for place in places.tolist()], np.int64)
        matrix = store.read(ids, to_instant(start), to_instant(end))
        yield _of_matrix(matrix, places, _lengths(ids, length, start, end))


@dataclass(frozen=True, slots=True, eq=False)
class _Lengths:
    """Seconds of an interval, int64 (n, days), of every series and UTC day from `first` (days since 1970) on."""

    first: int
    seconds: NDArray[np.int64]


def _lengths(ids: NDArray[np.int64], declared: int, start: int, end: int) -> _Lengths:
    """The lengths the days are stored in; the declared one where nothing is stored."""
    first, last = start // DAY_S, max(start, end - 1) // DAY_S
    seconds = np.full((len(ids), last - first + 1), declared, np.int64)
    found = store.summaries(ids, day_of(first), day_of(last))
    order = np.argsort(ids)
    rows = order[np.searchsorted(ids, found.series_ids, sorter=order)]
    seconds[rows, found.days - first] = DAY_S // found.slots
    return _Lengths(first, seconds)


def _of_matrix(matrix: Matrix, places: NDArray[np.int64], lengths: _Lengths) -> Columns:
    rows, slots = np.nonzero(matrix.present | (matrix.quality == Quality.DELETED))
    at = to_seconds(matrix.start) + slots * matrix.interval_s
    return Columns(
        places[rows],
        lengths.seconds[rows, at // DAY_S - lengths.first],
        at,
        matrix.values[rows, slots],
        matrix.quality[rows, slots],
        matrix.status[rows, slots],
    )


def _registers(series: Sequence[Series], start: int, end: int) -> Columns:
    places = {row.pk: place for place, row in enumerate(series) if not row.is_profile}
    if not places:
        return _EMPTY
    found = store.read_registers(list(places), to_instant(start), to_instant(end))
    ids = np.array(sorted(places), np.int64)
    of_id = np.array([places[pk] for pk in ids.tolist()], np.int64)
    return Columns(
        of_id[np.searchsorted(ids, found.series_ids)],
        np.zeros(len(found), np.int64),
        found.at.astype(np.int64),
        found.values,
        found.quality,
        found.status,
    )
