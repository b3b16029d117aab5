"""Estimated register stands and consumptions of periods.

All functions work on n registers at once. Instants are int64 seconds since 1970, days are 86,400 s: average daily
consumption is a rate, so a day on which the clock changes counts as 23 or 25 hours.
"""

import numpy as np

from validation.estimators.arrays import NO_VALUE, Bools, Floats, Ints
from validation.estimators.days import DAY_S


def average_daily_consumption(stands: Ints, at: Ints, good: Bools) -> Floats:
    """(latest good - earliest good stand) / days between them (E14), float64 (n,), in integers of the series per day.

    stands, at  int64 (n, k), each row in order of time
    good        bool (n, k): at quality level "high" measured and decided stands, at "low" estimated ones too; only
                those after the last critical change (exchange, new multiplier)

    NaN with fewer than two good stands.
    """
    last = good.shape[1] - 1 - good[:, ::-1].argmax(axis=1)
    first = good.argmax(axis=1)
    known = good.any(axis=1) & (last > first)
    row = np.arange(len(good))
    energy = np.where(known, stands[row, last], 0) - np.where(known, stands[row, first], 0)
    elapsed = np.where(known, at[row, last] - at[row, first], 0)
    daily = np.full(len(good), np.nan)
    np.divide(energy * float(DAY_S), elapsed, out=daily, where=known & (elapsed > 0))
    return daily


def projected(stands: Ints, at: Ints, good: Bools, wanted_at: Ints) -> Ints:
    """Closest preceding good stand + days since × average daily consumption (E14), int64 (n,), `NO_VALUE` = no answer.

    The average is taken over the good stands before `wanted_at` (n,); arrays as in `average_daily_consumption`.
    """
    before: Bools = good & (at <= wanted_at[:, None])
    daily = average_daily_consumption(stands, at, before)
    row, last = np.arange(len(good)), good.shape[1] - 1 - before[:, ::-1].argmax(axis=1)
    days = (wanted_at - at[row, last]) / DAY_S
    known = ~np.isnan(daily)
    rise = np.rint(np.where(known, days * daily, 0)).astype(np.int64)
    return np.where(known, stands[row, last] + rise, NO_VALUE)


def between(earlier: Ints, earlier_at: Ints, later: Ints, later_at: Ints, wanted_at: Ints) -> Ints:
    """Stands for a gap between two received ones, on the straight line and rounded down (E16).

    The received stands and their instants are (n,) or (n, 1), `wanted_at` broadcasts with them. Exact in integers, so
    the stands never fall where the received ones do not. `NO_VALUE` where one of the two is missing or the instant
    does not lie between them.
    """
    span = later_at - earlier_at
    known = (earlier != NO_VALUE) & (later != NO_VALUE) & (span > 0)
    known = known & (wanted_at >= earlier_at) & (wanted_at <= later_at)
    rise = np.where(known, later, 0) - np.where(known, earlier, 0)
    # (rise × elapsed) / span without a product of two large numbers: both factors of the second are seconds.
    each, rest = np.divmod(rise, np.where(known, span, 1))
    elapsed = np.where(known, wanted_at - earlier_at, 0)
    return np.where(known, earlier + each * elapsed + rest * elapsed // np.where(known, span, 1), NO_VALUE)


def prorated(total: Ints, period_s: Ints, wanted_s: Ints, known_energy: Ints, known_s: Ints) -> Floats:
    """(total - known energy) × wanted / (period - known) (E15), float64 of the common shape.

    The part of a period's consumption `total` that falls to `wanted_s` seconds of it, leaving out what is known of it
    (intervals of `known_s` seconds with `known_energy`). NaN where nothing is left of the period or a total is missing.
    """
    left = period_s - known_s
    whole = np.where(total == NO_VALUE, 0, total) - known_energy
    possible = (left > 0) & (wanted_s <= left) & (total != NO_VALUE)
    return np.where(possible, whole * (wanted_s / np.where(left > 0, left, 1)), np.nan)


def profiled(total: Ints, shape: Floats, period: Bools, wanted: Bools) -> Floats:
    """Total × sum of the shape over the wanted slots / sum over the period (E15), float64 (n,).

    total            int64 (n,), consumption of the period
    shape            float64 (n, slots) or (slots,), load profile
    period, wanted   bool (n, slots) or (slots,)

    NaN where the shape adds up to zero over the period or the total is missing.
    """
    whole = np.where(period, shape, 0.0).sum(axis=-1)
    part = np.where(period & wanted, shape, 0.0).sum(axis=-1)
    possible = (whole > 0) & (total != NO_VALUE)
    return np.where(possible, part / np.where(whole > 0, whole, 1) * total, np.nan)


def from_intervals(values: Ints, usable: Bools, wanted: Bools) -> Ints:
    """Consumption of a period as the sum of its intervals (E15), int64 (n,); `NO_VALUE` if one is not usable.

    values, usable, wanted  (n, slots); `wanted` marks the slots of the period.
    """
    complete = ~(wanted & ~usable).any(axis=1) & wanted.any(axis=1)
    return np.where(complete, np.where(wanted & usable, values, 0).sum(axis=1), NO_VALUE)
