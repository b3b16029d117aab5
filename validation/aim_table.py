"""The table of AIM for profile values: 13 conditions, 7 actions, 50 combinations that work and 41 that do not.

A cell that is blank is refused in every set: what AIM's people left out they left out for a reason. Values that are
merely there, or positive, are no reason to put others in their place, and a zero cannot become zero.
"""

from __future__ import annotations

from validation.actions import Action

AIM_ACTIONS = (
    Action.KEEP,
    Action.ZERO,
    Action.PREVIOUS_DAY,
    Action.PREVIOUS_WEEK,
    Action.FIXED_VALUE,
    Action.FIXED_TOTAL,
    Action.REGISTER_DIFFERENCE,
)
"""The columns, in AIM's order."""

_COPIED = (Action.KEEP, Action.PREVIOUS_DAY, Action.PREVIOUS_WEEK)
_REPLACED = (*_COPIED, Action.FIXED_VALUE)

AIM_CELLS: dict[str, frozenset[Action]] = {
    "missing": frozenset(AIM_ACTIONS),
    "zero": frozenset({*_REPLACED, Action.REGISTER_DIFFERENCE}),
    "anything": frozenset({*_COPIED, Action.FIXED_TOTAL}),
    "not_missing": frozenset({Action.KEEP}),
    "negative": frozenset(_REPLACED),
    "positive": frozenset({Action.KEEP}),
    "higher_than": frozenset(_REPLACED),
    "lower_than": frozenset(_REPLACED),
    "higher_than_average": frozenset(_REPLACED),
    "lower_than_average": frozenset(_REPLACED),
    "higher_than_median": frozenset(_REPLACED),
    "lower_than_median": frozenset(_REPLACED),
    "check_function": frozenset(_REPLACED),
}
"""The rows: by the code of the condition, the actions AIM has for it."""


def allowed(condition: str, *beyond: Action) -> frozenset[Action]:
    """AIM's actions for one of its conditions, and those of ours `beyond` them."""
    return AIM_CELLS[condition] | frozenset(beyond)
