"""Taking the layers of protection off a message, whatever their order and however they come."""

from dataclasses import dataclass

from protocols.dlms.axdr import octets
from protocols.dlms.keys import Security
from protocols.dlms.security.ciphered_tags import (
    DED_SERVICES,
    GENERAL_CIPHERING,
    GENERAL_DED,
    GENERAL_GLO,
    GENERAL_SIGNING,
    GLO_SERVICES,
    PROTECTED_TAGS,
)
from protocols.dlms.security.envelopes import (
    Header,
    decode_general,
    decode_general_ciphering,
    decode_general_signing,
)
from protocols.dlms.security.key_ring import KeyRing, KeyUse
from protocols.dlms.security.message_keys import Tagging, tagging_of
from protocols.dlms.security.signing import verified_content
from protocols.errors import Cause, RemoteProtocolError, garbage

MAX_LAYERS = 4
MAX_TRANSACTION = 32
_SIGNED = int(Security.SIGNED)


@dataclass(slots=True)
class Peeled:
    """A message on its way out of its layers, and what they were.

    `bits` is all protection together; `tagging` and `use` are those of the outermost cipher, `transaction` that of the
    outermost APDU that has one.
    """

    apdu: bytes
    bits: int = 0
    tagging: Tagging | None = None
    use: KeyUse = KeyUse.GLOBAL
    transaction: bytes | None = None


def peel(ring: KeyRing, apdu: bytes) -> Peeled:
    """Open a message; the result holds its plain APDU.

    RemoteProtocolError: WRONG_TITLE when it is from or for someone else, GARBAGE when malformed or too deep; and the
    causes of `Cipher.open`, `received_message_key` and `verified_content`.
    """
    message = Peeled(apdu)
    for _ in range(MAX_LAYERS):
        tag = message.apdu[0]
        if tag not in PROTECTED_TAGS:
            return message
        _OPENERS.get(tag, _open_service)(ring, message)
    raise garbage(f"a message protected more than {MAX_LAYERS - 1} times")


def not_its_service(tag: int) -> RemoteProtocolError:
    """The error for a glo- or ded- APDU with another service inside than its tag says."""
    return garbage(f"ciphered APDU {tag} does not hold its own service")


def _open_service(ring: KeyRing, message: Peeled) -> None:
    tag = message.apdu[0]
    protected, end = octets(message.apdu, 1)
    service = GLO_SERVICES.get(tag)
    plain, bits, use = ring.open_dedicated(protected) if service is None else ring.open_global(protected)
    if end != len(message.apdu) or plain[0] != (service or DED_SERVICES[tag]):
        raise not_its_service(tag)
    _uncovered(message, plain, bits, Tagging.SERVICE, use)


def _open_general(ring: KeyRing, message: Peeled) -> None:
    title, protected = decode_general(message.apdu)
    _check_originator(ring, title)
    is_global = message.apdu[0] == GENERAL_GLO
    plain, bits, use = ring.open_global(protected) if is_global else ring.open_dedicated(protected)
    _uncovered(message, plain, bits, Tagging.GENERAL, use)


def _open_ciphering(ring: KeyRing, message: Peeled) -> None:
    found = decode_general_ciphering(message.apdu)
    _check_header(ring, message, found.header)
    plain, bits, use = ring.open_message(found)
    _uncovered(message, plain, bits, tagging_of(found.key), use)


def _open_signing(ring: KeyRing, message: Peeled) -> None:
    found = decode_general_signing(message.apdu)
    _check_header(ring, message, found.header)
    message.apdu = verified_content(ring.suite, ring.held.curve_keys, found)
    message.bits |= _SIGNED


def _uncovered(message: Peeled, plain: bytes, bits: int, tagging: Tagging, use: KeyUse) -> None:
    message.apdu = plain
    message.bits |= bits
    if message.tagging is None:
        message.tagging, message.use = tagging, use


def _check_header(ring: KeyRing, message: Peeled, header: Header) -> None:
    _check_originator(ring, header.originator)
    if header.recipient not in (b"", ring.held.title):
        raise RemoteProtocolError(Cause.WRONG_TITLE, f"a message for system title {header.recipient.hex()}")
    if len(header.transaction) > MAX_TRANSACTION:
        raise garbage(f"a transaction id of {len(header.transaction)} octets")
    if message.transaction is None:
        message.transaction = header.transaction


def _check_originator(ring: KeyRing, title: bytes) -> None:
    if title not in (b"", ring.peer_title):
        raise RemoteProtocolError(Cause.WRONG_TITLE, f"a message from system title {title.hex()}")


_OPENERS = {
    GENERAL_GLO: _open_general,
    GENERAL_DED: _open_general,
    GENERAL_CIPHERING: _open_ciphering,
    GENERAL_SIGNING: _open_signing,
}
