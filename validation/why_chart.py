"""The chart of an exception: its day between the day before and the day after, the limit, and what failed."""

from __future__ import annotations

import numpy as np

from aim.web.charts import Chart, ChartQuality, ChartSeries
from metering.charts import marks
from metering.display import MARKS, shown_exponent, shown_unit
from metering.intervals import to_seconds
from metering.quality import Quality
from metering.store import NO_VALUE, Matrix
from validation.stretches import stretches, zone_of
from validation.why import Why

FAILED = ChartQuality(250, "Failed the rule", "bad", "!")
_FINER = 3
"""A limit is drawn with so many more decimals than the values: it may lie between two of them."""


def why_chart(why: Why) -> Chart:
    """The stored values with their quality, those that stood there when the exception was found, and its limit.

    Failing intervals carry a mark of their own; where they touch each other their stretch is shaded.
    """
    drawn = [_values(why, why.now, "Stored now", failing=not why.replaced)]
    if why.replaced:
        drawn.append(_values(why, why.then, "When it was found", failing=True))
    if why.finding.limit is not None:
        drawn.append(_limit(why, why.finding.limit))
    parts = stretches(why.finding)
    marked = (to_seconds(parts[0].start), to_seconds(parts[0].end)) if len(parts) == 1 else None
    start, step = to_seconds(why.now.start), why.now.interval_s
    return Chart(start, step, zone_of(why.finding).key, drawn, [*marks(), FAILED], marked=marked)


def _values(why: Why, matrix: Matrix, label: str, *, failing: bool) -> ChartSeries:
    series, values, quality = why.finding.series, matrix.values[0], matrix.quality[0]
    present = values != NO_VALUE
    codes = np.where((quality == Quality.MISSING) | ~present, np.uint8(0), MARKS[quality])
    codes = np.where(why.failing & failing, np.uint8(FAILED.code), codes).astype(np.uint8)
    return ChartSeries(
        series.pk, label, shown_unit(series), shown_exponent(series), "consumption", values, present, codes
    )


def _limit(why: Why, limit: float) -> ChartSeries:
    """A line from end to end: where a line has no value the chart would say that one is missing."""
    series = why.finding.series
    values = np.full(why.at.shape, round(limit * 10**_FINER), np.int64)
    exponent = shown_exponent(series) - _FINER
    return ChartSeries(0, "Limit", shown_unit(series), exponent, "stand", values, np.ones(values.shape, np.bool_))
