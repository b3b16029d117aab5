"""What the values of a day add up to, against what the register counted (V11, V16)."""

from __future__ import annotations

from metering.store.batch import NO_VALUE
from validation import kernels
from validation.conditions.choices import DOUBTED, FLAGGED, FLOOR, TOLERANCE, percent
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.quantities import at_least, other_units
from validation.facts import Facts, Need
from validation.parameters import Values
from validation.window import Bools, Ints, Window

_NO_STANDS = "no stands of the register at the borders of the day"


def _sum(window: Window, facts: Facts, parameters: Values) -> Outcome:
    counted, tolerance = _counted(window, facts), parameters["tolerance"]
    failing = kernels.sum_check(window.figures, counted, at_least(tolerance, facts))
    return Outcome(failing, not_judged={_NO_STANDS: _nowhere(counted), **other_units(facts, tolerance)})


def _multiplier(window: Window, facts: Facts, parameters: Values) -> Outcome:
    counted, floor = _counted(window, facts), parameters["floor"]
    near, least = float(parameters["tolerance"]), at_least(floor, facts)
    failing = kernels.wrong_multiplier(window.figures, counted, tolerance_percent=near, floor=least)
    return Outcome(failing, not_judged={_NO_STANDS: _nowhere(counted), **other_units(facts, floor)})


def _counted(window: Window, facts: Facts) -> Ints:
    """int64 (n, d): what the register counted on each judged day, `NO_VALUE` = unknown."""
    if facts.stands is None:
        raise LookupError("Stands were not loaded")
    return kernels.register_differences(facts.stands[:, window.edges])


def _nowhere(counted: Ints) -> Bools:
    rows: Bools = (counted == NO_VALUE).all(axis=1)
    return rows


_NEED = frozenset({Need.STANDS})
register(
    Condition(
        "sum_check", "Sum and register differ",
        "the day's values do not add up to what the register counted", _sum,
        (TOLERANCE,), _NEED, DOUBTED, "V11", of_day=True,
    )
)  # fmt: skip
register(
    Condition(
        "wrong_multiplier", "Wrong multiplier",
        "the day's values are the register's by a factor such as 10 or 1/1000 (within {tolerance})", _multiplier,
        (percent("tolerance", "Within", "0.5", high=5), FLOOR), _NEED, FLAGGED, "V16", of_day=True,
    )
)  # fmt: skip
