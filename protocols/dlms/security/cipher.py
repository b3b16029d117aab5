"""Symmetric protection (Green Book 9.2.7.2): AES-GCM with a 12-octet tag, in all suites.

    protected = SC ‖ IC(4) ‖ ciphertext ‖ tag          nonce = system title(8) ‖ IC(4)
    AAD       = SC ‖ AK ‖ context  (encrypting)  or  SC ‖ AK ‖ context ‖ plaintext  (authentication only)

`context` is empty but in general-ciphering, where it is the header of that APDU.

`cryptography`'s AESGCM, the fast one-shot interface, knows only 16-octet tags. GCM encryption is counter mode, so
"encrypting" the ciphertext gives the plaintext back, and encrypting that again gives the full tag whose first 12
octets must match what was received. Nothing of the plaintext leaves this module before that comparison.

Protection bits are plain integers inside: operators of IntFlag cost as much as the cipher itself.
"""

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocols.dlms.keys import KeySet, ReceiveCounter, SendCounter, checked_title
from protocols.dlms.security.diagnosis import (
    BROADCAST,
    OVERHEAD,
    TAG_SIZE,
    altered,
    checked_unauthenticated,
    protection_bits,
    too_little,
    wrong_tag,
)
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

_AUTHENTICATED, _ENCRYPTED, _BOTH = 0x10, 0x20, 0x30
_lasting_gcm = lru_cache(maxsize=4096)(AESGCM)


class Cipher:
    """Protects what we send with our title and counter, opens what the peer sent with its title and counter.

    One object serves one encryption key: the global one, or with `broadcast` the broadcast key. `lasting` keys are kept
    expanded for the next association, others (dedicated, of one message) are not. `required` bits must be there in all
    that is opened: anybody can make a message that is only encrypted, and its counter would shut the peer out.

    A tag that is right proves both keys and the title. When a later one is wrong, the message is not as it was sent.
    """

    __slots__ = (
        "_authentication",
        "_control",
        "_gcm",
        "_own_title",
        "_peer_title",
        "_previous",
        "_proven",
        "received",
        "required",
        "sent",
    )

    def __init__(
        self,
        keys: KeySet,
        own_title: bytes,
        sent: SendCounter,
        received: ReceiveCounter,
        *,
        broadcast: bool = False,
        lasting: bool = True,
    ) -> None:
        if broadcast and not keys.broadcast:
            raise LocalProtocolError(Cause.INVALID_VALUE, "the broadcast key is missing")
        self._authentication = keys.authentication
        self._control = int(keys.suite) | (BROADCAST if broadcast else 0)
        key = keys.broadcast if broadcast else keys.encryption
        self._gcm = _lasting_gcm(key) if lasting else AESGCM(key)
        self._own_title = checked_title(own_title)
        self._peer_title: bytes | None = None
        self._previous = received.last
        self._proven = False
        self.sent = sent
        self.received = received
        self.required = 0

    @property
    def peer_title(self) -> bytes | None:
        """The system title used to open messages; None until the association told it."""
        return self._peer_title

    @peer_title.setter
    def peer_title(self, title: bytes) -> None:
        self._peer_title = checked_title(title)
        self._proven = False

    def protect(self, plaintext: bytes, security: int, context: bytes = b"") -> bytes:
        """SC ‖ IC ‖ protected octets, for the bits of `Security`. LocalProtocolError when the counter is exhausted."""
        counter = self.sent.take().to_bytes(4, "big")
        head = bytes((security | self._control,))
        nonce = self._own_title + counter
        if security == _BOTH:
            return head + counter + self._gcm.encrypt(nonce, plaintext, head + self._authentication + context)[:-4]
        if security == _ENCRYPTED:
            return head + counter + self._gcm.encrypt(nonce, plaintext, None)[:-16]
        tag = self._gcm.encrypt(nonce, b"", head + self._authentication + context + plaintext)
        return head + counter + plaintext + tag[:TAG_SIZE]

    def open(self, protected: bytes, context: bytes = b"") -> tuple[bytes, int]:
        """The plaintext and the bits of the protection it had.

        RemoteProtocolError: REPLAY for a counter that is not higher than the last, WRONG_AUTHENTICATION_KEY when the
        content deciphers to an APDU but its tag is wrong, WRONG_KEY when it does not, ALTERED for either where the
        same keys have opened messages before, UNPROTECTED without the required protection, GARBAGE or UNSUPPORTED for
        a bad security control.
        """
        bits = protection_bits(protected, self._control)
        if self.required & ~bits:
            raise too_little(bits, self.required)
        counter = int.from_bytes(protected[1:5], "big")
        self.received.check(counter)
        plaintext = self._unseal(bits, protected, context)
        self._previous, self.received.last = self.received.last, counter
        return plaintext, bits

    def proof(self, challenge: bytes) -> bytes:
        """f(challenge) of HLS mechanism 5: SC ‖ IC ‖ GMAC over the peer's challenge (Green Book 9.2.7.4)."""
        counter = self.sent.take().to_bytes(4, "big")
        return self._proof_head() + counter + self._gmac(self._own_title + counter, challenge)

    def proves(self, token: bytes, challenge: bytes) -> bool:
        """Whether `token` is the peer's f(challenge).

        Its counter was taken before the one of the APDU that carried it, so it is compared with the one before that.
        """
        if len(token) != OVERHEAD or token[:1] != self._proof_head():
            return False
        counter = int.from_bytes(token[1:5], "big")
        expected = self._gmac(self._title() + token[1:5], challenge)
        if counter <= self._previous or not hmac.compare_digest(expected, token[5:]):
            return False
        self.received.last = max(self.received.last, counter)
        return True

    def _proof_head(self) -> bytes:
        return bytes((_AUTHENTICATED | self._control,))

    def _gmac(self, nonce: bytes, challenge: bytes) -> bytes:
        return self._gcm.encrypt(nonce, b"", self._proof_head() + self._authentication + challenge)[:TAG_SIZE]

    def _title(self) -> bytes:
        if self._peer_title is None:
            raise RemoteProtocolError(Cause.WRONG_TITLE, "protected message from a peer without a system title")
        return self._peer_title

    def _unseal(self, bits: int, protected: bytes, context: bytes) -> bytes:
        nonce = self._title() + protected[1:5]
        if bits == _ENCRYPTED:
            return checked_unauthenticated(self._gcm.encrypt(nonce, protected[5:], None)[:-16])
        head = protected[:1] + self._authentication + context
        body, tag = protected[5:-TAG_SIZE], protected[-TAG_SIZE:]
        if bits == _BOTH:
            plaintext = self._gcm.encrypt(nonce, body, None)[:-16]
            expected = self._gcm.encrypt(nonce, plaintext, head)[-16:-4]
        else:
            plaintext = body
            expected = self._gcm.encrypt(nonce, b"", head + body)[:TAG_SIZE]
        if not hmac.compare_digest(expected, tag):
            raise altered() if self._proven else wrong_tag(plaintext, bits)
        self._proven = True
        return plaintext
