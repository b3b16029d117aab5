"""Secrets of webhooks at rest: sealed with AES-256-GCM under the master key, bound to their rule's webhook."""

import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from aim.keys import secret_file

_NONCE, _KEY = 12, 32


class SecretError(Exception):
    """A secret cannot be opened: the master key is another one, or the row was changed."""


def new_secret() -> str:
    """A secret to share with the receiver, shown once."""
    return secrets.token_urlsafe(_KEY)


def seal(secret: str, utility_id: int) -> bytes:
    """The secret as it is kept."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, secret.encode(), _binding(utility_id))


def unseal(sealed: bytes, utility_id: int) -> bytes:
    """The octets that sign; SecretError where they do not open."""
    try:
        return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _binding(utility_id))
    except (InvalidTag, ValueError) as error:
        raise SecretError("The secret of the webhook cannot be opened with the configured master key.") from error


def _binding(utility_id: int) -> bytes:
    return f"webhook of utility {utility_id}".encode()


def _cipher() -> AESGCM:
    """Under a key of its own, derived from the master key, so that no nonce is shared with sealed device keys."""
    master = secret_file(settings.MASTER_KEY_FILE, os.urandom(_KEY))
    return AESGCM(HKDF(SHA256(), _KEY, salt=None, info=b"openaim webhook secrets").derive(master))
