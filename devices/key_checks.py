"""What a key of each kind looks like, so that a wrong one is refused where it is entered, not by the meter."""

from collections.abc import Collection

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from devices.models import DeviceKey
from protocols.dlms.security.curves import public_key
from protocols.dlms.suites import Suite
from protocols.errors import ProtocolError

MAX_PASSWORD = 64
_CHECK_OCTETS = 5
_SYMMETRIC = frozenset(suite.key_size for suite in Suite)
_ALWAYS_128 = frozenset(
    kind.value
    for kind in (
        DeviceKey.Kind.MBUS_DEFAULT, DeviceKey.Kind.MBUS_USER, DeviceKey.Kind.MBUS_FIRMWARE,
        DeviceKey.Kind.MBUS_OPTICAL, DeviceKey.Kind.CONSUMER, DeviceKey.Kind.CONSUMER_AUTH,
    )
)  # fmt: skip
"""Keys of M-Bus (EN 13757-7) and of consumer interfaces have 16 octets, whatever suite the meter itself speaks."""
_CURVES = {suite.curve.pair_size: suite for suite in (Suite.P256, Suite.P384)}


class UnfitKeyError(ValueError):
    """Octets that cannot be a key of this kind; the message says why and never shows them."""


def check_key(kind: str, key: bytes, suite: Suite | None = None) -> None:
    """UnfitKeyError unless `key` can be a key of this kind; `suite` narrows the sizes to its own."""
    if kind == DeviceKey.Kind.PASSWORD:
        _require(0 < len(key) <= MAX_PASSWORD, f"a password has 1 to {MAX_PASSWORD} octets, not {len(key)}")
    elif kind == DeviceKey.Kind.SIGNATURE:
        _check_point(key, suite)
    else:
        sizes = _sizes(kind, suite)
        allowed = " or ".join(map(str, sorted(sizes)))
        _require(len(key) in sizes, f"the {kind} key has {len(key)} octets, {allowed} are needed")


def check_value(key: bytes) -> str:
    """The check digits of an AES key: AES-CMAC over 16 zero octets, the first five in hexadecimal (ANSI X9.24-1).

    UnfitKeyError for what is no AES key. Not the older way, which ciphers the zero octets: that is the hash key of GCM.
    """
    if len(key) not in _SYMMETRIC:
        raise UnfitKeyError("only keys of 16 or 32 octets have check digits")
    mac = CMAC(AES(key))
    mac.update(bytes(16))
    return mac.finalize()[:_CHECK_OCTETS].hex().upper()


def _sizes(kind: str, suite: Suite | None) -> Collection[int]:
    if kind in _ALWAYS_128:
        return {Suite.AES_128.key_size}
    return _SYMMETRIC if suite is None else {suite.key_size}


def _check_point(key: bytes, suite: Suite | None) -> None:
    """A public key is x ‖ y of a point of the curve; what is none could not even be tried on a meter."""
    sizes = [size for size, each in _CURVES.items() if suite in (None, Suite.AES_128, each)]
    allowed = " or ".join(map(str, sizes))
    _require(len(key) in sizes, f"the signature key has {len(key)} octets, {allowed} are needed")
    try:
        public_key(_CURVES[len(key)], key)
    except ProtocolError as error:
        raise UnfitKeyError(f"the signature key is none: {error}") from error


def _require(fits: bool, message: str) -> None:
    if not fits:
        raise UnfitKeyError(message)
