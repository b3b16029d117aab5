"""Suite 0 protection (Green Book 9.2.7): AES-GCM-128 with a 12-octet tag.

    protected = SC ‖ IC(4) ‖ ciphertext ‖ tag          nonce = system title(8) ‖ IC(4)
    AAD       = SC ‖ AK (encrypting)  or  SC ‖ AK ‖ plaintext (authentication only)

`cryptography`'s AESGCM, the fast one-shot interface, knows only 16-octet tags. GCM encryption is counter mode, so "encrypting"
the ciphertext gives the plaintext back, and encrypting that again gives the full tag whose first 12 octets must match what
was received. Nothing of the plaintext leaves this module before that comparison.
"""

import hmac
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocols.dlms.tags import ApduTag
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

TAG_SIZE = 12
TITLE_SIZE = 8
MAX_COUNTER = 0xFFFFFFFF
OVERHEAD = 1 + 4 + TAG_SIZE
_SUITE_MASK = 0x0F
_FLAGS = 0x30
_PLAUSIBLE = frozenset(int(tag) for tag in ApduTag)
_gcm = lru_cache(maxsize=4096)(AESGCM)


class Security(IntFlag):
    """Protection bits of the security control octet."""

    NONE = 0
    AUTHENTICATED = 0x10
    ENCRYPTED = 0x20
    BOTH = 0x30


@dataclass(frozen=True, slots=True)
class KeySet:
    """Global unicast encryption key and authentication key, 16 octets each. Not shown in representations."""

    encryption: bytes
    authentication: bytes

    def __post_init__(self) -> None:
        if (len(self.encryption), len(self.authentication)) != (16, 16):
            raise LocalProtocolError(Cause.INVALID_VALUE, "suite 0 keys have 16 octets")

    def __repr__(self) -> str:
        return "KeySet(…)"


@dataclass(slots=True)
class SendCounter:
    """The invocation counter of one sender and key: every value is used once, so share one object per key."""

    next_value: int = 1
    limit: int = MAX_COUNTER

    def take(self) -> int:
        """The next unused value. LocalProtocolError (COUNTER_EXHAUSTED) beyond `limit`."""
        value = self.next_value
        if value > self.limit:
            raise LocalProtocolError(Cause.COUNTER_EXHAUSTED, f"invocation counter has reached its limit {self.limit}")
        self.next_value = value + 1
        return value


@dataclass(slots=True)
class ReceiveCounter:
    """The highest counter accepted from one peer; only an authentic APDU moves it."""

    last: int = 0

    def check(self, value: int) -> None:
        """RemoteProtocolError (REPLAY) unless `value` is higher than every one accepted before."""
        if value <= self.last:
            raise RemoteProtocolError(
                Cause.REPLAY, f"invocation counter {value} is not above {self.last}: a replayed or stale message"
            )


class Cipher:
    """Protects what we send with our title and counter, opens what the peer sent with its title and counter."""

    __slots__ = ("_gcm", "_keys", "_own_title", "_peer_title", "_previous", "received", "sent")

    def __init__(self, keys: KeySet, own_title: bytes, sent: SendCounter, received: ReceiveCounter) -> None:
        self._keys = keys
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

    def protect(self, plaintext: bytes, security: Security) -> bytes:
        """SC ‖ IC ‖ protected octets. LocalProtocolError when the counter is exhausted."""
        counter = self.sent.take().to_bytes(4, "big")
        head = bytes((security,))
        nonce = self._own_title + counter
        if security & Security.ENCRYPTED:
            aad = head + self._keys.authentication if security & Security.AUTHENTICATED else None
            sealed = self._gcm.encrypt(nonce, plaintext, aad)
            return head + counter + (sealed[:-4] if aad else sealed[:-16])
        tag = self._gcm.encrypt(nonce, b"", head + self._keys.authentication + plaintext)
        return head + counter + plaintext + tag[:TAG_SIZE]

    def open(self, protected: bytes) -> tuple[bytes, Security]:
        """The plaintext and the protection it had.

        RemoteProtocolError: REPLAY for a counter that is not higher than the last, WRONG_AUTHENTICATION_KEY when the
        content deciphers to an APDU but its tag is wrong, WRONG_KEY when it does not, GARBAGE or UNSUPPORTED for a bad SC.
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

        Its counter was taken before the one of the APDU that carried it, so it is compared with the counter before that.
        """
        if len(token) != OVERHEAD or token[0] != Security.AUTHENTICATED:
            return False
        counter = int.from_bytes(token[1:5], "big")
        expected = self._gmac(self._title() + token[1:5], challenge)
        if counter <= self._previous or not hmac.compare_digest(expected, token[5:]):
            return False
        self.received.last = max(self.received.last, counter)
        return True

    def _gmac(self, nonce: bytes, challenge: bytes) -> bytes:
        return self._gcm.encrypt(nonce, b"", b"\x10" + self._keys.authentication + challenge)[:TAG_SIZE]

    def _title(self) -> bytes:
        if self._peer_title is None:
            raise RemoteProtocolError(
                Cause.WRONG_TITLE, "protected message from a peer that has not told its system title"
            )
        return self._peer_title

    def _unseal(self, security: Security, protected: bytes) -> bytes:
        nonce = self._title() + protected[1:5]
        head = protected[:1] + self._keys.authentication
        if not security & Security.AUTHENTICATED:
            return _checked_unauthenticated(self._gcm.encrypt(nonce, protected[5:], None)[:-16])
        body, tag = protected[5:-TAG_SIZE], protected[-TAG_SIZE:]
        if security & Security.ENCRYPTED:
            plaintext = self._gcm.encrypt(nonce, body, None)[:-16]
            expected = self._gcm.encrypt(nonce, plaintext, head)[-16:-4]
        else:
            plaintext = body
            expected = self._gcm.encrypt(nonce, b"", head + body)[:TAG_SIZE]
        if not hmac.compare_digest(expected, tag):
            raise _diagnosis(plaintext, security)
        return plaintext


def checked_title(title: bytes) -> bytes:
    """`title` if it has the 8 octets of a system title. LocalProtocolError (WRONG_TITLE) otherwise."""
    if len(title) != TITLE_SIZE:
        raise LocalProtocolError(Cause.WRONG_TITLE, f"a system title has {TITLE_SIZE} octets, got {len(title)}")
    return title


def _security_of(protected: bytes) -> Security:
    if len(protected) < 6:
        raise garbage("protected message without a security header")
    control = protected[0]
    security = Security(control & _FLAGS)
    if control & ~_FLAGS or not security:
        raise RemoteProtocolError(
            Cause.UNSUPPORTED, f"security control {control:#04x} is not suite 0 unicast protection"
        )
    if security & Security.AUTHENTICATED and len(protected) < OVERHEAD:
        raise garbage("protected message shorter than its authentication tag")
    return security


def _checked_unauthenticated(plaintext: bytes) -> bytes:
    """Without a tag the only evidence of a right key is that the result looks like an APDU."""
    if plaintext[0] not in _PLAUSIBLE:
        raise RemoteProtocolError(
            Cause.WRONG_KEY, "deciphered octets are no APDU: wrong encryption key or system title"
        )
    return plaintext


def _diagnosis(plaintext: bytes, security: Security) -> RemoteProtocolError:
    """Counter mode reveals the plaintext even when the tag is wrong, which tells the two keys apart."""
    if plaintext[:1] and plaintext[0] in _PLAUSIBLE:
        what = "deciphers well" if security & Security.ENCRYPTED else "is readable"
        return RemoteProtocolError(
            Cause.WRONG_AUTHENTICATION_KEY,
            f"the message {what} but its tag is wrong: authentication key or altered content",
        )
    return RemoteProtocolError(Cause.WRONG_KEY, "the message does not decipher: wrong encryption key or system title")
