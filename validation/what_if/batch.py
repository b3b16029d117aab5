"""What a what-if counts from: a window and what came of it by one set, or by two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validation.engine.judge import Judgement
from validation.engine.plan import Plan
from validation.engine.run import Result
from validation.window import Bools, Floats, Window


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one set says of a window: `bare` is what was judged, without the estimates made before."""

    plan: Plan
    bare: Window
    result: Result


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some series over all days of the what-if, so that no series is in two batches.

    window      as stored, n rows
    units       float64 (n,): what one integer of a series is worth in its unit
    unit_names  n units
    summed      bool (n,): series whose values add up to something, as those of consumption do
    outcomes    of each set, in order
    """

    window: Window
    units: Floats
    unit_names: tuple[str, ...]
    summed: Bools
    outcomes: tuple[Outcome, ...]


def by_day(window: Window, marked: Bools) -> Bools:
    """bool (n, d): judged days in which a column is marked."""
    part = marked[:, window.edges[0] : window.edges[-1]]
    found: Bools = np.logical_or.reduceat(part, window.edges[:-1] - window.edges[0], axis=1)
    return found


def found_by(judgement: Judgement, numbers: list[int]) -> Bools:
    """bool (n, slots): what any of these rules found."""
    mask = np.uint64(sum(1 << number for number in numbers))
    found: Bools = (judgement.verdicts & mask) != 0
    return found
