"""Elliptic curves of suites 1 and 2: keys, signatures and shared secrets as DLMS writes them (Green Book 9.2.3.4).

A public key is x ‖ y, a signature r ‖ s, a private key its scalar: numbers of fixed size, big endian, without the
wrapping that X.509 and TLS put around them.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509 import load_der_x509_certificate

from protocols.dlms.suites import Suite
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey
_UNCOMPRESSED = b"\x04"


@dataclass(frozen=True, slots=True)
class CurveKeys:
    """The pairs of one side and the public keys it trusts of the other; each may be missing where it is not needed.

    `signing` signs (HLS 7, general-signing, one-pass agreement), `agreement` is the static key of one-pass and static
    agreement. Not shown in representations.
    """

    signing: PrivateKey | None = None
    agreement: PrivateKey | None = None
    peer_signing: PublicKey | None = None
    peer_agreement: PublicKey | None = None

    def __repr__(self) -> str:
        return "CurveKeys(…)"

    def check(self, suite: Suite) -> None:
        """LocalProtocolError (INVALID_VALUE) unless all keys that are given are of the suite's curve."""
        for key in (self.signing, self.agreement, self.peer_signing, self.peer_agreement):
            if key is not None and key.curve.name != suite.curve.curve.name:
                raise LocalProtocolError(Cause.INVALID_VALUE, f"a curve key is not of suite {suite:d}")


NO_CURVE_KEYS = CurveKeys()


def new_private_key(suite: Suite) -> PrivateKey:
    """A fresh key pair. LocalProtocolError (INVALID_VALUE) for suite 0."""
    return ec.generate_private_key(suite.curve.curve)


def private_key(suite: Suite, scalar: bytes) -> PrivateKey:
    """The key pair of a scalar of 32 or 48 octets. LocalProtocolError (INVALID_VALUE) when it is none."""
    curve = suite.curve
    if len(scalar) != curve.size:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"a private key of suite {suite:d} has {curve.size} octets")
    try:
        return ec.derive_private_key(int.from_bytes(scalar, "big"), curve.curve)
    except ValueError:
        raise LocalProtocolError(Cause.INVALID_VALUE, "the scalar is not a private key of the curve") from None


def public_key(suite: Suite, point: bytes) -> PublicKey:
    """The public key x ‖ y, 64 or 96 octets. RemoteProtocolError (GARBAGE) when it is no point of the curve."""
    curve = suite.curve
    if len(point) != curve.pair_size:
        raise garbage(f"a public key of suite {suite:d} has {curve.pair_size} octets, not {len(point)}")
    try:
        return PublicKey.from_encoded_point(curve.curve, _UNCOMPRESSED + point)
    except ValueError:
        raise garbage("the public key is no point of the curve") from None


def point_of(key: PublicKey) -> bytes:
    """x ‖ y of a public key."""
    numbers, size = key.public_numbers(), (key.curve.key_size + 7) // 8
    return numbers.x.to_bytes(size, "big") + numbers.y.to_bytes(size, "big")


def certified_key(suite: Suite, certificate: bytes) -> PublicKey:
    """The public key inside an X.509 certificate (DER). Nothing is verified: compare it with a key that is trusted.

    RemoteProtocolError (GARBAGE) when it is no certificate or its key is not of the suite's curve.
    """
    try:
        key = load_der_x509_certificate(certificate).public_key()
    except ValueError:
        raise garbage("the certificate cannot be read") from None
    if not isinstance(key, PublicKey) or key.curve.name != suite.curve.curve.name:
        raise garbage(f"the certificate holds no key of the curve of suite {suite:d}")
    return key


def sign(suite: Suite, key: PrivateKey | None, message: bytes) -> bytes:
    """r ‖ s over the message, 64 or 96 octets. LocalProtocolError (INVALID_VALUE) without a fitting key."""
    curve = suite.curve
    r, s = decode_dss_signature(_fitting(suite, key, "signing").sign(message, ec.ECDSA(curve.digest)))
    return r.to_bytes(curve.size, "big") + s.to_bytes(curve.size, "big")


def verifies(suite: Suite, key: PublicKey | None, message: bytes, signature: bytes) -> bool:
    """Whether r ‖ s is the key's signature over the message. LocalProtocolError without a fitting key."""
    curve, signer = suite.curve, _fitting_public(suite, key, "signing")
    if len(signature) != curve.pair_size:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[: curve.size], signature[curve.size :]))
    try:
        signer.verify(encode_dss_signature(r, s), message, ec.ECDSA(curve.digest))
    except InvalidSignature:
        return False
    return True


def shared_secret(suite: Suite, own: PrivateKey | None, peer: PublicKey | None) -> bytes:
    """Z of ECC CDH: the x coordinate, 32 or 48 octets. LocalProtocolError (INVALID_VALUE) without fitting keys."""
    fitting = _fitting_public(suite, peer, "key agreement")
    return _fitting(suite, own, "key agreement").exchange(ec.ECDH(), fitting)


def untrusted(what: str) -> RemoteProtocolError:
    """The error for a signature that is not the peer's."""
    return RemoteProtocolError(Cause.AUTHENTICATION_FAILED, f"{what} is not signed with the peer's key")


def _fitting(suite: Suite, key: PrivateKey | None, use: str) -> PrivateKey:
    if key is None or key.curve.name != suite.curve.curve.name:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"our {use} key of suite {suite:d} is missing")
    return key


def _fitting_public(suite: Suite, key: PublicKey | None, use: str) -> PublicKey:
    if key is None or key.curve.name != suite.curve.curve.name:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"the peer's {use} key of suite {suite:d} is missing")
    return key
