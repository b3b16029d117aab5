"""The steps by which a rule set finds estimates, as data: `[{"method": "linear", "parameters": {"limit": 120}}, …]`.

The first step that has an answer for a gap gives it. Whatever it says is brought to what the register counted, where
both stands exist. How each step is done, `validation.engine.steps` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metering.quality import EstimationMethod
from validation.engine.plan import Step
from validation.estimators.orders import SHIPPED
from validation.parameters import Kind, Parameter, ParameterError, read_all

MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What people read of a step, and what it has to be told."""

    label: str
    words: str
    method: EstimationMethod
    parameters: tuple[Parameter, ...] = ()
    source: str = ""


_LIMIT = Parameter("limit", "Gaps up to", Kind.MINUTES, 120, low=1, high=1_440, help="120 min is customary.")
_COUNT = Parameter("count", "Days", Kind.COUNT, 3, low=1, high=12, help="So many of the nearest like days.")
_WEEKS = Parameter("weeks", "Weeks back", Kind.COUNT, 4, low=1, high=12)
_ORDERS = tuple((code, order["title"]) for code, order in json.loads(SHIPPED.read_text(encoding="utf-8")).items())
_ORDER = Parameter("order", "Order", Kind.CHOICE, "itron", choices=_ORDERS, help="Which days to try, by weekday.")

STEPS: dict[str, StepInfo] = {
    "check_meter": StepInfo("Check meter", "what the check meter has", EstimationMethod.CHECK_METER, source="E9"),
    "outage_zero": StepInfo("Zero in an outage", "zero in a proven outage", EstimationMethod.OUTAGE_ZERO, source="E13"),
    "linear": StepInfo(
        "Straight line", "a straight line over gaps up to {limit}", EstimationMethod.LINEAR, (_LIMIT,), "E1"
    ),
    "like_days": StepInfo(
        "Average of like days", "the average of the {count} nearest like days of {weeks} weeks",
        EstimationMethod.LIKE_DAYS, (_COUNT, _WEEKS), "E3",
    ),
    "like_day": StepInfo(
        "Like day", "the first like day that has values: {order}", EstimationMethod.LIKE_DAY, (_ORDER,), "E2"
    ),
    "last_year": StepInfo("Last year", "the same weekday a year before", EstimationMethod.LAST_YEAR, source="E8"),
    "class_profile": StepInfo(
        "Class profile", "the profile of such customers", EstimationMethod.CLASS_PROFILE, source="E6"
    ),
    "flat": StepInfo("Flat", "the average day, spread evenly", EstimationMethod.FLAT, source="E7"),
}  # fmt: skip
"""By the code rule sets use, in the order people choose them in."""


def read_steps(given: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a rule set. ParameterError, whose name is `estimation`, says which step is wrong, and why."""
    if not isinstance(given, list | tuple) or not all(isinstance(step, Mapping) for step in given):
        raise ParameterError("estimation", "Steps of estimating are a list of methods with their parameters.")
    if len(given) > MOST_STEPS:
        raise ParameterError("estimation", f"A rule set has at most {MOST_STEPS} steps of estimating.")
    return tuple(_read(number, step) for number, step in enumerate(given, start=1))


def _read(number: int, step: Mapping[str, Any]) -> Step:
    code = str(step.get("method", ""))
    if code not in STEPS:
        raise ParameterError("estimation", f"Step {number}: there is no step {code!r}, only {', '.join(STEPS)}.")
    try:
        return Step(code, read_all(STEPS[code].parameters, step.get("parameters") or {}))
    except ParameterError as error:
        raise ParameterError("estimation", f"Step {number}, {STEPS[code].label.lower()}: {error}") from error
