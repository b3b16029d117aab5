"""The conditions and actions a rule of a set may have."""

from __future__ import annotations

from typing import Protocol

from validation.actions import Action
from validation.aim_table import AIM_ACTIONS, AIM_CELLS
from validation.conditions.condition import conditions
from validation.models import RuleSet
from validation.parameters import Parameter
from validation.periodic.aim_table import AIM_PERIODIC
from validation.periodic.conditions.condition import periodic_conditions


class Described(Protocol):
    """What people read of a condition, and what a rule has to say: the same for profile and periodic values."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def parameters(self) -> tuple[Parameter, ...]: ...
    @property
    def actions(self) -> frozenset[Action]: ...
    @property
    def source(self) -> str: ...


def conditions_of(kind: str) -> tuple[Described, ...]:
    """All conditions for sets of this kind, in the order people choose them in."""
    return periodic_conditions() if kind == RuleSet.Kind.PERIODIC else conditions()


def all_conditions() -> tuple[Described, ...]:
    """The conditions of all kinds, each code once."""
    found: dict[str, Described] = {}
    for kind in RuleSet.Kind:
        for each in conditions_of(kind):
            found.setdefault(each.code, each)
    return tuple(found.values())


def conditions_for(rule_set: RuleSet) -> tuple[Described, ...]:
    """The conditions a rule of this set may have."""
    return tuple(each for each in conditions_of(rule_set.kind) if actions_of(rule_set, each))


def condition_of(kind: str, code: str) -> Described | None:
    """The condition of this code; None where there is none for sets of this kind."""
    return next((each for each in conditions_of(kind) if each.code == code), None)


def actions_of(rule_set: RuleSet, condition: Described) -> tuple[Action, ...]:
    """What a rule of this set may do about the condition, in the order of `Action`.

    A set with AIM's combinations only has the cells of its table, and nothing for a condition that is not in it.
    """
    if not rule_set.compatible:
        return tuple(action for action in Action if action in condition.actions)
    if rule_set.kind == RuleSet.Kind.PERIODIC:
        return (Action.KEEP,) if condition.code in AIM_PERIODIC else ()
    return tuple(action for action in AIM_ACTIONS if action in AIM_CELLS.get(condition.code, ()))
