"""The key derivation function of DLMS (Green Book 9.2.3.4.6.5): NIST SP 800-56A concatenation KDF, one round.

    key = leftmost octets of  H(00000001 ‖ Z ‖ AlgorithmID ‖ PartyUInfo ‖ PartyVInfo)

Party U is the originator of a message (for keys that are stored: the client), party V its recipient.
"""

from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from protocols.dlms.suites import Suite


def derive_key(suite: Suite, secret: bytes, party_u: bytes, party_v: bytes) -> bytes:
    """The encryption key of 16 or 32 octets that the shared secret and the two parties give.

    `party_u` is the originator's system title, followed by the length and value of the transaction id in static
    agreement; `party_v` the recipient's title. LocalProtocolError (INVALID_VALUE) for suite 0.
    """
    curve = suite.curve
    info = curve.algorithm + party_u + party_v
    return ConcatKDFHash(algorithm=curve.digest, length=suite.key_size, otherinfo=info).derive(secret)
