"""What is wrong with a protected message, as far as its octets tell.

GCM encryption is counter mode: a message deciphers to something even when its tag is wrong. If that something looks
like an APDU, the encryption key was right and the authentication key (or an octet on the way) was not.
"""

from protocols.dlms.tags import ApduTag
from protocols.errors import Cause, RemoteProtocolError, garbage

TAG_SIZE = 12
OVERHEAD = 1 + 4 + TAG_SIZE
BROADCAST = 0x40
COMPRESSED = 0x80
_BITS = (0x10, 0x20, 0x30)
_AUTHENTICATED, _BOTH = 0x10, 0x30
_ANY = 255
_COUNT = 0x82
"""A-XDR length of a list: below 128, or the octets that say in one or two more how long it is."""

_LIMITS: dict[int, tuple[int, ...]] = {
    ApduTag.INITIATE_REQUEST: (1,),
    ApduTag.READ_REQUEST: (_COUNT, 9),
    ApduTag.WRITE_REQUEST: (_COUNT, 9),
    ApduTag.INITIATE_RESPONSE: (1,),
    ApduTag.READ_RESPONSE: (_COUNT, 3),
    ApduTag.WRITE_RESPONSE: (_COUNT, 2),
    ApduTag.CONFIRMED_SERVICE_ERROR: (19, 10, 10),
    ApduTag.DATA_NOTIFICATION: (_ANY, _ANY, _ANY, _ANY, 12),
    ApduTag.DATA_NOTIFICATION_CONFIRM: (_ANY, _ANY, _ANY, _ANY, 12),
    ApduTag.UNCONFIRMED_WRITE_REQUEST: (_COUNT, 9),
    ApduTag.INFORMATION_REPORT: (1,),
    ApduTag.EVENT_NOTIFICATION: (1,),
    ApduTag.GET_REQUEST: (3,),
    ApduTag.GET_RESPONSE: (3,),
    ApduTag.SET_REQUEST: (5,),
    ApduTag.SET_RESPONSE: (5,),
    ApduTag.ACTION_REQUEST: (6,),
    ApduTag.ACTION_RESPONSE: (4,),
    ApduTag.EXCEPTION_RESPONSE: (2, 6),
    217: (_ANY, _ANY, _ANY, _ANY, 12),
    218: (_ANY, _ANY, _ANY, _ANY, 12),
    219: (8,),
    220: (8,),
    221: (64,),
    223: (64,),
    224: (_ANY, 0),
}
"""For each APDU that can be protected, the largest octets after its tag; random octets pass once in about 60 times."""


def protection_bits(protected: bytes, expected: int) -> int:
    """The protection bits of SC ‖ IC ‖ …; `expected` is the suite, with `BROADCAST` for the broadcast key.

    RemoteProtocolError: GARBAGE when cut, UNSUPPORTED for another suite or key set, or a compressed message. (The
    standard compresses with ITU-T V.44, which this library does not have.)
    """
    if len(protected) < 6:
        raise garbage("protected message without content")
    bits = protected[0] ^ expected
    if bits not in _BITS:
        raise RemoteProtocolError(Cause.UNSUPPORTED, _unusable(protected[0], expected))
    if bits & _AUTHENTICATED and len(protected) <= OVERHEAD:
        raise garbage("protected message without content or authentication tag")
    return bits


def too_little(bits: int, required: int) -> RemoteProtocolError:
    """The error for a message with less protection than must be."""
    return RemoteProtocolError(Cause.UNPROTECTED, f"protection {bits:#04x} is less than the agreed {required:#04x}")


def _unusable(control: int, expected: int) -> str:
    what = f"security control {control:#04x}"
    if control & COMPRESSED:
        return f"{what} announces a compressed message (ITU-T V.44), which is not supported"
    if (control ^ expected) & 0x0F:
        return f"{what} announces suite {control & 0x0F}, agreed is suite {expected & 0x0F}"
    if (control ^ expected) & BROADCAST:
        return f"{what} announces {'the broadcast' if control & BROADCAST else 'a unicast'} key, which is not in use"
    return f"{what} announces no protection"


def plausible(plaintext: bytes) -> bool:
    """Whether the octets begin like an APDU."""
    limits = _LIMITS.get(plaintext[0]) if plaintext else None
    if limits is None or len(plaintext) <= len(limits):
        return False
    return all(octet <= limit for octet, limit in zip(plaintext[1:], limits, strict=False))


def checked_unauthenticated(plaintext: bytes) -> bytes:
    """The plaintext, where its content is the only evidence of a right key. RemoteProtocolError (WRONG_KEY) else."""
    if not plausible(plaintext):
        raise _wrong_key()
    return plaintext


def wrong_tag(plaintext: bytes, bits: int) -> RemoteProtocolError:
    """WRONG_AUTHENTICATION_KEY when the content deciphers to an APDU although its tag is wrong, else WRONG_KEY."""
    if not plausible(plaintext):
        return _wrong_key()
    what = "deciphers well" if bits == _BOTH else "is readable"
    return RemoteProtocolError(
        Cause.WRONG_AUTHENTICATION_KEY,
        f"the message {what} but its tag is wrong: wrong authentication key or altered on the way",
    )


def altered() -> RemoteProtocolError:
    """The error for a wrong tag where keys and system title have been right before."""
    return RemoteProtocolError(
        Cause.ALTERED, "the tag of the message is wrong, though its keys have opened others: altered on the way"
    )


def _wrong_key() -> RemoteProtocolError:
    return RemoteProtocolError(
        Cause.WRONG_KEY, "the message does not decipher to an APDU: wrong encryption key or system title"
    )
