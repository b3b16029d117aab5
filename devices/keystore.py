"""Keys at rest: every device key is sealed with AES-256-GCM under the master key.

The associated data bind a ciphertext to its device, kind and version, so a row cannot be moved to another device.
"""

import os
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from aim.keys import secret_file
from devices.descriptions import DescriptionError, description
from devices.key_checks import check_key
from devices.models import Device, DeviceKey
from protocols.dlms.suites import Suite

_NONCE = 12
_MASTER_KEY = 32


class KeyStoreError(Exception):
    """A key cannot be opened: the master key is not the one it was sealed with, or the row was changed."""


def store_key(*, device: Device, kind: str, key: bytes, version: int = 1) -> DeviceKey:
    """Seal `key` and make it the active key of its kind. UnfitKeyError when the device's suite has no such keys."""
    check_key(kind, key, _suite_of(device))
    sealed = _seal(key, _binding(device.pk, kind, version))
    return DeviceKey.objects.create(device=device, kind=kind, version=version, sealed=sealed)


def sealed_row(*, device_id: int, kind: str, key: bytes, version: int = 1) -> DeviceKey:
    """An unsaved row, for bulk loading of shipment files. UnfitKeyError when no suite has such keys."""
    check_key(kind, key)
    return DeviceKey(
        device_id=device_id, kind=kind, version=version, sealed=_seal(key, _binding(device_id, kind, version))
    )


def active_keys(device_ids: Iterable[int]) -> dict[int, list[DeviceKey]]:
    """The sealed active keys of each device, in one query; see `open_keys`."""
    found: dict[int, list[DeviceKey]] = {}
    for row in DeviceKey.objects.filter(device_id__in=list(device_ids), state=DeviceKey.State.ACTIVE):
        found.setdefault(row.device_id, []).append(row)
    return found


def open_keys(rows: Iterable[DeviceKey]) -> dict[str, bytes]:
    """Clear keys by kind. Never log or show what this returns. KeyStoreError names the row that does not open."""
    return {row.kind: open_key(row) for row in rows}


def open_key(row: DeviceKey) -> bytes:
    """The clear key of `row`; KeyStoreError when the master key does not open it."""
    sealed = bytes(row.sealed)
    try:
        return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _binding(row.device_id, row.kind, row.version))
    except InvalidTag as error:
        raise KeyStoreError(f"{row} cannot be opened with the configured master key.") from error


def _suite_of(device: Device) -> Suite | None:
    """None for a model without description: it cannot be spoken to yet, so nobody knows."""
    try:
        return description(device.model.code).security.suite
    except DescriptionError:
        return None


def _seal(key: bytes, binding: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, key, binding)


def _binding(device_id: int, kind: str, version: int) -> bytes:
    return f"device {device_id} {kind} {version}".encode()


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    key = secret_file(settings.MASTER_KEY_FILE, os.urandom(_MASTER_KEY))
    if len(key) != _MASTER_KEY:
        raise KeyStoreError(f"The master key file must hold {_MASTER_KEY} octets; it holds {len(key)}.")
    return AESGCM(key)
