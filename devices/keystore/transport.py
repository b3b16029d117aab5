"""Transport keys: what the keys in factory files are wrapped under, agreed once between manufacturer and utility.

Two ways: a secret AES key that both have (RFC 3394, for secrets of any length RFC 5649), or an RSA key pair whose
public part the manufacturer gets (RSA-OAEP with SHA-256, MGF1 likewise).
"""

from collections.abc import Callable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_unwrap_with_padding
from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User, Utility
from devices.keystore.columns import SealedColumn
from devices.keystore.errors import KeyStateError, KeyStoreError
from devices.models.keys import TransportKey

_Method = TransportKey.Method
_AES_SIZES = (16, 24, 32)
_LEAST_RSA_BITS = 2048
RSA_BITS = 3072
OAEP = padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=None)

SEALED = SealedColumn(
    TransportKey, lambda row: f"transport {row.utility_id} {row.name}".encode(), lambda row: f"Transport key {row}"
)
"""Transport keys; each is bound to its utility and name."""

Unwrap = Callable[[bytes], bytes]
"""Gives the secret inside of wrapped octets; UnwrapError when they were wrapped under another key or altered."""


class UnwrapError(ValueError):
    """Wrapped octets that this transport key does not open."""


@transaction.atomic
def add(*, utility: Utility, name: str, key: bytes, user: User | None = None) -> TransportKey:
    """Keep a transport key: 16, 24 or 32 octets of AES, or a private RSA key in PEM without password.

    KeyStateError for a name that is taken, KeyStoreError for what is no such key.
    """
    if TransportKey.objects.filter(utility=utility, name=name).exists():
        raise KeyStateError(f"{utility} has a transport key {name} already; give the new one a name of its own.")
    method = _method_of(key)
    row = TransportKey(utility=utility, name=name, method=method)
    SEALED.put(row, key)
    row.save(force_insert=True)
    audit.record("transport key added", f"Transport key {name}", user=user, utility=utility, target=row)
    return row


@transaction.atomic
def withdraw(*, utility: Utility, name: str, user: User | None = None) -> None:
    """Open no more factory files with this transport key. KeyStateError where there is none in use."""
    row = TransportKey.objects.filter(utility=utility, name=name, withdrawn_at=None).first()
    if row is None:
        raise KeyStateError(f"{utility} has no transport key {name} in use.")
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    audit.record("transport key withdrawn", f"Transport key {name}", user=user, utility=utility, target=row)


def unwraps(utility: Utility) -> dict[str, Unwrap]:
    """What opens wrapped keys of the utility's factory files, by name of the transport key. KeyStoreError."""
    rows = TransportKey.objects.filter(utility=utility, withdrawn_at=None)
    return {row.name: unwrap_with(_Method(row.method), secret_of(row)) for row in rows}


def secret_of(row: TransportKey) -> bytes:
    """The clear transport key; KeyStoreError when the master key does not open it."""
    return SEALED.open(row)


def new_key_pair() -> tuple[bytes, bytes]:
    """A fresh RSA key pair: the private part to keep, the public part for the manufacturer, both in PEM."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return (
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    )


def unwrap_with(method: TransportKey.Method, key: bytes) -> Unwrap:
    """How this key opens what was wrapped under it (or, of RSA, under its public part)."""
    if method is _Method.AES:
        return lambda wrapped: _aes_unwrapped(key, wrapped)
    private = _private_key(key)
    return lambda wrapped: _rsa_unwrapped(private, wrapped)


def _aes_unwrapped(key: bytes, wrapped: bytes) -> bytes:
    """RFC 3394, whose check value tells a right key, or RFC 5649 by its own check value."""
    for unwrap in (aes_key_unwrap, aes_key_unwrap_with_padding):
        try:
            return unwrap(key, wrapped)
        except (InvalidUnwrap, ValueError):
            continue
    raise UnwrapError("wrapped under another transport key, or altered")


def _rsa_unwrapped(private: rsa.RSAPrivateKey, wrapped: bytes) -> bytes:
    try:
        return private.decrypt(wrapped, OAEP)
    except ValueError:
        raise UnwrapError("wrapped under another transport key, or altered") from None


def _method_of(key: bytes) -> TransportKey.Method:
    if len(key) in _AES_SIZES:
        return _Method.AES
    _private_key(key)
    return _Method.RSA


def _private_key(pem: bytes) -> rsa.RSAPrivateKey:
    try:
        found = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise KeyStoreError("neither an AES key of 16, 24 or 32 octets nor a private RSA key in PEM") from None
    if not isinstance(found, rsa.RSAPrivateKey) or found.key_size < _LEAST_RSA_BITS:
        raise KeyStoreError(f"the private key must be RSA of at least {_LEAST_RSA_BITS} bits")
    return found
