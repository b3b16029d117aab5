"""The words a formula may use: declared by whoever evaluates it."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from metering.formula.functions import FUNCTIONS

SERIES = "series"
SERIES_IS_WRITTEN = f'{SERIES}("1-0:2.8.0")'
"""How a formula names another series."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Something a formula may name: `unit` is checked against others where both are known, "" = none or unknown."""

    name: str
    description: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names and series by what a formula calls them. Make it with `vocabulary`.

    `series` may be any mapping, also one that looks things up when asked. The key is what stands in the formula, the
    `name` of what it leads to is the key of the input at evaluation: several spellings may lead to one series.
    """

    variables: Mapping[str, Variable]
    series: Mapping[str, Variable] = field(default_factory=dict)


def vocabulary(variables: Iterable[Variable], series: Mapping[str, Variable] = MappingProxyType({})) -> Vocabulary:
    """A vocabulary of these variables. ValueError for a name that no formula could use, or that means two things."""
    named: dict[str, Variable] = {}
    for variable in variables:
        _check(variable.name, named)
        named[variable.name] = variable
    return Vocabulary(MappingProxyType(named), series)


def _check(name: str, taken: Mapping[str, Variable]) -> None:
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} cannot be a name in formulas")
    if name in taken or name in FUNCTIONS or name == SERIES:
        raise ValueError(f"{name!r} would mean two things in formulas")
