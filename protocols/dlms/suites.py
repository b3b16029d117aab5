"""Security suites (Green Book 9.2.3.7): which algorithms and key sizes go together.

Suite 1 keeps the keys of suite 0 and adds signatures, key agreement and compression; suite 2 makes everything longer.
Tag (12 octets), counter (4) and system title (8) are the same in all of them.
"""

from dataclasses import dataclass
from enum import IntEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from protocols.errors import Cause, LocalProtocolError


class Suite(IntEnum):
    """The number in the low half of the security control octet."""

    AES_128 = 0
    P256 = 1
    P384 = 2

    @property
    def key_size(self) -> int:
        """Octets of every symmetric key: encryption, authentication, broadcast, dedicated, master."""
        return 32 if self is Suite.P384 else 16

    @classmethod
    def of_curve(cls, curve: ec.EllipticCurve) -> "Suite":
        """The suite that uses a curve. LocalProtocolError (INVALID_VALUE) when none does."""
        for suite, terms in _CURVES.items():
            if terms.curve.name == curve.name:
                return suite
        raise LocalProtocolError(Cause.INVALID_VALUE, f"no suite uses the curve {curve.name}")

    @property
    def curve(self) -> "Curve":
        """What the suite signs and agrees keys with. LocalProtocolError (INVALID_VALUE) for suite 0, which cannot."""
        found = _CURVES.get(self)
        if found is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "suite 0 has no signatures and no key agreement")
        return found


@dataclass(frozen=True, slots=True)
class Curve:
    """An elliptic curve with the hash that goes with it; `size` is the octets of one coordinate.

    `algorithm` is the AlgorithmID of the encryption key that is derived (Green Book table 18, with the octets that the
    examples of its annex C are computed with).
    """

    curve: ec.EllipticCurve
    digest: hashes.HashAlgorithm
    size: int
    algorithm: bytes

    @property
    def pair_size(self) -> int:
        """Octets of a public key (x, y) and of a signature (r, s)."""
        return 2 * self.size


_CURVES = {
    Suite.P256: Curve(ec.SECP256R1(), hashes.SHA256(), 32, bytes.fromhex("60857405080300")),
    Suite.P384: Curve(ec.SECP384R1(), hashes.SHA384(), 48, bytes.fromhex("60857405080301")),
}
