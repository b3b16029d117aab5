"""Values of series over local days, with what went before them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, slots_per_day, to_seconds
from validation.loading.columns import on_columns
from validation.loading.days import are_holidays, columns_of, dates, judged_days, midnights
from validation.loading.installed import installed
from validation.window import Bools, Ints, Window

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
    matrix, fits = on_columns(asked, boundaries)
    due = _due(asked, boundaries, to_seconds(now) - GRACE_S)
    due[~fits] = False
    calendar = judged_days(days, edges, zone, interval_s, are_holidays(asked, days))
    return Window(asked, start_s, interval_s, matrix.values, matrix.quality, matrix.status, calendar, due)


def _due(series_ids: Ints, boundaries: Ints, until: int) -> Bools:
    """bool (n, slots): intervals that ended by `until` with a device in place from beginning to end."""
    found = installed(series_ids, int(boundaries[0]), int(boundaries[-1])).whole(boundaries, len(series_ids))
    found &= boundaries[1:] <= until
    return found
