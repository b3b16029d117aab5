"""Protected messages that come without an association: pushes of meters, told apart by their system title."""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import octets
from protocols.dlms.keys import TITLE_SIZE, KeySet, MessageKeys, ReceiveCounter, Security, SendCounter
from protocols.dlms.security.ciphered_tags import GENERAL_TAGS
from protocols.dlms.security.curves import NO_CURVE_KEYS, CurveKeys
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.errors import Cause, RemoteProtocolError

_FIELDS_BEFORE_TITLE = {221: 1, 223: 1}
_NOBODY = bytes(TITLE_SIZE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside: the plain APDU, the sender's system title, and the protection it had."""

    apdu: bytes
    title: bytes
    security: Security


def sender_of(apdu: bytes) -> bytes:
    """The system title that a general-glo, -ded, -ciphering or -signing APDU names, b"" when it leaves it out.

    RemoteProtocolError: UNPROTECTED for any other APDU, GARBAGE when cut.
    """
    if not apdu or apdu[0] not in GENERAL_TAGS:
        raise RemoteProtocolError(Cause.UNPROTECTED, f"APDU {apdu[:1].hex()} does not say who protected it")
    title, offset = octets(apdu, 1)
    for _ in range(_FIELDS_BEFORE_TITLE.get(apdu[0], 0)):
        title, offset = octets(apdu, offset)
    return title


def open_notification(
    apdu: bytes,
    keys_of: Callable[[bytes], KeySet | None],
    received: ReceiveCounter,
    *,
    title: bytes = b"",
    own_title: bytes = _NOBODY,
    required: Security = Security.BOTH,
    curve_keys: CurveKeys = NO_CURVE_KEYS,
    dedicated: bytes = b"",
    broadcasts: ReceiveCounter | None = None,
    message_keys: MessageKeys | None = None,
) -> Opened:
    """Open a protected APDU that comes outside an association.

    `keys_of` gives the keys of a system title (see `sender_of`), None for a stranger. `received` is the counter of that
    sender, `message_keys` what is remembered of keys it made for single messages; both move when the message is
    authentic. `title` is the sender where the message leaves it out, `own_title` must be the recipient where it names
    one, `dedicated` opens general-ded. Only with `broadcasts`, its counter, is the broadcast key good: who has it can
    speak for all others.

    RemoteProtocolError: WRONG_TITLE for a stranger, REPLAY, and the causes of `Protection.open`.
    """
    title = sender_of(apdu) or title
    keys = keys_of(title) if len(title) == TITLE_SIZE else None
    if keys is None:
        raise RemoteProtocolError(Cause.WRONG_TITLE, f"nobody known has the system title {title.hex() or '(none)'}")
    counters = SendCounter(), received
    known = message_keys or MessageKeys()
    ring = KeyRing(Credentials(keys, own_title, *counters, curve_keys, known, broadcast_received=broadcasts))
    ring.peer_title = title
    if dedicated:
        ring.dedicate(dedicated, received)
    protection = Protection(ring, Security.NONE, required)
    return Opened(protection.open(apdu), title, Security(protection.found))
