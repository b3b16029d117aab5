"""Key transfer: keys wrapped under the master key (RFC 3394; Green Book 9.2.3.3.8)."""

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

_SIZES = (16, 32)
_CHECK_SIZE = 8


def wrap_key(master: bytes, key: bytes) -> bytes:
    """`key` under the master key, eight octets longer. LocalProtocolError (INVALID_VALUE) for keys of other sizes."""
    _check(master)
    if len(key) not in _SIZES:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"a key has 16 or 32 octets, not {len(key)}")
    return aes_key_wrap(master, key)


def unwrap_key(master: bytes, wrapped: bytes) -> bytes:
    """The key inside. RemoteProtocolError: WRONG_KEY when it was wrapped under another master key or altered, GARBAGE
    when it has no size of a wrapped key.
    """
    _check(master)
    if len(wrapped) - _CHECK_SIZE not in _SIZES:
        raise RemoteProtocolError(Cause.GARBAGE, f"{len(wrapped)} octets are no wrapped key")
    try:
        return aes_key_unwrap(master, wrapped)
    except InvalidUnwrap:
        raise RemoteProtocolError(
            Cause.WRONG_KEY, "the wrapped key does not unwrap: wrong master key or altered on the way"
        ) from None


def _check(master: bytes) -> None:
    if len(master) not in _SIZES:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"a master key has 16 or 32 octets, not {len(master)}")
