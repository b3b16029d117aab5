"""Voltage of metering points, day by day: how much of it lay outside the band that is promised, and how far.

The band is that of the metering point, its area or its utility, else that of EN 50160 for low voltage: 230 V ± 10 %,
both ends included (`voltage_bands`). What is below 5 % of nominal is an interruption of supply and no voltage: it is
counted apart. All phases of a point count together; a day is a local one.
Only what was measured, or decided by a person, counts: a doubtful or estimated value says nothing of the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from math import ceil, floor

import numpy as np
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from events.voltage_bands import Band, bands_of
from metering.intervals import to_seconds
from metering.models import MeteringPoint, Series
from metering.quality import Quality
from metering.store import Matrix, read

PHASES = ("1-0:32.7.0", "1-0:52.7.0", "1-0:72.7.0", "1-0:32.24.0", "1-0:52.24.0", "1-0:72.24.0")
"""Momentary voltage of the phases, and its average over the interval, which some meters record instead."""
MOST_AT_ONCE = 4_000_000
"""So many values are in memory at a time, however large the area is."""
_GOOD = (Quality.MEASURED, Quality.EDITED, Quality.ACCEPTED)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Counts of values, int64, and voltages in V, float64, NaN where there is none; all of one shape.

    values       voltages, interruptions left out      interrupted  values below 5 % of nominal
    outside      of them those outside the band        lowest, highest
    """

    values: NDArray[np.int64]
    outside: NDArray[np.int64]
    interrupted: NDArray[np.int64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Outside of all voltages, 0 to 1; NaN where there is none."""
        with np.errstate(invalid="ignore"):
            share: NDArray[np.float64] = self.outside / self.values
        return share

    def over(self, axis: int) -> Figures:
        """The figures of all along one axis together."""
        lowest = np.fmin.reduce(self.lowest, axis, initial=np.nan)
        highest = np.fmax.reduce(self.highest, axis, initial=np.nan)
        values, outside, interrupted = self.values.sum(axis), self.outside.sum(axis), self.interrupted.sum(axis)
        return Figures(values, outside, interrupted, lowest, highest)


@dataclass(frozen=True, eq=False)
class Voltages:
    """The voltage of metering points: `figures` is (points, days), rows and `bands` in the order of `point_ids`."""

    point_ids: NDArray[np.int64]
    bands: Sequence[Band]
    days: Sequence[date]
    figures: Figures

    @cached_property
    def by_point(self) -> Figures:
        """(points,): all days together."""
        return self.figures.over(1)

    @cached_property
    def by_day(self) -> Figures:
        """(days,): all points together."""
        return self.figures.over(0)

    def worst(self) -> NDArray[np.intp]:
        """Rows of the points that have values: the largest share outside first, then the farthest from nominal."""
        found = self.by_point
        rows = np.flatnonzero(found.values + found.interrupted)
        nominal = np.array([float(band.nominal) for band in self.bands], np.float64)
        far = (np.fmax(nominal - found.lowest, found.highest - nominal) / nominal)[rows]
        share = np.nan_to_num(found.share[rows], nan=-1)
        return rows[np.lexsort((self.point_ids[rows], -np.nan_to_num(far, nan=-1), -share))]


def voltages(points: QuerySet[MeteringPoint], days: Sequence[date], edges: Sequence[datetime]) -> Voltages:
    """The voltage of those of `points` that have profile series of it, on consecutive local days.

    Day k lasts from `edges[k]` to `edges[k + 1]`, so there is one edge more than days. One query for the series and
    one for the bands; the values come from the store in as few reads as fit into memory.
    """
    series = list(
        Series.objects.filter(
            metering_point__in=points.order_by().values("pk"), measured_property__obis__in=PHASES,
            measured_property__unit="V", kind=Series.Kind.INSTANTANEOUS, periodicity=Series.Periodicity.INTERVAL,
        ).order_by("pk").values_list(
            "pk", "metering_point_id", "exponent", "interval_s", "metering_point__utility",
            Coalesce("metering_point__transformer_area", 0),
        )
    )  # fmt: skip
    columns = np.array(series, np.int64).reshape(-1, 6)
    point_ids, at, rows = np.unique(columns[:, 1], return_index=True, return_inverse=True)
    known = bands_of(points)
    bands = [known.of(utility, area, point) for point, utility, area in columns[at][:, [1, 4, 5]].tolist()]
    total = _Total(len(point_ids), len(days))
    bounds = [to_seconds(edge) for edge in edges]
    slots = -(-(bounds[-1] - bounds[0]) // int(columns[:, 3].min(initial=bounds[-1])))
    at_once = max(1, MOST_AT_ONCE // max(slots, 1))
    for first in range(0, len(series), at_once):
        part = slice(first, first + at_once)
        total.add(rows[part], columns[part, 2], bands, read(columns[part, 0], edges[0], edges[-1]), bounds)
    return Voltages(point_ids, bands, days, total.figures())


class _Total:
    """Figures of points and days while series are added to them."""

    def __init__(self, points: int, days: int) -> None:
        shape = (points, days)
        self.values, self.outside, self.interrupted = (np.zeros(shape, np.int64) for _ in range(3))
        self.lowest, self.highest = np.full(shape, np.inf), np.full(shape, -np.inf)

    def add(
        self, points: NDArray[np.intp], exponents: NDArray[np.int64], bands: Sequence[Band], matrix: Matrix,
        bounds: Sequence[int],
    ) -> None:  # fmt: skip
        """Series i, in units of 10^exponent V, belongs to point `points[i]`, which has the band of that row.

        `bounds` are edges of days in seconds.
        """
        limits = [_limits(bands[row], power) for row, power in zip(points.tolist(), exponents.tolist(), strict=True)]
        interrupted, least, greatest = np.array(limits, np.int64).T[:, :, np.newaxis]
        good = matrix.present & np.isin(matrix.quality, _GOOD)
        supplied = good & (matrix.values >= interrupted)
        outside = supplied & ((matrix.values < least) | (matrix.values > greatest))
        volts = _volts(matrix.values, exponents)
        edges = np.searchsorted(matrix.instants.astype(np.int64), bounds)
        for day in range(len(bounds) - 1):
            of_day = slice(edges[day], edges[day + 1])
            lowest = volts[:, of_day].min(1, initial=np.inf, where=supplied[:, of_day])
            highest = volts[:, of_day].max(1, initial=-np.inf, where=supplied[:, of_day])
            np.add.at(self.values[:, day], points, supplied[:, of_day].sum(1))
            np.add.at(self.outside[:, day], points, outside[:, of_day].sum(1))
            np.add.at(self.interrupted[:, day], points, (good & ~supplied)[:, of_day].sum(1))
            np.minimum.at(self.lowest[:, day], points, lowest)
            np.maximum.at(self.highest[:, day], points, highest)

    def figures(self) -> Figures:
        """What was added up."""
        lowest, highest = (np.where(np.isinf(each), np.nan, each) for each in (self.lowest, self.highest))
        return Figures(self.values, self.outside, self.interrupted, lowest, highest)


@lru_cache(maxsize=1024)
def _limits(band: Band, exponent: int) -> tuple[int, int, int]:
    """In units of 10^exponent V: the least voltage that is supply, the least and the greatest inside of the band."""
    unit = Decimal(1).scaleb(exponent)
    return ceil(band.interrupted / unit), ceil(band.least / unit), floor(band.greatest / unit)


def _volts(values: NDArray[np.int64], exponents: NDArray[np.int64]) -> NDArray[np.float64]:
    """In V; dividing by a power of ten gives the nearest float there is, multiplying by its inverse does not."""
    by, into = 10.0 ** np.maximum(exponents, 0), 10.0 ** np.maximum(-exponents, 0)
    volts: NDArray[np.float64] = values * by[:, np.newaxis] / into[:, np.newaxis]
    return volts
