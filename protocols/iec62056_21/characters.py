"""The alphabet of IEC 62056-21: seven bits with even parity, a few control characters, the block check."""

from functools import reduce
from operator import xor

SOH, STX, ETX, EOT, ACK, NAK = 0x01, 0x02, 0x03, 0x04, 0x06, 0x15
END = b"\r\n"
BAUD_RATES = {"0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19_200}
"""The baud rate identifications of modes C and E."""
BAUD_RATES_B = {"A": 600, "B": 1200, "C": 2400, "D": 4800, "E": 9600, "F": 19_200}
"""Those of mode B, which the meter takes by itself; modes A and B know no choice."""
FIRST_RATE = 300
"""Every conversation begins with this rate, and mode A never leaves it."""

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
