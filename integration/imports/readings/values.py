"""The values of a portion as the store takes them: in the exponents of their series, laid out as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import NO_VALUE, Portion
from integration.imports.readings.targets import Targets
from metering.intervals import DAY_S, slots_per_day
from metering.store import VALUE_LIMIT, Batch, RegisterBatch, place

SLOTS_AT_ONCE = 4_000_000
"""Slots laid out in one batch, about 50 MB: a file with one value per day would otherwise fill the memory with gaps."""
_UP, _DOWN = 15, 18
"""10^15 fits under the limit of values; 10^18 is beyond every value, so that no larger divisor is needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Values of one interval length with a place, all (m,); `interval_s` 0: each at its own instant.

    `series` int64 ids, 0 for one there is not yet; `channel` int32 of the portion; `at` int64 seconds since 1970 UTC;
    `values` int64 in the exponent of their series; `quality` uint8 or None = all measured; `status` uint32 or None =
    all zero; `lines` int64.
    """

    interval_s: int
    series: NDArray[np.int64]
    channel: NDArray[np.int32]
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8] | None
    status: NDArray[np.uint32] | None
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Points:
        """The points of these rows, in this order."""
        return Points(
            self.interval_s,
            self.series[rows],
            self.channel[rows],
            self.at[rows],
            self.values[rows],
            None if self.quality is None else self.quality[rows],
            None if self.status is None else self.status[rows],
            self.lines[rows],
        )

    @property
    def fits_grid(self) -> NDArray[np.bool_]:
        """bool (m,): instants that begin an interval; all of them where there is none."""
        fits: NDArray[np.bool_] = self.at % max(self.interval_s, 1) == 0
        return fits


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Values in the exponents of their series; `inexact` bool (m,) marks those that would lose digits there."""

    values: NDArray[np.int64]
    inexact: NDArray[np.bool_]


def points_of(portion: Portion, targets: Targets, values: NDArray[np.int64]) -> Iterator[Points]:
    """The values given for channels that are taken, one group per interval length, in the order of the file.

    `values` int64 (m,): those of the portion, fitted.
    """
    lengths = np.array([channel.interval_s for channel in portion.channels], np.int64)
    taken = targets.taken
    present = portion.present
    for interval_s in np.unique(lengths[taken]).tolist():
        chosen = taken & (lengths == interval_s)
        wanted = present if chosen.all() else present & chosen[portion.channel]
        rows = slice(None) if wanted.all() else np.flatnonzero(wanted)
        channel, quality, status = portion.channel[rows], portion.quality[rows], portion.status[rows]
        yield Points(
            interval_s,
            targets.series[channel],
            channel,
            portion.at[rows],
            values[rows],
            quality if quality.any() else None,
            status if status.any() else None,
            portion.lines[rows],
        )


def fit(portion: Portion, exponents: NDArray[np.int64]) -> Fitted:
    """The values of `portion` in units of 10^`exponents` of their channels (k,).

    What becomes too large comes out as `VALUE_LIMIT`, which the store refuses by name.
    """
    steps = np.array([channel.exponent for channel in portion.channels], np.int64) - exponents
    if not steps.any():
        return Fitted(portion.values, np.zeros(len(portion), np.bool_))
    step = steps[portion.channel]
    given = np.where(portion.present, portion.values, 0)
    factor, divisor = 10 ** np.clip(step, 0, _UP), 10 ** np.clip(-step, 0, _DOWN)
    fits = np.abs(given) <= (VALUE_LIMIT - 1) // factor
    scaled = np.where(fits, np.where(fits, given, 0) * factor // divisor, VALUE_LIMIT)
    return Fitted(np.where(portion.present, scaled, NO_VALUE), given % divisor != 0)


def batches(points: Points) -> Iterator[Batch]:
    """Points of intervals as batches of bounded size; a day split over two of them is merged by the store."""
    if not len(points):
        return
    at_once = max(1, SLOTS_AT_ONCE // slots_per_day(points.interval_s))
    grouped = _in_runs(points, at_once)
    starts = _runs(grouped)
    cuts = starts[::at_once].tolist()
    for first, end in zip(cuts, [*cuts[1:], len(grouped)], strict=True):
        part = grouped if len(cuts) == 1 else grouped.take(slice(first, end))
        yield place(part.interval_s, part.series, part.at, part.values, part.quality, part.status).batch


def _in_runs(points: Points, at_once: int) -> Points:
    """The points with those of one series and day together, where the order of the file scatters them."""
    if len(_runs(points)) <= at_once:
        return points
    return points.take(np.lexsort((points.at // DAY_S, points.series)))


def _runs(points: Points) -> NDArray[np.intp]:
    """Where a run of points of one series and day begins."""
    day = points.at // DAY_S
    change = np.diff(points.series, prepend=-1) != 0
    change[1:] |= np.diff(day) != 0
    return np.flatnonzero(change)


def registers(points: Points) -> RegisterBatch:
    """Points of single instants as a batch; of one given twice the later in the file stands."""
    order = np.lexsort((points.at, points.series))
    last = np.ones(len(points), np.bool_)
    last[:-1] = (np.diff(points.series[order]) != 0) | (np.diff(points.at[order]) != 0)
    kept = points.take(order[last])
    return RegisterBatch(kept.series, kept.at, kept.values, kept.quality, kept.status)
