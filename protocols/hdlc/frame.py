"""One HDLC frame of type 3 (IEC 62056-46 6.4): format, addresses, control, HCS, information, FCS.

The length field makes octet stuffing needless: a flag inside a frame is data. HCS follows the header only where there
is information; without it FCS takes its place. The header has 5 to 11 octets, as long as the two addresses happen
to be, so the place of HCS is known only after reading them.
"""

from dataclasses import dataclass

from protocols.errors import Cause, LocalProtocolError, garbage
from protocols.hdlc.address import Address, decode_address
from protocols.hdlc.checksum import checksum
from protocols.hdlc.control import CONTROLS, Control

FLAG = 0x7E
MAX_LENGTH = 0x7FF
MIN_LENGTH = 7
_TYPE_3 = 0xA0
_SEGMENTED = 0x08
_CHECK = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands between two flags; `segmented` says that further segments of the same message follow."""

    destination: Address
    source: Address
    control: Control
    information: bytes = b""
    segmented: bool = False

    def encode(self) -> bytes:
        """The frame with both flags. LocalProtocolError (TOO_LARGE) above 2,047 octets."""
        addresses = self.destination.encode() + self.source.encode()
        length = _CHECK + len(addresses) + 1 + _CHECK
        if self.information:
            length += _CHECK + len(self.information)
        if length > MAX_LENGTH:
            raise LocalProtocolError(Cause.TOO_LARGE, f"an HDLC frame of {length} octets exceeds {MAX_LENGTH}")
        first = _TYPE_3 | (_SEGMENTED if self.segmented else 0) | length >> 8
        octets = bytes((first, length & 0xFF)) + addresses + bytes((self.control.octet,))
        if self.information:
            octets += checksum(octets) + self.information
        return b"~" + octets + checksum(octets) + b"~"


@dataclass(frozen=True, slots=True)
class Header:
    """The part of a frame up to the control field; `size` octets of the `length` between the flags."""

    length: int
    segmented: bool
    destination: Address
    source: Address
    control: Control
    size: int


def read_header(octets: bytes | bytearray, at: int = 0) -> Header | None:
    """The header that begins at `at`, behind the flag; None when more octets are needed.

    RemoteProtocolError (GARBAGE) when these octets are no header: another frame type, an impossible length or address,
    a wrong HCS.
    """
    if len(octets) - at < 2:
        return None
    first = octets[at]
    if first & 0xF0 != _TYPE_3:
        raise garbage(f"no HDLC frame of type 3: it begins with {first:#04x}")
    length = (first & 7) << 8 | octets[at + 1]
    if length < MIN_LENGTH:
        raise garbage(f"an HDLC frame announces {length} octets")
    destination = decode_address(octets, at + 2)
    source = destination and decode_address(octets, at + 2 + destination.size)
    if destination is None or source is None:
        return None
    size = _CHECK + destination.size + source.size + 1
    if len(octets) - at < size + _CHECK:
        return None
    _check_header(octets[at : at + size + _CHECK], length)
    return Header(length, bool(first & _SEGMENTED), destination, source, CONTROLS[octets[at + size - 1]], size)


def _check_header(octets: bytes | bytearray, length: int) -> None:
    """Whether what follows the header is its HCS, or FCS where the frame ends there."""
    header, check = octets[:-_CHECK], octets[-_CHECK:]
    rest = length - len(header)
    if rest != _CHECK and rest < 2 * _CHECK:
        raise garbage(f"an HDLC frame of {length} octets does not hold its header of {len(header)} and the checks")
    expected = checksum(bytes(header))
    if check != expected:
        raise garbage(f"wrong {'FCS' if rest == _CHECK else 'HCS'} {check.hex()}, {expected.hex()} is due")


def read_body(octets: bytes, header: Header) -> Frame:
    """The frame of `header` from its `header.length` octets between the flags. RemoteProtocolError for a wrong FCS."""
    information = b""
    if header.length > header.size + _CHECK:
        expected = checksum(octets[:-_CHECK])
        if octets[-_CHECK:] != expected:
            raise garbage(f"wrong FCS {octets[-_CHECK:].hex()}, {expected.hex()} is due")
        information = octets[header.size + _CHECK : -_CHECK]
    return Frame(header.destination, header.source, header.control, information, header.segmented)


def decode_frame(octets: bytes) -> Frame:
    """One whole frame, with its flags or without. RemoteProtocolError (GARBAGE) naming what is wrong with it."""
    octets = octets.lstrip(b"~")
    header = read_header(octets)
    if header is None:
        raise garbage("an HDLC frame ends inside its header")
    if len(octets) < header.length:
        raise garbage(f"an HDLC frame of {header.length} octets ends after {len(octets)}")
    if octets[header.length :].strip(b"~"):
        raise garbage(f"{len(octets) - header.length} octets follow an HDLC frame of {header.length}")
    return read_body(octets[: header.length], header)
