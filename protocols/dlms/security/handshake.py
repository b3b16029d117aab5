"""High level security: each side proves that it knows the secret (Green Book 9.2.7.4, mechanisms 2 to 7).

Each side sends a challenge in AARQ and AARE; the proof is a function of the challenge that one has got, and for the
newer mechanisms also of titles and the own challenge:

    2  manufacturer's     AES-128-ECB(secret, challenge) unless a function is given
    3  MD5                MD5(challenge ‖ secret)
    4  SHA-1              SHA-1(challenge ‖ secret)
    5  GMAC               SC ‖ IC ‖ GMAC(challenge) under the global keys
    6  SHA-256            SHA-256(secret ‖ prover's title ‖ verifier's title ‖ challenge got ‖ challenge sent)
    7  ECDSA              signature over the same without secret
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from protocols.dlms.keys import TITLE_SIZE
from protocols.dlms.security.cipher import Cipher
from protocols.dlms.security.curves import NO_CURVE_KEYS, CurveKeys, sign, verifies
from protocols.dlms.suites import Suite
from protocols.dlms.tags import Mechanism
from protocols.errors import Cause, LocalProtocolError

Manufacturers = Callable[[bytes, bytes], bytes]
"""(secret, challenge) → proof, for mechanism 2."""
SECRET_MECHANISMS = frozenset((Mechanism.HLS, Mechanism.HLS_MD5, Mechanism.HLS_SHA1, Mechanism.HLS_SHA256))
TITLED_MECHANISMS = frozenset((Mechanism.HLS_GMAC, Mechanism.HLS_SHA256, Mechanism.HLS_ECDSA))
HLS_MECHANISMS = SECRET_MECHANISMS | TITLED_MECHANISMS
MAX_ECB_SECRET = 16
_BLOCK = 16


def aes_ecb(secret: bytes, challenge: bytes) -> bytes:
    """The usual choice of manufacturers: AES-128 in ECB mode; both are filled up with zeros to whole blocks."""
    if len(secret) > MAX_ECB_SECRET:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"the secret of HLS 2 has at most {MAX_ECB_SECRET} octets")
    mode = modes.ECB()  # noqa: S305  what these meters do
    encryptor = BlockCipher(algorithms.AES128(secret.ljust(_BLOCK, b"\0")), mode).encryptor()
    return encryptor.update(challenge + bytes(-len(challenge) % _BLOCK)) + encryptor.finalize()


def is_reflection(challenge: bytes, own: bytes) -> bool:
    """Whether answering the peer's challenge would also answer, in whole or in part, the one we sent.

    Mechanism 2 enciphers each block for itself, so one block in common is enough.
    """
    return not _blocks(own).isdisjoint(_blocks(challenge))


def _blocks(challenge: bytes) -> set[bytes]:
    return {challenge[start : start + _BLOCK].ljust(_BLOCK, b"\0") for start in range(0, len(challenge), _BLOCK)}


@dataclass(frozen=True, slots=True)
class Handshake:
    """What both sides know after the AARE, seen from one side. Secrets are not shown."""

    mechanism: Mechanism
    own_title: bytes
    peer_title: bytes
    own_challenge: bytes
    peer_challenge: bytes
    secret: bytes = field(default=b"", repr=False)
    cipher: Cipher | None = field(default=None, repr=False)
    suite: Suite = Suite.AES_128
    curve_keys: CurveKeys = NO_CURVE_KEYS
    manufacturers: Manufacturers = aes_ecb

    def proof(self) -> bytes:
        """What we answer to the peer's challenge. LocalProtocolError when keys or titles are missing."""
        if self.mechanism is Mechanism.HLS_GMAC:
            return self._required_cipher().proof(self.peer_challenge)
        if self.mechanism is Mechanism.HLS_ECDSA:
            return sign(self.suite, self.curve_keys.signing, self._story(own=True))
        return self._digest(own=True)

    def proves(self, token: bytes) -> bool:
        """Whether the token is the peer's answer to our challenge."""
        if self.mechanism is Mechanism.HLS_GMAC:
            return self._required_cipher().proves(token, self.own_challenge)
        if self.mechanism is Mechanism.HLS_ECDSA:
            return verifies(self.suite, self.curve_keys.peer_signing, self._story(own=False), token)
        return hmac.compare_digest(self._digest(own=False), token)

    def _digest(self, *, own: bool) -> bytes:
        got = self.peer_challenge if own else self.own_challenge
        if self.mechanism is Mechanism.HLS_MD5:
            return _hash(hashes.MD5(), got + self.secret)  # noqa: S303  the mechanism is MD5
        if self.mechanism is Mechanism.HLS_SHA1:
            return _hash(hashes.SHA1(), got + self.secret)  # noqa: S303  the mechanism is SHA-1
        if self.mechanism is Mechanism.HLS_SHA256:
            return _hash(hashes.SHA256(), self.secret + self._story(own=own))
        return self.manufacturers(self.secret, got)

    def _story(self, *, own: bool) -> bytes:
        """Prover's title, verifier's title, challenge the prover got, challenge the prover sent."""
        ours, theirs = (self.own_title, self.own_challenge), (self.peer_title, self.peer_challenge)
        (prover, sent), (verifier, got) = (ours, theirs) if own else (theirs, ours)
        if (len(prover), len(verifier)) != (TITLE_SIZE, TITLE_SIZE):
            raise LocalProtocolError(Cause.WRONG_TITLE, f"{self.mechanism.name} needs the system titles of both sides")
        return prover + verifier + got + sent

    def _required_cipher(self) -> Cipher:
        if self.cipher is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "a proof with GMAC needs keys")
        return self.cipher


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()
