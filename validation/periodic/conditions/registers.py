"""What a register does by itself: it goes on, rolls over, has so many digits (V18, V19, V25)."""

from __future__ import annotations

import numpy as np

from validation import kernels
from validation.conditions.states import FILE_STATUS
from validation.kernels.readings import after_implausible, previous_values
from validation.parameters import Kind, Parameter, Values
from validation.periodic import references
from validation.periodic.conditions.condition import PeriodicCondition, PeriodicNeed, PeriodicOutcome, register
from validation.periodic.references import STAND, Measure
from validation.periodic.window import PeriodicFacts, PeriodicWindow
from validation.window import Bools, Floats, Ints

_NO_DIGITS = "the digits of the register are not known"
_NO_COUNTER = "the meter has no reset counter here"


def _not_increasing(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    """A step backwards that no roll-over and no exchange explains: less than nothing was used since the stand before.

    Two stands with an exchange between them are not compared: what was used is.
    """
    back = window.stands & kernels.negative(window.readings.used)
    return PeriodicOutcome(back, _before(window))


def _rolled_over(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    measure = Measure.of(window, STAND)
    before = measure.taken(references.previous(measure))
    capacity = window.rows.capacities[window.readings.row]
    rolled = window.stands & kernels.rolled_over(measure.values, before, capacity)
    return PeriodicOutcome(rolled, _before(window), not_judged={_NO_DIGITS: _without_digits(window)})


def _before(window: PeriodicWindow) -> Floats:
    """float64 (m,): the stand before, NaN where none is known."""
    measure = Measure.of(window, STAND)
    index = references.previous(measure)
    return np.where(index >= 0, measure.values[index].astype(np.float64), np.nan)


def _beyond_dials(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    capacity = window.rows.capacities[window.readings.row]
    failing = window.stands & kernels.beyond_dials(window.readings.values, capacity)
    return PeriodicOutcome(failing, capacity - 1, not_judged={_NO_DIGITS: _without_digits(window)})


def _without_digits(window: PeriodicWindow) -> Bools:
    unknown: Bools = window.rows.stands & np.isnan(window.rows.capacities)
    return unknown


def _resets(window: PeriodicWindow, facts: PeriodicFacts, parameters: Values) -> PeriodicOutcome:
    """Each value of billing is the result of one reset, so the counter goes on by one from value to value."""
    if facts.resets is None:
        raise LookupError("Reset counters were not loaded")
    resets, rows = facts.resets, window.readings.row.astype(np.int64)
    before: Ints = previous_values(resets, window.present, rows)
    failing = window.present & kernels.wrong_reset_count(resets, before, 1, 10 ** int(parameters["digits"]))
    counted = np.isin(np.arange(len(window.rows)), rows[resets != kernels.NO_VALUE])
    return PeriodicOutcome(failing, not_judged={_NO_COUNTER: ~counted})


def _after_implausible(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    if facts.doubted is None:
        raise LookupError("Exceptions were not loaded")
    rows = window.readings.row.astype(np.int64)
    return PeriodicOutcome(after_implausible(facts.doubted & window.present, rows) & window.present)


def _bits(window: PeriodicWindow, facts: PeriodicFacts, parameters: Values) -> PeriodicOutcome:
    """A status without a value says nothing about a value, and words of files are no status of a meter."""
    said = np.where(window.readings.status & FILE_STATUS == 0, window.readings.status, np.uint32(0))
    return PeriodicOutcome(kernels.status_bits(said, int(parameters["bits"])) & window.present)


register(
    PeriodicCondition(
        "not_increasing", "Steps backwards", "a stand below the one before, and neither roll-over nor exchange",
        _not_increasing, source="V6, V18",
    )
)  # fmt: skip
register(
    PeriodicCondition(
        "rolled_over", "Rolled over", "the register started again from zero", _rolled_over, source="V18"
    )
)  # fmt: skip
register(
    PeriodicCondition(
        "beyond_dials", "More than the register shows", "below zero, or more digits than the register has",
        _beyond_dials, source="V18",
    )
)  # fmt: skip
register(
    PeriodicCondition(
        "wrong_resets", "Resets and values differ", "the reset counter did not go on by one (of {digits} digits)",
        _resets, (Parameter("digits", "Digits of the counter", Kind.COUNT, 2, low=1, high=9),),
        frozenset({PeriodicNeed.RESETS}), "V18",
    )
)  # fmt: skip
register(
    PeriodicCondition(
        "after_implausible", "Value before is implausible", "an earlier value is in doubt and nobody has decided",
        _after_implausible, needs=frozenset({PeriodicNeed.DOUBTED}), source="V19",
    )
)  # fmt: skip
register(
    PeriodicCondition(
        "status_bits", "Bits of the status", "the status of the meter has one of the bits {bits}", _bits,
        (
            Parameter(
                "bits", "Bits", Kind.COUNT, low=1, high=2**25 - 1,
                help="Sum of the bits of this make of meter: 6 for the second and third.",
            ),
        ),
        source="V25",
    )
)  # fmt: skip
