"""The check function of AIM over register values: a formula over a value and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from metering.formula import DayCalendar, Formula, FormulaError, Variable, parse, vocabulary
from metering.formula.functions import SLOTWISE
from metering.formula.vocabulary import Vocabulary
from metering.store.batch import NO_VALUE
from validation.kernels.shapes import Mask
from validation.parameters import Kind, Parameter, Values
from validation.periodic import references
from validation.periodic.conditions.condition import PeriodicCondition, PeriodicNeed, PeriodicOutcome, register
from validation.periodic.references import CONSUMPTION, STAND, Measure
from validation.periodic.window import Index, PeriodicFacts, PeriodicWindow
from validation.window import Bools, Floats, Ints

VARIABLES = (
    Variable("value", "The value, in the unit of the series"),
    Variable("consumption", "What was used since the value before; of series without stands the value"),
    Variable("days", "Days since the value before"),
    Variable("month", "Local month, 1 to 12"),
    Variable("previous_value", "The value before"),
    Variable("previous_consumption", "What was used in the period before"),
    Variable("month_value", "The value a month before"),
    Variable("month_consumption", "What had been used a month before"),
    Variable("year_value", "The value a year before"),
    Variable("year_consumption", "What had been used a year before"),
    Variable("month_source", "What was received for the value a month before"),
    Variable("year_source", "What was received for the value a year before"),
    Variable("reference", "The reference value"),
    Variable("status", "Status word of the meter"),
)
"""What formulas of rules for periodic values may name."""

CODE = "check_function"
_DIVIDED = "the formula divides by zero"
_DAY_S = 86_400
_SLOTWISE = frozenset(function.name for function in SLOTWISE)
_NOW = np.zeros(1, np.int64)
_ONE_SLOT = DayCalendar(np.array([0, 1], np.intp), _NOW, _NOW, _NOW, np.zeros(1, np.bool_))
"""Each value is a block of its own: it has no neighbours, and the time is among the variables."""
_WORDS = vocabulary(VARIABLES)


def words() -> Vocabulary:
    """What a formula may name; no other series."""
    return _WORDS


@lru_cache(maxsize=512)
def read(text: str) -> Formula:
    """The formula of a rule. FormulaError for what cannot be read, or looks at neighbours or the clock."""
    formula = parse(text, _WORDS)
    if beyond := [name for name in formula.functions if name not in _SLOTWISE]:
        known = ", ".join(each.name for each in VARIABLES)
        raise FormulaError(f"{beyond[0]}() does not go with periodic values; what there is: {known}", 1)
    return formula


def needs_of(text: str) -> frozenset[PeriodicNeed]:
    """What has to be loaded for a formula."""
    return frozenset(_NEEDS[name] for name in read(text).names if name in _NEEDS)


def _holds(window: PeriodicWindow, facts: PeriodicFacts, parameters: Values) -> PeriodicOutcome:
    formula = read(parameters["formula"])
    count = len(window.readings)
    inputs = {name: _INPUTS[name](window, facts)[:, None] for name in formula.names}
    evaluation = formula.evaluate(inputs, calendar=_ONE_SLOT, rows=count)
    failing: Mask = np.broadcast_to(evaluation.holds, (count, 1))[:, 0]
    divided: Bools = np.broadcast_to(evaluation.divided_by_zero, count) & window.judged
    silent = np.bincount(window.readings.row[divided], minlength=len(window.rows)) > 0
    return PeriodicOutcome(failing & window.present, not_judged={_DIVIDED: silent})


Input = Callable[[PeriodicWindow, PeriodicFacts], Floats]


def _own(what: str) -> Input:
    def found(window: PeriodicWindow, facts: PeriodicFacts) -> Floats:
        measure = Measure.of(window, what)
        return _in_unit(window, measure, measure.values)

    return found


def _before(what: str, look_up: Callable[[Measure, PeriodicWindow], Index]) -> Input:
    def found(window: PeriodicWindow, facts: PeriodicFacts) -> Floats:
        measure = Measure.of(window, what)
        return _in_unit(window, measure, measure.taken(look_up(measure, window)))

    return found


def _received(wanted: str) -> Input:
    def found(window: PeriodicWindow, facts: PeriodicFacts) -> Floats:
        if facts.source is None:
            raise LookupError("What was received was not loaded")
        measure = Measure.of(window, STAND).received(window, facts.source)
        index = references.at(measure, window, getattr(window.readings, wanted))
        return _in_unit(window, measure, measure.taken(index))

    return found


def _reference(window: PeriodicWindow, facts: PeriodicFacts) -> Floats:
    if facts.reference is None:
        raise LookupError("Reference values were not loaded")
    return facts.reference * window.rows.units[window.readings.row]


def _in_unit(window: PeriodicWindow, measure: Measure, values: Ints) -> Floats:
    """float64 (m,) in the unit of the series, NaN = nothing there."""
    worth = window.rows.units[window.readings.row] / measure.finer
    return np.where(values == NO_VALUE, np.nan, values * worth)


def _days(window: PeriodicWindow, facts: PeriodicFacts) -> Floats:
    since = window.readings.since_s
    return np.where(since > 0, since / _DAY_S, np.nan)


def _month(window: PeriodicWindow, facts: PeriodicFacts) -> Floats:
    months = window.readings.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (months % 12 + 1).astype(np.float64)


def _previous(measure: Measure, window: PeriodicWindow) -> Index:
    return references.previous(measure)


def _month_ago(measure: Measure, window: PeriodicWindow) -> Index:
    return references.at(measure, window, window.readings.month_ago)


def _year_ago(measure: Measure, window: PeriodicWindow) -> Index:
    return references.at(measure, window, window.readings.year_ago)


_INPUTS: dict[str, Input] = {
    "value": _own(STAND),
    "consumption": _own(CONSUMPTION),
    "days": _days,
    "month": _month,
    "previous_value": _before(STAND, _previous),
    "previous_consumption": _before(CONSUMPTION, _previous),
    "month_value": _before(STAND, _month_ago),
    "month_consumption": _before(CONSUMPTION, _month_ago),
    "year_value": _before(STAND, _year_ago),
    "year_consumption": _before(CONSUMPTION, _year_ago),
    "month_source": _received("month_ago"),
    "year_source": _received("year_ago"),
    "reference": _reference,
    "status": lambda window, facts: window.readings.status.astype(np.float64),
}
_NEEDS = {
    "month_source": PeriodicNeed.SOURCE, "year_source": PeriodicNeed.SOURCE, "reference": PeriodicNeed.REFERENCE,
}  # fmt: skip


register(
    PeriodicCondition(
        CODE, "Check function", "{formula}", _holds,
        (
            Parameter(
                "formula", "Formula", Kind.FORMULA,
                help="A condition over value, consumption, previous_value, month_consumption, reference and others.",
            ),
        ),
        frozenset({PeriodicNeed.SOURCE, PeriodicNeed.REFERENCE}), "AIM, V14",
    )
)  # fmt: skip
