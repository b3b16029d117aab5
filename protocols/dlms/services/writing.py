"""SET (Green Book 9.3.7, tags 193 and 197): write one attribute, in blocks when the value is long."""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.selection import Selection
from protocols.dlms.services.get import INVOKE, access_result, decode_target, encode_target
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

    def encode(self) -> bytes:
        """set-request-with-first-datablock."""
        target = encode_target(self.attribute, self.selection)
        return bytes((0xC1, 2, self.invoke)) + target + b"\x00\x00\x00\x00\x01" + with_length(self.data)


@dataclass(frozen=True, slots=True)
class SetBlock:
    """A further part of a long value, more to come."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-request-with-datablock, last-block false."""
        return bytes((0xC1, 3, self.invoke, 0)) + self.number.to_bytes(4, "big") + with_length(self.data)


@dataclass(frozen=True, slots=True)
class LastSetBlock:
    """The last part of a long value."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-request-with-datablock, last-block true."""
        return bytes((0xC1, 3, self.invoke, 1)) + self.number.to_bytes(4, "big") + with_length(self.data)


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


def decode_set_request(apdu: bytes) -> SetRequest | SetFirstBlock | SetBlock | LastSetBlock:
    """Read tag 193. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    kind, invoke = apdu[1], apdu[2]
    if kind == 1:
        attribute, selection, offset = decode_target(apdu, 3)
        return SetRequest(attribute, Encoded(apdu[offset:]), selection, invoke)
    if kind == 2:
        return _decode_first_block(apdu, invoke)
    if kind == 3:
        raw, end = octets(apdu, 8)
        if end == len(apdu):
            block = LastSetBlock if apdu[3] else SetBlock
            return block(int.from_bytes(apdu[4:8], "big"), raw, invoke)
    raise garbage(f"set-request {kind} is not supported or has a wrong size")


def decode_set_response(apdu: bytes) -> SetResponse | SetBlockReceived | SetCompleted:
    """Read tag 197. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    kind, invoke, size = apdu[1], apdu[2], len(apdu)
    if kind == 1 and size == 4:
        return SetResponse(access_result(apdu[3]), invoke)
    if kind == 2 and size == 7:
        return SetBlockReceived(int.from_bytes(apdu[3:7], "big"), invoke)
    if kind == 3 and size == 8:
        return SetCompleted(int.from_bytes(apdu[4:8], "big"), access_result(apdu[3]), invoke)
    raise garbage(f"set-response {kind} is not supported or has a wrong size")


def _decode_first_block(apdu: bytes, invoke: int) -> SetFirstBlock:
    attribute, selection, offset = decode_target(apdu, 3)
    raw, end = octets(apdu, offset + 5)
    if apdu[offset : offset + 5] != b"\x00\x00\x00\x00\x01" or end != len(apdu):
        raise garbage("the first block of a long write must be number 1, not the last, and fill the APDU")
    return SetFirstBlock(attribute, raw, selection, invoke)


Request = SetRequest | SetFirstBlock | SetBlock | LastSetBlock
Response = SetResponse | SetBlockReceived | SetCompleted
REQUESTS = (SetRequest, SetFirstBlock, SetBlock, LastSetBlock)
RESPONSES = (SetResponse, SetBlockReceived, SetCompleted)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.SET_REQUEST: decode_set_request,
    ApduTag.SET_RESPONSE: decode_set_response,
}
