"""What is suspicious because it goes on: zeros, equal values, estimates (V7, V15, V20)."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from metering.quality import QualityClass, is_estimate, quality_class
from validation.kernels.runs import in_long_runs
from validation.kernels.shapes import Edges, Mask, Values, without_context


def prolonged_zero(values: Values, outage: Mask | None, length: int, edges: Edges | None = None) -> Mask:
    """V7: all members of runs of at least `length` zeros.

    Zero is what an outage should give: where `outage` bool (n, slots) holds, it neither fails nor counts, and ends the
    run. A missing value ends it too. Zeros of the context count, so a run found today may have begun yesterday.
    """
    zeros = values == 0
    if outage is not None:
        zeros &= ~outage
    return without_context(in_long_runs(zeros, length), edges)


def flat_line(
    values: Values,
    usable: Mask,
    length: int,
    *,
    with_zeros: bool = False,
    edges: Edges | None = None,
) -> Mask:
    """V15: all members of runs of at least `length` usable equal values, as a stuck register or a guessing device
    makes.

    Zeros are left to `prolonged_zero` unless `with_zeros`. What is not usable ends a run. ValueError if `length` < 2.
    """
    if length < 2:
        raise ValueError(f"Values are equal from two on, not {length}")
    counts = usable if with_zeros else usable & (values != 0)
    same = (values[:, 1:] == values[:, :-1]) & counts[:, 1:] & counts[:, :-1]
    followed = in_long_runs(same, length - 1)
    fails = np.zeros(values.shape, dtype=np.bool_)
    fails[:, 1:] = followed
    fails[:, :-1] |= followed
    return without_context(fails, edges)


def quality_run(
    quality: NDArray[np.uint8], classes: Iterable[QualityClass], length: int, edges: Edges | None = None
) -> Mask:
    """V15: all members of runs of at least `length` values whose quality is of one of `classes`.

    `quality` uint8 (n, slots), codes of `metering.quality`; those for a slot without value are of class `MISSING`.
    """
    wanted = np.zeros(8, dtype=np.bool_)
    wanted[list(classes)] = True
    return without_context(in_long_runs(wanted[quality_class(quality)], length), edges)


def prolonged_estimation(quality: NDArray[np.uint8], length: int, edges: Edges | None = None) -> Mask:
    """V20: all members of runs of at least `length` estimates, final or not. Any other, or no value ends a run.

    With days, months or billing periods as columns it is the number of estimations in a row that a rule allows.
    """
    return without_context(in_long_runs(is_estimate(quality), length), edges)
