"""Gaps that reach beyond the days that are validated.

What a register counted over a gap is known by the stands at both its ends. A gap of several days, validated day by day,
would never see both. So series whose gap goes on beyond the days asked for are validated over a wider stretch, as soon
as there are values on the other side of it.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np

from metering.intervals import DAY_S, day_number, day_of
from metering.store import summaries
from validation.engine.own import own_estimates
from validation.window import Bools, Window

WIDENED_BY = (1, 2, 4, 8, 16)
"""Days on both sides, added one after the other until the ends of the gap are found. Longer gaps are not scaled."""
FARTHEST = sum(WIDENED_BY)


def reaching(window: Window, zone: ZoneInfo, now: dt.datetime) -> Bools:
    """bool (n,): series with a gap that leaves the judged days and ends somewhere. `window` is as received.

    A query for each side on which a gap goes on.
    """
    first, last = int(window.edges[0]), int(window.edges[-1]) - 1
    begin, end = (int(window.start_s + edge * window.interval_s) for edge in window.edges[[0, -1]].tolist())
    gap = window.due & (~window.present | own_estimates(window.quality))
    ends = np.logical_or.reduce(window.usable & window.judged, axis=1)
    left = gap[:, first] & gap[:, max(first - 1, 0)] & (first > 0) & ends
    right = gap[:, last] & (day_of(int(window.days[-1])) < now.astimezone(zone).date())
    # Only UTC days that lie wholly beyond count; what the window holds of the one before is looked at itself.
    before, after = begin // DAY_S - 1, -(-end // DAY_S)
    near = np.logical_or.reduce(window.usable[:, :first], axis=1)
    left[left] = near[left] | _measured(window, left, before - FARTHEST, before)
    right[right] = _measured(window, right, after, after + FARTHEST)
    found: Bools = left | right
    return found


def _measured(window: Window, rows: Bools, first: int, last: int) -> Bools:
    """bool (m,): series of these rows with measured values on one of these UTC days (since 1970)."""
    if not rows.any():
        return rows[rows]
    ids = window.series_ids[rows]
    found = summaries(np.unique(ids), day_of(first), day_of(last))
    return np.isin(ids, found.series_ids[found.present > found.estimated])


def widened(first: dt.date, last: dt.date, by: int, today: dt.date) -> tuple[dt.date, dt.date]:
    """The local days `by` days further on both sides, none after today."""
    return day_of(day_number(first) - by), min(day_of(day_number(last) + by), max(today, last))
