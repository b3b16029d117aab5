"""Runs: stretches of columns of one row where something holds without interruption."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import Mask


class Runs(NamedTuple):
    """Runs in the order of rows, then columns: intp (m,) each; `stop` is the first column after the run."""

    row: NDArray[np.intp]
    start: NDArray[np.intp]
    stop: NDArray[np.intp]


def runs_of(mask: Mask) -> Runs:
    """All runs of True in each row of bool (n, slots)."""
    rows, columns = mask.shape
    padded = np.zeros((rows, columns + 2), dtype=np.bool_)
    padded[:, 1:-1] = mask
    changes = np.flatnonzero(padded[:, 1:] != padded[:, :-1])
    row, start = np.divmod(changes[0::2], columns + 1)
    return Runs(row, start, changes[1::2] % (columns + 1))


def in_long_runs(mask: Mask, length: int) -> Mask:
    """The members of all runs of at least `length` columns, same shape. ValueError unless `length` is positive.

    A column begins a long run if it and the `length` − 1 after it hold. That, and the way back from beginnings to
    members, is done by doubling: log2(length) steps over whole rows, each no more than an "and" of octets.
    """
    if length < 1:
        raise ValueError(f"A run has at least one member, not {length}")
    columns = mask.shape[1]
    if length > columns:
        return np.zeros_like(mask)
    begins = _all_of_next(mask, length)
    members = np.zeros_like(mask)
    members[:, : begins.shape[1]] = begins
    return _any_of_last(members, length)


def _all_of_next(mask: Mask, count: int) -> Mask:
    """Whether all of `count` columns from each one on hold, for columns that have as many."""
    done = 1
    while done < count:
        step = min(done, count - done)
        mask = mask[:, :-step] & mask[:, step:]
        done += step
    return mask


def _any_of_last(mask: Mask, count: int) -> Mask:
    """Whether any of the `count` columns up to each one holds, in place."""
    done = 1
    while done < count:
        step = min(done, count - done)
        mask[:, step:] |= mask[:, :-step].copy()
        done += step
    return mask
