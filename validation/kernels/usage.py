"""The energy of a day against what the point usually takes (V12)."""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.days import DayFigures, over_days
from validation.kernels.shapes import Limits, Mask, Values


def average_daily_use(
    totals: Values,
    counts: Values,
    slots: int,
    *,
    doubtful: Values | None = None,
    least_values: int = 1,
    most_doubtful_percent: float = 100.0,
) -> Limits:
    """V12: average daily usage float64 (n, 1) of a window of history: Σ totals / Σ counts × slots of 24 hours.

    `totals`, `counts` int64 (n, h) are those of h days of the window, before the day judged, after it, or around it a
    year earlier; a day without values has count 0, and one of 23 or 25 hours weighs what it is long. `doubtful` int64
    (n, h) says how many of `counts` were edited, estimated or suspect. NaN, which fails nothing, where fewer than
    `least_values` values are there or more than `most_doubtful_percent` of them are doubtful.
    """
    number = counts.sum(axis=1, keepdims=True)
    enough = number >= max(least_values, 1)
    if doubtful is not None:
        enough &= doubtful.sum(axis=1, keepdims=True) * 100 <= number * most_doubtful_percent
    energy = totals.sum(axis=1, keepdims=True, dtype=np.float64)
    average: Limits = np.where(enough, energy / np.maximum(number, 1) * slots, np.nan)
    return average


def daily_use(figures: DayFigures, slots: int, least_share: float = 1.0) -> NDArray[np.float64]:
    """float64 (n, d): total of each day normalised to 24 hours, total / usable values × `slots` of 24 hours.

    NaN where less than `least_share` (0 to 1) of the day's slots is usable. The energy of 23 hours is multiplied by
    24/23.
    """
    enough = (figures.counts >= figures.lengths * least_share) & (figures.counts > 0)
    return np.where(enough, figures.totals / np.maximum(figures.counts, 1) * slots, np.nan)


def usage_outside(
    use: NDArray[np.float64],
    figures: DayFigures,
    reference: Limits,
    low_percent: float | None,
    high_percent: float | None,
    floor: Limits | float = 0.0,
) -> Mask:
    """V12, high/low check: all of a day fails if its `use` is below low % or above high % of `reference`.

    `use` float64 (n, d) of `daily_use`, `reference` broadcastable to it, of `average_daily_use`, in integers of the
    series per 24 hours; NaN = unknown, never fails. A side given as None is not judged, nor is a day where both use
    and reference are below `floor`. The limits themselves pass. With a reference of 0 any use from the floor on is
    too high.
    """
    fails = np.zeros(use.shape, dtype=np.bool_)
    if high_percent is not None:
        fails |= use > reference * (high_percent / 100)
    if low_percent is not None:
        fails |= use < reference * (low_percent / 100)
    return over_days(fails & (np.fmax(use, reference) >= floor), figures.edges)


def usage_change(
    use: NDArray[np.float64], figures: DayFigures, previous: Limits, percent: float, floor: Limits | float = 0.0
) -> Mask:
    """V12, change check: all of a day fails if 100 × |(use − previous) / use| > `percent`.

    The change is a share of the *current* use, so a doubling is 50 % and a halving 100 %; no rise ever reaches 100 %.
    Both are per 24 hours of elapsed time, whatever the clocks did. No use now and some before is infinite, and fails;
    none at both times passes. `previous` as `reference` of `usage_outside`; not judged where both |use| and
    |previous| are below `floor`.
    """
    size = np.abs(use)
    far = np.abs(use - previous) * 100 > size * percent
    return over_days(far & (np.fmax(size, np.abs(previous)) >= floor), figures.edges)
