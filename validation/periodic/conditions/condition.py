"""What a condition of periodic values is, and the list of all there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from validation.actions import Action
from validation.parameters import Parameter, Values
from validation.periodic.window import PeriodicFacts, PeriodicWindow
from validation.window import Bools, Floats, Ints


class PeriodicNeed(StrEnum):
    """What a condition asks to be loaded beside the readings."""

    SOURCE = "source"
    REFERENCE = "reference"
    RESETS = "resets"
    DOUBTED = "doubted"


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicOutcome:
    """What a condition says of the m readings of a window.

    failing     bool (m,)
    limit       float64 (m,): what they were held against, in integers of the series; NaN = nothing
    shown       int64 (m,): what was held against it where that is not the value itself
    not_judged  reason in plain words → bool (n,): series the condition says nothing about
    """

    failing: Bools
    limit: Floats | None = None
    shown: Ints | None = None
    not_judged: Mapping[str, Bools] = field(default_factory=dict)


PeriodicCheck: TypeAlias = Callable[[PeriodicWindow, PeriodicFacts, Values], PeriodicOutcome]


@dataclass(frozen=True, slots=True)
class PeriodicCondition:
    """Something that may be true of register values; the fields are those of `validation.conditions.condition`."""

    code: str
    label: str
    words: str
    check: PeriodicCheck
    parameters: tuple[Parameter, ...] = ()
    needs: frozenset[PeriodicNeed] = frozenset()
    source: str = "AIM"
    actions: frozenset[Action] = frozenset({Action.KEEP})


_conditions: dict[str, PeriodicCondition] = {}


def register(condition: PeriodicCondition) -> PeriodicCondition:
    """Make a condition known; ValueError where the code is taken."""
    if condition.code in _conditions:
        raise ValueError(f"A condition {condition.code!r} is registered already.")
    _conditions[condition.code] = condition
    return condition


def periodic_condition(code: str) -> PeriodicCondition:
    """The condition of this code; KeyError when there is none."""
    return _conditions[code]


def periodic_conditions() -> tuple[PeriodicCondition, ...]:
    """All conditions for periodic values, in the order people choose them in."""
    return tuple(_conditions.values())
