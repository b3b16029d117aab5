"""What the services of short-name referencing share: Variable-Access-Specification (Green Book 9.5).

A short name is 16 bits (ObjectName, a signed number in the standard); here it is 0..0xFFFF. The services carry no
invoke id: an association has one request under way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from protocols.dlms.axdr import encode_length, octets
from protocols.dlms.data import Encoded, decode_from
from protocols.dlms.selection import RawSelection, Selection
from protocols.dlms.services.targets import decode_count, decode_values, encode_values
from protocols.errors import garbage

VARIABLE_NAME = 2
PARAMETERISED = 4
BLOCK_NUMBER = 5
READ_BLOCK = 6
WRITE_BLOCK = 7
_NAME_SIZE = 2


class WithoutInvokeId:
    """Base of all short-name APDUs: stands for a confirmed request with a constant invoke id."""

    __slots__ = ()
    invoke: ClassVar[int] = 0xC1


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable by its short name; a selection makes it a parameterised access."""

    name: int
    selection: Selection | None = None

    def encode(self) -> bytes:
        """variable-name or parameterized-access."""
        name = self.name.to_bytes(_NAME_SIZE, "big")
        return b"\x02" + name if self.selection is None else b"\x04" + name + self.selection.encode()


def encode_variables(variables: Iterable[Variable]) -> bytes:
    """SEQUENCE OF Variable-Access-Specification."""
    parts = [variable.encode() for variable in variables]
    return encode_length(len(parts)) + b"".join(parts)


def decode_variables(data: bytes, offset: int) -> tuple[tuple[Variable, ...], int]:
    """The variables listed at `offset` and the offset after them. GARBAGE if malformed, IndexError when cut."""
    count, offset = decode_count(data, offset)
    variables: list[Variable] = []
    for _ in range(count):
        variable, offset = _decode_variable(data, offset)
        variables.append(variable)
    return tuple(variables), offset


def encode_assignments(variables: tuple[Variable, ...], values: tuple[Encoded, ...]) -> bytes:
    """Variables and, in the same order, their values: what follows the tag of both write services."""
    return encode_variables(variables) + encode_values(values)


def decode_assignments(data: bytes, offset: int) -> tuple[tuple[Variable, ...], tuple[Encoded, ...]]:
    """Variables and their values up to the end of `data`. GARBAGE unless there is one value for each."""
    variables, offset = decode_variables(data, offset)
    values, end = decode_values(data, offset)
    if end != len(data) or len(values) != len(variables):
        raise garbage(f"{len(values)} values for {len(variables)} variables, {len(data) - end} octets left over")
    return variables, values


def number_of(octet_pair: bytes) -> int:
    """A block number. IndexError when cut."""
    return octet_pair[0] << 8 | octet_pair[1]


def decode_block(apdu: bytes, offset: int) -> tuple[bool, int, bytes]:
    """last-block, block-number and raw-data, which end the APDU. IndexError when cut."""
    last, number = bool(apdu[offset]), number_of(apdu[offset + 1 : offset + 3])
    raw, end = octets(apdu, offset + 3)
    if end != len(apdu):
        raise garbage(f"{len(apdu) - end} octets left over after a block")
    return last, number, raw


def _decode_variable(data: bytes, offset: int) -> tuple[Variable, int]:
    kind, end = data[offset], offset + 1 + _NAME_SIZE
    if kind not in (VARIABLE_NAME, PARAMETERISED):
        raise garbage(f"variable access {kind} is not possible in a list of variables")
    name = number_of(data[offset + 1 : end])
    if kind == VARIABLE_NAME:
        return Variable(name), end
    _, after = decode_from(data, end + 1)
    return Variable(name, RawSelection(data[end], Encoded(data[end + 1 : after]))), after
