"""The past of a batch of series as a cube: series × days × wall slots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.estimators.arrays import NO_VALUE, Bools, Codes, Floats, Index, Ints
from validation.estimators.days import JudgedDays


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Earlier and later days that may speak for the days to estimate; those days themselves may be among them.

    values   int64 (n, k, wall), integers of the series by wall slot
    usable   bool (n, k, wall), present and fit to be a reference
    numbers  int32 (k,), dates as days since 1970-01-01, ascending
    kinds    uint8 (k,), `DayKind`
    outage   bool (n, k), days with any outage: no reference for averages and like days

    ValueError for shapes that do not fit and for days out of order.
    """

    values: Ints
    usable: Bools
    numbers: NDArray[np.int32]
    kinds: Codes
    outage: Bools

    def __post_init__(self) -> None:
        rows, days = self.values.shape[:2]
        shapes = (self.usable.shape, self.numbers.shape, self.kinds.shape, self.outage.shape)
        if shapes != (self.values.shape, (days,), (days,), (rows, days)):
            raise ValueError(f"A history of {rows} series and {days} days got arrays of shapes {shapes}")
        if (np.diff(self.numbers) <= 0).any():
            raise ValueError("The days of a history must ascend, each once")

    def positions(self, numbers: NDArray[np.integer]) -> Index:
        """Index into the days of the history for every day number, -1 where it has no such day; same shape."""
        if not len(self.numbers):
            return np.full(numbers.shape, -1, np.intp)
        at = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        return np.where(self.numbers[at] == numbers, at, -1).astype(np.intp)

    def daily_average(self) -> Floats:
        """Average daily load float64 (n,) of the complete days without outage; NaN for a series that has none."""
        complete = self.usable.all(axis=2) & ~self.outage
        energy = np.where(complete, self.values.sum(axis=2, where=self.usable), 0).sum(axis=1, dtype=np.float64)
        count = complete.sum(axis=1)
        average = np.full(len(count), np.nan)
        np.divide(energy, count, out=average, where=count > 0)
        return average


def history_of(values: Ints, usable: Bools, outage: Bools, days: JudgedDays) -> History:
    """The judged days of a block as a history: int64, bool, bool (n, slots) to (n, d, wall).

    Of an hour that comes twice the first run is kept; an hour left out by the clock is not usable.
    """
    rows, shape = len(values), (len(values), len(days) * days.per_day)
    first_column = days.edges[0]
    cell = (days.day * days.per_day + days.wall)[first_column:]
    cells, first = np.unique(cell, return_index=True)
    columns = first + first_column
    cube = np.full(shape, NO_VALUE, np.int64)
    fit = np.zeros(shape, np.bool_)
    cube[:, cells], fit[:, cells] = values[:, columns], usable[:, columns]
    dark = np.logical_or.reduceat(outage[:, first_column : days.edges[-1]], days.edges[:-1] - first_column, axis=1)
    cuboid = (rows, len(days), days.per_day)
    return History(cube.reshape(cuboid), fit.reshape(cuboid), days.numbers, days.kinds, dark)
