"""Estimates that follow from a level or from another measurement, not from the curve itself."""

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from validation.estimators.arrays import Bools, Floats, Ints
from validation.estimators.days import JudgedDays
from validation.estimators.gaps import Places
from validation.estimators.segments import Segments


def check_meter(values: Ints, usable: Bools, wanted: Bools, ratio: ArrayLike = 1.0) -> Floats:
    """The value of the check meter × `ratio` where it is usable (E9).

    values, usable  int64, bool (n, slots) of the check meter, or of what flows in and out of the node, row by row
    ratio           float64 (n, 1) or scalar, an integer of the check meter in integers of the series, losses included
    """
    return np.where(wanted & usable, values * np.asarray(ratio, np.float64), np.nan)


def outage_zero(outage: Bools, wanted: Bools) -> Floats:
    """Zero where the supply is proven to have been off (E13), nothing elsewhere."""
    return np.where(wanted & outage, 0.0, np.nan)


def fixed_value(value: ArrayLike, wanted: Bools) -> Floats:
    """The same value everywhere, `value` broadcastable to (n, slots), in integers of the series."""
    return np.where(wanted, np.asarray(value, np.float64), np.nan)


class Span(Enum):
    """What a fixed total is for."""

    GAP = "gap"
    DAY = "day"
    ROW = "row"


def fixed_total(total: ArrayLike, wanted: Bools, span: Span, days: JudgedDays | None = None) -> Floats:
    """A total spread evenly over the wanted slots of each gap, each local day or each row, float64 (n, slots).

    `total` float64 (n,) or scalar, in integers of the series. `Span.DAY` needs `days`: ValueError without.
    """
    totals = np.broadcast_to(np.asarray(total, np.float64), wanted.shape[:1])
    if span is Span.ROW:
        return _over(totals[:, None], wanted.sum(axis=1, keepdims=True), wanted)
    if span is Span.GAP:
        places = Places.of(wanted)
        return places.spread(totals[places.row] / places.sizes()[places.part], wanted.shape)
    if days is None:
        raise ValueError("A total for each day needs to know the days")
    judged: Bools = wanted & (days.day >= 0)
    first = days.edges[0]
    counts = np.add.reduceat(judged[:, first : days.edges[-1]], days.edges[:-1] - first, axis=1, dtype=np.int64)
    return _over(totals[:, None], counts[:, np.maximum(days.day, 0)], judged)


def register_spread(segments: Segments, shape: tuple[int, ...]) -> Floats:
    """What the register says is missing, evenly over the slots that miss it (E10); nothing without both stands."""
    sizes = np.bincount(segments.segment, minlength=len(segments.totals))
    level = np.where(segments.known, segments.totals, np.nan) / np.maximum(sizes, 1)
    block = np.full(shape, np.nan)
    block[segments.row, segments.column] = level[segments.segment]
    return block


def flat(daily_load: Floats, days: JudgedDays, wanted: Bools) -> Floats:
    """Average daily load / wall slots of an ordinary day (E7), `daily_load` float64 (n,), NaN = unknown.

    A day of 23 hours gets 23/24 of the load.
    """
    return np.where(wanted & (days.day >= 0), daily_load[:, None] / days.per_day, np.nan)


def class_profile(shape: Floats, daily_load: Floats, days: JudgedDays, wanted: Bools) -> Floats:
    """Shape of the customer's class × average daily load (E6).

    shape       float64 (d, wall) or (n, d, wall), the part of an average daily load that falls into the slot, NaN =
                unknown; over a year its days add up to 1 on average, so that seasons show (`shares_of_day`)
    daily_load  float64 (n,), NaN = unknown
    """
    judged = days.day >= 0
    part = np.full((*shape.shape[:-2], wanted.shape[1]), np.nan)
    part[..., judged] = shape[..., days.day[judged], days.wall[judged]]
    return np.where(wanted & judged, part * daily_load[:, None], np.nan)


def shares_of_day(curve: Floats) -> Floats:
    """A curve (…, d, wall) in any unit as parts of its average day, same shape; NaN if it adds up to zero or less."""
    average = curve.sum(axis=-1).mean(axis=-1)[..., None, None]
    shares = np.full(curve.shape, np.nan)
    np.divide(curve, average, out=shares, where=average > 0)
    return shares


def _over(total: Floats, count: Ints, wanted: Bools) -> Floats:
    return np.where(wanted, total / np.maximum(count, 1), np.nan)
