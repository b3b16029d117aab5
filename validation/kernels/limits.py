"""Above or below a limit, whatever the limit was made of (V8, V13, V14)."""

import numpy as np

from validation.kernels.shapes import (
    NO_VALUE,
    Edges,
    Limits,
    Mask,
    Values,
    highest_allowed,
    judged,
    judged_limits,
    lowest_allowed,
    with_context,
)


def above_limit(values: Values, limits: Limits, edges: Edges | None = None) -> Mask:
    """V8: fails if v > limit; a value at its limit passes.

    `limits` float64 broadcastable to (n, slots), in the integers of the series, NaN = unknown, never fails. Serves
    fixed limits, the energy a fuse lets through in one interval, factor × average and factor × median.
    """
    return with_context(judged(values, edges) > highest_allowed(judged_limits(limits, edges)), edges)


def below_limit(values: Values, limits: Limits, edges: Edges | None = None) -> Mask:
    """V8: fails if a value is there and v < limit. Limits as in `above_limit`."""
    part = judged(values, edges)
    return with_context((part < lowest_allowed(judged_limits(limits, edges))) & (part != NO_VALUE), edges)


def fuse_limit(amperes: Limits, volts: Limits, phases: Limits, interval_s: int, unit_wh: float) -> Limits:
    """The most energy a fuse lets through in one interval, in integers of the series: I × U × phases × hours / unit.

    `volts` is that between phase and neutral, all are float64 of one shape; `unit_wh` is what an integer of the
    series is worth, in Wh. Unknown (NaN) fuses give unknown limits. Fuses carry more for minutes: allow for it by a
    factor.
    """
    energy: Limits = amperes * volts * phases * (interval_s / 3600) / unit_wh
    return energy


def above_historical_peak(
    values: Values,
    peaks: Values,
    tolerance_percent: float,
    floor: Limits | float = 0.0,
    edges: Edges | None = None,
) -> Mask:
    """V13: fails if 100 × (v − peak) / peak > tolerance.

    `peaks` int64 (n, 1) is the highest value of the period of the same length before, `NO_VALUE` if there was none,
    which never fails. A peak below `floor` (integers of the series) counts as the floor, so that a summer house that
    begins to be used is compared with what is little, not with nothing.
    """
    known = peaks != NO_VALUE
    reference = np.maximum(np.where(known, peaks, 0), floor)
    limits = np.where(known, reference * (1 + tolerance_percent / 100), np.nan)
    return above_limit(values, limits, edges)
