"""HDLC addresses (IEC 62056-46 6.4.2): seven bits an octet, the lowest bit set in the last octet only.

A server has an upper address (the logical device) and, in two or four octets, a lower one (the physical device on a
shared line). A client has one octet; clients with two or four octets exist in the field and are read as one number.
"""

from dataclasses import dataclass

from protocols.errors import Cause, LocalProtocolError, garbage

SIZES = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of 1, 2 or 4 octets; `lower` is None in one octet."""

    upper: int
    lower: int | None = None
    size: int = 1

    @classmethod
    def of_server(cls, logical: int, physical: int | None = None, size: int = 0) -> "Address":
        """The address of a logical device; `size` 0 takes the shortest form that holds both parts.

        LocalProtocolError (INVALID_VALUE) when they do not fit; one octet has no lower address, two and four need one.
        """
        fitting = 1 if physical is None else 2 if max(logical, physical) < 0x80 else 4
        address = cls(logical, physical, size or fitting)
        address._check()
        return address

    @classmethod
    def of_client(cls, number: int, size: int = 1) -> "Address":
        """The address of a client, one number over all octets. LocalProtocolError when it does not fit."""
        if size == 1:
            address = cls(number)
        else:
            bits = _part_bits(size)
            address = cls(number >> bits, number & ((1 << bits) - 1), size)
        address._check()
        return address

    @property
    def number(self) -> int:
        """Both parts as one number: what a client address means."""
        return self.upper if self.lower is None else self.upper << _part_bits(self.size) | self.lower

    @property
    def is_broadcast(self) -> bool:
        """Whether all logical devices are meant (all-station, 0x7F or 0x3FFF); nobody may answer it."""
        return self.upper == self._everyone

    @property
    def calls_any_device(self) -> bool:
        """Whether the lower address names no device: the one that is calling (0x7E, 0x3FFE), or all of them.

        The latter is how a single device on its line is reached when its address is not known, and it answers.
        """
        return self.lower in (self._everyone, self._everyone - 1)

    def encode(self) -> bytes:
        """The octets on the line."""
        number = self.number
        octets = bytearray((number >> 7 * place & 0x7F) << 1 for place in reversed(range(self.size)))
        octets[-1] |= 1
        return bytes(octets)

    def __str__(self) -> str:
        return str(self.upper) if self.lower is None else f"{self.upper}/{self.lower}"

    @property
    def _everyone(self) -> int:
        return (1 << _part_bits(self.size)) - 1

    def _check(self) -> None:
        parts = (self.upper,) if self.lower is None else (self.upper, self.lower)
        two_parts = self.lower is not None
        fits = all(0 <= part <= self._everyone for part in parts)
        if self.size not in SIZES or two_parts is (self.size == 1) or not fits:
            raise LocalProtocolError(Cause.INVALID_VALUE, f"HDLC address {self} does not fit {self.size} octets")


def decode_address(octets: bytes | bytearray, at: int) -> Address | None:
    """The address that begins at `at`, None when more octets are needed.

    RemoteProtocolError (GARBAGE) for three octets or more than four.
    """
    number = 0
    for size, octet in enumerate(octets[at : at + 4], start=1):
        number = number << 7 | octet >> 1
        if octet & 1:
            return _parted(number, size)
    if len(octets) - at >= 4:
        raise garbage("an HDLC address has more than four octets")
    return None


def _parted(number: int, size: int) -> Address:
    if size == 3:
        raise garbage("an HDLC address has three octets")
    if size == 1:
        return Address(number)
    bits = _part_bits(size)
    return Address(number >> bits, number & ((1 << bits) - 1), size)


def _part_bits(size: int) -> int:
    return 14 if size == 4 else 7
