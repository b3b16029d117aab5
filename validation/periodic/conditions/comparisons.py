"""Higher or lower than a limit, or than what stood there before (AIM, V12, V17).

A value fails "higher" if v > r × (1 + percent / 100) + margin, "lower" if v < r × (1 − percent / 100) − margin. Nothing
to compare with is no failure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from validation import kernels
from validation.kernels.shapes import Limits, Mask
from validation.parameters import Kind, Parameter, Values
from validation.periodic import references
from validation.periodic.conditions.choices import (
    MARGIN,
    OF_CONSUMPTION,
    OF_VALUE,
    PER_DAY,
    PERCENT,
    limit_of,
    other_units,
    shown,
)
from validation.periodic.conditions.condition import PeriodicCondition, PeriodicNeed, PeriodicOutcome, register
from validation.periodic.references import CONSUMPTION, Measure
from validation.periodic.window import Index, PeriodicFacts, PeriodicWindow
from validation.window import Floats, Ints

Compare = Callable[[Ints, Limits], Mask]
LookUp = Callable[[Measure, PeriodicWindow], Index]
_PERCENT = 100


def _fixed(compare: Compare, window: PeriodicWindow, facts: PeriodicFacts, parameters: Values) -> PeriodicOutcome:
    measure = Measure.of(window, parameters["of"])
    limit = limit_of(window, parameters["limit"])
    failing = compare(measure.values, limit * measure.finer)
    return PeriodicOutcome(failing, limit, shown(measure), other_units(window, parameters["limit"]))


def _reference(
    compare: Compare, sign: int, window: PeriodicWindow, facts: PeriodicFacts, parameters: Values
) -> PeriodicOutcome:
    if facts.reference is None:
        raise LookupError("Reference values were not loaded")
    measure = Measure.of(window, parameters["of"])
    return _compared(compare, sign, window, measure, facts.reference * measure.finer, parameters)


def _earlier(
    compare: Compare, sign: int, look_up: LookUp, window: PeriodicWindow, facts: PeriodicFacts, parameters: Values
) -> PeriodicOutcome:
    measure = Measure.of(window, parameters["of"])
    return _against(compare, sign, window, measure, measure, look_up(measure, window), parameters)


def _received(
    compare: Compare, sign: int, look_up: LookUp, window: PeriodicWindow, facts: PeriodicFacts, parameters: Values
) -> PeriodicOutcome:
    if facts.source is None:
        raise LookupError("What was received was not loaded")
    measure = Measure.of(window, parameters["of"])
    source = measure.received(window, facts.source)
    return _against(compare, sign, window, measure, source, look_up(source, window), parameters)


def _against(
    compare: Compare, sign: int, window: PeriodicWindow, measure: Measure, other: Measure, index: Index,
    parameters: Values,
) -> PeriodicOutcome:  # fmt: skip
    """Against the readings `index` of `other`, which are of the same register, so in the same integers."""
    expected = np.where(index >= 0, other.values[index].astype(np.float64), np.nan)
    if parameters["per_day"] and parameters["of"] == CONSUMPTION:
        expected = expected * _longer(window, index)
    return _compared(compare, sign, window, measure, expected, parameters)


def _longer(window: PeriodicWindow, index: Index) -> Floats:
    """float64 (m,): how many times as long as the period of reading `index` that of each is; 1 where unknown."""
    since = window.readings.since_s
    known = (index >= 0) & (since > 0) & (since[index] > 0)
    return np.where(known, since / np.where(known, since[index], 1), 1.0)


def _compared(
    compare: Compare, sign: int, window: PeriodicWindow, measure: Measure, expected: Floats, parameters: Values
) -> PeriodicOutcome:
    """Against what is `expected` (m,), in the integers of the measure."""
    share = 1 + sign * float(parameters["percent"]) / _PERCENT
    limit = expected * share + sign * limit_of(window, parameters["margin"]) * measure.finer
    failing = compare(measure.values, limit)
    return PeriodicOutcome(failing, limit / measure.finer, shown(measure), other_units(window, parameters["margin"]))


def _month_before(measure: Measure, window: PeriodicWindow) -> Index:
    return references.at(measure, window, window.readings.month_ago)


def _year_before(measure: Measure, window: PeriodicWindow) -> Index:
    return references.at(measure, window, window.readings.year_ago)


def _previous(measure: Measure, window: PeriodicWindow) -> Index:
    return references.previous(measure)


_LIMIT = Parameter("limit", "Limit", Kind.QUANTITY, help="Such as 1500 kWh.")
_SIDES = (("higher", kernels.above_limit, 1), ("lower", kernels.below_limit, -1))
_EARLIER = (
    ("previous", "previous value", _previous),
    ("previous_month", "value of the previous month", _month_before),
    ("previous_year", "value of the previous year", _year_before),
)
_SOURCES = (
    ("previous_month_source", "source value of the previous month", _month_before),
    ("previous_year_source", "source value of the previous year", _year_before),
)


def _words(side: str, name: str) -> str:
    return f"{{of}} {side} than the {name} by more than {{percent}} (margin: {{margin}})"


for _side, _compare, _ in _SIDES:
    register(
        PeriodicCondition(
            f"{_side}_than", f"{_side.capitalize()} than", f"{{of}} {_side} than {{limit}}", partial(_fixed, _compare),
            (_LIMIT, OF_VALUE), source="AIM, V17",
        )
    )  # fmt: skip
for _code, _name, _look_up in _EARLIER:
    for _side, _compare, _sign in _SIDES:
        register(
            PeriodicCondition(
                f"{_side}_than_{_code}", f"{_side.capitalize()} than {_name}", _words(_side, _name),
                partial(_earlier, _compare, _sign, _look_up), (PERCENT, MARGIN, OF_CONSUMPTION, PER_DAY),
                source="AIM, V12",
            )
        )  # fmt: skip
for _side, _compare, _sign in _SIDES:
    register(
        PeriodicCondition(
            f"{_side}_than_reference", f"{_side.capitalize()} than reference value", _words(_side, "reference value"),
            partial(_reference, _compare, _sign), (PERCENT, MARGIN, OF_CONSUMPTION),
            frozenset({PeriodicNeed.REFERENCE}),
        )
    )  # fmt: skip
for _code, _name, _look_up in _SOURCES:
    for _side, _compare, _sign in _SIDES:
        register(
            PeriodicCondition(
                f"{_side}_than_{_code}", f"{_side.capitalize()} than {_name}", _words(_side, _name),
                partial(_received, _compare, _sign, _look_up), (PERCENT, MARGIN, OF_CONSUMPTION, PER_DAY),
                frozenset({PeriodicNeed.SOURCE}),
            )
        )  # fmt: skip
