"""What the state of meter and point says about values (V21, V24, V25, V27)."""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import (
    NO_VALUE,
    Edges,
    Limits,
    Mask,
    Values,
    highest_allowed,
    judged,
    judged_limits,
    with_context,
)


def status_bits(status: NDArray[np.uint32], bits: int, edges: Edges | None = None) -> Mask:
    """V24, V25: fails if status & bits is not 0: overflow, test mode, reset, clock invalid, whatever bits are given.

    `status` uint32 (n, slots), the status words of the meter, 0 where nothing was said. Which bit means what is a
    matter of the meter, so rows of one call are of one meaning. ValueError if `bits` is 0 or has more than 32 bits.
    """
    if not 0 < bits < 2**32:
        raise ValueError(f"{bits:#x} is no choice among the 32 bits of a status word")
    return with_context((judged(status, edges) & np.uint32(bits)) != 0, edges)


def clock_deviation(seconds: Values, limit_s: int = 180) -> Mask:
    """V24: bool of the shape of `seconds`, the meter's clock less the true time when last compared.

    Fails if |deviation| > `limit_s`, three minutes being customary; `NO_VALUE` = never compared, passes.
    """
    fails: Mask = (np.abs(seconds) > limit_s) & (seconds != NO_VALUE)
    return fails


def inactive_consumption(
    values: Values, inactive: Mask, floor: Limits | float = 0.0, edges: Edges | None = None
) -> Mask:
    """V21: fails if |v| > `floor` while the meter is disconnected, removed or at no metering point.

    `inactive` bool (n, slots); an interval in which the state changed is not inactive. `floor`, in integers of the
    series and broadcastable to (n, slots), is what a disconnected meter may still count: its own supply, or what a
    fixed limit after reconnection allows. NaN = unknown, never fails.
    """
    return _energy_where(values, inactive, floor, edges)


def consumption_in_outage(
    values: Values, outage: Mask, floor: Limits | float = 0.0, edges: Edges | None = None
) -> Mask:
    """V27: fails if |v| > `floor` in a proven outage, where nothing can have been used.

    `outage` bool (n, slots): the whole interval lies between a loss of power and its return; one partly in it may
    well have energy. `floor` as in `inactive_consumption`.
    """
    return _energy_where(values, outage, floor, edges)


def _energy_where(values: Values, where: Mask, floor: Limits | float, edges: Edges | None) -> Mask:
    if not where.any():
        return np.zeros(values.shape, dtype=np.bool_)
    part = judged(values, edges)
    bounds = highest_allowed(judged_limits(floor, edges))
    return with_context((np.abs(part) > bounds) & (part != NO_VALUE) & judged(where, edges), edges)
