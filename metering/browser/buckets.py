"""Values gathered into local days, months or wider intervals: integer sums, so a month is exactly its quarter hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.browser.readings import Ints, Readings
from metering.intervals import local_day, to_seconds
from metering.models import Series
from metering.quality import Quality, QualityClass, quality_class
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


def gather(readings: Readings, edges: Ints) -> Buckets:
    """`readings` between `edges` (int64 seconds, k + 1, ascending); a value belongs to where its interval starts."""
    index = np.searchsorted(readings.at, edges)
    classes = quality_class(readings.quality)
    present = readings.present
    count = _sums(present, index)
    values, exponent = _values(readings, edges, index, count)
    suspect = _sums(present & (classes == QualityClass.SUSPECT), index)
    estimated = _sums(present & (classes == QualityClass.ESTIMATED), index)
    quality = np.select(
        [values == NO_VALUE, suspect > 0, estimated > 0], [Quality.MISSING, Quality.SUSPECT, Quality.ESTIMATED], 0
    )
    expected = _sums(readings.expected | present, index)
    return Buckets(exponent, values, quality.astype(np.uint8), count, expected, suspect, estimated)


def day_edges(first: date, last: date, zone: ZoneInfo) -> Ints:
    """Local midnights from `first` to the one after `last`."""
    return _edges(_days(first, last), zone)


def month_edges(first: date, last: date, zone: ZoneInfo) -> Ints:
    """Local midnights of the firsts of the months that [first, last] touches, and of the one after."""
    return _edges(_months(first, last), zone)


def _values(readings: Readings, edges: Ints, index: NDArray[np.intp], count: Ints) -> tuple[Ints, int]:
    exponent = readings.series.exponent
    if readings.series.kind == Series.Kind.STAND:
        return _at_edges(readings, edges[:-1]), exponent
    total = _sums(np.where(readings.present, readings.values, 0), index)
    if readings.series.kind == Series.Kind.INSTANTANEOUS:
        total, exponent = np.rint(total * 10 / np.maximum(count, 1)).astype(np.int64), exponent - 1
    return np.where(count > 0, total, NO_VALUE), exponent


def _at_edges(readings: Readings, starts: Ints) -> Ints:
    """The value at exactly each instant, `NO_VALUE` where there is none."""
    if not len(readings.at):
        return np.full(len(starts), NO_VALUE, np.int64)
    index = np.minimum(np.searchsorted(readings.at, starts), len(readings.at) - 1)
    return np.where(readings.at[index] == starts, readings.values[index], NO_VALUE)


def _sums(column: NDArray[np.int64] | NDArray[np.bool_], index: NDArray[np.intp]) -> Ints:
    running = np.concatenate(([0], np.cumsum(column, dtype=np.int64)))
    return running[index[1:]] - running[index[:-1]]


def _edges(days: Iterator[date], zone: ZoneInfo) -> Ints:
    return np.array([to_seconds(local_day(day, zone)[0]) for day in days], np.int64)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 2):
        yield first + timedelta(days=number)


def _months(first: date, last: date) -> Iterator[date]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1):
        yield date(number // 12, number % 12 + 1, 1)
