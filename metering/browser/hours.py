"""The table of one profile series: a row per local hour, a column per interval in it, and the hour's sum.

A day of quarter hours fits on a screen this way. The hour that comes twice in autumn has two rows.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np

from metering.browser.buckets import gather
from metering.browser.cells import (
    NOTHING,
    Cell,
    Row,
    Section,
    bucket_cell,
    day_section,
    hours_of,
    instants,
    value_cells,
)
from metering.browser.compared import Shown
from metering.browser.links import Links
from metering.browser.notes import Note, noted
from metering.browser.period import Period
from metering.browser.readings import Readings
from metering.intervals import to_instant, to_seconds
from metering.models import Series

HOUR_S = 3600
LEAST_INTERVAL_S = 300


def fits(columns: Sequence[Shown]) -> bool:
    """One series that is not compared, whose intervals divide the hour, into twelve parts at most."""
    intervals = [each.readings.step_s for each in columns if each.other is None]
    return (
        len(intervals) == len(columns) == 1 and LEAST_INTERVAL_S <= intervals[0] < HOUR_S and HOUR_S % intervals[0] == 0
    )


def headings(readings: Readings) -> list[str]:
    """`:00`, `:15`, `:30`, `:45`, and for consumption the sum of the hour."""
    minutes = [f":{second // 60:02}" for second in range(0, HOUR_S, readings.step_s)]
    return [*minutes, "Sum"] if summed(readings) else minutes


def sections(readings: Readings, period: Period, links: Links, notes: Sequence[Note] = ()) -> Iterator[Section]:
    """One section per local day."""
    at = instants([readings])
    times = [to_instant(second).astimezone(period.zone) for second in at.tolist()]
    drawn = noted([[cell] for cell in value_cells(readings, at)], at, readings, notes)
    cells = zip(times, (row[0] for row in drawn), strict=True)
    hours = [(hour, list(group)) for hour, group in groupby(cells, key=lambda pair: _hour(pair[0]))]
    sums = _sums(readings, [hour for hour, _ in hours])
    rows = [(hour, own, total) for (hour, own), total in zip(hours, sums, strict=True)]
    for day, day_rows in groupby(rows, key=lambda row: row[0].astimezone(period.zone).date()):
        zone_shown = hours_of(day, period) != 24
        found = [_row(*row, readings.step_s, period.zone, zone_shown) for row in day_rows]
        yield day_section(found, day, period, links)


def summed(readings: Readings) -> bool:
    """Whether the row of an hour ends with its sum."""
    return readings.series.kind == Series.Kind.CONSUMPTION


def _hour(local: datetime) -> datetime:
    """The beginning (UTC) of the local hour."""
    return to_instant(to_seconds(local) - local.minute * 60 - local.second)


def _sums(readings: Readings, hours: Sequence[datetime]) -> list[list[Cell]]:
    """The sum of each hour as a last cell; no cell where sums mean nothing."""
    if not summed(readings) or not hours:
        return [[] for _ in hours]
    starts = [to_seconds(hour) for hour in hours]
    gathered = gather(readings, np.array([*starts, starts[-1] + HOUR_S], np.int64))
    return [[bucket_cell(readings, gathered, k)] for k in range(len(hours))]


def _row(
    hour: datetime, found: list[tuple[datetime, Cell]], total: list[Cell], step_s: int, zone: ZoneInfo, zone_shown: bool
) -> Row:
    cells = [NOTHING] * (HOUR_S // step_s)
    for local, cell in found:
        cells[local.minute * 60 // step_s] = cell
    local = hour.astimezone(zone)
    return Row(f"{local:%H %Z}" if zone_shown else f"{local:%H}", [*cells, *total])
