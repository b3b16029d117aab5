"""The conditions and actions a rule of a set may have."""

from __future__ import annotations

from validation.actions import Action
from validation.aim_table import AIM_ACTIONS, AIM_CELLS
from validation.conditions.condition import Condition, conditions
from validation.models import RuleSet


def conditions_of(kind: str) -> tuple[Condition, ...]:
    """All conditions for sets of this kind, in the order people choose them in."""
    return conditions()


def conditions_for(rule_set: RuleSet) -> tuple[Condition, ...]:
    """The conditions a rule of this set may have."""
    return tuple(each for each in conditions_of(rule_set.kind) if actions_of(rule_set, each))


def condition_of(kind: str, code: str) -> Condition | None:
    """The condition of this code; None where there is none for sets of this kind."""
    return next((each for each in conditions_of(kind) if each.code == code), None)


def actions_of(rule_set: RuleSet, condition: Condition) -> tuple[Action, ...]:
    """What a rule of this set may do about the condition, in the order of `Action`.

    A set with AIM's combinations only has the cells of its table, and nothing for a condition that is not in it.
    """
    if not rule_set.compatible:
        return tuple(action for action in Action if action in condition.actions)
    return tuple(action for action in AIM_ACTIONS if action in AIM_CELLS.get(condition.code, ()))
