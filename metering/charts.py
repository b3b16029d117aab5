"""View models of the series chart: every chosen series on one grid of equal steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from aim.web.charts import BoolArray, Chart, ChartQuality, ChartSeries, CodeArray, Kind
from metering.browser.buckets import gather, gather_spans
from metering.browser.notes import Note
from metering.browser.period import Period
from metering.browser.readings import Frame, Ints, Readings
from metering.browser.selection import labels
from metering.counterparts import counterparts
from metering.display import MARKS, QUALITIES, shown_exponent, shown_unit
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


def chart(frame: Frame, now: datetime, earlier: Frame | None = None, notes: Sequence[Note] = ()) -> Chart:
    """The chart of `frame`; `earlier`: the same series over the period they are compared with, laid over it by the
    clock: every value stands at the same wall time, also where one of the periods has 23 or 25 hours.

    The step is the longest interval among the profile series (an hour where the period is long); finer series are
    gathered into it with exact sums. The time before a series began and what is only awaited are left out.
    """
    grid = _grid(frame, now, trimmed=earlier is None)
    names = labels([each.series for each in frame.readings])
    drawn = _laid(frame, names, grid)
    if earlier is not None:
        drawn += _laid_over(earlier, [f"{name}, {earlier.period.title}" for name in names], grid, frame.period)
    return Chart(
        grid.start(frame.period), grid.step, frame.period.zone.key, drawn, marks(), [note.on_chart() for note in notes]
    )


def changed_chart(frame: Frame, after: Readings | None, now: datetime, marked: tuple[int, int]) -> Chart:
    """One series as it is stored and, laid over it, as it would be after a change of the stretch `marked`."""
    grid = _grid(frame, now, trimmed=False)
    drawn = _laid(frame, ["Stored"], grid)
    if after is not None:
        drawn += _laid(Frame(frame.period, [after]), ["After the change"], grid)
    return Chart(grid.start(frame.period), grid.step, frame.period.zone.key, drawn, marks(), marked=marked)


def marks() -> list[ChartQuality]:
    """Every quality that is told apart in a chart."""
    return [quality for code, quality in QUALITIES.items() if code not in (Quality.MEASURED, Quality.MISSING)]


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


def _laid_over(frame: Frame, names: Sequence[str], grid: _Grid, shown: Period) -> list[ChartSeries]:
    """Every series of the frame at the steps of the grid of another period, by wall time."""
    starts = grid.edges(shown)[:-1]
    there = counterparts(starts, shown.zone, (frame.period.first - shown.first).days)
    within = (there >= to_seconds(frame.period.start)) & (there < to_seconds(frame.period.end))
    return [
        _of(each, name, *_counterpart(each, there, within, grid.step))
        for each, name in zip(frame.readings, names, strict=True)
    ]


def _counterpart(readings: Readings, there: Ints, within: BoolArray, step: int) -> tuple[Ints, CodeArray, int]:
    if not readings.step_s:
        values, quality = _held(readings, there)
        return np.where(within, values, NO_VALUE), quality, readings.series.exponent
    if readings.step_s == step and len(readings.at):
        values, quality = _held(readings, there)
        known = within & np.isin(there, readings.at)
        return np.where(known, values, NO_VALUE), quality, readings.series.exponent
    gathered = gather_spans(readings, there, there + step)
    return np.where(within, gathered.values, NO_VALUE), gathered.quality, gathered.exponent


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
    if not readings.step_s:
        return _of(readings, label, *_held(readings, edges[:-1]), readings.series.exponent)
    if readings.step_s == grid.step and len(readings.at) >= grid.skip + grid.count:
        steps = slice(grid.skip, grid.skip + grid.count)
        return _of(readings, label, readings.values[steps], readings.quality[steps], readings.series.exponent)
    gathered = gather(readings, edges)
    return _of(readings, label, gathered.values, gathered.quality, gathered.exponent)


def _of(readings: Readings, label: str, values: Ints, quality: CodeArray, exponent: int) -> ChartSeries:
    """A drawn series of `values` and `quality` (k,), integers of 10^`exponent` of the stored unit."""
    series = readings.series
    present: BoolArray = values != NO_VALUE
    codes = np.where((quality == Quality.MISSING) | ~present, np.uint8(0), MARKS[quality])
    shown = shown_exponent(series) + exponent - series.exponent
    marked = codes if codes.any() else None
    return ChartSeries(series.pk, label, shown_unit(series), shown, _KINDS[series.kind], values, present, marked)


def _held(readings: Readings, starts: Ints) -> tuple[Ints, CodeArray]:
    """Register values held until the next one: values and quality at each of `starts`."""
    if not len(readings.at):
        return np.full(len(starts), NO_VALUE, np.int64), np.zeros(len(starts), np.uint8)
    index = np.searchsorted(readings.at, starts, side="right") - 1
    values = np.where(index < 0, NO_VALUE, readings.values[index])
    return values, np.where(index < 0, np.uint8(0), readings.quality[index])
