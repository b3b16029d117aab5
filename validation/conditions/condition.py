"""What a condition is, and the list of all there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from validation.actions import Action
from validation.facts import Facts, Need
from validation.parameters import Parameter, Values
from validation.window import Bools, Floats, Window


class Scope(StrEnum):
    """What kind of values a condition is about."""

    PROFILE = "profile"
    PERIODIC = "periodic"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a condition says of a window.

    failing     bool (n, slots)
    limit       float64 broadcastable to (n, slots): what the values were held against, in integers of the series
    not_judged  reason in plain words → bool (n,): series the condition says nothing about, such as those in another
                unit than its limit
    """

    failing: Bools
    limit: Floats | None = None
    not_judged: Mapping[str, Bools] = field(default_factory=dict)


Check: TypeAlias = Callable[[Window, Facts, Values], Outcome]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that may be true of values.

    code        as rules keep it
    label       as people choose it: "Higher than"
    words       what it says of a value that meets it, with its parameters as `{limit}`: "higher than {limit}"
    check       over a window of profile values
    parameters  what a rule has to say
    needs       what has to be loaded for it
    actions     what a rule may do about it
    source      the row of the catalogue it comes from: AIM, V10
    of_day      whether it speaks of whole days, not of single values
    """

    code: str
    label: str
    words: str
    check: Check
    parameters: tuple[Parameter, ...] = ()
    needs: frozenset[Need] = frozenset()
    actions: frozenset[Action] = frozenset({Action.KEEP})
    source: str = ""
    of_day: bool = False


_conditions: dict[str, Condition] = {}


def register(condition: Condition) -> Condition:
    """Make a condition known; ValueError where the code is taken."""
    if condition.code in _conditions:
        raise ValueError(f"A condition {condition.code!r} is registered already.")
    _conditions[condition.code] = condition
    return condition


def condition(code: str) -> Condition:
    """The condition of this code; KeyError when there is none."""
    return _conditions[code]


def conditions() -> tuple[Condition, ...]:
    """All conditions for profile values, in the order people choose them in."""
    return tuple(_conditions.values())
