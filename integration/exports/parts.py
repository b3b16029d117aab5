"""The parts an export is written in: each small enough for memory, in the order of the file.

A format that goes series by series gets whole metering points at a time, as many as fit; a metering point that is too
much is divided by series, and a series that is too much by time. A format that goes row by row in time gets all series,
some days at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S

_REGISTER_S = 3_600
"""Register values come at instants of their own: counted as if one came every hour."""


@dataclass(frozen=True, slots=True)
class Part:
    """Series number `first` to `last` (from 1, both included) over [start, end), seconds since 1970 UTC.

    `around`: the numbers of the first and the last of all series of their metering points.
    """

    first: int
    last: int
    around: tuple[int, int]
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The series asked for in the order of the file, (n,): ids of their metering points, which stand together, and
    seconds of an interval, 0 for register values."""

    points: NDArray[np.int64]
    interval_s: NDArray[np.int64]

    @property
    def weights(self) -> NDArray[np.float64]:
        """Values per second of each."""
        return 1 / np.where(self.interval_s == 0, _REGISTER_S, self.interval_s)


def parts_by_series(asked: Asked, start: int, end: int, most: int) -> list[Part]:
    """Parts of about `most` values at the most, one series after the other."""
    weights = asked.weights * (end - start)
    bounds = [0, *(np.flatnonzero(np.diff(asked.points)) + 1).tolist(), len(weights)] if len(weights) else []
    parts: list[Part] = []
    begin, load = 0, 0.0
    for first, after in pairwise(bounds):
        weight = float(weights[first:after].sum())
        if load and load + weight > most:
            parts.append(Part(begin + 1, first, (begin + 1, first), start, end))
            begin, load = first, 0.0
        if weight > most:
            parts += _divided(asked, first, after, start, end, most)
            begin = after
        else:
            load += weight
    if load:
        parts.append(Part(begin + 1, bounds[-1], (begin + 1, bounds[-1]), start, end))
    return parts


def _divided(asked: Asked, first: int, after: int, start: int, end: int, most: int) -> Iterator[Part]:
    """One metering point series by series, each in as many stretches of whole days as it needs; register values, which
    belong together in pairs, in one."""
    for index in range(first, after):
        length = int(asked.interval_s[index])
        step = _days(most * length) if length else end - start
        for begin in range(start, end, step):
            yield Part(index + 1, index + 1, (first + 1, after), begin, min(begin + step, end))


def parts_by_time(asked: Asked, start: int, end: int, most: int) -> list[Part]:
    """Parts of all series, each of whole days and about `most` values."""
    count = len(asked.points)
    step = _days(most / float(asked.weights.sum())) if count else DAY_S
    return [Part(1, count, (1, count), begin, min(begin + step, end)) for begin in range(start, end, step)]


def _days(seconds: float) -> int:
    """So many seconds in whole days, at least one."""
    return max(1, int(seconds) // DAY_S) * DAY_S
