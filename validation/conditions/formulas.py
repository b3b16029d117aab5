"""The check function of AIM: a value meets the condition where a formula says so (V14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import numpy as np

from metering.formula import DayCalendar, Formula, Variable, parse, vocabulary
from metering.formula.vocabulary import Vocabulary
from metering.store.batch import NO_VALUE
from metering.store.statistics.daytypes import DayType
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError
from validation.actions import Action
from validation.aim_table import allowed
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.levels import NO_MONTH, by_day, over_columns
from validation.estimators.days import DayKind
from validation.facts import Facts, Need, Statistics
from validation.parameters import Kind, Parameter, Values
from validation.window import Bools, Floats, Ints, Window

VARIABLES = (
    Variable("value", "What the interval has, in the unit of the series"),
    Variable("average", "Average of the values of such days in the last months"),
    Variable("median", "Median of the values of such days in the last months"),
    Variable("maximum", "Highest value of the last months"),
    Variable("daily_average", "Average of the totals of such days in the last months"),
    Variable("capacity", "The most that fuse and phases let through in an interval"),
    Variable("outage", "1 in an outage, else 0"),
    Variable("status", "Status word of the meter"),
    Variable("interval_h", "Length of an interval in hours"),
)
"""What formulas of rules may name. `previous(value)` is the value before, and `series("1-0:2.29.0")` another series of
the metering point, in its own unit."""

CODE = "check_function"
_MINUTES = 60
_DIVIDED = "the formula divides by zero"


class _AnySeries(Mapping[str, Variable]):
    """Every OBIS code, however it is spelled, leads to its canonical form."""

    def __getitem__(self, code: str) -> Variable:
        try:
            canonical = str(Obis.parse(code))
        except LocalProtocolError:
            raise KeyError(code) from None
        return Variable(canonical, "")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_WORDS = vocabulary(VARIABLES, _AnySeries())


def words(series: Mapping[str, Variable] | None = None) -> Vocabulary:
    """What a formula of a rule may name; without `series` any OBIS code."""
    return _WORDS if series is None else vocabulary(VARIABLES, series)


@lru_cache(maxsize=512)
def read(text: str) -> Formula:
    """The formula of a rule, which was checked when the rule was saved; FormulaError for any other text."""
    return parse(text, _WORDS)


def needs_of(text: str) -> frozenset[Need]:
    """What has to be loaded for a formula."""
    formula = read(text)
    named = {_NEEDS[name] for name in formula.names if name in _NEEDS}
    return frozenset({*named, Need.PARTNERS} if formula.series else named)


def _holds(window: Window, facts: Facts, parameters: Values) -> Outcome:
    formula = read(parameters["formula"])
    inputs = {name: _INPUTS[name](window, facts) for name in formula.names}
    inputs |= {code: _series(window, facts, code) for code in formula.series}
    evaluation = formula.evaluate(inputs, calendar=_calendar(window))
    failing = np.broadcast_to(evaluation.holds, window.shape)
    silent = {_reason(key): _unknown(window, inputs[key]) for key in inputs if key != "value"}
    divided = np.broadcast_to(evaluation.divided_by_zero, len(window))
    return Outcome(failing, not_judged={**silent, _DIVIDED: divided})


def _value(window: Window, facts: Facts) -> Floats:
    return _in_unit(window.values, facts.units)


def _series(window: Window, facts: Facts, code: str) -> Floats:
    partner = facts.partners.get(code)
    if partner is None:
        return np.full((len(window), 1), np.nan)
    return _in_unit(partner, facts.partner_units.get(code, facts.units))


def _in_unit(values: Ints, units: Floats) -> Floats:
    """float64 (n, slots) in the unit, NaN = nothing there."""
    return np.where(values == NO_VALUE, np.nan, values * units[:, None])


def _of_days(name: str) -> Callable[[Window, Facts], Floats]:
    def found(window: Window, facts: Facts) -> Floats:
        usual = by_day(window, getattr(_statistics(facts), name))
        return over_columns(window, usual) * facts.units[:, None]

    return found


def _maximum(window: Window, facts: Facts) -> Floats:
    found: Floats = (_statistics(facts).maximum[:, DayType.ALL] * facts.units)[:, None]
    return found


def _statistics(facts: Facts) -> Statistics:
    if facts.statistics is None:
        raise LookupError("Statistics were not loaded")
    return facts.statistics


def _capacity(window: Window, facts: Facts) -> Floats:
    if facts.capacity is None:
        raise LookupError("Capacities were not loaded")
    return (facts.capacity * facts.units)[:, None]


def _outage(window: Window, facts: Facts) -> Floats:
    if facts.outages is None:
        raise LookupError("Outages were not loaded")
    return facts.outages.astype(np.float64)


_INPUTS: dict[str, Callable[[Window, Facts], Floats]] = {
    "value": _value,
    "average": _of_days("average"),
    "median": _of_days("median"),
    "maximum": _maximum,
    "daily_average": _of_days("daily_average"),
    "capacity": _capacity,
    "outage": _outage,
    "status": lambda window, facts: window.status.astype(np.float64),
    "interval_h": lambda window, facts: np.full((1, 1), window.interval_s / 3600),
}

_NEEDS = {
    **dict.fromkeys(("average", "maximum", "daily_average"), Need.STATISTICS),
    "median": Need.MEDIANS,
    "capacity": Need.CAPACITY,
    "outage": Need.OUTAGES,
}


def _reason(key: str) -> str:
    if key == "capacity":
        return "fuse and phases of the metering point are not known"
    return NO_MONTH if key in _INPUTS else f"no values of the series {key}"


def _unknown(window: Window, values: Floats) -> Bools:
    """bool (n,): rows of which nothing is known."""
    return np.broadcast_to(np.isnan(values).all(axis=1), len(window))


def _calendar(window: Window) -> DayCalendar:
    """The times of the judged columns; those before are looked up by distance only."""
    days = window.calendar
    inside = days.day >= 0
    kinds = np.where(inside, days.kinds[days.day], DayKind.MONDAY)
    at_s = np.where(inside, days.wall, 0) * window.interval_s
    weekday = np.where(inside, (days.numbers[days.day] + 3) % 7 + 1, 1)
    return DayCalendar(
        edges=days.edges,
        hour=(at_s // 3600).astype(np.int64),
        minute=(at_s // _MINUTES % _MINUTES).astype(np.int64),
        weekday=weekday.astype(np.int64),
        holiday=inside & (kinds == DayKind.HOLIDAY),
    )


register(
    Condition(
        CODE, "Check function", "{formula}", _holds,
        (
            Parameter(
                "formula", "Formula", Kind.FORMULA,
                help="A condition over value, previous(value), average, median, maximum, capacity and other series.",
            ),
        ),
        frozenset({Need.MEDIANS, Need.CAPACITY, Need.OUTAGES, Need.PARTNERS}),
        allowed(CODE, Action.ESTIMATE, Action.REJECT), "AIM, V14",
    )
)  # fmt: skip
