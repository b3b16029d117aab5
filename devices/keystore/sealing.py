"""Secrets at rest: AES-256-GCM under a master key.

The associated data bind a ciphertext to its place, so a row cannot be moved to another device, kind or version.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from devices.keystore import master
from devices.keystore.errors import KeyStoreError

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed secret as its row keeps it: the id of the master key (empty: not noted), nonce and ciphertext."""

    master_key: str
    octets: bytes


def seal(secret: bytes, binding: bytes) -> Sealed:
    """`secret` under the current master key, bound to its place."""
    key, nonce = master.current(), os.urandom(_NONCE)
    return Sealed(key.id, nonce + key.cipher.encrypt(nonce, secret, binding))


def unseal(sealed: Sealed, binding: bytes, what: str) -> bytes:
    """The secret; KeyStoreError naming `what` where no master key that is present opens it."""
    present = master.present()
    if sealed.master_key and sealed.master_key not in present:
        known = ", ".join(present)
        raise KeyStoreError(f"{what} cannot be opened: sealed under master key {sealed.master_key}, present: {known}.")
    for key in [present[sealed.master_key]] if sealed.master_key else present.values():
        try:
            return key.cipher.decrypt(sealed.octets[:_NONCE], sealed.octets[_NONCE:], binding)
        except (InvalidTag, ValueError):  # ValueError: fewer octets than a nonce has
            continue
    raise KeyStoreError(f"{what} cannot be opened with the configured master key.")
