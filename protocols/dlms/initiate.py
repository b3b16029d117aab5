"""xDLMS InitiateRequest and InitiateResponse (Green Book 9.4.6.1), the content of AARQ and AARE user information."""

import struct
from dataclasses import dataclass, field

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.conformance import SUPPORTED, Conformance
from protocols.errors import garbage

DLMS_VERSION = 6
VAA_NAME_LN = 0x0007
VAA_NAME_SN = 0xFA00
_CONFORMANCE = b"\x5f\x1f\x04\x00"


@dataclass(frozen=True, slots=True)
class InitiateRequest:
    """What the client proposes; `max_pdu` is the largest APDU it accepts in octets, 0 for no limit."""

    conformance: Conformance = SUPPORTED
    max_pdu: int = 0xFFFF
    dedicated_key: bytes = field(default=b"", repr=False)
    response_allowed: bool = True
    quality: int | None = None
    version: int = DLMS_VERSION

    def encode(self) -> bytes:
        """Tag 1 and its fields."""
        key = b"\x01" + with_length(self.dedicated_key) if self.dedicated_key else b"\x00"
        allowed = b"\x00" if self.response_allowed else b"\x01\x00"
        tail = _CONFORMANCE + self.conformance.to_bytes(3, "big") + self.max_pdu.to_bytes(2, "big")
        return b"\x01" + key + allowed + _encode_quality(self.quality) + bytes((self.version,)) + tail


@dataclass(frozen=True, slots=True)
class InitiateResponse:
    """What the server grants; `max_pdu` is the largest APDU it accepts in octets, 0 for no limit."""

    conformance: Conformance
    max_pdu: int
    quality: int | None = None
    version: int = DLMS_VERSION
    vaa_name: int = VAA_NAME_LN

    def encode(self) -> bytes:
        """Tag 8 and its fields."""
        tail = _CONFORMANCE + self.conformance.to_bytes(3, "big") + struct.pack(">HH", self.max_pdu, self.vaa_name)
        return b"\x08" + _encode_quality(self.quality) + bytes((self.version,)) + tail


def decode_initiate_request(data: bytes) -> InitiateRequest:
    """Read an InitiateRequest. RemoteProtocolError (GARBAGE) if malformed."""
    try:
        key, offset = octets(data, 2) if data[1] else (b"", 2)
        allowed, offset = (bool(data[offset + 1]), offset + 2) if data[offset] else (True, offset + 1)
        quality, offset = _decode_quality(data, offset)
        version, tail = data[offset], data[offset + 1 :]
    except IndexError:
        raise garbage("initiate request is cut") from None
    conformance, max_pdu = _decode_tail(data[0] == 1, tail, 9)
    return InitiateRequest(conformance, max_pdu, key, allowed, quality, version)


def decode_initiate_response(data: bytes) -> InitiateResponse:
    """Read an InitiateResponse. RemoteProtocolError (GARBAGE) if malformed."""
    try:
        quality, offset = _decode_quality(data, 1)
        version, tail = data[offset], data[offset + 1 :]
    except IndexError:
        raise garbage("initiate response is cut") from None
    conformance, max_pdu = _decode_tail(data[0] == 8, tail, 11)
    return InitiateResponse(conformance, max_pdu, quality, version, int.from_bytes(tail[9:11], "big"))


def _encode_quality(quality: int | None) -> bytes:
    return b"\x00" if quality is None else bytes((1, quality & 0xFF))


def _decode_quality(data: bytes, offset: int) -> tuple[int | None, int]:
    return (data[offset + 1], offset + 2) if data[offset] else (None, offset + 1)


def _decode_tail(right_tag: bool, tail: bytes, size: int) -> tuple[Conformance, int]:
    """Conformance and PDU size from the fixed-size end of both messages."""
    if not right_tag or len(tail) != size or tail[:4] != _CONFORMANCE:
        raise garbage(f"malformed initiate message ending in {tail.hex()}")
    return Conformance(int.from_bytes(tail[4:7], "big")), int.from_bytes(tail[7:9], "big")
