"""Values of series over local days, with what went before them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, slots_per_day, to_instant, to_seconds
from metering.quality import Quality
from metering.store import NO_VALUE, read
from metering.store.matrix import Matrix
from validation.loading.days import are_holidays, columns_of, dates, judged_days, midnights
from validation.loading.installed import installed
from validation.window import Bools, Ints, Window

_Number = TypeVar("_Number", np.int64, np.uint8, np.uint32)

GRACE_S = 3_600
"""A value is due this long after the end of its interval: time to read and to store it."""


def load_window(
    series_ids: Sequence[int] | NDArray[np.int64],
    first_day: dt.date,
    last_day: dt.date,
    zone: ZoneInfo,
    interval_s: int,
    *,
    now: dt.datetime,
    lead_days: int = 1,
) -> Window:
    """The window of the local days from `first_day` to `last_day`, both included, in the order of `series_ids`.

    The columns before the judged days are the rest of the UTC blocks that hold them and the interval before: at least
    one interval, and `lead_days` - 1 UTC days more. A value is due from `GRACE_S` after the end of its interval, if a
    device hung at the metering point. Three queries. A series that is stored on a finer grid than `interval_s` comes
    empty and with nothing due. ValueError for an interval that does not divide the day and for days in wrong order.
    """
    slots_per_day(interval_s)
    asked = np.asarray(series_ids, np.int64)
    days = dates(first_day, last_day)
    bounds = midnights(days, zone)
    start_s = ((int(bounds[0]) - interval_s) // DAY_S - max(lead_days - 1, 0)) * DAY_S
    edges = columns_of(bounds, start_s, interval_s)
    boundaries = start_s + np.arange(edges[-1] + 1, dtype=np.int64) * interval_s
    matrix, fits = _on_grid(read(asked, to_instant(start_s), to_instant(int(boundaries[-1]))), boundaries)
    due = _due(asked, boundaries, to_seconds(now) - GRACE_S)
    due[~fits] = False
    calendar = judged_days(days, edges, zone, interval_s, are_holidays(asked, days))
    return Window(asked, start_s, interval_s, matrix.values, matrix.quality, matrix.status, calendar, due)


def _due(series_ids: Ints, boundaries: Ints, until: int) -> Bools:
    """bool (n, slots): intervals that ended by `until` with a device in place from beginning to end."""
    found = installed(series_ids, int(boundaries[0]), int(boundaries[-1])).whole(boundaries, len(series_ids))
    found &= boundaries[1:] <= until
    return found


def _on_grid(matrix: Matrix, boundaries: Ints) -> tuple[Matrix, Bools]:
    """The matrix with the columns between these instants, and bool (n,): the series that fit into them.

    Values of longer intervals stand at their own start, as `read` has them. A series with values of shorter ones is
    emptied: what such a value is compared with, and what replaces it, would be of another length.
    """
    interval_s, shape = int(boundaries[1] - boundaries[0]), (len(matrix.series_ids), len(boundaries) - 1)
    if matrix.interval_s == interval_s:
        return matrix, np.ones(shape[0], np.bool_)
    common = math.gcd(matrix.interval_s, interval_s)
    own, wanted = matrix.interval_s // common, interval_s // common
    at = np.arange(matrix.values.shape[1]) * own
    on_grid = at % wanted == 0
    fits = ~np.logical_or.reduce(matrix.present[:, ~on_grid], axis=1)
    columns = at[on_grid] // wanted

    def placed(found: NDArray[_Number], empty: int) -> NDArray[_Number]:
        grid = np.full(shape, empty, found.dtype)
        grid[np.ix_(fits, columns)] = found[np.ix_(fits, on_grid)]
        return grid

    values, quality = placed(matrix.values, NO_VALUE), placed(matrix.quality, Quality.MISSING)
    return Matrix(matrix.series_ids, matrix.start, interval_s, values, quality, placed(matrix.status, 0)), fits
