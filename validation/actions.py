"""What a rule does with a value that meets its condition. Actions of AIM, and those beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from metering.quality import EstimationMethod
from validation.parameters import Kind, Parameter


class Action(StrEnum):
    """Codes as rules keep them."""

    KEEP = "keep"
    ZERO = "zero"
    PREVIOUS_DAY = "previous_day"
    PREVIOUS_WEEK = "previous_week"
    FIXED_VALUE = "fixed_value"
    FIXED_TOTAL = "fixed_total"
    REGISTER_DIFFERENCE = "register_difference"
    ESTIMATE = "estimate"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """What people read of an action, what it has to be told, and the method its values are marked with."""

    label: str
    words: str
    method: EstimationMethod | None = None
    parameters: tuple[Parameter, ...] = ()

    @property
    def replaces(self) -> bool:
        """Whether it puts another value in place."""
        return self.method is not None


_VALUE = Parameter("value", "Value", Kind.QUANTITY, help="What every interval gets, such as 0.25 kWh.")
_TOTAL = Parameter("total", "Total", Kind.QUANTITY, help="What a gap adds up to, such as 12 kWh.")
_METHODS = EstimationMethod

ACTIONS: dict[Action, ActionInfo] = {
    Action.KEEP: ActionInfo("Keep", "The value stays; it is only noted."),
    Action.ZERO: ActionInfo("Zero", "The value becomes zero.", _METHODS.ZERO),
    Action.PREVIOUS_DAY: ActionInfo("Previous day", "The value of the day before.", _METHODS.PREVIOUS_DAY),
    Action.PREVIOUS_WEEK: ActionInfo("Previous week", "The value of the week before.", _METHODS.PREVIOUS_WEEK),
    Action.FIXED_VALUE: ActionInfo("Fixed value", "A value named in the rule.", _METHODS.FIXED_VALUE, (_VALUE,)),
    Action.FIXED_TOTAL: ActionInfo(
        "Fixed total, spread", "A total named in the rule, spread evenly.", _METHODS.FIXED_TOTAL, (_TOTAL,)
    ),
    Action.REGISTER_DIFFERENCE: ActionInfo(
        "Register difference, spread", "What the register counted meanwhile, spread evenly.", _METHODS.REGISTER_SPREAD
    ),
    Action.ESTIMATE: ActionInfo(
        "Estimate", "The first method of the rule set that has an answer.", _METHODS.GENERIC
    ),
    Action.REJECT: ActionInfo("Reject", "The value is marked as rejected and waits for a decision."),
}  # fmt: skip
