"""View models of the series chart: every chosen series on one grid of equal steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from aim.web.charts import BoolArray, Chart, ChartSeries, CodeArray, Kind
from metering.browser.buckets import gather
from metering.browser.period import Period
from metering.browser.readings import Frame, Ints, Readings
from metering.browser.selection import labels
from metering.display import QUALITIES, shown_exponent, shown_unit
from metering.intervals import to_seconds
from metering.quality import Quality
from metering.store import NO_VALUE

MOST_STEPS = 40_000
HOUR_S = 3600
_KINDS: dict[str, Kind] = {"stand": "stand", "consumption": "consumption", "instantaneous": "instantaneous"}
# Register values are drawn as steps that last until the next one, so they need a grid of their own.
_REGISTER_STEPS = 2000


@dataclass(frozen=True, slots=True)
class _Grid:
    """`count` steps of `step` seconds; `skip` steps after the beginning of the period."""

    step: int
    skip: int
    count: int

    def start(self, period: Period) -> int:
        return _begin(period, self.step) + self.skip * self.step

    def edges(self, period: Period) -> Ints:
        """Where each step begins, and where the last one ends."""
        return self.start(period) + np.arange(self.count + 1, dtype=np.int64) * self.step


def chart(frame: Frame, now: datetime, earlier: Frame | None = None) -> Chart:
    """The chart of `frame`; `earlier`: the same series over the period they are compared with, laid over it.

    The step is the longest interval among the profile series (an hour where the period is long); finer series are
    gathered into it with exact sums. The time before a series began and what is only awaited are left out.
    """
    grid = _grid(frame, now, trimmed=earlier is None)
    names = labels([each.series for each in frame.readings])
    drawn = _laid(frame, names, grid)
    if earlier is not None:
        drawn += _laid(earlier, [f"{name}, {earlier.period.title}" for name in names], grid)
    qualities = [quality for code, quality in QUALITIES.items() if code not in (Quality.MEASURED, Quality.MISSING)]
    return Chart(grid.start(frame.period), grid.step, frame.period.zone.key, drawn, qualities)


def _grid(frame: Frame, now: datetime, *, trimmed: bool) -> _Grid:
    step = _step(frame)
    begin, last = _begin(frame.period, step), to_seconds(frame.period.end)
    spans = [_span(each, begin, now) for each in frame.readings] or [(begin, begin)]
    skip = max(min(start for start, _ in spans) - begin, 0) // step if trimmed else 0
    end = min(max(end for _, end in spans), last)
    return _Grid(step, skip, max(-(-(end - begin) // step) - skip, 1))


def _span(readings: Readings, begin: int, now: datetime) -> tuple[int, int]:
    """From the first slot that has or should have a value to the end of the last; register values hold until now."""
    if not readings.step_s:
        return begin, to_seconds(now)
    places = np.flatnonzero(~readings.awaited)
    if not len(places):
        return begin, begin
    return int(readings.at[places[0]]), int(readings.at[places[-1]]) + readings.step_s


def _laid(frame: Frame, names: Sequence[str], grid: _Grid) -> list[ChartSeries]:
    """Every series of the frame on the grid, counted from the beginning of its own period."""
    edges = grid.edges(frame.period)
    return [_drawn(each, edges, grid, name) for each, name in zip(frame.readings, names, strict=True)]


def _begin(period: Period, step: int) -> int:
    """The beginning of the period, rounded up to a whole step."""
    return -(-to_seconds(period.start) // step) * step


def _step(frame: Frame) -> int:
    length = to_seconds(frame.period.end) - to_seconds(frame.period.start)
    longest = max((each.step_s for each in frame.readings), default=0)
    if not longest:
        return max(900, -(-length // _REGISTER_STEPS // 900) * 900)
    return longest if length // longest <= MOST_STEPS else max(longest, HOUR_S)


def _drawn(readings: Readings, edges: Ints, grid: _Grid, label: str) -> ChartSeries:
    """One series between the edges (k + 1) of the grid."""
    exponent = shown_exponent(readings.series)
    if not readings.step_s:
        values, quality = _held(readings, edges[:-1])
    elif readings.step_s == grid.step and len(readings.at) >= grid.skip + grid.count:
        steps = slice(grid.skip, grid.skip + grid.count)
        values, quality = readings.values[steps], readings.quality[steps]
    else:
        gathered = gather(readings, edges)
        values, quality = gathered.values, gathered.quality
        exponent += gathered.exponent - readings.series.exponent
    present: BoolArray = values != NO_VALUE
    codes = np.where(quality == Quality.MISSING, np.uint8(0), quality)
    kind, unit = _KINDS[readings.series.kind], shown_unit(readings.series)
    marked = codes if codes.any() else None
    return ChartSeries(readings.series.pk, label, unit, exponent, kind, values, present, marked)


def _held(readings: Readings, starts: Ints) -> tuple[Ints, CodeArray]:
    """Register values held until the next one: values and quality at each of `starts`."""
    if not len(readings.at):
        return np.full(len(starts), NO_VALUE, np.int64), np.zeros(len(starts), np.uint8)
    index = np.searchsorted(readings.at, starts, side="right") - 1
    values = np.where(index < 0, NO_VALUE, readings.values[index])
    return values, np.where(index < 0, np.uint8(0), readings.quality[index])
