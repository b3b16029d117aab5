"""What rules may do, for conditions AIM does not have, and parameters several conditions share."""

from __future__ import annotations

from decimal import Decimal

from validation.actions import Action
from validation.parameters import Kind, Parameter

FLAGGED = frozenset({Action.KEEP, Action.REJECT})
"""Something is to be looked at, but nobody can tell which value is wrong."""
DOUBTED = FLAGGED | {Action.ESTIMATE}
REPLACED = DOUBTED | {
    Action.PREVIOUS_DAY,
    Action.PREVIOUS_WEEK,
    Action.FIXED_VALUE,
    Action.REGISTER_DIFFERENCE,
}
"""Single values are known to be wrong."""

FLOOR = Parameter(
    "floor", "Not below", Kind.QUANTITY, low=0, optional=True,
    help="What is smaller is not judged, such as 0.5 kWh: a small load has any shape.",
)  # fmt: skip
TOLERANCE = Parameter("tolerance", "Tolerance", Kind.QUANTITY, low=0, optional=True, help="Such as 0.01 kWh.")


def minutes(default: int, *, help: str = "") -> Parameter:
    """A stretch of time."""
    return Parameter("minutes", "For at least", Kind.MINUTES, default, low=1, high=10_080, help=help)


def percent(name: str, label: str, default: int | str, *, high: int = 100_000, help: str = "") -> Parameter:
    """A percentage: 180 means 180 %."""
    return Parameter(name, label, Kind.PERCENT, Decimal(default), low=0, high=high, help=help)
