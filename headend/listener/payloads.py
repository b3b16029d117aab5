"""What a message of a broker holds: the frames a caller would send over TCP, or one APDU without any frame."""

from headend.listener.frames import Frames, Pushed, parted
from protocols.dlms.apdu import decoded_tags
from protocols.dlms.security.ciphered_tags import PROTECTED_TAGS
from protocols.errors import garbage
from protocols.gateway.prefix import FROM_DEVICE

BARE = decoded_tags() | PROTECTED_TAGS | {FROM_DEVICE}
"""First octets of APDUs; no frame begins with one of them."""


def apdus_of(payload: bytes, largest: int) -> list[Pushed]:
    """The APDUs of one payload, one or more. A message stands alone: blocks of one APDU come in one payload.

    RemoteProtocolError where there is none in it, where it ends too soon, or where an APDU exceeds `largest` octets.
    """
    if payload[:1] and payload[0] in BARE:
        return [parted(payload, largest)]
    frames = Frames(largest)
    found = list(frames.receive(payload))
    if not found:
        raise garbage(f"a payload of {len(payload)} octets holds no whole message")
    return found
