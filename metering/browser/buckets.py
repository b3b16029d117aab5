"""Values gathered into local days, weeks, months, years or wider intervals: integer sums, exact at every width."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.browser.period import Period, Scale
from metering.browser.readings import Ints, Readings
from metering.intervals import local_day, to_seconds
from metering.models import Series
from metering.quality import Quality, QualityClass, is_estimate, quality_class
from metering.store import NO_VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Readings of one series gathered between edges, all arrays (k,).

    values     consumption: sum; stand: the stand at the bucket's first instant; instantaneous: mean, one decimal more
    quality    the most doubtful code in the bucket, `Quality.MISSING` where there is no value
    present, expected, suspect, estimated   counts of values
    """

    exponent: int
    values: Ints
    quality: NDArray[np.uint8]
    present: Ints
    expected: Ints
    suspect: Ints
    estimated: Ints

    @property
    def missing(self) -> Ints:
        """How many expected values are not there."""
        missing: Ints = np.maximum(self.expected - self.present, 0)
        return missing


@dataclass(frozen=True, slots=True, eq=False)
class Extremes:
    """Lowest, highest and mean value of each bucket, all (k,); `mean` has one decimal more. `NO_VALUE` where empty."""

    lowest: Ints
    highest: Ints
    mean: Ints


def gather(readings: Readings, edges: Ints) -> Buckets:
    """`readings` between `edges` (int64 seconds, k + 1, ascending); a value belongs to where its interval starts."""
    return gather_spans(readings, edges[:-1], edges[1:])


def gather_spans(readings: Readings, starts: Ints, ends: Ints) -> Buckets:
    """The same over spans that need not follow each other: `starts`, `ends` int64 seconds (k,)."""
    spans = np.searchsorted(readings.at, starts), np.searchsorted(readings.at, ends)
    classes = quality_class(readings.quality)
    present = readings.present
    count = _sums(present, spans)
    values, exponent = _values(readings, starts, spans, count)
    suspect = _sums(present & (classes == QualityClass.SUSPECT), spans)
    estimated = _sums(present & (is_estimate(readings.quality)), spans)
    quality = np.select(
        [values == NO_VALUE, suspect > 0, estimated > 0], [Quality.MISSING, Quality.SUSPECT, Quality.ESTIMATED], 0
    )
    expected = _sums(readings.expected | present, spans)
    return Buckets(exponent, values, quality.astype(np.uint8), count, expected, suspect, estimated)


def extremes(readings: Readings, edges: Ints) -> Extremes:
    """What lies between the same edges, told apart from its sum."""
    known = readings.values[readings.present]
    index = np.searchsorted(readings.at[readings.present], edges)
    found = np.full((3, len(edges) - 1), NO_VALUE, np.int64)
    for k, (first, after) in enumerate(zip(index[:-1].tolist(), index[1:].tolist(), strict=True)):
        if part := known[first:after].tolist():
            found[:, k] = min(part), max(part), round(sum(part) * 10 / len(part))
    return Extremes(*found)


def edges_of(scale: Scale, period: Period) -> Ints:
    """Where the local days, weeks, months or years of `period` begin, and its end; the first and last may be parts."""
    begins = _BEGINS[scale](period.first, period.last)
    inner = [to_seconds(local_day(day, period.zone)[0]) for day in begins]
    start, end = to_seconds(period.start), to_seconds(period.end)
    return np.array([start, *(edge for edge in inner if start < edge < end), end], np.int64)


def day_edges(first: date, last: date, zone: ZoneInfo) -> Ints:
    """Local midnights from `first` to the one after `last`."""
    return np.array([to_seconds(local_day(day, zone)[0]) for day in _days(first, last + timedelta(days=1))], np.int64)


def value_at(readings: Readings, instants: Ints) -> Ints:
    """The value at exactly each instant, `NO_VALUE` where there is none; same shape."""
    if not len(readings.at):
        return np.full(len(instants), NO_VALUE, np.int64)
    index = np.minimum(np.searchsorted(readings.at, instants), len(readings.at) - 1)
    return np.where(readings.at[index] == instants, readings.values[index], NO_VALUE)


def _values(
    readings: Readings, starts: Ints, spans: tuple[NDArray[np.intp], NDArray[np.intp]], count: Ints
) -> tuple[Ints, int]:
    exponent = readings.series.exponent
    if readings.series.kind == Series.Kind.STAND:
        return value_at(readings, starts), exponent
    total = _sums(np.where(readings.present, readings.values, 0), spans)
    if readings.series.kind == Series.Kind.INSTANTANEOUS:
        total, exponent = np.rint(total * 10 / np.maximum(count, 1)).astype(np.int64), exponent - 1
    return np.where(count > 0, total, NO_VALUE), exponent


def _sums(column: NDArray[np.int64] | NDArray[np.bool_], spans: tuple[NDArray[np.intp], NDArray[np.intp]]) -> Ints:
    running = np.concatenate(([0], np.cumsum(column, dtype=np.int64)))
    return running[spans[1]] - running[spans[0]]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _weeks(first: date, last: date) -> Iterator[date]:
    return (day for day in _days(first, last) if day.weekday() == 0)


def _months(first: date, last: date) -> Iterator[date]:
    return (day for day in _days(first, last) if day.day == 1)


def _years(first: date, last: date) -> Iterator[date]:
    return (date(year, 1, 1) for year in range(first.year, last.year + 1))


_BEGINS = {Scale.DAY: _days, Scale.WEEK: _weeks, Scale.MONTH: _months, Scale.YEAR: _years}
