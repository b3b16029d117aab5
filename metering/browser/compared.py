"""The columns of one series in the table, and of what it is compared with: the value, the other one, the difference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metering.browser.buckets import Buckets, edges_of, gather, value_at
from metering.browser.cells import NOTHING, Cell, bucket_cell, difference_cell, value_cells
from metering.browser.period import Period, Scale
from metering.browser.readings import Ints, Readings
from metering.counterparts import counterparts
from metering.display import shown_exponent, shown_unit
from metering.store import NO_VALUE

Rows = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Head:
    """A column heading; `key` is the colour of its series in the chart, 0 for none."""

    label: str
    key: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """What a series is compared with: `readings` over `period`, both its own."""

    label: str
    readings: Readings
    period: Period


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One chosen series over `period`; `other` is None where nothing is compared."""

    label: str
    key: int
    readings: Readings
    period: Period
    other: Other | None = None

    @property
    def heads(self) -> list[Head]:
        unit = shown_unit(self.readings.series)
        own = Head(f"{self.label} ({unit})" if unit else self.label, self.key)
        return [own, Head(self.other.label), Head("Difference")] if self.other else [own]

    @property
    def width(self) -> int:
        return 3 if self.other else 1

    def values(self, at: Ints) -> Rows:
        """The cells of single values, a list per instant of `at`."""
        own = value_cells(self.readings, at)
        if self.other is None:
            return [[cell] for cell in own]
        there = self.counterparts(at)
        beside = value_cells(self.other.readings, there)
        both = value_at(self.readings, at), value_at(self.other.readings, there)
        return [list(row) for row in zip(own, beside, self._differences(*both), strict=True)]

    def buckets(self, scale: Scale) -> Rows:
        """The cells of sums, a list per local day, week, month or year of the period."""
        own = gather(self.readings, edges_of(scale, self.period))
        if self.other is None:
            return [[bucket_cell(self.readings, own, k)] for k in range(len(own.values))]
        beside = gather(self.other.readings, edges_of(scale, self.other.period))
        return [self._pair(own, beside, k) for k in range(len(own.values))]

    def total(self) -> list[Cell]:
        """The cells of the whole period: of what is stored, also where an hour has no counterpart."""
        own = gather(self.readings, _whole(self.period))
        if self.other is None:
            return [bucket_cell(self.readings, own, 0)]
        return self._pair(own, gather(self.other.readings, _whole(self.other.period)), 0)

    def counterparts(self, at: Ints) -> Ints:
        """Where the values stand that those at `at` are compared with: the same wall time of the other period."""
        days = (self.other.period.first - self.period.first).days if self.other else 0
        return counterparts(at, self.period.zone, days) if days else at

    def _pair(self, own: Buckets, beside: Buckets, k: int) -> list[Cell]:
        first = bucket_cell(self.readings, own, k)
        if self.other is None or k >= len(beside.values):
            return [first, NOTHING, NOTHING]
        pair = np.array([own.values[k]]), np.array([beside.values[k]])
        finer = own.exponent - self.readings.series.exponent
        return [first, bucket_cell(self.other.readings, beside, k), *self._differences(*pair, finer)]

    def _differences(self, own: Ints, beside: Ints, finer: int = 0) -> list[Cell]:
        """Cells of `own` minus `beside`, in the finer of both resolutions; `finer`: what gathering added to both."""
        assert self.other is not None
        exponents = self.readings.series.exponent, self.other.readings.series.exponent
        least = min(exponents)
        one, other = (
            _scaled(column, exponent - least) for column, exponent in zip((own, beside), exponents, strict=True)
        )
        shown = shown_exponent(self.readings.series) - exponents[0] + least + finer
        return [difference_cell(a, b, shown) for a, b in zip(one, other, strict=True)]


def value_heads(columns: Sequence[Shown]) -> list[Head]:
    """The headings of all columns."""
    return [head for column in columns for head in column.heads]


def side_by_side(parts: Sequence[Rows]) -> Rows:
    """The rows of several series joined into the rows of one table."""
    return [[cell for part in row for cell in part] for row in zip(*parts, strict=True)]


def _scaled(values: Ints, by: int) -> list[int]:
    """As integers of a resolution 10^`by` finer; Python's, so that nothing overflows."""
    return [value if value == NO_VALUE else value * 10**by for value in values.tolist()]


def _whole(period: Period) -> Ints:
    return edges_of(Scale.YEAR, period)[[0, -1]]
