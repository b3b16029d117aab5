"""Suite 0 protection (Green Book 9.2.7): AES-GCM-128 with a 12-octet tag.

    protected = SC ‖ IC(4) ‖ ciphertext ‖ tag          nonce = system title(8) ‖ IC(4)
    AAD       = SC ‖ AK (encrypting)  or  SC ‖ AK ‖ plaintext (authentication only)

`cryptography`'s AESGCM, the fast one-shot interface, knows only 16-octet tags. GCM encryption is counter mode, so
"encrypting" the ciphertext gives the plaintext back, and encrypting that again gives the full tag whose first 12
octets must match what was received. Nothing of the plaintext leaves this module before that comparison.

Protection bits are plain integers inside: operators of IntFlag cost as much as the cipher itself.
"""

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocols.dlms.keys import TITLE_SIZE, KeySet, ReceiveCounter, Security, SendCounter, checked_title
from protocols.dlms.tags import ApduTag
from protocols.errors import Cause, RemoteProtocolError, garbage

__all__ = ["OVERHEAD", "TITLE_SIZE", "Cipher", "KeySet", "ReceiveCounter", "Security", "SendCounter", "checked_title"]

TAG_SIZE = 12
OVERHEAD = 1 + 4 + TAG_SIZE
_AUTHENTICATED, _ENCRYPTED, _BOTH = 0x10, 0x20, 0x30
_gcm = lru_cache(maxsize=4096)(AESGCM)


class Cipher:
    """Protects what we send with our title and counter, opens what the peer sent with its title and counter."""

    __slots__ = ("_authentication", "_gcm", "_own_title", "_peer_title", "_previous", "received", "sent")

    def __init__(self, keys: KeySet, own_title: bytes, sent: SendCounter, received: ReceiveCounter) -> None:
        self._authentication = keys.authentication
        self._gcm = _gcm(keys.encryption)
        self._own_title = checked_title(own_title)
        self._peer_title: bytes | None = None
        self._previous = received.last
        self.sent = sent
        self.received = received

    @property
    def peer_title(self) -> bytes | None:
        """The system title used to open messages; None until the association told it."""
        return self._peer_title

    @peer_title.setter
    def peer_title(self, title: bytes) -> None:
        self._peer_title = checked_title(title)

    def protect(self, plaintext: bytes, security: int) -> bytes:
        """SC ‖ IC ‖ protected octets, for the bits of `Security`. LocalProtocolError when the counter is exhausted."""
        counter = self.sent.take().to_bytes(4, "big")
        head = bytes((security,))
        nonce = self._own_title + counter
        if security == _BOTH:
            return head + counter + self._gcm.encrypt(nonce, plaintext, head + self._authentication)[:-4]
        if security == _ENCRYPTED:
            return head + counter + self._gcm.encrypt(nonce, plaintext, None)[:-16]
        tag = self._gcm.encrypt(nonce, b"", head + self._authentication + plaintext)
        return head + counter + plaintext + tag[:TAG_SIZE]

    def open(self, protected: bytes) -> tuple[bytes, int]:
        """The plaintext and the bits of the protection it had.

        RemoteProtocolError: REPLAY for a counter that is not higher than the last, WRONG_AUTHENTICATION_KEY when the
        content deciphers to an APDU but its tag is wrong, WRONG_KEY when it does not, GARBAGE or UNSUPPORTED for a
        bad security control.
        """
        security = _security_of(protected)
        counter = int.from_bytes(protected[1:5], "big")
        self.received.check(counter)
        plaintext = self._unseal(security, protected)
        self._previous, self.received.last = self.received.last, counter
        return plaintext, security

    def proof(self, challenge: bytes) -> bytes:
        """f(challenge) of HLS mechanism 5: SC ‖ IC ‖ GMAC over the peer's challenge (Green Book 9.2.7.4)."""
        counter = self.sent.take().to_bytes(4, "big")
        return b"\x10" + counter + self._gmac(self._own_title + counter, challenge)

    def proves(self, token: bytes, challenge: bytes) -> bool:
        """Whether `token` is the peer's f(challenge).

        Its counter was taken before the one of the APDU that carried it, so it is compared with the one before that.
        """
        if len(token) != OVERHEAD or token[0] != _AUTHENTICATED:
            return False
        counter = int.from_bytes(token[1:5], "big")
        expected = self._gmac(self._title() + token[1:5], challenge)
        if counter <= self._previous or not hmac.compare_digest(expected, token[5:]):
            return False
        self.received.last = max(self.received.last, counter)
        return True

    def _gmac(self, nonce: bytes, challenge: bytes) -> bytes:
        return self._gcm.encrypt(nonce, b"", b"\x10" + self._authentication + challenge)[:TAG_SIZE]

    def _title(self) -> bytes:
        if self._peer_title is None:
            raise RemoteProtocolError(Cause.WRONG_TITLE, "protected message from a peer without a system title")
        return self._peer_title

    def _unseal(self, security: int, protected: bytes) -> bytes:
        nonce = self._title() + protected[1:5]
        if security == _ENCRYPTED:
            return _checked_unauthenticated(self._gcm.encrypt(nonce, protected[5:], None)[:-16])
        head = protected[:1] + self._authentication
        body, tag = protected[5:-TAG_SIZE], protected[-TAG_SIZE:]
        if security == _BOTH:
            plaintext = self._gcm.encrypt(nonce, body, None)[:-16]
            expected = self._gcm.encrypt(nonce, plaintext, head)[-16:-4]
        else:
            plaintext = body
            expected = self._gcm.encrypt(nonce, b"", head + body)[:TAG_SIZE]
        if not hmac.compare_digest(expected, tag):
            raise _diagnosis(plaintext, security)
        return plaintext


_SECOND_OCTETS: dict[int, int] = {
    ApduTag.INITIATE_REQUEST: 1,
    ApduTag.INITIATE_RESPONSE: 1,
    ApduTag.CONFIRMED_SERVICE_ERROR: 19,
    ApduTag.DATA_NOTIFICATION: 255,
    ApduTag.EVENT_NOTIFICATION: 1,
    ApduTag.GET_REQUEST: 3,
    ApduTag.GET_RESPONSE: 3,
    ApduTag.SET_REQUEST: 5,
    ApduTag.SET_RESPONSE: 5,
    ApduTag.ACTION_REQUEST: 6,
    ApduTag.ACTION_RESPONSE: 4,
    ApduTag.EXCEPTION_RESPONSE: 2,
}
"""The largest second octet of each APDU that can be protected; random octets pass this test once in about 200 times."""


def _security_of(protected: bytes) -> int:
    if len(protected) < 6:
        raise garbage("protected message without content")
    control = protected[0]
    if control not in (_BOTH, _ENCRYPTED, _AUTHENTICATED):
        raise RemoteProtocolError(Cause.UNSUPPORTED, f"security control {control:#04x} is not suite 0, unicast key")
    if control & _AUTHENTICATED and len(protected) <= OVERHEAD:
        raise garbage("protected message without content or authentication tag")
    return control


def _plausible(plaintext: bytes) -> bool:
    return len(plaintext) > 1 and plaintext[1] <= _SECOND_OCTETS.get(plaintext[0], -1)


def _checked_unauthenticated(plaintext: bytes) -> bytes:
    """Without a tag the only evidence of a right key is that the result looks like an APDU."""
    if not _plausible(plaintext):
        raise _wrong_key()
    return plaintext


def _diagnosis(plaintext: bytes, security: int) -> RemoteProtocolError:
    """Counter mode reveals the plaintext even when the tag is wrong, which tells the two keys apart."""
    if not _plausible(plaintext):
        return _wrong_key()
    what = "deciphers well" if security == _BOTH else "is readable"
    return RemoteProtocolError(
        Cause.WRONG_AUTHENTICATION_KEY,
        f"the message {what} but its tag is wrong: wrong authentication key or altered on the way",
    )


def _wrong_key() -> RemoteProtocolError:
    return RemoteProtocolError(
        Cause.WRONG_KEY, "the message does not decipher to an APDU: wrong encryption key or system title"
    )
