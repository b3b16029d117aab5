"""Data sets `address(value*unit)` as they stand in data blocks, and numbers without rounding."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from protocols.errors import garbage

MAX_DIGITS = 18
"""What a signed integer of eight octets holds whatever the digits are."""
END_OF_DATA = "!"
_ADDRESS = re.compile(r"[^()/!\r\n]{0,48}")
_VALUE = re.compile(r"\(([^()*\r\n]{0,128})(?:\*([^()*\r\n]{0,16}))?\)")
_NUMBER = re.compile(r"([+-]?)(\d+)(?:\.(\d*))?", re.ASCII)
_HISTORY = re.compile(r"(.+?)[*&](\d{1,3})", re.ASCII)


class Number(NamedTuple):
    """`value` * 10**`exponent`, exactly as many digits as were sent: `0123.450` is 123450 * 10**-3."""

    value: int
    exponent: int


@dataclass(frozen=True, slots=True)
class Value:
    """What stands between two brackets: a text, and a unit where one was sent."""

    text: str
    unit: str = ""

    @property
    def number(self) -> Number:
        """The text as a number. RemoteProtocolError (GARBAGE) when it is none, or longer than `MAX_DIGITS`."""
        found = _NUMBER.fullmatch(self.text.strip())
        digits = found[2] + (found[3] or "") if found else ""
        if found is None or len(digits) > MAX_DIGITS:
            raise garbage(f"{self.text!r} is no number of at most {MAX_DIGITS} digits")
        return Number(int(found[1] + digits), -len(found[3] or ""))

    def __str__(self) -> str:
        return f"({self.text}*{self.unit})" if self.unit else f"({self.text})"


@dataclass(frozen=True, slots=True)
class DataSet:
    """An address and its values: one as a rule, two for a maximum and its time, many for a profile.

    `address` is as it was sent; "" where the meter leaves it out because the question has named it.
    """

    address: str
    values: tuple[Value, ...]

    @property
    def code(self) -> str:
        """The address without the number of a historic value: `1.8.0` of `1.8.0*01`."""
        found = _HISTORY.fullmatch(self.address)
        return found[1] if found else self.address

    @property
    def history(self) -> int | None:
        """Which historic value it is, 1 in `1.8.0*01`; None for the present one."""
        found = _HISTORY.fullmatch(self.address)
        return int(found[2]) if found else None

    def __str__(self) -> str:
        return self.address + "".join(map(str, self.values))


def decode_data_sets(text: str) -> tuple[DataSet, ...]:
    """The data sets of a block in their order; values that begin a line go on with the set before.

    The same address may come more than once. RemoteProtocolError (GARBAGE) names the line and the place in it.
    """
    found: list[tuple[str, list[Value]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        for address, values in _sets_of_line(line.rstrip(), number):
            if found and not address:
                found[-1][1].extend(values)
            else:
                found.append((address, values))
    return tuple(DataSet(address, tuple(values)) for address, values in found)


def decode_read_out(text: str) -> tuple[DataSet, ...]:
    """The data sets before `!`, which ends a data readout. RemoteProtocolError (GARBAGE) when it does not."""
    lines = text.split("\r\n")
    if END_OF_DATA not in lines:
        raise garbage(f"the data readout of {len(lines)} lines does not end with {END_OF_DATA}")
    return decode_data_sets("\r\n".join(lines[: lines.index(END_OF_DATA)]))


def encode_read_out(sets: tuple[DataSet, ...]) -> str:
    """A data readout, a set on each line."""
    return "".join(f"{line}\r\n" for line in (*sets, END_OF_DATA))


def _sets_of_line(line: str, number: int) -> Iterator[tuple[str, list[Value]]]:
    at, end = 0, len(line)
    while at < end:
        address = _ADDRESS.match(line, at)
        assert address is not None, "an empty address matches everywhere"
        values, behind = _values(line, address.end())
        if not values:
            raise garbage(
                f"line {number}, character {behind + 1}: a value in brackets is expected at {line[at:][:40]!r}"
            )
        yield address[0].strip(), values
        at = behind


def _values(line: str, at: int) -> tuple[list[Value], int]:
    values = []
    while (found := _VALUE.match(line, at)) is not None:
        values.append(Value(found[1], found[2] or ""))
        at = found.end()
    return values, at
