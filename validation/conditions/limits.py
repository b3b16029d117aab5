"""Higher or lower than something: a limit, what is usual, what the fuse lets through (AIM, V8)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import numpy as np

from validation import kernels
from validation.actions import Action
from validation.aim_table import allowed
from validation.conditions.choices import FLOOR, REPLACED, percent
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.levels import NO_MONTH, Compare, by_day, compared, over_columns, unknown
from validation.conditions.quantities import at_least, other_units
from validation.facts import Facts, Need
from validation.limits import in_integers
from validation.parameters import Kind, Parameter, Values
from validation.window import Bools, Floats, Window

_LIMIT = Parameter("limit", "Limit", Kind.QUANTITY, help="Of one interval, such as 12.5 kWh.")
_NO_CAPACITY = "fuse and phases of the metering point are not known"


def _limit(compare: Compare, window: Window, facts: Facts, parameters: Values) -> Outcome:
    limits = in_integers(parameters["limit"], facts)
    return Outcome(
        compared(window, compare, _each_day(window, limits)), limits, other_units(facts, parameters["limit"])
    )


def _usual(statistic: str, compare: Compare, window: Window, facts: Facts, parameters: Values) -> Outcome:
    """Against factor × the average or median of the same type of day."""
    if facts.statistics is None:
        raise LookupError("Statistics were not loaded")
    usual: Floats = getattr(facts.statistics, statistic)
    limits = by_day(window, usual) * float(parameters["factor"])
    if floor := parameters.get("floor"):
        limits = np.maximum(limits, at_least(floor, facts))
    silent: dict[str, Bools] = {NO_MONTH: unknown(usual), **other_units(facts, parameters.get("floor"))}
    return Outcome(compared(window, compare, limits), over_columns(window, limits), silent)


def _capacity(window: Window, facts: Facts, parameters: Values) -> Outcome:
    if facts.capacity is None:
        raise LookupError("Capacities were not loaded")
    limits = facts.capacity[:, None] * (float(parameters["percent"]) / 100)
    failing = compared(window, kernels.above_limit, _each_day(window, limits))
    return Outcome(failing, limits, {_NO_CAPACITY: unknown(limits)})


def _each_day(window: Window, limits: Floats) -> Floats:
    return np.broadcast_to(limits, (len(window), len(window.days)))


def _factor(default: str) -> Parameter:
    return Parameter("factor", "Factor", Kind.NUMBER, Decimal(default), low=0, high=10_000)


_OURS = (Action.ESTIMATE, Action.REJECT)
register(
    Condition(
        "higher_than", "Higher than", "higher than {limit}", partial(_limit, kernels.above_limit),
        (_LIMIT,), actions=allowed("higher_than", *_OURS), source="AIM, V8",
    )
)  # fmt: skip
register(
    Condition(
        "lower_than", "Lower than", "lower than {limit}", partial(_limit, kernels.below_limit),
        (_LIMIT,), actions=allowed("lower_than", *_OURS), source="AIM, V8",
    )
)  # fmt: skip
for _statistic, _need in (("average", Need.STATISTICS), ("median", Need.MEDIANS)):
    _words = f"than {{factor}} × the {_statistic} of such days in the last months"
    register(
        Condition(
            f"higher_than_{_statistic}", f"Higher than {_statistic}", f"higher {_words}",
            partial(_usual, _statistic, kernels.above_limit), (_factor("5"), FLOOR),
            frozenset({_need}), allowed(f"higher_than_{_statistic}", *_OURS), "AIM, V14",
        )
    )  # fmt: skip
    register(
        Condition(
            f"lower_than_{_statistic}", f"Lower than {_statistic}", f"lower {_words}",
            partial(_usual, _statistic, kernels.below_limit), (_factor("0.1"),),
            frozenset({_need}), allowed(f"lower_than_{_statistic}", *_OURS), "AIM, V14",
        )
    )  # fmt: skip
register(
    Condition(
        "above_capacity", "Above fuse and phases", "more than {percent} of what fuse and phases let through", _capacity,
        (percent("percent", "Share of the capacity", 120, high=1_000, help="A fuse carries more for some minutes."),),
        frozenset({Need.CAPACITY}), REPLACED, "V8",
    )
)  # fmt: skip
