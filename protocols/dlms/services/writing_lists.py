"""SET of several attributes at once (Green Book 9.3.7), whole or with its values in blocks."""

from dataclasses import dataclass

from protocols.dlms.axdr import encode_length
from protocols.dlms.data import Encoded
from protocols.dlms.services.blocks import decode_first_block, encode_block
from protocols.dlms.services.get import INVOKE, access_result
from protocols.dlms.services.targets import (
    Target,
    decode_count,
    decode_targets,
    encode_targets,
    encode_values,
    whole_values,
)
from protocols.dlms.tags import DataAccessResult
from protocols.errors import garbage


@dataclass(frozen=True, slots=True)
class SetListRequest:
    """Write several attributes; `values` are in the order of `targets`."""

    targets: tuple[Target, ...]
    values: tuple[Encoded, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-request-with-list."""
        return bytes((0xC1, 4, self.invoke)) + encode_targets(self.targets) + encode_values(self.values)


@dataclass(frozen=True, slots=True)
class SetListFirstBlock:
    """Begin to write several attributes whose values are long; joined, the blocks are the list of values."""

    targets: tuple[Target, ...]
    data: bytes
    invoke: int = INVOKE
    last: bool = False

    def encode(self) -> bytes:
        """set-request-with-list-and-first-datablock."""
        targets = encode_targets(self.targets)
        return bytes((0xC1, 5, self.invoke)) + targets + encode_block(1, self.data, last=self.last)


@dataclass(frozen=True, slots=True)
class SetListResponse:
    """The outcomes of a SetListRequest, in its order."""

    results: tuple[DataAccessResult, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-response-with-list."""
        return bytes((0xC5, 5, self.invoke)) + _encode_results(self.results)


@dataclass(frozen=True, slots=True)
class SetListCompleted:
    """The outcomes of a long write of several attributes, in the order of its targets."""

    number: int
    results: tuple[DataAccessResult, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """set-response-last-datablock-with-list."""
        return bytes((0xC5, 4, self.invoke)) + _encode_results(self.results) + self.number.to_bytes(4, "big")


def decode_list_request(apdu: bytes) -> SetListRequest:
    """Read set-request-with-list."""
    targets, offset = decode_targets(apdu, 3)
    return SetListRequest(targets, whole_values(apdu[offset:], len(targets)), apdu[2])


def decode_list_first_block(apdu: bytes) -> SetListFirstBlock:
    """Read set-request-with-list-and-first-datablock."""
    targets, offset = decode_targets(apdu, 3)
    last, raw = decode_first_block(apdu, offset)
    return SetListFirstBlock(targets, raw, apdu[2], last)


def decode_list_response(apdu: bytes) -> SetListResponse:
    """Read set-response-with-list."""
    return SetListResponse(_decode_results(apdu, len(apdu)), apdu[2])


def decode_list_completed(apdu: bytes) -> SetListCompleted:
    """Read set-response-last-datablock-with-list."""
    end = len(apdu) - 4
    return SetListCompleted(int.from_bytes(apdu[end:], "big"), _decode_results(apdu, end), apdu[2])


def _encode_results(results: tuple[DataAccessResult, ...]) -> bytes:
    return encode_length(len(results)) + bytes([result.value for result in results])


def _decode_results(apdu: bytes, end: int) -> tuple[DataAccessResult, ...]:
    count, offset = decode_count(apdu, 3)
    if offset + count != end:
        raise garbage(f"{count} results announced in {end - offset} octets")
    return tuple([access_result(value) for value in apdu[offset:end]])
