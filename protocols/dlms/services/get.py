"""GET (Green Book 9.3.6, tags 192 and 196): read attributes, in blocks when the reply is long, or several at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from protocols.dlms.axdr import encode_length, octets, with_length
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, skip
from protocols.dlms.selection import Selection
from protocols.dlms.services.targets import (
    Target,
    decode_count,
    decode_target,
    decode_targets,
    encode_target,
    encode_targets,
)
from protocols.dlms.tags import ApduTag, DataAccessResult
from protocols.errors import garbage

Event = TypeVar("Event")
INVOKE = 0xC1
"""Invoke id 1, confirmed, high priority."""

Result = Encoded | DataAccessResult
"""What one attribute gave: its octets, not yet decoded, or the reason why not."""


@dataclass(frozen=True, slots=True)
class GetRequest:
    """Read one attribute."""

    attribute: Attribute
    selection: Selection | None = None
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-request-normal."""
        return bytes((0xC0, 1, self.invoke)) + encode_target(self.attribute, self.selection)


@dataclass(frozen=True, slots=True)
class GetNext:
    """Ask for the block after `number`, which acknowledges that one."""

    number: int
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-request-next."""
        return bytes((0xC0, 2, self.invoke)) + self.number.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class GetListRequest:
    """Read several attributes in one request."""

    targets: tuple[Target, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-request-with-list."""
        return bytes((0xC0, 3, self.invoke)) + encode_targets(self.targets)


@dataclass(frozen=True, slots=True)
class GetResponse:
    """The whole answer to a GetRequest."""

    result: Result
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-response-normal."""
        return bytes((0xC4, 1, self.invoke)) + encode_result(self.result)


@dataclass(frozen=True, slots=True)
class GetBlock:
    """A part of a long answer, more to come. Joined, the parts are the Data (normal) or the results (with list)."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-response-with-datablock, last-block false."""
        return bytes((0xC4, 2, self.invoke, 0)) + self.number.to_bytes(4, "big") + b"\x00" + with_length(self.data)


@dataclass(frozen=True, slots=True)
class LastGetBlock:
    """The last part of a long answer, or the reason why the answer breaks off."""

    number: int
    data: bytes | DataAccessResult
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-response-with-datablock, last-block true."""
        data = self.data
        result = bytes((1, data.value)) if isinstance(data, DataAccessResult) else b"\x00" + with_length(data)
        return bytes((0xC4, 2, self.invoke, 1)) + self.number.to_bytes(4, "big") + result


@dataclass(frozen=True, slots=True)
class GetListResponse:
    """The whole answer to a GetListRequest, in its order."""

    results: tuple[Result, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """get-response-with-list."""
        return bytes((0xC4, 3, self.invoke)) + encode_results(self.results)


def encode_result(result: Result) -> bytes:
    """Get-Data-Result: 0 and the data, or 1 and the reason."""
    return b"\x01" + bytes((result.value,)) if isinstance(result, DataAccessResult) else b"\x00" + result


def encode_results(results: tuple[Result, ...]) -> bytes:
    """SEQUENCE OF Get-Data-Result."""
    return encode_length(len(results)) + b"".join([encode_result(result) for result in results])


def results_size(results: tuple[Result, ...]) -> int:
    """Octets that `encode_results` gives."""
    sizes = [2 if isinstance(result, DataAccessResult) else 1 + len(result) for result in results]
    return len(encode_length(len(results))) + sum(sizes)


def decode_result(data: bytes, offset: int) -> tuple[Result, int]:
    """Get-Data-Result, and the offset after it."""
    if offset + 1 >= len(data):
        raise garbage("a list of results is cut")
    if data[offset]:
        return access_result(data[offset + 1]), offset + 2
    end = skip(data, offset + 1)
    return Encoded(data[offset + 1 : end]), end


def decode_results(data: bytes, offset: int = 0) -> tuple[Result, ...]:
    """SEQUENCE OF Get-Data-Result, from `offset` to the end of `data`."""
    count, offset = decode_count(data, offset)
    results: list[Result] = []
    for _ in range(count):
        result, offset = decode_result(data, offset)
        results.append(result)
    if offset != len(data):
        raise garbage("octets left over after the results")
    return tuple(results)


def access_result(value: int) -> DataAccessResult:
    """The named result; RemoteProtocolError for a number the standard does not know."""
    try:
        return DataAccessResult(value)
    except ValueError:
        raise garbage(f"data access result {value} is not defined") from None


def decode_get_request(apdu: bytes) -> GetRequest | GetNext | GetListRequest:
    """Read tag 192. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    kind, invoke = apdu[1], apdu[2]
    if kind == 1:
        attribute, selection, end = decode_target(apdu, 3)
        return _whole(GetRequest(attribute, selection, invoke), end, apdu)
    if kind == 2 and len(apdu) == 7:
        return GetNext(int.from_bytes(apdu[3:7], "big"), invoke)
    if kind == 3:
        targets, end = decode_targets(apdu, 3)
        return _whole(GetListRequest(targets, invoke), end, apdu)
    raise garbage(f"get-request {kind} is not defined or has a wrong size")


def decode_get_response(apdu: bytes) -> GetResponse | GetBlock | LastGetBlock | GetListResponse:
    """Read tag 196. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    kind, invoke = apdu[1], apdu[2]
    if kind == 1:
        if apdu[3] == 0:
            return GetResponse(Encoded(apdu[4:]), invoke)
        return GetResponse(access_result(apdu[4]), invoke)
    if kind == 2:
        return _decode_block(apdu, invoke)
    if kind == 3:
        return GetListResponse(decode_results(apdu, 3), invoke)
    raise garbage(f"get-response {kind} is not defined")


def _decode_block(apdu: bytes, invoke: int) -> GetBlock | LastGetBlock:
    last, number, choice = apdu[3], int.from_bytes(apdu[4:8], "big"), apdu[8]
    if choice:
        return LastGetBlock(number, access_result(apdu[9]), invoke)
    raw, end = octets(apdu, 9)
    return _whole(LastGetBlock(number, raw, invoke) if last else GetBlock(number, raw, invoke), end, apdu)


def _whole(event: Event, end: int, apdu: bytes) -> Event:
    if end != len(apdu):
        raise garbage(f"{len(apdu) - end} octets left over after the APDU")
    return event


Request = GetRequest | GetNext | GetListRequest
Response = GetResponse | GetBlock | LastGetBlock | GetListResponse
REQUESTS = (GetRequest, GetNext, GetListRequest)
RESPONSES = (GetResponse, GetBlock, LastGetBlock, GetListResponse)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.GET_REQUEST: decode_get_request,
    ApduTag.GET_RESPONSE: decode_get_response,
}
