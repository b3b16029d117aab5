"""Numbers as files write them: decimal comma, thousands, blanks that mean "no value", scientific notation; exact.

Columns go through `formats.decimals`; only cells it does not understand are looked at one by one, each text once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from integration.formats import decimals
from integration.formats.decimals import MOST_DECIMALS, Decimals, State, read_fields
from integration.formats.portion import MOST_DIGITS
from integration.formats.table import mapping as declared
from integration.formats.table.grid import stripped


class Fault(IntEnum):
    """What a cell turned out to be, beyond `decimals.State`."""

    NEGATIVE = 10
    ROUNDED = 11
    TRUTH = 12
    DATE = 13
    TOO_LONG = 14


REASONS: dict[int, str] = {
    **decimals.REASONS,
    State.NOT_A_NUMBER: "not a number",
    State.TOO_LARGE: "too large beside the decimals of its series",
    Fault.NEGATIVE: "a negative number, which the mapping does not allow",
    Fault.TRUTH: "true or false where a number should be",
    Fault.DATE: "a date where a number should be",
    Fault.TOO_LONG: "too long for a number",
}
ROUNDED_NOTE = "a number in scientific notation: a spreadsheet may have cut off digits"

_LONGEST = 60
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}.*")
_SPACES = re.compile("[\u00a0\u202f\u2009]")


@dataclass(frozen=True, slots=True, eq=False)
class Column(Decimals):
    """Numbers of m cells, states also of `Fault`, EMPTY = no value. `rounded`, bool (m,): in scientific notation."""

    rounded: NDArray[np.bool_]

    @property
    def good(self) -> NDArray[np.bool_]:
        """bool (m,): cells with a number."""
        good: NDArray[np.bool_] = self.states == State.GOOD
        return good

    @property
    def faulty(self) -> NDArray[np.bool_]:
        """bool (m,): cells with something that cannot be taken."""
        faulty: NDArray[np.bool_] = ~self.good & (self.states != State.EMPTY)
        return faulty


class NumberReader:
    """Reads cells by the rules of a mapping; `decimal` is settled by then."""

    def __init__(self, numbers: declared.Numbers, decimal: str) -> None:
        self._numbers = numbers
        self._decimal = decimal
        self._blanks = {blank.strip().casefold() for blank in numbers.blanks}
        self._grouped = _grouped(numbers.thousands) if numbers.thousands else None
        _, digits, exponent = Decimal(numbers.factor).normalize().as_tuple()
        self._factor = int("".join(map(str, digits))), int(exponent)
        self._table = np.arange(256, dtype=np.uint8)
        if decimal == ",":
            self._table[[ord(","), ord(".")]] = ord("."), ord("?")

    def read(self, octets: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Column:
        """The cells `octets[starts[i]:ends[i]]`, all (m,)."""
        found = read_fields(self._table[octets] if self._decimal == "," else octets, starts, ends)
        column = Column(found.integers, found.decimals, found.states, np.zeros(len(starts), dtype=np.bool_))
        self._look_again(column, octets, starts, ends)
        if not self._numbers.negative:
            column.states[column.good & (column.integers < 0)] = Fault.NEGATIVE
        if self._factor != (1, 0):
            self._multiply(column)
        return column

    def _look_again(
        self, column: Column, octets: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> None:
        odd = np.flatnonzero(column.states > State.EMPTY)
        starts, ends = stripped(octets, starts[odd], ends[odd])
        known: dict[bytes, tuple[int, int, int, bool]] = {}
        for index, start, end in zip(odd.tolist(), starts.tolist(), ends.tolist(), strict=True):
            text = octets[start : min(end, start + _LONGEST + 1)].tobytes()
            if text not in known:
                known[text] = self._alone(text.decode(errors="replace"))
            column.integers[index], column.decimals[index], column.states[index], column.rounded[index] = known[text]

    def _alone(self, text: str) -> tuple[int, int, int, bool]:
        """(integer, decimals, state, rounded) of one cell that is not plain."""
        if text.casefold() in self._blanks:
            return 0, 0, State.EMPTY, False
        if len(text) > _LONGEST:
            return 0, 0, Fault.TOO_LONG, False
        plain = self._plain(_SPACES.sub(" ", text))
        if not _NUMBER.fullmatch(plain):
            return 0, 0, _what(text), False
        return (*_integer(Decimal(plain)), "e" in plain.lower())

    def _plain(self, text: str) -> str:
        """The number without thousands separators and with a decimal point; what is no number stays none."""
        whole, mark, fraction = text.partition(self._decimal)
        if self._grouped and self._grouped.fullmatch(whole):
            whole = whole.replace(self._numbers.thousands, "")
        return f"{whole}{'.' if mark else ''}{fraction}" if "." not in whole + fraction else "?"

    def _multiply(self, column: Column) -> None:
        digits, power = self._factor
        factor = digits * 10 ** max(power, 0)
        column.states[column.good & (np.abs(column.integers) > 10**MOST_DIGITS // factor)] = State.TOO_MANY_DIGITS
        column.integers[column.good] *= factor
        column.decimals[column.good] += max(-power, 0)
        column.states[column.good & (column.decimals > MOST_DECIMALS)] = State.TOO_MANY_DIGITS


def _grouped(separator: str) -> re.Pattern[str]:
    return re.compile(rf"[+-]?[0-9]{{1,3}}(?:{re.escape(separator)}[0-9]{{3}})+")


def _what(text: str) -> int:
    if text.casefold() in ("true", "false"):
        return Fault.TRUTH
    return Fault.DATE if _DATE.fullmatch(text) else State.NOT_A_NUMBER


def _integer(number: Decimal) -> tuple[int, int, int]:
    """(integer, decimals, state) with value = integer / 10^decimals; zeros at the end that do not fit are left out."""
    if not number:
        return 0, 0, State.GOOD
    sign, digits, exponent = number.as_tuple()
    if -int(exponent) > MOST_DECIMALS or len(digits) > MOST_DIGITS:
        sign, digits, exponent = number.normalize().as_tuple()
    places = int(exponent)
    integer = int("".join(map(str, digits))) * 10 ** max(places, 0)
    if places < -MOST_DECIMALS or integer >= 10**MOST_DIGITS:
        return 0, 0, State.TOO_MANY_DIGITS
    return (-integer if sign else integer), max(-places, 0), State.GOOD
