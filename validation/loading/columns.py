"""Values of series on given columns."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from metering.intervals import to_instant
from metering.quality import Quality
from metering.store import NO_VALUE, Matrix, read
from validation.window import Bools, Ints

_Number = TypeVar("_Number", np.int64, np.uint8, np.uint32)


def on_columns(series_ids: Ints, boundaries: Ints) -> tuple[Matrix, Bools]:
    """The values between these instants, int64 (slots + 1,) and evenly apart, and bool (n,): the series that fit.

    Values of longer intervals stand at their own start, as `read` has them. A series with values of shorter ones is
    emptied: what such a value is compared with, and what replaces it, would be of another length. As many queries as
    one `read`.
    """
    matrix = _read(series_ids, boundaries)
    own, wanted = _steps(matrix, boundaries)
    if own == wanted:
        return matrix, np.ones(len(series_ids), np.bool_)
    off_grid = np.arange(matrix.values.shape[1]) * own % wanted != 0
    fits = ~np.logical_or.reduce(matrix.present[:, off_grid], axis=1)
    return _placed(matrix, boundaries, fits), fits


def at_boundaries(series_ids: Ints, boundaries: Ints) -> Matrix:
    """What these stand series showed at the instants, one column for each; what they showed between is left out."""
    interval_s = int(boundaries[1] - boundaries[0])
    ends = np.append(boundaries, boundaries[-1] + interval_s)
    matrix = _read(series_ids, ends)
    return matrix if matrix.interval_s == interval_s else _placed(matrix, ends, np.ones(len(series_ids), np.bool_))


def _read(series_ids: Ints, boundaries: Ints) -> Matrix:
    return read(series_ids, to_instant(int(boundaries[0])), to_instant(int(boundaries[-1])))


def _steps(matrix: Matrix, boundaries: Ints) -> tuple[int, int]:
    """How many of the longest steps that fit into both one column of the matrix is, and one of those wanted."""
    interval_s = int(boundaries[1] - boundaries[0])
    common = math.gcd(matrix.interval_s, interval_s)
    return matrix.interval_s // common, interval_s // common


def _placed(matrix: Matrix, boundaries: Ints, rows: Bools) -> Matrix:
    """The values of `rows` that stand at one of these instants but the last; nothing everywhere else."""
    interval_s, shape = int(boundaries[1] - boundaries[0]), (len(rows), len(boundaries) - 1)
    instants = int(matrix.start.timestamp()) + np.arange(matrix.values.shape[1]) * matrix.interval_s - boundaries[0]
    on_grid = instants % interval_s == 0
    columns = instants[on_grid] // interval_s

    def placed(found: NDArray[_Number], empty: int) -> NDArray[_Number]:
        grid = np.full(shape, empty, found.dtype)
        grid[np.ix_(rows, columns)] = found[np.ix_(rows, on_grid)]
        return grid

    values, quality = placed(matrix.values, NO_VALUE), placed(matrix.quality, Quality.MISSING)
    return Matrix(matrix.series_ids, matrix.start, interval_s, values, quality, placed(matrix.status, 0))
