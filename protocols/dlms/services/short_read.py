"""Read (Green Book 9.3.14, tags 5 and 12): variables by short name, with long requests and long answers in blocks.

The joined blocks of a request are a list of variables, those of an answer a list of results; both without the tag.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import with_length
from protocols.dlms.data import Encoded
from protocols.dlms.services.get import Result, decode_results, encode_results
from protocols.dlms.services.short_access import (
    BLOCK_NUMBER,
    READ_BLOCK,
    Variable,
    WithoutInvokeId,
    decode_block,
    decode_variables,
    encode_variables,
    number_of,
)
from protocols.dlms.tags import ApduTag
from protocols.errors import garbage

_DATA, _DATA_BLOCK_RESULT, _RECEIVED = 0, 2, 3
_BLOCK_NUMBER_SIZE = 5


@dataclass(frozen=True, slots=True)
class ReadRequest(WithoutInvokeId):
    """Read variables, or invoke methods that return something (parameterised access with their parameters)."""

    variables: tuple[Variable, ...]

    def encode(self) -> bytes:
        """Tag 5 and the list."""
        return b"\x05" + encode_variables(self.variables)


@dataclass(frozen=True, slots=True)
class ReadNext(WithoutInvokeId):
    """Ask for the block after `number`, which acknowledges that one."""

    number: int

    def encode(self) -> bytes:
        """block-number-access."""
        return b"\x05\x01\x05" + self.number.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class ReadRequestBlock(WithoutInvokeId):
    """A part of a long ReadRequest, more to come."""

    number: int
    data: bytes

    def encode(self) -> bytes:
        """read-data-block-access, last-block false."""
        return b"\x05\x01\x06\x00" + self.number.to_bytes(2, "big") + with_length(self.data)


@dataclass(frozen=True, slots=True)
class LastReadRequestBlock(WithoutInvokeId):
    """The last part of a long ReadRequest."""

    number: int
    data: bytes

    def encode(self) -> bytes:
        """read-data-block-access, last-block true."""
        return b"\x05\x01\x06\x01" + self.number.to_bytes(2, "big") + with_length(self.data)


@dataclass(frozen=True, slots=True)
class ReadResponse(WithoutInvokeId):
    """The whole answer to a ReadRequest, in its order; one refusal alone may also end a transfer in blocks."""

    results: tuple[Result, ...]

    def encode(self) -> bytes:
        """Tag 12 and the list of data or data-access-error."""
        return b"\x0c" + encode_results(self.results)


@dataclass(frozen=True, slots=True)
class ReadBlock(WithoutInvokeId):
    """A part of a long answer, more to come."""

    number: int
    data: bytes

    def encode(self) -> bytes:
        """data-block-result, last-block false."""
        return b"\x0c\x01\x02\x00" + self.number.to_bytes(2, "big") + with_length(self.data)


@dataclass(frozen=True, slots=True)
class LastReadBlock(WithoutInvokeId):
    """The last part of a long answer."""

    number: int
    data: bytes

    def encode(self) -> bytes:
        """data-block-result, last-block true."""
        return b"\x0c\x01\x02\x01" + self.number.to_bytes(2, "big") + with_length(self.data)


@dataclass(frozen=True, slots=True)
class ReadBlockReceived(WithoutInvokeId):
    """The server took part `number` of a long request; the next may follow."""

    number: int

    def encode(self) -> bytes:
        """block-number."""
        return b"\x0c\x01\x03" + self.number.to_bytes(2, "big")


def decode_read_request(apdu: bytes) -> ReadRequest | ReadNext | ReadRequestBlock | LastReadRequestBlock:
    """Read tag 5. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    head = apdu[1:3]
    if head == bytes((1, BLOCK_NUMBER)) and len(apdu) == _BLOCK_NUMBER_SIZE:
        return ReadNext(number_of(apdu[3:]))
    if head == bytes((1, READ_BLOCK)):
        last, number, raw = decode_block(apdu, 3)
        return LastReadRequestBlock(number, raw) if last else ReadRequestBlock(number, raw)
    return ReadRequest(requested(apdu, 1))


def decode_read_response(apdu: bytes) -> ReadResponse | ReadBlock | LastReadBlock | ReadBlockReceived:
    """Read tag 12. IndexError when cut, which `decode_apdu` turns into GARBAGE.

    The data of a single result are taken as they are; whoever decodes them checks where they end.
    """
    head = apdu[1:3]
    if head == bytes((1, _DATA)) and len(apdu) > len(head) + 1:
        return ReadResponse((Encoded(apdu[3:]),))
    if head == bytes((1, _DATA_BLOCK_RESULT)):
        last, number, raw = decode_block(apdu, 3)
        return LastReadBlock(number, raw) if last else ReadBlock(number, raw)
    if head == bytes((1, _RECEIVED)):
        if len(apdu) != _BLOCK_NUMBER_SIZE:
            raise garbage(f"a block number in {len(apdu) - 3} octets")
        return ReadBlockReceived(number_of(apdu[3:]))
    return ReadResponse(decode_results(apdu, 1))


def requested(data: bytes, offset: int = 0) -> tuple[Variable, ...]:
    """The list of variables from `offset` to the end of `data`. RemoteProtocolError (GARBAGE), IndexError when cut."""
    variables, end = decode_variables(data, offset)
    if end != len(data):
        raise garbage(f"{len(data) - end} octets left over after the variables")
    return variables


Request = ReadRequest | ReadNext | ReadRequestBlock | LastReadRequestBlock
Response = ReadResponse | ReadBlock | LastReadBlock | ReadBlockReceived
REQUESTS = (ReadRequest, ReadNext, ReadRequestBlock, LastReadRequestBlock)
RESPONSES = (ReadResponse, ReadBlock, LastReadBlock, ReadBlockReceived)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.READ_REQUEST: decode_read_request,
    ApduTag.READ_RESPONSE: decode_read_response,
}
