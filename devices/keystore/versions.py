"""The versions of a key: NEW → ACTIVE → EXPIRED, NEW or ACTIVE → WITHDRAWN, and nothing else.

A key is rolled in two steps. The new one is stored before it is sent, so whatever happens on the line, one of the two
opens the meter (headend.md §4 row 7). Who did what and why is in the audit trail; never a key, and nothing made of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User
from devices.key_checks import check_key
from devices.keystore.errors import KeyStateError
from devices.keystore.rows import open_key, sealed_row, suite_of
from devices.models import Contact, Device, DeviceKey

_Kind, _State = DeviceKey.Kind, DeviceKey.State


@transaction.atomic
def store_new(*, device: Device, keys: Mapping[str, bytes], why: str, user: User | None = None) -> list[DeviceKey]:
    """Keep keys by kind that are about to be sent to a device, each as the NEW version of its kind.

    UnfitKeyError for what is no key of the device; KeyStateError where one is NEW already, and for a key the device has
    had before: its invocation counters would be used a second time.
    """
    held = _locked(device, keys)
    for kind, key in keys.items():
        check_key(kind, key, suite_of(device))
        versions = [row for row in held if row.kind == kind]
        if any(row.state == _State.NEW for row in versions):
            raise KeyStateError(f"{device} has a new {kind} key already: activate or discard it first.")
        if any(open_key(row) == key for row in versions):
            raise KeyStateError(f"{device} has had this {kind} key before.")
    rows = [
        sealed_row(device_id=device.pk, kind=kind, key=key, version=_next_version(held, kind), state=_State.NEW)
        for kind, key in keys.items()
    ]
    DeviceKey.objects.bulk_create(rows)
    _record("keys stored", device, rows, why, user)
    return rows


@transaction.atomic
def activate(*, device: Device, kinds: Iterable[str], why: str, user: User | None = None) -> list[DeviceKey]:
    """Make the NEW versions of these kinds the active ones; what was active expires in the same moment.

    With an encryption key goes its invocation counter. KeyStateError where a kind has no NEW version; then nothing is
    changed.
    """
    wanted, now = list(kinds), timezone.now()
    held = _locked(device, wanted)
    new = [row for row in held if row.state == _State.NEW]
    if missing := set(wanted) - {row.kind for row in new}:
        raise KeyStateError(f"{device} has no new key to activate: {', '.join(sorted(missing))}.")
    former = {row.kind: row for row in held if row.state == _State.ACTIVE}
    for row in former.values():
        _end(row, _State.EXPIRED, now)
    for row in new:
        row.state, row.valid_from = _State.ACTIVE, now
        row.save(update_fields=["state", "valid_from"])
        if row.kind == _Kind.ENCRYPTION:
            row.refresh_from_db(fields=["next_counter"])  # others reserved until the row was ours
            _exchange_counters(device, row, former.get(row.kind))
    _record("keys activated", device, new, why, user)
    return new


def withdraw(*, device: Device, kinds: Iterable[str], why: str, user: User | None = None) -> list[DeviceKey]:
    """Take the active keys of these kinds out of use for ever, because others may know them."""
    return _withdraw(device, list(kinds), _State.ACTIVE, "keys withdrawn", why, user)


def discard_new(*, device: Device, kinds: Iterable[str], why: str, user: User | None = None) -> list[DeviceKey]:
    """Give up NEW keys of these kinds, where it is certain that the device has not taken them."""
    return _withdraw(device, list(kinds), _State.NEW, "new keys discarded", why, user)


@transaction.atomic
def _withdraw(
    device: Device, kinds: Sequence[str], state: str, verb: str, why: str, user: User | None
) -> list[DeviceKey]:  # fmt: skip
    rows = [row for row in _locked(device, kinds) if row.state == state]
    if missing := set(kinds) - {row.kind for row in rows}:
        raise KeyStateError(f"{device} has no {state} key of this kind: {', '.join(sorted(missing))}.")
    for row in rows:
        _end(row, _State.WITHDRAWN, timezone.now())
    _record(verb, device, rows, why, user)
    return rows


def _locked(device: Device, kinds: Iterable[str]) -> list[DeviceKey]:
    """All versions of these kinds; whoever changes keys of the same device at the same time waits for this one."""
    Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    return list(DeviceKey.objects.filter(device=device, kind__in=list(kinds)).order_by("kind", "version"))


def _next_version(held: Iterable[DeviceKey], kind: str) -> int:
    return 1 + max((row.version for row in held if row.kind == kind), default=0)


def _end(row: DeviceKey, state: str, at: datetime) -> None:
    row.state, row.valid_until = state, at
    row.save(update_fields=["state", "valid_until"])


def _exchange_counters(device: Device, new: DeviceKey, former: DeviceKey | None) -> None:
    """The contact goes on with the counter of the new key; that of the former one stays with its row."""
    contact = Contact.objects.select_for_update().filter(device=device).first()
    if contact is None:
        Contact.objects.create(device=device, next_counter=new.next_counter)
        return
    if former is not None:
        DeviceKey.objects.filter(pk=former.pk).update(next_counter=contact.next_counter)
    Contact.objects.filter(pk=contact.pk).update(next_counter=new.next_counter)


def _record(verb: str, device: Device, rows: Sequence[DeviceKey], why: str, user: User | None) -> None:
    names = [f"{row.kind} {row.version}" for row in rows]
    summary = f"{device}: {', '.join(names)}"
    details = {"why": why, "keys": names}
    audit.record(verb, summary, user=user, utility=device.utility, target=device, details=details)
