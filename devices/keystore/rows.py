"""Keys of devices in and out of their rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from devices.descriptions import DescriptionError, description
from devices.key_checks import check_key
from devices.keystore.columns import SealedColumn
from devices.models import Device, DeviceKey
from protocols.dlms.suites import Suite

_State = DeviceKey.State
_Rows = dict[int, list[DeviceKey]]

SEALED = SealedColumn(DeviceKey, lambda row: f"device {row.device_id} {row.kind} {row.version}".encode(), str)
"""Keys of devices; each is bound to its device, kind and version."""


def store_key(*, device: Device, kind: str, key: bytes, version: int = 1) -> DeviceKey:
    """Seal `key` and make it the active key of its kind. UnfitKeyError when the device's suite has no such keys.

    For keys a device comes with; one that replaces another is `versions.store_new`.
    """
    check_key(kind, key, suite_of(device))
    row = sealed_row(device_id=device.pk, kind=kind, key=key, version=version)
    row.save(force_insert=True)
    return row


def sealed_row(
    *, device_id: int, kind: str, key: bytes, version: int = 1, state: str = _State.ACTIVE
) -> DeviceKey:  # fmt: skip
    """An unsaved row, for bulk loading of shipment files. UnfitKeyError when no suite has such keys."""
    check_key(kind, key)
    fields: dict[str, Any] = {"valid_from": timezone.now() if state == _State.ACTIVE else None}
    row = DeviceKey(device_id=device_id, kind=kind, version=version, state=state, **fields)
    SEALED.put(row, key)
    return row


def active_keys(device_ids: Iterable[int]) -> _Rows:
    """The sealed active keys of each device, in one query; see `open_keys`."""
    return _of(device_ids, [_State.ACTIVE])


def usable_keys(device_ids: Iterable[int]) -> tuple[_Rows, _Rows]:
    """The active keys of each device, and those that were sent to it and may be in use already (NEW); one query.

    `next_counter` tells how far the counters of the active keys were reserved at that moment.
    """
    rows = _of(device_ids, [_State.ACTIVE, _State.NEW])
    return _in_state(rows, _State.ACTIVE), _in_state(rows, _State.NEW)


def next_counter(row: DeviceKey) -> int | None:
    """The first invocation counter that was free when this row of `usable_keys` was looked up."""
    found: int | None = vars(row)["contact_counter"]
    return found


def open_keys(rows: Iterable[DeviceKey]) -> dict[str, bytes]:
    """Clear keys by kind. Never log or show what this returns. KeyStoreError names the row that does not open."""
    return {row.kind: open_key(row) for row in rows}


def open_key(row: DeviceKey) -> bytes:
    """The clear key of `row`; KeyStoreError when the master key does not open it."""
    return SEALED.open(row)


def suite_of(device: Device) -> Suite | None:
    """None for a model without description: it cannot be spoken to yet, so nobody knows."""
    try:
        return description(device.model.code).security.suite
    except DescriptionError:
        return None


def _of(device_ids: Iterable[int], states: Sequence[str]) -> _Rows:
    found: _Rows = {}
    rows = DeviceKey.objects.filter(device_id__in=list(device_ids), state__in=states)
    for row in rows.annotate(contact_counter=F("device__contact__next_counter")):
        found.setdefault(row.device_id, []).append(row)
    return found


def _in_state(rows: _Rows, state: str) -> _Rows:
    return {device: kept for device, each in rows.items() if (kept := [row for row in each if row.state == state])}
