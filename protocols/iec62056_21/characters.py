"""The alphabet of IEC 62056-21: seven bits with even parity, a few control characters, the block check."""

from functools import reduce
from operator import xor

ACK = 0x06
END = b"\r\n"
BAUD_RATES = {"0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19_200}
"""The baud rate identifications of modes C and E."""

_STRIPPED = bytes(octet & 0x7F for octet in range(256))
_EVEN = bytes(octet & 0x7F | (octet & 0x7F).bit_count() % 2 << 7 for octet in range(256))


def strip_parity(octets: bytes | bytearray) -> bytes:
    """The characters of octets that a line of eight bits delivered with their parity."""
    return bytes(octets.translate(_STRIPPED))


def with_parity(characters: bytes) -> bytes:
    """The octets of characters with even parity, for a line of eight bits without."""
    return characters.translate(_EVEN)


def block_check(characters: bytes) -> int:
    """BCC: the longitudinal parity of what stands behind SOH or STX up to and with ETX (ISO 1155)."""
    return reduce(xor, characters, 0) & 0x7F
