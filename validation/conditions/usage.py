"""The energy of a day, and its peak, against what came before (V12, V13)."""

from __future__ import annotations

import numpy as np

from metering.store.batch import NO_VALUE
from metering.store.statistics.daytypes import DayType
from validation import kernels
from validation.conditions.choices import DOUBTED, FLAGGED, FLOOR, REPLACED, percent
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.levels import NO_MONTH, days_before
from validation.conditions.quantities import at_least, other_units
from validation.estimators.days import DAY_S
from validation.facts import Facts, Need
from validation.kernels.shapes import Limits
from validation.parameters import Kind, Parameter, Values
from validation.window import Window

_TOO_FEW = "too few days of measured values before"


def _usage(window: Window, facts: Facts, parameters: Values) -> Outcome:
    usual, slots, floor = _usual(window, facts, parameters), DAY_S // window.interval_s, parameters["floor"]
    low, high = float(parameters["low"]), float(parameters["high"])
    use = kernels.daily_use(window.figures, slots)
    failing = kernels.usage_outside(use, window.figures, usual, low, high, at_least(floor, facts))
    return Outcome(failing, usual / slots, {_TOO_FEW: np.isnan(usual)[:, 0], **other_units(facts, floor)})


def _change(window: Window, facts: Facts, parameters: Values) -> Outcome:
    usual, slots, floor = _usual(window, facts, parameters), DAY_S // window.interval_s, parameters["floor"]
    use = kernels.daily_use(window.figures, slots)
    change = float(parameters["change"])
    failing = kernels.usage_change(use, window.figures, usual, change, at_least(floor, facts))
    return Outcome(failing, usual / slots, {_TOO_FEW: np.isnan(usual)[:, 0], **other_units(facts, floor)})


def _usual(window: Window, facts: Facts, parameters: Values) -> Limits:
    """float64 (n, 1): average daily use of the days before the window, per 24 hours; NaN where too little is known."""
    usage = days_before(facts.usage, window, int(parameters["days"]))
    slots = DAY_S // window.interval_s
    complete = usage.totals != NO_VALUE
    counts = complete * np.int64(slots)
    return kernels.average_daily_use(
        np.where(complete, usage.totals, 0),
        counts,
        slots,
        doubtful=counts * usage.estimated,
        least_values=slots * int(parameters["least_days"]),
        most_doubtful_percent=float(parameters["doubtful"]),
    )


def _peak(window: Window, facts: Facts, parameters: Values) -> Outcome:
    if facts.statistics is None:
        raise LookupError("Statistics were not loaded")
    maximum = facts.statistics.maximum[:, DayType.ALL, None]
    silent = np.isnan(maximum)
    peaks = np.where(silent, NO_VALUE, np.nan_to_num(maximum)).astype(np.int64)
    tolerance, floor = float(parameters["tolerance"]), at_least(parameters["floor"], facts)
    failing = kernels.above_historical_peak(window.values, peaks, tolerance, floor, window.edges)
    limit = np.maximum(maximum, floor) * (1 + tolerance / 100)
    return Outcome(failing, limit, {NO_MONTH: silent[:, 0], **other_units(facts, parameters["floor"])})


def _history(days: int) -> tuple[Parameter, ...]:
    return (
        Parameter("days", "Days before", Kind.COUNT, days, low=1, high=35),
        Parameter("least_days", "Needed of them", Kind.COUNT, min(days, 5), low=1, high=35),
        percent("doubtful", "Estimated at most", 50, high=100, help="Share of those days that may hold estimates."),
    )


_SIDES = (
    percent("low", "Below", 0, high=100, help="10 means less than a tenth; nothing is less than 0."),
    percent("high", "Above", 300, high=1_000_000, help="300 means more than three times as much."),
)
register(
    Condition(
        "usage_outside", "Use of the day unusual",
        "the day's use is below {low} or above {high} of the average of the {days} days before", _usage,
        (*_SIDES, *_history(28), FLOOR), frozenset({Need.USAGE}), DOUBTED, "V12", of_day=True,
    )
)  # fmt: skip
register(
    Condition(
        "usage_change", "Use of the day changed",
        "the day's use differs by more than {change} of itself from the average of the {days} days before", _change,
        (percent("change", "Change", 90), *_history(7), FLOOR), frozenset({Need.USAGE}), FLAGGED, "V12", of_day=True,
    )
)  # fmt: skip
register(
    Condition(
        "above_peak", "Above the highest so far",
        "more than {tolerance} above the highest value of the last months", _peak,
        (percent("tolerance", "Above it", 50), FLOOR), frozenset({Need.STATISTICS}), REPLACED, "V13",
    )
)  # fmt: skip
