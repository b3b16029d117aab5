"""Stretches of marked slots. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Row, first slot and slot after the last of every run of marked slots of (n, slots), each (m,), in that order."""
    # Marks switch on and off along each row, padded with "not marked" on both sides.
    edge = np.zeros((len(mask), 1), np.int8)
    steps = np.diff(np.hstack([edge, mask.astype(np.int8), edge]), axis=1)
    rows, first = np.nonzero(steps == 1)
    return rows, first, np.nonzero(steps == -1)[1]


def span(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First marked slot and length of the stretch to the last marked one, per row of (n, slots); 0, 0 without any."""
    first = mask.argmax(axis=1).astype(np.int64)
    end = mask.shape[1] - mask[:, ::-1].argmax(axis=1)
    return first, np.where(mask.any(axis=1), end - first, 0)
