"""What is judged together: values of several series of one interval length and one zone. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from metering.quality import QualityClass, quality_class
from metering.store.batch import NO_VALUE, Rows
from metering.store.statistics.daytypes import DayType
from validation.estimators.days import JudgedDays
from validation.kernels.days import DayFigures, day_figures

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.uint8]

_TYPES = np.array([*[DayType.WORKING] * 5, DayType.SATURDAY, DayType.SUNDAY, DayType.SUNDAY], np.uint8)  # by DayKind


@dataclass(frozen=True, eq=False)
class Window:
    """n series × slots: whole local days that are judged, and the columns before them as context.

    series_ids  int64 (n,)
    start_s     where column 0 begins, seconds since 1970; column k begins at start_s + k · interval_s
    values      int64 (n, slots), integers of 10^exponent units of each series; `NO_VALUE` = nothing there
    quality     uint8 (n, slots), `Quality.MISSING` = nothing there
    status      uint32 (n, slots), status words of the meter
    calendar    the judged local days, consecutive. Of quarters of an hour a day has 96 columns, 92 or 100 where the
                clock changes. Columns before the first edge are never judged.
    due         bool (n, slots): where a value must be by now, as a meter hung there and the interval has ended
    """

    series_ids: Ints
    start_s: int
    interval_s: int
    values: Ints
    quality: Codes
    status: NDArray[np.uint32]
    calendar: JudgedDays
    due: Bools

    def __len__(self) -> int:
        return len(self.series_ids)

    @property
    def shape(self) -> tuple[int, int]:
        rows, slots = self.values.shape
        return rows, slots

    @property
    def edges(self) -> NDArray[np.intp]:
        """intp (d + 1,): columns where the judged days begin, and their end."""
        return self.calendar.edges

    @property
    def days(self) -> NDArray[np.int32]:
        """int32 (d,): the judged local days since 1970."""
        return self.calendar.numbers

    @cached_property
    def day_types(self) -> Codes:
        """uint8 (d,): `DayType` of the judged days; public holidays count as Sundays."""
        return _TYPES[self.calendar.kinds]

    @cached_property
    def judged(self) -> Bools:
        """bool (slots,): columns of the judged days."""
        found = np.zeros(self.shape[1], np.bool_)
        found[self.edges[0] : self.edges[-1]] = True
        return found

    @cached_property
    def present(self) -> Bools:
        """bool (n, slots): where there is a value."""
        found: Bools = self.values != NO_VALUE
        return found

    @cached_property
    def usable(self) -> Bools:
        """bool (n, slots): values to measure others by: measured or decided by somebody."""
        kind = quality_class(self.quality)
        found: Bools = self.present & ((kind == QualityClass.MEASURED) | (kind == QualityClass.DECIDED))
        return found

    @cached_property
    def figures(self) -> DayFigures:
        """Totals, maxima and numbers of the usable values of each judged day, for all rules that judge days."""
        return day_figures(self.values, self.usable, self.edges)

    @cached_property
    def starts(self) -> Ints:
        """int64 (slots,): where the columns begin, seconds since 1970."""
        return self.start_s + np.arange(self.shape[1], dtype=np.int64) * self.interval_s

    def with_values(self, values: Ints, quality: Codes, status: NDArray[np.uint32] | None = None) -> Window:
        """The same series and days with other values; all (n, slots), the status words as they are where none come."""
        return replace(self, values=values, quality=quality, status=self.status if status is None else status)

    def take(self, rows: Rows) -> Window:
        """The window of these rows, in this order."""
        return Window(
            self.series_ids[rows],
            self.start_s,
            self.interval_s,
            self.values[rows],
            self.quality[rows],
            self.status[rows],
            self.calendar,
            self.due[rows],
        )
