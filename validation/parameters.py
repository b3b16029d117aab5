"""Parameters of conditions, actions and steps of estimation: declared once, read from rules, asked for in forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 1_000
_LARGEST = Decimal(10) ** 15


class ParameterError(ValueError):
    """A parameter has no value it may have; `name` says which, the message what to do."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Kind(StrEnum):
    """What a parameter is."""

    NUMBER = "number"
    PERCENT = "percent"
    COUNT = "count"
    MINUTES = "minutes"
    QUANTITY = "quantity"
    CHOICE = "choice"
    FORMULA = "formula"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A limit in a unit: 12.5 kWh. `metering.services.units` knows which series it can be compared with."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: what it is, its bounds, and the value it has where a rule says nothing (None = must be given).

    A percentage is a number (180 means 180 %); a duration is whole minutes; a quantity is written "12.5 kWh".
    """

    name: str
    label: str
    kind: Kind
    default: Any = None
    low: Decimal | int | None = None
    high: Decimal | int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    optional: bool = False

    def read(self, given: object) -> Any:
        """The value of what a rule gives, from JSON or from a form. ParameterError says what is wrong with it."""
        if given is None or given == "":
            if self.default is None and not self.optional:
                raise ParameterError(self.name, f"{self.label} is needed.")
            return None if self.default is None else self._parse(self.default)
        return self._parse(given)

    def _parse(self, given: object) -> Any:
        match self.kind:
            case Kind.FLAG:
                return given in (True, "true", "on", "1", 1)
            case Kind.CHOICE:
                return self._chosen(str(given))
            case Kind.FORMULA:
                return self._text(str(given))
            case Kind.QUANTITY:
                return self._quantity(str(given))
            case Kind.COUNT | Kind.MINUTES:
                return int(self._bounded(self._number(given), whole=True))
            case _:
                return self._bounded(self._number(given))

    def _chosen(self, given: str) -> str:
        if given not in dict(self.choices):
            raise ParameterError(self.name, f"{self.label} is one of: {', '.join(code for code, _ in self.choices)}.")
        return given

    def _text(self, given: str) -> str:
        if len(given) > LONGEST_TEXT:
            raise ParameterError(self.name, f"{self.label} has at most {LONGEST_TEXT} characters.")
        return given.strip()

    def _quantity(self, given: str) -> Quantity:
        match = re.fullmatch(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\s0-9.+-][^\s]{0,15})\s*", given)
        if match is None:
            raise ParameterError(self.name, f"{self.label} is a number and a unit, such as 12.5 kWh.")
        return Quantity(self._bounded(Decimal(match[1])), match[2])

    def _number(self, given: object) -> Decimal:
        try:
            number = Decimal(str(given))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ParameterError(self.name, f"{self.label} is a number.")
        return number

    def _bounded(self, number: Decimal, *, whole: bool = False) -> Decimal:
        if whole and number != number.to_integral_value():
            raise ParameterError(self.name, f"{self.label} is a whole number.")
        low = -_LARGEST if self.low is None else Decimal(self.low)
        high = _LARGEST if self.high is None else Decimal(self.high)
        if not low <= number <= high:
            raise ParameterError(self.name, f"{self.label} lies between {low:f} and {high:f}.")
        return number


Values = Mapping[str, Any]


def read_all(declared: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """All declared parameters by name. ParameterError for one that is wrong, missing, or that nobody declared."""
    known = {each.name for each in declared}
    if unknown := sorted(set(given) - known):
        raise ParameterError(unknown[0], f"There is no parameter {unknown[0]!r} here.")
    return {each.name: each.read(given.get(each.name)) for each in declared}
