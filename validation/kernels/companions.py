"""Several channels or meters seen together (V22, V26, V28)."""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import NO_VALUE, Edges, Limits, Mask, Values, judged, judged_limits, with_context

_ROUNDING = 1 + 1e-9


def missing_beside_siblings(values: Values, groups: NDArray[np.int64], edges: Edges | None = None) -> Mask:
    """V22: fails where a row has no value but another row of its group has one in the same slot.

    `groups` int64 (n,): the device of each row, whose channels are read together, in any order. One device, all
    channels missing, is V1. A group of one never fails.
    """
    there = judged(values, edges) != NO_VALUE
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.flatnonzero(np.concatenate([ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1]]))
    if not len(first):
        return with_context(~there, edges)
    any_there = np.logical_or.reduceat(there[order], first, axis=0)
    of_row = np.empty(len(groups), dtype=np.intp)
    of_row[order] = np.repeat(np.arange(len(first)), np.diff(first, append=len(groups)))
    return with_context(any_there[of_row] & ~there, edges)


def low_power_factor(
    active: Values, reactive: Values, least: Limits | float, floor: Limits | float = 0.0, edges: Edges | None = None
) -> Mask:
    """V26: fails if |P| / √(P² + Q²) < `least`, with `active` and `reactive` energy of the same intervals in one unit.

    Computed as |Q| > |P| × √(1 − c²) / c, which neither squares large values nor divides by zero, and lets pass what
    is at its limit to nine digits. `least` in (0, 1], `floor` in integers, broadcastable to (n, slots), NaN =
    unknown, never fails. Not judged where either value is missing and where both are below `floor`: a house at rest
    has any power factor.
    """
    p, q = judged(active, edges), judged(reactive, edges)
    c = judged_limits(least, edges)
    there = (p != NO_VALUE) & (q != NO_VALUE)
    p_size, q_size = np.abs(p), np.abs(q)
    steepest = np.sqrt(1 - c**2) / c * _ROUNDING
    fails = (q_size > p_size * steepest) & (np.maximum(p_size, q_size) >= judged_limits(floor, edges))
    return with_context(fails & there, edges)


def missing_phase(
    phases: NDArray[np.int64], low: Limits | float, normal: Limits | float, edges: Edges | None = None
) -> Mask:
    """V26: bool (phases, n, slots): fails for a phase below `low` while another one reaches `normal`.

    `phases` int64 (phases, n, slots): voltages or currents of the phases of n meters, in the integers of the series.
    For voltage `low` may be half of the nominal one and `normal` nine tenths; for current, 0 plus noise and a load to
    speak of. Limits broadcastable to (n, slots), NaN = unknown. All phases low is an outage, or a day without use,
    and passes.
    """
    part = judged(phases, edges)
    there = part != NO_VALUE
    alive = ((part >= judged_limits(normal, edges)) & there).any(axis=0)
    return with_context((part < judged_limits(low, edges)) & there & alive, edges)


def differs_from_check_meter(
    main: Values, check: Values, percent: Limits | float, absolute: Limits | float, edges: Edges | None = None
) -> Mask:
    """V28: fails if |main − check| > `absolute` + `percent` / 100 × |check|, both in the same integers.

    `percent` is what the classes of both meters allow together, `absolute` the steps both round to; broadcastable to
    (n, slots), NaN = unknown, never fails. Not judged where either is missing.
    """
    left, right = judged(main, edges), judged(check, edges)
    there = (left != NO_VALUE) & (right != NO_VALUE)
    allowed = judged_limits(absolute, edges) + np.abs(right) * (judged_limits(percent, edges) / 100)
    return with_context((np.abs(left - right) > allowed) & there, edges)
