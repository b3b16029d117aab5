"""The prefix: E6 (to the meter) or E7 (from it) ‖ network id ‖ address length ‖ physical device address ‖ APDU."""

from dataclasses import dataclass

from protocols.errors import Cause, LocalProtocolError, garbage

TO_DEVICE, FROM_DEVICE = 0xE6, 0xE7
_HEAD_SIZE = 3


@dataclass(frozen=True, slots=True)
class Prefix:
    """One meter behind a gateway: the network it is in (0..255) and its address there, 1 to 255 octets."""

    network: int
    address: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.network <= 0xFF or not 1 <= len(self.address) <= 0xFF:
            raise LocalProtocolError(
                Cause.INVALID_VALUE, f"network {self.network} with an address of {len(self.address)} octets"
            )

    def __str__(self) -> str:
        return f"{self.address.hex()} in network {self.network}"

    def encode(self, tag: int) -> bytes:
        """The octets before an APDU; `tag` is TO_DEVICE or FROM_DEVICE."""
        return bytes((tag, self.network, len(self.address))) + self.address


def decode_prefix(apdu: bytes) -> tuple[Prefix, bytes]:
    """The prefix of an APDU that begins with E6 or E7, and the APDU after it.

    RemoteProtocolError (GARBAGE) without an address or without an APDU.
    """
    end = _HEAD_SIZE + apdu[2] if len(apdu) > _HEAD_SIZE else 0
    if not _HEAD_SIZE < end < len(apdu):
        raise garbage(f"a gateway prefix of {len(apdu)} octets without address or APDU")
    return Prefix(apdu[1], apdu[_HEAD_SIZE:end]), apdu[end:]
