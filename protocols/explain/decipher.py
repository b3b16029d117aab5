"""Opening what is ciphered with the keys at hand, and saying what is wrong when it does not open.

Counter mode gives the plaintext whether or not the tag is right. So an octet string that deciphers to an APDU tells
that the encryption key and the title are right, and the tag then tells about the authentication key. That also lets a
message be shown when only the encryption key is known, unchecked.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocols.dlms.keys import TITLE_SIZE
from protocols.dlms.security.diagnosis import COMPRESSED, TAG_SIZE, plausible

_AUTHENTICATED, _ENCRYPTED = 0x10, 0x20
_KEY_SIZES = (16, 32)


class Verdict(Enum):
    """How sure the plaintext is, the surest first; the value is what the reader is told."""

    AUTHENTIC = "authentic: keys and system title are right, nothing was changed"
    UNCHECKED = "deciphers to an APDU; the tag is not checked without the authentication key"
    UNTAGGED = "deciphers to an APDU; it has no tag that could be checked"
    WRONG_TAG = "deciphers to an APDU but its tag is wrong: wrong authentication key, or changed on the way"
    WRONG_KEY = "does not decipher to an APDU: wrong encryption key, or not the system title of the sender"


@dataclass(frozen=True, slots=True)
class Sealed:
    """SC ‖ IC ‖ content ‖ tag taken apart; `context` are the further authenticated octets of general-ciphering."""

    control: int
    counter: bytes
    content: bytes
    tag: bytes
    context: bytes = b""


@dataclass(frozen=True, slots=True)
class Opened:
    """The plaintext as one title gave it."""

    plain: bytes
    verdict: Verdict
    title: bytes


def opened(sealed: Sealed, key: bytes, authentication: bytes, titles: Iterable[bytes]) -> Opened | None:
    """The surest result over all titles; None without a usable title or with a key of an impossible size."""
    if len(key) not in _KEY_SIZES:
        return None
    tried = [_opened(sealed, key, authentication, title) for title in titles if len(title) == TITLE_SIZE]
    return min(tried, key=lambda each: list(Verdict).index(each.verdict), default=None)


def _opened(sealed: Sealed, key: bytes, authentication: bytes, title: bytes) -> Opened:
    gcm, nonce = AESGCM(key), title + sealed.counter
    encrypted = sealed.control & _ENCRYPTED
    plain = gcm.encrypt(nonce, sealed.content, None)[:-16] if encrypted else sealed.content
    head = bytes((sealed.control,)) + authentication + sealed.context
    if not sealed.control & _AUTHENTICATED or not authentication:
        tag_fits = None
    else:
        full = gcm.encrypt(nonce, plain, head) if encrypted else gcm.encrypt(nonce, b"", head + plain)
        tag_fits = hmac.compare_digest(full[-16:][:TAG_SIZE], sealed.tag)
    return Opened(plain, _verdict(sealed, plain, tag_fits), title)


def _verdict(sealed: Sealed, plain: bytes, tag_fits: bool | None) -> Verdict:
    if tag_fits:
        return Verdict.AUTHENTIC
    if not sealed.control & COMPRESSED and not plausible(plain):
        return Verdict.WRONG_KEY
    if tag_fits is False:
        return Verdict.WRONG_TAG
    return Verdict.UNCHECKED if sealed.control & _AUTHENTICATED else Verdict.UNTAGGED
