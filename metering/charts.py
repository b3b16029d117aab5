"""View models of the series chart: every chosen series on one grid of equal steps."""

from collections.abc import Sequence
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


def chart(frame: Frame, now: datetime, earlier: Frame | None = None) -> Chart:
    """The chart of `frame` up to now; `earlier` holds the same series over the period they are compared with.

    The step is the longest interval among the profile series (an hour where the period is long); finer series are
    gathered into it with exact sums.
    """
    step = _step(frame)
    count = _steps(frame.period, step, now)
    names = labels([each.series for each in frame.readings])
    drawn = _laid(frame, names, step, count)
    if earlier is not None:
        drawn += _laid(earlier, [f"{name}, {earlier.period.title}" for name in names], step, count)
    qualities = [quality for code, quality in QUALITIES.items() if code not in (Quality.MEASURED, Quality.MISSING)]
    return Chart(_start(frame.period, step), step, frame.period.zone.key, drawn, qualities)


def _laid(frame: Frame, names: Sequence[str], step: int, count: int) -> list[ChartSeries]:
    """Every series of the frame on `count` steps from its beginning."""
    grid = _start(frame.period, step) + np.arange(count + 1, dtype=np.int64) * step
    return [_drawn(each, grid, step, name) for each, name in zip(frame.readings, names, strict=True)]


def _start(period: Period, step: int) -> int:
    """The first instant of the grid: the beginning of the period, rounded up to a whole step."""
    return -(-to_seconds(period.start) // step) * step


def _step(frame: Frame) -> int:
    length = to_seconds(frame.period.end) - to_seconds(frame.period.start)
    longest = max((each.step_s for each in frame.readings), default=0)
    if not longest:
        return max(900, -(-length // _REGISTER_STEPS // 900) * 900)
    return longest if length // longest <= MOST_STEPS else max(longest, HOUR_S)


def _steps(period: Period, step: int, now: datetime) -> int:
    """How many steps are drawn: up to the end of the period, but not into the future; at least one."""
    start = _start(period, step)
    end = min(to_seconds(period.end), max(to_seconds(now), start))
    return max(-(-(end - start) // step), 1)


def _drawn(readings: Readings, grid: Ints, step: int, label: str) -> ChartSeries:
    """One series on the grid (k + 1 edges)."""
    exponent = shown_exponent(readings.series)
    if not readings.step_s:
        values, quality = _held(readings, grid[:-1])
    elif readings.step_s == step and len(readings.at) >= len(grid) - 1:
        values, quality = readings.values[: len(grid) - 1], readings.quality[: len(grid) - 1]
    else:
        gathered = gather(readings, grid)
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
