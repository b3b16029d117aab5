"""Keys made for one message of general-ciphering (Green Book 9.2.5.4, 9.2.5.5).

wrapped    a random key under the master key
one-pass   C(1e, 1s): a fresh pair of the originator, its public half sent signed; the static pair of the recipient
static     C(0e, 2s): the static pairs of both; the transaction id makes every message's key another
"""

import secrets
from enum import Enum

from protocols.dlms.axdr import with_length
from protocols.dlms.keys import KeySet
from protocols.dlms.security.curves import (
    CurveKeys,
    PublicKey,
    new_private_key,
    point_of,
    public_key,
    shared_secret,
    sign,
    untrusted,
    verifies,
)
from protocols.dlms.security.derivation import derive_key
from protocols.dlms.security.envelopes import Header, KeyChoice, KeyInfo
from protocols.dlms.security.wrapping import unwrap_key, wrap_key
from protocols.dlms.suites import Suite
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

_MASTER = 0
_ONE_PASS, _STATIC = 1, 2


class Tagging(Enum):
    """Which APDU carries a protected service: its own glo- or ded- one, general-glo or -ded, or general-ciphering.

    General-ciphering also says where its key comes from: it names a global key, or the key is made for the message.
    """

    SERVICE = "service"
    GENERAL = "general"
    IDENTIFIED = "identified"
    WRAPPED = "wrapped"
    ONE_PASS = "one-pass"  # noqa: S105  no password
    STATIC = "static"


_AGREED = {_ONE_PASS: Tagging.ONE_PASS, _STATIC: Tagging.STATIC}


def tagging_of(info: KeyInfo | None) -> Tagging:
    """How a general-ciphering APDU with this key information was made; without any it means the global key."""
    if info is None or info.choice is KeyChoice.IDENTIFIED:
        return Tagging.IDENTIFIED
    return Tagging.WRAPPED if info.choice is KeyChoice.WRAPPED else _AGREED[info.parameter]


def check_means(tagging: Tagging, keys: KeySet, curve_keys: CurveKeys) -> None:
    """LocalProtocolError (INVALID_VALUE) when something is missing that this way of protection needs on either side."""
    if tagging is Tagging.WRAPPED and not keys.master:
        raise LocalProtocolError(Cause.INVALID_VALUE, "wrapped keys need the master key")
    if tagging in (Tagging.ONE_PASS, Tagging.STATIC) and keys.suite is Suite.AES_128:
        raise LocalProtocolError(Cause.INVALID_VALUE, "suite 0 has no key agreement")
    signing = (curve_keys.signing, curve_keys.peer_signing) if tagging is Tagging.ONE_PASS else ()
    agreement = (curve_keys.agreement, curve_keys.peer_agreement)
    if tagging in (Tagging.ONE_PASS, Tagging.STATIC) and None in (*signing, *agreement):
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{tagging.value} agreement needs the curve keys of both sides")


def new_message_key(tagging: Tagging, keys: KeySet, curve_keys: CurveKeys, header: Header) -> tuple[bytes, KeyInfo]:
    """The key for one message and what the recipient must know to get it. LocalProtocolError when keys are missing."""
    suite = keys.suite
    if tagging is Tagging.WRAPPED:
        key = secrets.token_bytes(suite.key_size)
        return key, KeyInfo(KeyChoice.WRAPPED, _MASTER, wrap_key(keys.master, key))
    if tagging is Tagging.ONE_PASS:
        pair = new_private_key(suite)
        point = point_of(pair.public_key())
        secret = shared_secret(suite, pair, curve_keys.peer_agreement)
        info = KeyInfo(KeyChoice.AGREED, _ONE_PASS, point + sign(suite, curve_keys.signing, point))
        return derive_key(suite, secret, header.originator, header.recipient), info
    secret = shared_secret(suite, curve_keys.agreement, curve_keys.peer_agreement)
    return derive_key(suite, secret, _static_party(header), header.recipient), KeyInfo(KeyChoice.AGREED, _STATIC)


def received_message_key(info: KeyInfo, keys: KeySet, curve_keys: CurveKeys, header: Header, own_title: bytes) -> bytes:
    """The key that `new_message_key` of the other side made.

    RemoteProtocolError: UNSUPPORTED when our keys do not allow this way, WRONG_KEY when it does not unwrap,
    AUTHENTICATION_FAILED when a signature is not the peer's, GARBAGE when malformed.
    """
    suite, recipient = keys.suite, header.recipient or own_title
    if info.choice is KeyChoice.WRAPPED:
        return _unwrapped(info, keys)
    if suite is Suite.AES_128 or curve_keys.agreement is None:
        raise RemoteProtocolError(Cause.UNSUPPORTED, "the message agrees a key, for which we have no key pair")
    if info.parameter == _ONE_PASS:
        secret = shared_secret(suite, curve_keys.agreement, _ephemeral(suite, info.data, curve_keys.peer_signing))
        return derive_key(suite, secret, header.originator, recipient)
    if info.parameter != _STATIC or info.data:
        raise garbage(f"key agreement scheme {info.parameter} is not defined")
    if curve_keys.peer_agreement is None:
        raise RemoteProtocolError(Cause.UNSUPPORTED, "the peer's key agreement key is not known")
    secret = shared_secret(suite, curve_keys.agreement, curve_keys.peer_agreement)
    return derive_key(suite, secret, _static_party(header), recipient)


def _static_party(header: Header) -> bytes:
    return header.originator + with_length(header.transaction)


def _unwrapped(info: KeyInfo, keys: KeySet) -> bytes:
    if info.parameter != _MASTER:
        raise garbage(f"key encrypting key {info.parameter} is not defined")
    if not keys.master:
        raise RemoteProtocolError(Cause.UNSUPPORTED, "the message brings a wrapped key, but no master key is known")
    key = unwrap_key(keys.master, info.data)
    if len(key) != keys.suite.key_size:
        raise garbage(f"a wrapped key of {len(key)} octets in suite {keys.suite:d}")
    return key


def _ephemeral(suite: Suite, data: bytes, signer: PublicKey | None) -> PublicKey:
    """The originator's fresh public key, once its signature is proven.

    The standard signs the key alone; some senders put the number of the scheme before it.
    """
    if signer is None:
        raise RemoteProtocolError(Cause.UNSUPPORTED, "the peer's signing key is not known")
    size = suite.curve.pair_size
    point, signature = data[:size], data[size:]
    ephemeral = public_key(suite, point)
    signed = (point, bytes((_ONE_PASS,)) + point)
    if not any(verifies(suite, signer, message, signature) for message in signed):
        raise untrusted("the key to agree with")
    return ephemeral
