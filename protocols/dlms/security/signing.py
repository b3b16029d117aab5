"""General-signing (Green Book 9.2.7.2.5): an APDU with the signature of its originator."""

from protocols.dlms.axdr import with_length
from protocols.dlms.security.curves import CurveKeys, sign, untrusted, verifies
from protocols.dlms.security.envelopes import GeneralSigning, Header
from protocols.dlms.suites import Suite
from protocols.errors import Cause, RemoteProtocolError, garbage


def signed_apdu(suite: Suite, curve_keys: CurveKeys, header: Header, content: bytes) -> bytes:
    """The content in a general-signing APDU. LocalProtocolError (INVALID_VALUE) without a signing key of the suite."""
    signature = sign(suite, curve_keys.signing, header.encode() + with_length(content))
    return GeneralSigning(header, content, signature).encode()


def verified_content(suite: Suite, curve_keys: CurveKeys, apdu: GeneralSigning) -> bytes:
    """The content, never empty, once the peer's signature is proven.

    "The length and the value of each field contribute to the signature"; some senders leave the length of the content
    out, which is accepted.

    RemoteProtocolError: AUTHENTICATION_FAILED for a wrong signature, UNSUPPORTED when the peer's key is not known.
    """
    if suite is Suite.AES_128 or curve_keys.peer_signing is None:
        raise RemoteProtocolError(Cause.UNSUPPORTED, "the message is signed, but the peer's signing key is not known")
    head, signer = apdu.header.encode(), curve_keys.peer_signing
    signed = (head + with_length(apdu.content), head + apdu.content)
    if not any(verifies(suite, signer, message, apdu.signature) for message in signed):
        raise untrusted("the message")
    if not apdu.content:
        raise garbage("a signed message without content")
    return apdu.content
