"""What the intervals of a day add up to, against what the register counted (V11, V16)."""

import numpy as np
from numpy.typing import ArrayLike

from validation.kernels.days import DayFigures, over_days
from validation.kernels.shapes import NO_VALUE, Limits, Mask, Values

USUAL_RATIOS = (0.001, 0.01, 0.1, 10.0, 100.0, 1000.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 0.5, 2.0, 3.0)
"""Factors by which meters are wrong when they are wrong: a decimal point, or a transformer ratio left out."""


def register_differences(stands: Values) -> Values:
    """int64 (n, d) of stands int64 (n, d + 1) at the edges of the days; `NO_VALUE` where either stand is unknown.

    Stands are those that `docs/explanation/derivation.md` calls scaled, with roll-overs and exchanges counted on: a
    register that steps backwards gives a negative difference, which no sum of consumption equals.
    """
    known = (stands[:, 1:] != NO_VALUE) & (stands[:, :-1] != NO_VALUE)
    return np.where(known, stands[:, 1:] - stands[:, :-1], NO_VALUE)


def sum_check(
    figures: DayFigures,
    differences: Values,
    tolerance: Limits | float = 0.0,
    *,
    multipliers: Limits | float = 0.0,
    multiplier: Limits | float = 1.0,
) -> Mask:
    """V11: all of a day fails if |Σ v − difference| > max(tolerance, multipliers × multiplier).

    `differences` int64 (n, d) of the register, `NO_VALUE` = unknown. `tolerance` in integers of the series;
    `multipliers` is how many steps of the register are let pass, 1 or 2 say, and `multiplier` what one step is worth
    in integers of the series; each broadcastable to (n, d), NaN = unknown, never fails. Judged are complete days with
    a known difference: what is missing cannot be told from what is wrong.
    """
    allowed = np.maximum(tolerance, np.multiply(multipliers, multiplier))
    off = np.abs(figures.totals - np.where(differences == NO_VALUE, 0, differences)) > allowed
    return over_days(off & _comparable(figures, differences), figures.edges)


def wrong_multiplier(
    figures: DayFigures,
    differences: Values,
    ratios: ArrayLike = USUAL_RATIOS,
    tolerance_percent: float = 0.5,
    floor: Limits | float = 0.0,
) -> Mask:
    """V16: all of a day fails if Σ v / difference is within `tolerance_percent` of one of `ratios`.

    `ratios` (r,) are the factors a wrong multiplier would show, none of them 1; that of the installed transformer
    belongs to them. Judged as `sum_check` does, and only where |difference| is at least `floor` (integers of the
    series) and not 0: a day of one unit has any ratio. ValueError if a ratio is not positive, or so near to 1 that a
    right one would match.
    """
    wrong = np.asarray(ratios, dtype=np.float64)
    share = tolerance_percent / 100
    if (wrong <= 0).any() or (np.abs(wrong - 1) <= wrong * share).any():
        raise ValueError(
            f"Ratios of a wrong multiplier are positive and not 1 ± {tolerance_percent} %: {wrong.tolist()}"
        )
    judged = _comparable(figures, differences) & (differences != 0) & (np.abs(differences) >= floor)
    ratio = figures.totals / np.where(judged, differences, 1)
    near = (np.abs(ratio[:, :, None] - wrong) <= wrong * share).any(axis=2)
    return over_days(near & judged, figures.edges)


def _comparable(figures: DayFigures, differences: Values) -> Mask:
    comparable: Mask = figures.complete & (differences != NO_VALUE)
    return comparable
