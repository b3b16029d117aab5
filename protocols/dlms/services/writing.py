"""SET (Green Book 9.3.7, tags 193 and 197): write one attribute, in blocks when the value is long.

Several attributes at once are in `writing_lists`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.selection import Selection
from protocols.dlms.services.blocks import decode_block, decode_first_block, encode_block
from protocols.dlms.services.get import INVOKE, access_result
from protocols.dlms.services.targets import decode_target, encode_target
from protocols.dlms.services.writing_lists import (
    SetListCompleted,
    SetListFirstBlock,
    SetListRequest,
    SetListResponse,
    decode_list_completed,
    decode_list_first_block,
    decode_list_request,
    decode_list_response,
)
from protocols.dlms.tags import ApduTag, DataAccessResult
from protocols.errors import garbage


@dataclass(frozen=True, slots=True)
class SetRequest:
    """Write one attribute."""

    attribute: Attribute
    value: Encoded
    selection: Selection | None = None
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-request-normal."""
        return bytes((0xC1, 1, self.invoke)) + encode_target(self.attribute, self.selection) + self.value


@dataclass(frozen=True, slots=True)
class SetFirstBlock:
    """Begin to write a long value; blocks are numbered from 1 and joined they are the Data."""

    attribute: Attribute
    data: bytes
    selection: Selection | None = None
    invoke: int = INVOKE
    last: bool = False

    def encode(self) -> bytes:
        """set-request-with-first-datablock."""
        target = encode_target(self.attribute, self.selection)
        return bytes((0xC1, 2, self.invoke)) + target + encode_block(1, self.data, last=self.last)


@dataclass(frozen=True, slots=True)
class SetBlock:
    """A further part of a long value, more to come."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-request-with-datablock, last-block false."""
        return bytes((0xC1, 3, self.invoke)) + encode_block(self.number, self.data, last=False)


@dataclass(frozen=True, slots=True)
class LastSetBlock:
    """The last part of a long value."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-request-with-datablock, last-block true."""
        return bytes((0xC1, 3, self.invoke)) + encode_block(self.number, self.data, last=True)


@dataclass(frozen=True, slots=True)
class SetResponse:
    """The outcome of a SetRequest."""

    result: DataAccessResult
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-response-normal."""
        return bytes((0xC5, 1, self.invoke, self.result.value))


@dataclass(frozen=True, slots=True)
class SetBlockReceived:
    """The server took block `number`; the next may follow."""

    number: int
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-response-datablock."""
        return bytes((0xC5, 2, self.invoke)) + self.number.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class SetCompleted:
    """The outcome of a long write."""

    number: int
    result: DataAccessResult
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-response-last-datablock."""
        return bytes((0xC5, 3, self.invoke, self.result.value)) + self.number.to_bytes(4, "big")


def decode_set_request(apdu: bytes) -> "Request":
    """Read tag 193. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    decoder = _REQUEST_KINDS.get(apdu[1])
    if decoder is None:
        raise garbage(f"set-request {apdu[1]} is not defined")
    return decoder(apdu)


def decode_set_response(apdu: bytes) -> "Response":
    """Read tag 197. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    kind, invoke, size = apdu[1], apdu[2], len(apdu)
    if kind == 1 and size == 4:
        return SetResponse(access_result(apdu[3]), invoke)
    if kind == 2 and size == 7:
        return SetBlockReceived(int.from_bytes(apdu[3:7], "big"), invoke)
    if kind == 3 and size == 8:
        return SetCompleted(int.from_bytes(apdu[4:8], "big"), access_result(apdu[3]), invoke)
    if kind == 4:
        return decode_list_completed(apdu)
    if kind == 5:
        return decode_list_response(apdu)
    raise garbage(f"set-response {kind} is not defined or has a wrong size")


def _decode_request(apdu: bytes) -> SetRequest:
    attribute, selection, offset = decode_target(apdu, 3)
    return SetRequest(attribute, Encoded(apdu[offset:]), selection, apdu[2])


def _decode_first(apdu: bytes) -> SetFirstBlock:
    attribute, selection, offset = decode_target(apdu, 3)
    last, raw = decode_first_block(apdu, offset)
    return SetFirstBlock(attribute, raw, selection, apdu[2], last)


def _decode_further(apdu: bytes) -> SetBlock | LastSetBlock:
    last, number, raw = decode_block(apdu, 3)
    return (LastSetBlock if last else SetBlock)(number, raw, apdu[2])


Request = SetRequest | SetFirstBlock | SetBlock | LastSetBlock | SetListRequest | SetListFirstBlock
Response = SetResponse | SetBlockReceived | SetCompleted | SetListResponse | SetListCompleted
REQUESTS = (SetRequest, SetFirstBlock, SetBlock, LastSetBlock, SetListRequest, SetListFirstBlock)
RESPONSES = (SetResponse, SetBlockReceived, SetCompleted, SetListResponse, SetListCompleted)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.SET_REQUEST: decode_set_request,
    ApduTag.SET_RESPONSE: decode_set_response,
}
_REQUEST_KINDS: dict[int, Callable[[bytes], Request]] = {
    1: _decode_request,
    2: _decode_first,
    3: _decode_further,
    4: decode_list_request,
    5: decode_list_first_block,
}
