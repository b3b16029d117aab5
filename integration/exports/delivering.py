"""An export for billing is a delivery: noted with the file, so that a later change of its values is a correction."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from integration.exports.verifying import VerifiedOnly
from integration.models import ExportSeries, FileExport
from metering.intervals import day_number, local_day
from metering.models import Series
from validation.services.corrections import note_corrections
from validation.services.delivering import Periods, note_deliveries

_AT_ONCE = 5_000
Ints = NDArray[np.int64]


def deliver(row: FileExport, verified: VerifiedOnly) -> None:
    """Note what the file of an export holds as delivered: whole local days of interval series the format can hold.

    As of the instant its worker began, before the first value was read: what changed while it wrote is a correction at
    once, rather than never.
    """
    days, at = whole_days(row), row.started_at
    if days is None or at is None:
        return
    first, last = days
    left_out = verified.left_out
    asked = ExportSeries.objects.filter(file_export=row, refused=False, series__periodicity=Series.Periodicity.INTERVAL)
    ids = np.array(sorted(asked.values_list("series", flat=True)), np.int64)
    for start in range(0, len(ids), _AT_ONCE):
        own = ids[start : start + _AT_ONCE]
        periods = periods_of(own, first, last, *left_out)
        note_deliveries(periods, at=at, receiver=str(row.options.get("receiver", "")), reference=row.name)
        note_corrections(own, first, last, row.utility.zone, f"Changed while {row.name} was written")


def whole_days(row: FileExport) -> tuple[date, date] | None:
    """The first and the last local day that lies in the period of the export as a whole; None where there is none."""
    zone: ZoneInfo = row.utility.zone
    first = row.starts_at.astimezone(zone).date()
    if local_day(first, zone)[0] < row.starts_at:
        first += timedelta(days=1)
    last = row.ends_at.astimezone(zone).date() - timedelta(days=1)
    return (first, last) if first <= last else None


def periods_of(ids: Ints, first: date, last: date, series: Ints, days: Ints) -> Periods:
    """The stretches of days from `first` to `last` of each of `ids` (sorted) without the pairs of `series`, `days`."""
    count = (last - first).days + 1
    kept = np.ones((len(ids), count + 2), np.bool_)
    kept[:, [0, -1]] = False
    column = days - day_number(first)
    known = np.isin(series, ids) & (column >= 0) & (column < count)
    kept[np.searchsorted(ids, series[known]), column[known] + 1] = False
    rows, begin = np.nonzero(kept[:, 1:] & ~kept[:, :-1])
    _, end = np.nonzero(kept[:, :-1] & ~kept[:, 1:])
    return Periods(ids[rows], begin + day_number(first), end - 1 + day_number(first))
