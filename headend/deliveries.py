"""How many values of a local day were stored by an instant: of every stretch that is due, exactly and as it was then.

A local day is counted slot by slot, so a day of 23 or 25 hours has just its own values. The state of the store at the
instant is rebuilt from its versions, so it does not matter when it is counted.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np

from access.models import Utility
from headend.deadlines import due_at
from headend.due import Due, Ints, due
from headend.models import Deadline, DeliveryCount
from metering import store
from metering.intervals import local_day, to_seconds
from metering.models import MeteringPoint, Series

By = DeliveryCount.By
Moments = Mapping[int, datetime]
"""By when values are counted, by measured property; 0: all that have no moment of their own."""

_VALUES_AT_ONCE = 4_000_000
_FIXED = {By.HOUR: timedelta(hours=1), By.SIX_HOURS: timedelta(hours=6)}
_DAYS_AFTER = {By.NEXT_DAY: 1, By.FIFTH_DAY: 5}


def moments(utility: Utility, day: date, by: By) -> Moments:
    """When a local day of the utility is counted `by`; nothing where it has no deadline."""
    if by == By.DEADLINE:
        rows = Deadline.objects.filter(utility=utility)
        return {row.measured_property_id or 0: due_at(row, day, utility.zone) for row in rows}
    if by in _FIXED:
        return {0: local_day(day, utility.zone)[1] + _FIXED[by]}
    return {0: local_day(day + timedelta(days=_DAYS_AFTER[by]), utility.zone)[1]}


def delivered(utility: Utility, day: date, at: Moments) -> tuple[Due, Ints]:
    """What is due of a local day and has a moment, and how many values of each stretch were stored at it, (n,).

    Series that came on file when the day was over are left out: their history cannot have been in time.
    """
    start, end = local_day(day, utility.zone)
    owed = due(MeteringPoint.objects.filter(utility=utility), start, end)
    owed = owed.take(~np.isin(owed.series, _made_since(utility, end)))
    own = np.array([key for key in at if key], np.int64)
    which = np.where(np.isin(owed.properties, own), owed.properties, 0)
    kept = np.isin(which, list(at))
    owed, which = owed.take(kept), which[kept]
    present = np.zeros(which.size, np.int64)
    for key, moment in at.items():
        rows = np.flatnonzero(which == key)
        for interval_s in np.unique(owed.intervals[rows]).tolist():
            same = rows[owed.intervals[rows] == interval_s]
            present[same] = _present(owed.take(same), start, end, moment)
    return owed, np.minimum(present, owed.counts())


def _made_since(utility: Utility, at: datetime) -> list[int]:
    rows = Series.objects.filter(metering_point__utility=utility, created_at__gte=at)
    return list(rows.values_list("pk", flat=True))


def _present(owed: Due, start: datetime, end: datetime, at: datetime) -> Ints:
    """Values of each stretch stored at an instant; series of one interval length, in portions of bounded size."""
    slots = int((end - start).total_seconds()) // int(owed.intervals[0]) + 1
    portion = max(_VALUES_AT_ONCE // slots, 1)
    found = np.zeros(owed.series.size, np.int64)
    for first in range(0, owed.series.size, portion):
        part = slice(first, first + portion)
        found[part] = _count(owed.take(np.arange(owed.series.size)[part]), start, end, at)
    return found


def _count(owed: Due, start: datetime, end: datetime, at: datetime) -> Ints:
    ids, rows = np.unique(owed.series, return_inverse=True)
    matrix = store.read(ids, start, end, as_of=at)
    until = np.zeros((len(ids), matrix.present.shape[1] + 1), np.int64)
    np.cumsum(matrix.present, axis=1, out=until[:, 1:])
    origin, last = to_seconds(matrix.start), matrix.present.shape[1]
    low, high = (np.clip(-((origin - edge) // matrix.interval_s), 0, last) for edge in (owed.starts, owed.ends))
    counted: Ints = until[rows, high] - until[rows, np.minimum(low, high)]
    return counted
