"""Comparisons of daily, monthly and billing values (the periodic conditions), and of registers (V17, V18).

Values and references are int64 of one shape, mostly (m,), `NO_VALUE` = unknown, which never fails. Which reference
makes the condition: the previous value, that of the previous month or year (`readings.previous_values`, `values_at`),
a value of reference, or the source value of a month or year before. Missing, zero, present, negative and limits are
those of `presence` and `limits`, which take one dimension as well; "maximum" is `above_limit`.
"""

import numpy as np

from validation.kernels.limits import above_limit, below_limit
from validation.kernels.shapes import NO_VALUE, Limits, Mask, Values


def higher_than(values: Values, references: Values, *, factor: float = 1.0, margin: Limits | float = 0.0) -> Mask:
    """Fails if v > reference × factor + margin. A factor of 1.2 is 20 % more, `margin` is in integers of the series."""
    return above_limit(values, _scaled(references, factor) + margin)


def lower_than(values: Values, references: Values, *, factor: float = 1.0, margin: Limits | float = 0.0) -> Mask:
    """Fails if a value is there and v < reference × factor − margin."""
    return below_limit(values, _scaled(references, factor) - margin)


def not_increasing(values: Values, previous: Values, capacity: Limits | float = np.nan) -> Mask:
    """Continuity: fails if v < previous, unless the register rolled over. Standing still is allowed.

    `capacity`, 10^digits in integers of the series, broadcastable, NaN = unknown: then every step back fails.
    """
    return lower_than(values, previous) & ~rolled_over(values, previous, capacity)


def rolled_over(values: Values, previous: Values, capacity: Limits | float) -> Mask:
    """V18: whether a register started again from zero: v < previous and v − previous + capacity < capacity / 2.

    The rule by which consumption is derived (`docs/explanation/derivation.md`). No failure by itself.
    """
    back = lower_than(values, previous)
    counted = np.where(back, values - previous, 0) + np.asarray(capacity)
    rolled: Mask = back & (counted >= 0) & (counted < np.asarray(capacity) / 2)
    return rolled


def beyond_dials(values: Values, capacity: Limits | float) -> Mask:
    """V18: fails if a value is there and v < 0 or v ≥ capacity: more digits than the register has. NaN = unknown."""
    limits = np.asarray(capacity, dtype=np.float64)
    return above_limit(values, limits - 1) | below_limit(values, np.where(np.isnan(limits), np.nan, 0.0))


def wrong_reset_count(resets: Values, previous: Values, readings: Values | int = 1, modulus: int = 100) -> Mask:
    """V18: fails unless the reset counter grew by the number of billing `readings` since the previous one.

    Counters of two digits go from 99 to 0, hence the `modulus`. `readings` int64 (m,) or one for all.
    """
    known = (resets != NO_VALUE) & (previous != NO_VALUE)
    fails: Mask = known & ((resets - previous - readings) % modulus != 0)
    return fails


def delta_outside(delta: Values, low: Limits | float, high: Limits | float) -> Mask:
    """V17: fails if a difference of stands, multiplied, is below `low` or above `high`, in integers of the series."""
    return below_limit(delta, np.asarray(low)) | above_limit(delta, np.asarray(high))


def delta_ratio_outside(
    delta: Values, references: Values, low: float, high: float, floor: Limits | float = 0.0
) -> Mask:
    """V17: fails if delta / reference is below `low` or above `high`; 80 and 120 % are 0.8 and 1.2.

    Both should be of periods of the same length, or per day. Not judged where both are below `floor` (integers of the
    series). A reference of 0 makes any higher delta fail; a negative one is no measure, and fails nothing.
    """
    judged = (references >= 0) & (np.maximum(delta, references) >= floor)
    outside = higher_than(delta, references, factor=high) | lower_than(delta, references, factor=low)
    return outside & judged


def usage_hours_outside(energy: Values, demand: Values, low_h: float, high_h: float) -> Mask:
    """V18: fails if energy / demand, the hours at full load, is below `low_h` or above `high_h`.

    `energy` of the period in Wh × 10^e, `demand` the installed or highest one in W × 10^e with the same e. No demand,
    or none above 0, is unknown.
    """
    known = np.where(demand > 0, demand, NO_VALUE)
    return higher_than(energy, known, factor=high_h) | lower_than(energy, known, factor=low_h)


def _scaled(references: Values, factor: float) -> Limits:
    return np.where(references == NO_VALUE, np.nan, references * factor)
