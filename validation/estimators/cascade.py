"""Several estimators in order: the first that has an answer gives it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from validation.estimators.arrays import Bools, Codes, Floats, Index
from validation.estimators.gaps import Places

Estimate = Callable[[Bools], Floats]


@dataclass(frozen=True, slots=True)
class Step:
    """One estimator of a cascade.

    method      number of the method, `metering.quality.EstimationMethod`
    estimate    from the slots still without answer, bool (n, slots), to float64 (n, slots), NaN = no answer
    whole_gaps  whether it must fill a gap (or its part in one local day) altogether, so that the gap has the shape of
                one method. False for methods that state a fact about single slots: check meter, outage
    """

    method: int
    estimate: Estimate
    whole_gaps: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """What a cascade found, both (n, slots): `values` float64, NaN = nobody had an answer; `method` uint8 of the step
    that answered, 0 where none did."""

    values: Floats
    method: Codes


def run(steps: Sequence[Step], wanted: Bools, edges: Index | None = None) -> Estimates:
    """Ask the steps in order until every wanted slot has an answer; bool (n, slots) to `Estimates`.

    A gap is a run of slots still open when the step is asked; with `edges` it ends at the border of a local day, so
    that a long one may be filled day by day by different methods. Steps are not asked when nothing is open any more.
    """
    values = np.full(wanted.shape, np.nan)
    method = np.zeros(wanted.shape, np.uint8)
    still_open = wanted.copy()
    for step in steps:
        places = Places.of(still_open, edges)
        if not len(places):
            break
        answer = step.estimate(still_open)[places.row, places.column]
        has: Bools = ~np.isnan(answer)
        if step.whole_gaps:
            has = places.whole(has)
        row, column = places.row[has], places.column[has]
        values[row, column], method[row, column] = answer[has], step.method
        still_open[row, column] = False
    return Estimates(values, method)
