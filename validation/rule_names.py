"""What a formula of a rule may name, for the form in which it is written."""

from __future__ import annotations

from dataclasses import dataclass

from metering.formula.functions import FUNCTIONS
from metering.formula.vocabulary import SERIES_IS_WRITTEN
from validation.conditions.formulas import VARIABLES


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a call as it is written, and what it stands for."""

    written: str
    meaning: str


def formula_names() -> list[tuple[str, list[Name]]]:
    """The names by kind: what values are called, and functions."""
    values = [Name(each.name, each.description) for each in VARIABLES]
    values.append(Name(SERIES_IS_WRITTEN, "Another series of the metering point, in its own unit"))
    functions = [Name(each.signature, each.meaning) for each in FUNCTIONS.values()]
    return [("Values", values), ("Functions", functions)]
