"""Decimal numbers in text, many at once and exactly: octets to integers and back, never through binary fractions.

A column of numbers is parsed digit by digit over all its fields together: the k-th octet of every field in one step.
The longest field decides the number of steps, so a column of `0.123` takes five. What does not fit this narrow road
(blanks around it, many digits) is looked at one by one and either understood or refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import MOST_DIGITS, NO_VALUE

MOST_DECIMALS = 9
"""Decimals kept of a value: a millionth of a milliwatt hour, given kilowatt hours. More are refused, unless zero."""
LIMIT = 2**52
"""Values of the store lie between -LIMIT and LIMIT, both excluded."""

_WIDEST = 24
_STRETCH = 1 << 15
_ZERO, _POINT, _MINUS, _PLUS = b"0.-+"
_POWERS = 10 ** np.arange(19, dtype=np.int64)
_SHAPE = re.compile(rb"[+-]?(?=\.?[0-9])[0-9]*\.?[0-9]*")


class State(IntEnum):
    """What a field turned out to be."""

    GOOD = 0
    EMPTY = 1
    NOT_A_NUMBER = 2
    TOO_MANY_DIGITS = 3
    TOO_LARGE = 4


REASONS: dict[int, str] = {
    State.EMPTY: "a value is missing",
    State.NOT_A_NUMBER: "not a decimal number",
    State.TOO_MANY_DIGITS: f"more than {MOST_DIGITS} digits or {MOST_DECIMALS} decimals",
    State.TOO_LARGE: "too large beside the decimals of its channel",
}


@dataclass(frozen=True, slots=True, eq=False)
class Decimals:
    """Numbers as they stand, arrays (m,): value = integers / 10^decimals where `states` is GOOD, 0 elsewhere."""

    integers: NDArray[np.int64]
    decimals: NDArray[np.int64]
    states: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.integers)


def read_decimals(text: bytes, separator: bytes = b",") -> Decimals:
    """All fields between separators (one octet); m = number of separators + 1. Empty text is one empty field.

    Digits with an optional sign and an optional point, blanks around them ignored; nothing else is a number: no
    exponent, no thousands separator, no infinity.
    """
    octets = np.frombuffer(text, dtype=np.uint8)
    ends = np.append(np.flatnonzero(octets == separator[0]), len(octets))
    return read_fields(octets, np.concatenate(([0], ends[:-1] + 1)), ends)


def read_fields(octets: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Decimals:
    """The same for fields that lie anywhere in `octets`: field i is `octets[starts[i]:ends[i]]`."""
    padded = np.append(octets, np.zeros(_WIDEST, dtype=np.uint8))
    numbers = Decimals(
        integers=np.zeros(len(ends), dtype=np.int64),
        decimals=np.zeros(len(ends), dtype=np.int64),
        states=np.zeros(len(ends), dtype=np.uint8),
    )
    for first in range(0, len(ends), _STRETCH):
        stretch = slice(first, first + _STRETCH)
        _read_stretch(padded, starts[stretch], ends[stretch] - starts[stretch], numbers, stretch)
    numbers.states[starts == ends] = State.EMPTY
    for index in np.flatnonzero(numbers.states == State.NOT_A_NUMBER):
        _read_alone(octets[starts[index] : ends[index]].tobytes(), numbers, int(index))
    return numbers


def _read_stretch(
    octets: NDArray[np.uint8], starts: NDArray[np.int64], widths: NDArray[np.int64], into: Decimals, where: slice
) -> None:
    """Fill one stretch of `into`; whatever is not plain is marked NOT_A_NUMBER for a second look."""
    values = np.zeros(len(starts), dtype=np.int64)
    digits, significant, decimals = (np.zeros(len(starts), dtype=np.int8) for _ in range(3))
    pointed, odd, negative = (np.zeros(len(starts), dtype=np.bool_) for _ in range(3))
    for step in range(min(int(widths.max()), _WIDEST)):
        octet = octets[starts + step]
        inside = widths > step
        digit = octet - np.uint8(_ZERO)
        is_digit = (digit < 10) & inside
        is_point = (octet == _POINT) & inside
        values = np.where(is_digit, values * 10 + digit, values)
        digits += is_digit
        significant += is_digit & (values > 0)
        decimals += is_digit & pointed
        odd |= inside & ~is_digit & ~is_point & ~((step == 0) & ((octet == _MINUS) | (octet == _PLUS)))
        odd |= is_point & pointed
        pointed |= is_point
        if step == 0:
            negative = (octet == _MINUS) & inside
    plain = ~odd & (digits > 0) & (significant <= MOST_DIGITS) & (decimals <= MOST_DECIMALS) & (widths <= _WIDEST)
    into.integers[where] = np.where(plain, np.where(negative, -values, values), 0)
    into.decimals[where] = np.where(plain, decimals, 0)
    into.states[where] = np.where(plain, State.GOOD, State.NOT_A_NUMBER)


def _read_alone(field: bytes, into: Decimals, index: int) -> None:
    """A field that is not plain: blanks are taken off, zeros at the end of the decimals too."""
    field = field.strip(b" \t")
    if not _SHAPE.fullmatch(field):
        into.states[index] = State.NOT_A_NUMBER if field else State.EMPTY
        return
    whole, _, fraction = field.lstrip(b"+-").partition(b".")
    if len(fraction) > MOST_DECIMALS or len((whole + fraction).lstrip(b"0")) > MOST_DIGITS:
        fraction = fraction.rstrip(b"0")
    digits = (whole + fraction).lstrip(b"0")
    if len(digits) > MOST_DIGITS or len(fraction) > MOST_DECIMALS:
        into.states[index] = State.TOO_MANY_DIGITS
        return
    sign = -1 if field.startswith(b"-") else 1
    into.integers[index] = sign * int(digits or b"0")
    into.decimals[index] = len(fraction)
    into.states[index] = State.GOOD


def to_decimals(numbers: Decimals, decimals: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Integers of 10^-decimals for every number, and the states; both (m,). `decimals` (m,) ≥ what the number has.

    A value that does not lie strictly between ±2^52 becomes TOO_LARGE. Where the state is not GOOD, the integer is
    NO_VALUE.
    """
    factors = _POWERS[decimals - numbers.decimals]
    fits = np.abs(numbers.integers) <= (LIMIT - 1) // factors
    states = np.where((numbers.states == State.GOOD) & ~fits, np.uint8(State.TOO_LARGE), numbers.states)
    integers = np.where(states == State.GOOD, numbers.integers * np.where(fits, factors, 0), NO_VALUE)
    return integers, states


def write_decimals(values: NDArray[np.int64], decimals: int, separator: bytes = b",") -> list[bytes]:
    """Each row of `values` (r, n), integers of 10^-decimals, as text: `1.250,0.000,-3.100`. `NO_VALUE` becomes zero.

    All numbers are made together, as a matrix with a row per place of the number, of which signs and leading zeros not
    needed are then left out.
    """
    numbers = np.where(values == NO_VALUE, 0, values).ravel()
    rest = np.abs(numbers)
    width = max(len(str(int(rest.max(initial=0)))), decimals + 1)
    places = width + 2 + (decimals > 0)
    octets = np.empty((len(numbers), places), dtype=np.uint8)
    keep = np.ones((len(numbers), places), dtype=np.bool_)
    octets[:, 0], keep[:, 0] = _MINUS, numbers < 0
    octets[:, width - decimals + 1] = _POINT
    octets[:, -1] = separator[0]
    for power in range(width):
        place = width - power + (power < decimals)
        keep[:, place] = True if power <= decimals else rest > 0
        tens = rest // 10
        octets[:, place] = rest - tens * 10 + _ZERO
        rest = tens
    return _rows(octets.ravel()[keep.ravel()], keep, values.shape[1])


def _rows(text: NDArray[np.uint8], keep: NDArray[np.bool_], columns: int) -> list[bytes]:
    """The octets of all numbers cut into rows of so many, without the separator at the end of each."""
    per_row = keep.reshape(-1, columns * keep.shape[1]).sum(axis=1, dtype=np.int64)
    ends = np.cumsum(per_row).tolist()
    octets = text.tobytes()
    return [octets[start : end - 1] for start, end in zip([0, *ends], ends, strict=False)]
