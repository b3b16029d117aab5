"""From what estimators say to integers that may be stored: scaled to the register wherever it is known (E10)."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from validation.estimators.apportioning import apportion
from validation.estimators.arrays import NO_VALUE, VALUE_LIMIT, Bools, Floats, Ints
from validation.estimators.segments import Segments

# More than a thousand estimates of the largest size: what they add up to no longer fits and is cut.
_LARGEST = 2.0**62

Content = TypeVar("Content", Ints, Bools)


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Estimates ready for the store, all (n, slots).

    values   int64, `NO_VALUE` where there is no estimate
    scaled   bool, where the estimates and the trusted values add up to the difference of two stands
    refused  bool, where the trusted values already exceed that difference: no estimate could be right
    """

    values: Ints
    scaled: Bools
    refused: Bools


def settle(estimates: Floats, segments: Segments, *, negative: bool = False, pinned: Bools | None = None) -> Settled:
    """Whole numbers for the slots of `segments`, which are those that were to be estimated.

    estimates  float64 (n, slots), NaN = no answer
    negative   whether the series may be negative; if not, estimates below zero count as zero, and a segment whose
               missing total is below zero is refused
    pinned     bool (n, slots), estimates of zero that are known, as in an outage: they get energy only where every
               slot of the segment is one of them

    Where the total is known and every slot has an answer: missing total / sum of estimates × estimate, rounded by
    largest remainder; estimates that are all zero share it equally. Elsewhere the estimates keep their size, and the
    rounded ones add up to their rounded sum, segment by segment.
    """
    weights = estimates[segments.row, segments.column]
    answered: Bools = np.abs(weights) < VALUE_LIMIT
    weights = np.where(answered, weights if negative else np.maximum(weights, 0), 0.0)
    lowest = -VALUE_LIMIT if negative else -1
    refused: Bools = segments.known & ((segments.totals <= lowest) | (segments.totals >= VALUE_LIMIT))
    scaled: Bools = segments.known & ~refused & segments.every(answered)
    own = np.rint(np.clip(segments.sums(weights), -_LARGEST, _LARGEST)).astype(np.int64)
    if pinned is not None:
        weights = _off_pins(weights, ~pinned[segments.row, segments.column], segments)
    values = apportion(weights, segments.segment, np.where(scaled, segments.totals, own))
    stays = answered & ~refused[segments.segment]
    return Settled(
        _placed(np.where(stays, values, NO_VALUE), segments, np.full(estimates.shape, NO_VALUE)),
        _placed(scaled[segments.segment], segments, np.zeros(estimates.shape, np.bool_)),
        _placed(refused[segments.segment], segments, np.zeros(estimates.shape, np.bool_)),
    )


def _off_pins(weights: Floats, free: Bools, segments: Segments) -> Floats:
    """Equal weights for the free slots of segments whose weights are all zero."""
    nothing = segments.every(weights == 0)[segments.segment]
    return np.where(nothing, free.astype(np.float64), weights)


def _placed(of_slot: Content, segments: Segments, block: Content) -> Content:
    block[segments.row, segments.column] = of_slot
    return block
