"""Write and UnconfirmedWrite (Green Book 9.3.15-16, tags 6, 13 and 22): variables by short name, in blocks when long.

The joined blocks are the list of variables and the list of values, without the tag.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from protocols.dlms.axdr import decode_length, encode_length
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import octet_string
from protocols.dlms.services.get import access_result
from protocols.dlms.services.short_access import (
    WRITE_BLOCK,
    Variable,
    WithoutInvokeId,
    decode_assignments,
    decode_block,
    encode_assignments,
    number_of,
)
from protocols.dlms.tags import ApduTag, DataAccessResult
from protocols.errors import garbage

_SUCCESS, _ERROR, _RECEIVED = 0, 1, 2
_BLOCK_NUMBER_SIZE = 5
_ONE_OCTET_STRING = b"\x01\x09"


@dataclass(frozen=True, slots=True)
class WriteRequest(WithoutInvokeId):
    """Write variables, one value for each, or invoke methods that return nothing."""

    variables: tuple[Variable, ...]
    values: tuple[Encoded, ...]

    def encode(self) -> bytes:
        """Tag 6 and both lists."""
        return b"\x06" + encode_assignments(self.variables, self.values)


@dataclass(frozen=True, slots=True)
class UnconfirmedWriteRequest(WithoutInvokeId):
    """As a WriteRequest, but no answer comes."""

    variables: tuple[Variable, ...]
    values: tuple[Encoded, ...]
    invoke: ClassVar[int] = 0x81

    def encode(self) -> bytes:
        """Tag 22 and both lists."""
        return b"\x16" + encode_assignments(self.variables, self.values)


@dataclass(frozen=True, slots=True)
class WriteBlock(WithoutInvokeId):
    """A part of a long WriteRequest, more to come; blocks are numbered from 1."""

    number: int
    data: bytes

    def encode(self) -> bytes:
        """write-data-block-access, last-block false; the data travel as one octet-string."""
        return b"\x06\x01\x07\x00" + self.number.to_bytes(2, "big") + b"\x01" + octet_string(self.data)


@dataclass(frozen=True, slots=True)
class LastWriteBlock(WithoutInvokeId):
    """The last part of a long WriteRequest."""

    number: int
    data: bytes

    def encode(self) -> bytes:
        """write-data-block-access, last-block true."""
        return b"\x06\x01\x07\x01" + self.number.to_bytes(2, "big") + b"\x01" + octet_string(self.data)


@dataclass(frozen=True, slots=True)
class WriteResponse(WithoutInvokeId):
    """The outcome of a WriteRequest for each variable; one refusal alone may also end a transfer in blocks."""

    results: tuple[DataAccessResult, ...]

    def encode(self) -> bytes:
        """Tag 13 and the list of success or data-access-error."""
        return b"\x0d" + encode_length(len(self.results)) + b"".join([_encode_result(each) for each in self.results])


@dataclass(frozen=True, slots=True)
class WriteBlockReceived(WithoutInvokeId):
    """The server took block `number`; the next may follow."""

    number: int

    def encode(self) -> bytes:
        """block-number."""
        return b"\x0d\x01\x02" + self.number.to_bytes(2, "big")


def decode_write_request(apdu: bytes) -> WriteRequest | WriteBlock | LastWriteBlock:
    """Read tag 6. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    if apdu[1:3] != bytes((1, WRITE_BLOCK)):
        return WriteRequest(*decode_assignments(apdu, 1))
    if apdu[6:8] != _ONE_OCTET_STRING:
        raise garbage("a block of a long write must come as one octet-string")
    last, number, raw = decode_block(apdu[:6] + apdu[8:], 3)
    return LastWriteBlock(number, raw) if last else WriteBlock(number, raw)


def decode_unconfirmed_write(apdu: bytes) -> UnconfirmedWriteRequest:
    """Read tag 22. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    return UnconfirmedWriteRequest(*decode_assignments(apdu, 1))


def decode_write_response(apdu: bytes) -> WriteResponse | WriteBlockReceived:
    """Read tag 13. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    if apdu[1:3] == bytes((1, _RECEIVED)) and len(apdu) == _BLOCK_NUMBER_SIZE:
        return WriteBlockReceived(number_of(apdu[3:]))
    count, offset = decode_length(apdu, 1)
    results: list[DataAccessResult] = []
    for _ in range(min(count, len(apdu))):
        result, offset = _decode_result(apdu, offset)
        results.append(result)
    if offset != len(apdu):
        raise garbage(f"{len(apdu) - offset} octets left over after {count} results")
    return WriteResponse(tuple(results))


def _encode_result(result: DataAccessResult) -> bytes:
    return bytes((_SUCCESS,)) if result is DataAccessResult.SUCCESS else bytes((_ERROR, result.value))


def _decode_result(apdu: bytes, offset: int) -> tuple[DataAccessResult, int]:
    if apdu[offset] == _SUCCESS:
        return DataAccessResult.SUCCESS, offset + 1
    if apdu[offset] != _ERROR:
        raise garbage(f"write result {apdu[offset]} is not possible in a list of results")
    return access_result(apdu[offset + 1]), offset + 2


Request = WriteRequest | WriteBlock | LastWriteBlock | UnconfirmedWriteRequest
Response = WriteResponse | WriteBlockReceived
REQUESTS = (WriteRequest, WriteBlock, LastWriteBlock, UnconfirmedWriteRequest)
RESPONSES = (WriteResponse, WriteBlockReceived)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.WRITE_REQUEST: decode_write_request,
    ApduTag.WRITE_RESPONSE: decode_write_response,
    ApduTag.UNCONFIRMED_WRITE_REQUEST: decode_unconfirmed_write,
}
