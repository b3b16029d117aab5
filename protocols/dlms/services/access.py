"""ACCESS (Green Book 9.3.5, tags 217 and 218): reads, writes and methods together in one request.

The long invoke id holds 24 bits of number and, above them, flags: bit 28 asks the server to repeat the specification in
its answer (self-descriptive), bit 29 to stop at the first failure, bit 30 is confirmed, bit 31 high priority.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import decode_length, encode_length, octets, with_length
from protocols.dlms.services.access_items import (
    AccessItem,
    AccessOutcome,
    decode_items,
    decode_outcome,
    encode_items,
    with_data,
)
from protocols.dlms.services.targets import decode_values, encode_values, whole_values
from protocols.dlms.tags import ApduTag
from protocols.errors import garbage

LONG_INVOKE_ID = 0x00FFFFFF
SELF_DESCRIPTIVE, BREAK_ON_ERROR, LONG_CONFIRMED = 1 << 28, 1 << 29, 1 << 30
LONG_INVOKE = 0xC0000001
"""Long invoke id 1, confirmed, high priority."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Do all `items` in their order. `sent_at` is a 12-octet date-time or empty, `invoke` a long invoke id."""

    items: tuple[AccessItem, ...]
    invoke: int = LONG_INVOKE
    sent_at: bytes = b""

    def encode(self) -> bytes:
        """access-request."""
        data = encode_values(tuple([item.data for item in self.items]))
        return _encode_head(ApduTag.ACCESS_REQUEST, self.invoke, self.sent_at) + encode_items(self.items) + data


@dataclass(frozen=True, slots=True)
class AccessResponse:
    """The outcomes of an AccessRequest, in its order, with its specification repeated where that was asked for."""

    outcomes: tuple[AccessOutcome, ...]
    repeated: tuple[AccessItem, ...] | None = None
    invoke: int = LONG_INVOKE
    sent_at: bytes = b""

    def encode(self) -> bytes:
        """access-response."""
        repeated = b"\x00" if self.repeated is None else b"\x01" + encode_items(self.repeated)
        data = encode_values(tuple([outcome.data for outcome in self.outcomes]))
        results = [bytes((outcome.kind.value, outcome.result.value)) for outcome in self.outcomes]
        head = _encode_head(ApduTag.ACCESS_RESPONSE, self.invoke, self.sent_at)
        return head + repeated + data + encode_length(len(results)) + b"".join(results)


def decode_access_request(apdu: bytes) -> AccessRequest:
    """Read tag 217. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    invoke, sent_at, offset = _decode_head(apdu)
    items, offset = decode_items(apdu, offset)
    values = whole_values(apdu[offset:], len(items))
    filled = tuple([with_data(item, value) for item, value in zip(items, values, strict=True)])
    return AccessRequest(filled, invoke, sent_at)


def decode_access_response(apdu: bytes) -> AccessResponse:
    """Read tag 218. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    invoke, sent_at, offset = _decode_head(apdu)
    repeated = None
    if apdu[offset]:
        repeated, offset = decode_items(apdu, offset + 1)
    else:
        offset += 1
    values, offset = decode_values(apdu, offset)
    count, offset = decode_length(apdu, offset)
    if count != len(values) or len(apdu) != offset + 2 * count:
        raise garbage(f"{len(values)} values and {count} results came in one answer")
    outcomes = [decode_outcome(apdu, offset + 2 * number, value) for number, value in enumerate(values)]
    return AccessResponse(tuple(outcomes), repeated, invoke, sent_at)


def _encode_head(tag: ApduTag, invoke: int, sent_at: bytes) -> bytes:
    return bytes((tag,)) + invoke.to_bytes(4, "big") + with_length(sent_at)


def _decode_head(apdu: bytes) -> tuple[int, bytes, int]:
    sent_at, offset = octets(apdu, 5)
    return int.from_bytes(apdu[1:5], "big"), sent_at, offset


Request = AccessRequest
Response = AccessResponse
REQUESTS = (AccessRequest,)
RESPONSES = (AccessResponse,)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.ACCESS_REQUEST: decode_access_request,
    ApduTag.ACCESS_RESPONSE: decode_access_response,
}
