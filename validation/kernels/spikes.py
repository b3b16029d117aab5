"""A few values far above the rest of their day (V10)."""

import numpy as np

from validation.kernels.days import DayFigures, count_in_days, day_slices
from validation.kernels.shapes import NO_VALUE, Edges, Limits, Mask, Values

_RANK = 3
_ROUNDING = 1 + 1e-12


def spike(
    values: Values,
    usable: Mask,
    figures: DayFigures,
    tolerance_percent: float = 180.0,
    floor: Limits | float = 0.0,
    *,
    whole_window: bool = False,
) -> Mask:
    """V10: with P1 the highest and P3 the third highest usable value, fails if (P1 − P3) / P3 × 100 > tolerance.

    Judged in each local day by itself, or, `whole_window`, in all judged columns at once. What fails are the slots
    above P3 × (1 + tolerance / 100), two at most. Skipped where P1 is below `floor` (integers of the series,
    broadcastable to (n, 1), NaN = skipped) and where fewer than three values are usable. A P3 below 0 counts as 0,
    from which every step up is infinite. P1 = 20 and P3 = 7 give 185.7 %, which fails the usual 180 %; 25 and 9 give
    177.8 %, which passes.

    Cheap because nothing is sorted where nothing is found: P3 is far below P1 exactly if fewer than three values
    reach P1 / (1 + tolerance / 100), and these are counted in one pass.
    """
    if whole_window:
        figures = _one_window(figures)
    fails = np.zeros(values.shape, dtype=np.bool_)
    suspicious = _lonely(values, usable, figures, tolerance_percent) & (figures.maxima >= np.asarray(floor))
    for day, columns in enumerate(day_slices(figures.edges)):
        rows = np.flatnonzero(suspicious[:, day])
        if len(rows):
            fails[rows, columns] = _above_third(values[rows, columns], usable[rows, columns], tolerance_percent)
    return fails


def spike_limits(
    values: Values,
    usable: Mask,
    fails: Mask,
    edges: Edges,
    tolerance_percent: float = 180.0,
    *,
    whole_window: bool = False,
) -> Limits:
    """What the spikes in `fails`, found by `spike`, were held against: P3 × (1 + tolerance / 100), integers of the
    series.

    float64 (n, slots), NaN where nothing fails; (1, 1) NaN where nothing fails at all. Costs as much as there are
    spikes.
    """
    if not fails.any():
        return np.full((1, 1), np.nan)
    limits = np.full(values.shape, np.nan)
    for columns in day_slices(edges[[0, -1]] if whole_window else edges):
        rows = np.flatnonzero(fails[:, columns].any(axis=1))
        if len(rows):
            third = _third_highest(values[rows, columns], usable[rows, columns])
            limits[rows, columns] = np.where(fails[rows, columns], third * (1 + tolerance_percent / 100), np.nan)
    return limits


def _lonely(values: Values, usable: Mask, figures: DayFigures, tolerance_percent: float) -> Mask:
    """bool (n, d): fewer than three usable values of the day come near its highest. Errs on the side of True."""
    near = np.ceil(np.maximum(figures.maxima, 0) / (1 + tolerance_percent / 100) * _ROUNDING).astype(np.int64)
    reaching = np.zeros(values.shape, dtype=np.bool_)
    for day, columns in enumerate(day_slices(figures.edges)):
        np.greater_equal(values[:, columns], near[:, day, None], out=reaching[:, columns])
    few = count_in_days(reaching & usable, figures.edges) < _RANK
    lonely: Mask = few & (figures.counts >= _RANK) & (figures.maxima > 0)
    return lonely


def _above_third(values: Values, usable: Mask, tolerance_percent: float) -> Mask:
    third = _third_highest(values, usable)
    excess: Mask = (values - third) * 100 > third * tolerance_percent
    return excess & usable


def _third_highest(values: Values, usable: Mask) -> Values:
    """int64 (n, 1): P3 of rows with at least three usable values, 0 where it is negative."""
    ranked = np.partition(np.where(usable, values, NO_VALUE), -_RANK, axis=1)
    third: Values = np.maximum(ranked[:, -_RANK, None], 0)
    return third


def _one_window(figures: DayFigures) -> DayFigures:
    """The judged days taken as one."""
    return DayFigures(
        figures.totals.sum(axis=1, keepdims=True),
        figures.maxima.max(axis=1, keepdims=True),
        figures.counts.sum(axis=1, keepdims=True),
        figures.edges[[0, -1]],
    )
