"""Master keys: the one keys are sealed under now, and while it is being exchanged the former one too.

A row says under which master key it is sealed by that key's id. The id is derived from the key by HKDF, a one-way
function: it tells a wrong file from the right one and says nothing about 256 random bits.
"""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.conf import settings

from aim.keys import secret_file
from devices.keystore.errors import KeyStoreError

SIZE = 32
_ID_OCTETS = 8


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A master key that can seal and open, and the id by which rows name it."""

    id: str
    cipher: AESGCM = field(repr=False)


def current() -> MasterKey:
    """The master key new keys are sealed under; KeyStoreError when its file holds none."""
    if given := settings.MASTER_KEY:
        return _from_text(given)
    return _from_file(settings.MASTER_KEY_FILE)


def present() -> dict[str, MasterKey]:
    """The master keys this process has, by id: the current one, then the former one where it is named."""
    keys = [current()]
    if settings.FORMER_MASTER_KEY_FILE:
        keys.append(_former(Path(settings.FORMER_MASTER_KEY_FILE)))
    return {key.id: key for key in keys}


@lru_cache(maxsize=4)
def _from_text(text: str) -> MasterKey:
    try:
        return _master_key(bytes.fromhex(text), "OPENAIM_MASTER_KEY")
    except ValueError:
        raise KeyStoreError(f"OPENAIM_MASTER_KEY must be {2 * SIZE} hexadecimal digits.") from None


@lru_cache(maxsize=4)
def _from_file(path: Path) -> MasterKey:
    return _master_key(secret_file(path, os.urandom(SIZE)), "The master key file")


@lru_cache(maxsize=4)
def _former(path: Path) -> MasterKey:
    try:
        return _master_key(path.read_bytes(), "The file of the former master key")
    except OSError as error:
        raise KeyStoreError(f"The file of the former master key cannot be read: {error.strerror}.") from None


def _master_key(key: bytes, where: str) -> MasterKey:
    if len(key) != SIZE:
        raise KeyStoreError(f"{where} must hold {SIZE} octets; it holds {len(key)}.")
    derived = HKDFExpand(SHA256(), _ID_OCTETS, b"OpenAIM master key id").derive(key)
    return MasterKey(derived.hex(), AESGCM(key))
