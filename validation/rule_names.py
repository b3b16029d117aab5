"""What a formula of a rule may name, for the form in which it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from metering.formula import Variable
from metering.formula.functions import FUNCTIONS, SLOTWISE, Function
from metering.formula.vocabulary import SERIES_IS_WRITTEN
from validation.conditions.formulas import VARIABLES
from validation.models import RuleSet
from validation.periodic.conditions.formulas import VARIABLES as PERIODIC_VARIABLES


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a call as it is written, and what it stands for."""

    written: str
    meaning: str


def formula_names(kind: str) -> list[tuple[str, list[Name]]]:
    """The names by kind, for sets of this kind of values: what values are called, and functions.

    Periodic values stand alone: their formulas know no neighbours and no other series.
    """
    if kind == RuleSet.Kind.PERIODIC:
        return [("Values", _values(PERIODIC_VARIABLES)), ("Functions", _functions(SLOTWISE))]
    values = [*_values(VARIABLES), Name(SERIES_IS_WRITTEN, "Another series of the metering point, in its own unit")]
    return [("Values", values), ("Functions", _functions(FUNCTIONS.values()))]


def _values(variables: Iterable[Variable]) -> list[Name]:
    return [Name(each.name, each.description) for each in variables]


def _functions(functions: Iterable[Function]) -> list[Name]:
    return [Name(each.signature, each.meaning) for each in functions]
